package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

type campusNameRow struct {
	Account int64   `db:"account_id"`
	Name    string  `db:"name"`
	Way     string  `db:"way"`
	Seen    instant `db:"seen_at"`
}

func (r campusNameRow) toName() workflow.CampusName {
	return workflow.CampusName{Account: r.Account, Name: r.Name, Way: workflow.Way(r.Way), Seen: time.Time(r.Seen)}
}

const sqlCampusName = `SELECT account_id, name, way, seen_at FROM campus_names WHERE name = $1`

// CampusName implements workflow.SignIns.
func (s *Store) CampusName(ctx context.Context, name string) (workflow.CampusName, error) {
	r, err := one[campusNameRow](ctx, s, "find campus name", sqlCampusName, name)
	return r.toName(), err
}

const sqlCampusNameOf = `SELECT account_id, name, way, seen_at FROM campus_names WHERE account_id = $1`

// CampusNameOf implements workflow.SignIns.
func (s *Store) CampusNameOf(ctx context.Context, account int64) (workflow.CampusName, error) {
	r, err := one[campusNameRow](ctx, s, "read campus name", sqlCampusNameOf, account)
	return r.toName(), err
}

const sqlCampusNames = `
	SELECT account_id, name, way, seen_at FROM campus_names WHERE way = $1 AND account_id > $2 ORDER BY account_id LIMIT $3`

// CampusNames implements workflow.SignIns.
func (s *Store) CampusNames(ctx context.Context, way workflow.Way, after int64, limit int) ([]workflow.CampusName, error) {
	return many(ctx, s, "list campus names", campusNameRow.toName, sqlCampusNames, way, after, ref(limit))
}

const sqlSaveCampusName = `
	INSERT INTO campus_names (account_id, name, way, seen_at) VALUES ($1, $2, $3, $4)
	ON CONFLICT (account_id) DO UPDATE SET name = excluded.name, way = excluded.way, seen_at = excluded.seen_at`

const sqlDropCampusName = `DELETE FROM campus_names WHERE account_id = $1`

// SaveCampusName implements workflow.SignIns.
func (s *Store) SaveCampusName(ctx context.Context, n workflow.CampusName) error {
	if n.Name == "" {
		_, err := s.exec(ctx, "forget campus name", sqlDropCampusName, n.Account)
		return err
	}
	_, err := s.exec(ctx, "save campus name", sqlSaveCampusName, n.Account, n.Name, n.Way, instant(n.Seen))
	return err
}
