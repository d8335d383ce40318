package postgres

import (
	"context"

	"github.com/lib/pq"

	"mailbox/workflow"
)

type rosterRow struct {
	Number []byte `db:"number_hash"`
	Name   []byte `db:"name_hash"`
	Status string `db:"status"`
	Unit   string `db:"unit"`
	Left   date   `db:"left_on"`
}

const sqlEmptyRoster = `DELETE FROM roster`

const sqlAddRoster = `
	INSERT INTO roster (number_hash, name_hash, status, unit, left_on)
	SELECT number, name, status, unit, nullif(left_on, '')::date
	FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::text[]) AS r (number, name, status, unit, left_on)`

// rosterAtOnce is how many rows one statement adds.
const rosterAtOnce = 5000

// ReplaceRoster implements workflow.Rosters.
func (s *Store) ReplaceRoster(ctx context.Context, rows []workflow.RosterRow) error {
	return s.together(ctx, func(s *Store) error {
		if _, err := s.exec(ctx, "empty roster", sqlEmptyRoster); err != nil {
			return err
		}
		for begin := 0; begin < len(rows); begin += rosterAtOnce {
			if err := s.addRoster(ctx, rows[begin:min(begin+rosterAtOnce, len(rows))]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) addRoster(ctx context.Context, rows []workflow.RosterRow) error {
	numbers, names := make(pq.ByteaArray, len(rows)), make(pq.ByteaArray, len(rows))
	statuses, units, left := make(pq.StringArray, len(rows)), make(pq.StringArray, len(rows)), make(pq.StringArray, len(rows))
	for i, r := range rows {
		numbers[i], names[i], statuses[i], units[i], left[i] = r.Number, r.Name, string(r.Status), r.Unit, r.Left
	}
	_, err := s.exec(ctx, "add to roster", sqlAddRoster, numbers, names, statuses, units, left)
	return err
}

const sqlRosterRow = `SELECT number_hash, name_hash, status, unit, left_on FROM roster WHERE number_hash = $1`

// RosterRow implements workflow.Rosters.
func (s *Store) RosterRow(ctx context.Context, number []byte) (workflow.RosterRow, error) {
	r, err := one[rosterRow](ctx, s, "find on roster", sqlRosterRow, octets(number))
	return workflow.RosterRow{Number: r.Number, Name: r.Name, Status: workflow.RosterStatus(r.Status), Unit: r.Unit, Left: string(r.Left)}, err
}

type rosterCounts struct {
	Students int `db:"students"`
	Staff    int `db:"staff"`
	Left     int `db:"gone"`
}

const sqlCountRoster = `
	SELECT count(*) FILTER (WHERE status = 'student' AND NOT coalesce(left_on <= $1::date, false)) AS students,
		count(*) FILTER (WHERE status = 'staff' AND NOT coalesce(left_on <= $1::date, false)) AS staff,
		count(*) FILTER (WHERE left_on <= $1::date) AS gone
	FROM roster`

// CountRoster implements workflow.Rosters.
func (s *Store) CountRoster(ctx context.Context, day string) (workflow.RosterCounts, error) {
	r, err := one[rosterCounts](ctx, s, "count roster", sqlCountRoster, date(day))
	return workflow.RosterCounts(r), err
}
