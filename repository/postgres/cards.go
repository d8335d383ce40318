package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

// $3, $4 and $5 are workflow.CardTable, column by column.
const sqlDoneCards = `
	SELECT n.id AS notice, n.channel, t.external
	FROM notices n
	JOIN notice_tries t ON t.notice_id = n.id AND t.step = 'card' AND t.outcome = 'sent' AND t.external <> ''
	JOIN accounts a ON a.id = n.account_id
	JOIN cases c ON c.id = n.case_id
	WHERE n.channel = 'wecom' AND n.account_id IS NOT NULL AND n.state = 'sent' AND n.sent_at > $1
		AND NOT EXISTS (SELECT FROM notice_tries r WHERE r.notice_id = n.id AND r.step = 'recall' AND r.outcome <> 'later')
		AND (a.disabled_at IS NOT NULL OR NOT EXISTS (
			SELECT FROM unnest($3::text[], $4::text[], $5::boolean[]) AS f (name, state, own)
			WHERE f.name = n.kind || ':' || coalesce(n.args ->> 'clock', '') AND f.state = c.state
				AND (NOT f.own OR c.department_id IS NOT DISTINCT FROM a.department_id)))
	ORDER BY n.id LIMIT $2`

type cardRow struct {
	Notice   int64  `db:"notice"`
	Channel  string `db:"channel"`
	External string `db:"external"`
}

func (r cardRow) toCard() workflow.Card {
	return workflow.Card{Notice: r.Notice, Channel: workflow.Channel(r.Channel), External: r.External}
}

// DoneCards implements workflow.Cards.
func (s *Store) DoneCards(ctx context.Context, since time.Time, limit int) ([]workflow.Card, error) {
	var names, states pq.StringArray
	var own pq.BoolArray
	for _, f := range workflow.CardTable() {
		names, states, own = append(names, f.Name), append(states, string(f.State)), append(own, f.Own)
	}
	return many(ctx, s, "list done cards", cardRow.toCard, sqlDoneCards, instant(since), limit, names, states, own)
}
