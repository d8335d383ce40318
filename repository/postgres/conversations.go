package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

type conversationRow struct {
	ID      int64   `db:"id"`
	Channel string  `db:"channel"`
	Account string  `db:"account"`
	Person  []byte  `db:"person"`
	Sealed  []byte  `db:"sealed"`
	Locale  string  `db:"locale"`
	CaseID  ref     `db:"case_id"`
	Said    instant `db:"said_at"`
	Anew    bool    `db:"anew"`
	Heard   instant `db:"heard_at"`
	HeardBy string  `db:"heard_by"`
	ReplyTo string  `db:"reply_to"`
	Room    string  `db:"room"`
	Used    int     `db:"used"`
	Grants  int     `db:"grants"`
	Gone    instant `db:"gone_at"`
}

func (r conversationRow) toConversation() workflow.Conversation {
	return workflow.Conversation{
		ID: r.ID, Channel: workflow.Channel(r.Channel), Account: r.Account, Person: r.Person, Sealed: r.Sealed, Locale: r.Locale,
		CaseID: int64(r.CaseID), Said: time.Time(r.Said), Anew: r.Anew, Heard: time.Time(r.Heard), HeardBy: workflow.HeardBy(r.HeardBy),
		ReplyTo: r.ReplyTo, Room: r.Room, Used: r.Used, Grants: r.Grants, Gone: time.Time(r.Gone),
	}
}

const conversationColumns = ` v.id, v.channel, v.account, v.person, v.sealed, v.locale, v.case_id, v.said_at, v.anew, v.heard_at,
		v.heard_by, v.reply_to, v.room, v.used, v.grants, v.gone_at`

// The first word of two at once waits here for the other: whoever comes second
// finds what the first has stored. What is there is changed to what it was, which
// locks it and brings it back in one question.
const sqlMeet = `
	INSERT INTO conversations AS v (channel, account, person, sealed, locale) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (channel, account, person) DO UPDATE SET locale = v.locale
	RETURNING` + conversationColumns

// LockConversation implements workflow.ChannelRows.
func (s *Store) LockConversation(ctx context.Context, c *workflow.Conversation) error {
	r, err := one[conversationRow](ctx, s, "meet", sqlMeet, c.Channel, c.Account, solid(c.Person), solid(c.Sealed), c.Locale)
	if err == nil {
		*c = r.toConversation()
	}
	return err
}

const sqlSaveConversation = `
	UPDATE conversations SET locale = $2, case_id = $3, said_at = $4, anew = $5, heard_at = $6, heard_by = $7, reply_to = $8, room = $9,
		used = $10, grants = $11, gone_at = $12
	WHERE id = $1`

// SaveConversation implements workflow.ChannelRows.
func (s *Store) SaveConversation(ctx context.Context, c workflow.Conversation) error {
	return s.change(ctx, "save conversation", sqlSaveConversation, c.ID, c.Locale, ref(c.CaseID), instant(c.Said), c.Anew,
		instant(c.Heard), c.HeardBy, c.ReplyTo, c.Room, c.Used, c.Grants, instant(c.Gone))
}

const sqlBind = `
	INSERT INTO bindings (case_id, conversation_id, at) VALUES ($1, $2, $3)
	ON CONFLICT (case_id) DO UPDATE SET conversation_id = excluded.conversation_id, at = excluded.at`

// Bind implements workflow.ChannelRows.
func (s *Store) Bind(ctx context.Context, caseID, conversation int64, at time.Time) error {
	_, err := s.exec(ctx, "bind case", sqlBind, caseID, conversation, instant(at))
	return err
}

const sqlConversationOf = `SELECT` + conversationColumns + `
	FROM bindings b JOIN conversations v ON v.id = b.conversation_id WHERE b.case_id = $1`

// ConversationOf implements workflow.ChannelRows.
func (s *Store) ConversationOf(ctx context.Context, caseID int64) (workflow.Conversation, error) {
	r, err := one[conversationRow](ctx, s, "find conversation of case", sqlConversationOf, caseID)
	return r.toConversation(), err
}

type tryRow struct {
	Notice   int64   `db:"notice_id"`
	Seq      int     `db:"seq"`
	Step     string  `db:"step"`
	Outcome  string  `db:"outcome"`
	Reason   string  `db:"reason"`
	External string  `db:"external"`
	At       instant `db:"at"`
}

func (r tryRow) toTry() workflow.NoticeTry {
	return workflow.NoticeTry{
		Notice: r.Notice, Seq: r.Seq, Step: workflow.LadderStep(r.Step), Outcome: workflow.TryOutcome(r.Outcome), Reason: r.Reason,
		External: r.External, At: time.Time(r.At),
	}
}

const sqlAddTry = `
	INSERT INTO notice_tries (notice_id, seq, step, outcome, reason, external, at)
	SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6::timestamptz FROM notice_tries WHERE notice_id = $1`

// AddTries implements workflow.ChannelRows.
func (s *Store) AddTries(ctx context.Context, notice int64, tries []workflow.NoticeTry) error {
	return s.together(ctx, func(s *Store) error {
		for _, t := range tries {
			if _, err := s.exec(ctx, "add try", sqlAddTry, notice, t.Step, t.Outcome, t.Reason, t.External, instant(t.At)); err != nil {
				return err
			}
		}
		return nil
	})
}

const sqlTriesOf = `
	SELECT notice_id, seq, step, outcome, reason, external, at FROM notice_tries WHERE notice_id = ANY ($1) ORDER BY notice_id, seq`

// TriesOf implements workflow.ChannelRows.
func (s *Store) TriesOf(ctx context.Context, notices ...int64) ([]workflow.NoticeTry, error) {
	return many(ctx, s, "list tries", tryRow.toTry, sqlTriesOf, pq.Int64Array(notices))
}

const sqlNoticeOfTry = `SELECT` + noticeColumns + `
	FROM notices n WHERE n.id = (SELECT notice_id FROM notice_tries WHERE external = $1 AND $1 <> '' ORDER BY seq DESC LIMIT 1)`

// NoticeOfTry implements workflow.ChannelRows.
func (s *Store) NoticeOfTry(ctx context.Context, external string) (workflow.Notice, error) {
	r, err := one[noticeRow](ctx, s, "find notice of try", sqlNoticeOfTry, external)
	return r.toNotice(), err
}
