package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
)

// Items implements workflow.Ledger.
func (s *Store) Items(ctx context.Context, q workflow.ItemQuery) (workflow.ItemListing, error) {
	var args []any
	where := conditions{args: &args}
	where.items(q)
	if err := where.afterItem(q.After); err != nil {
		return workflow.ItemListing{}, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = pageLength
	}
	limit = min(limit, pageMost)
	statement := "SELECT" + itemColumns + " FROM items i WHERE " + where.String() +
		" ORDER BY i.day DESC, i.id DESC LIMIT " + strconv.Itoa(limit+1)
	rows, err := many(ctx, s, "list items", itemRow.toItem, statement, args...)
	if err != nil || len(rows) <= limit {
		return workflow.ItemListing{Items: rows}, err
	}
	last := rows[limit-1]
	return workflow.ItemListing{Items: rows[:limit], Next: fmt.Sprintf("%s.%d", last.Day, last.ID)}, nil
}

// afterItem goes on behind the cursor of a page: its last day and id.
func (c *conditions) afterItem(cursor string) error {
	if cursor == "" {
		return nil
	}
	day, id, _ := strings.Cut(cursor, ".")
	n, err := strconv.ParseInt(id, 10, 64)
	if _, wrong := time.Parse(time.DateOnly, day); wrong != nil || err != nil {
		return workflow.Wrong("after", "invalid.cursor")
	}
	c.add("(i.day, i.id) < (?::date, ?)", day, n)
	return nil
}

// CountItems implements workflow.Ledger.
func (s *Store) CountItems(ctx context.Context, q workflow.ItemQuery) (int, error) {
	var args []any
	where := conditions{args: &args}
	where.items(q)
	return one[int](ctx, s, "count items", "SELECT count(*) FROM items i WHERE "+where.String(), args...)
}

// LastSerial implements workflow.Ledger.
func (s *Store) LastSerial(ctx context.Context, q workflow.ItemQuery) (int, error) {
	var args []any
	where := conditions{args: &args}
	where.items(q)
	return one[int](ctx, s, "find last serial", "SELECT coalesce(max(i.serial), 0) FROM items i WHERE "+where.String(), args...)
}

// belowColumn are a section and all sections below it.
const belowColumn = `
	i.column_id IN (
		WITH RECURSIVE tree AS (
			SELECT id FROM columns WHERE id = ?
			UNION ALL
			SELECT c.id FROM columns c JOIN tree t ON t.id = c.parent_id
		) SELECT id FROM tree)`

// items adds the conditions of a list of items, all but its page.
func (c *conditions) items(q workflow.ItemQuery) {
	c.addIf(q.Channel != "", "i.channel = ?", q.Channel)
	c.addIf(q.Column != 0, belowColumn, q.Column)
	c.addIf(q.Department != 0, "i.department_id = ?", q.Department)
	c.addIf(q.State != "", "i.state = ?", q.State)
	c.addIf(q.Import != 0, "i.import_id = ?", q.Import)
	c.addIf(q.Meeting != "", "i.meeting = ?", q.Meeting)
	c.addIf(q.Series != "", "i.series = ?", q.Series)
	c.addIf(q.Replaces != 0, "i.replaces = ?", q.Replaces)
	c.addIf(q.External != "", "i.external = ?", q.External)
	c.addIf(q.From != "", "i.day >= ?::date", q.From)
	c.addIf(q.To != "", "i.day < ?::date", q.To)
	c.addIf(!q.AsOf.IsZero(), "i.published_at <= ? AND (i.withdrawn_at IS NULL OR i.withdrawn_at > ?)", instant(q.AsOf), instant(q.AsOf))
	c.addIf(q.Search != "", "i.title ILIKE ?", "%"+likeEscape.Replace(q.Search)+"%")
}

// likeEscape makes what a person typed mean itself in a pattern.
var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
