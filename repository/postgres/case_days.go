package postgres

import (
	"context"
	"database/sql"
	"sync"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// dayBook remembers the serial before the first case of each day. A day's row
// is made once and for all, by a connection of its own: on one of the pool's it
// could wait for a connection that an act waiting for this very answer holds.
type dayBook struct {
	db *sqlx.DB

	mu    sync.Mutex
	bases map[string]int64
}

func newDayBook(connector *pq.Connector) *dayBook {
	db := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(-1) // needed once a day
	return &dayBook{db: db, bases: map[string]int64{}}
}

const sqlBeginDay = `
	INSERT INTO case_days (day, base)
	SELECT $1::date, nextval('case_serial') WHERE NOT EXISTS (SELECT FROM case_days WHERE day = $1::date)
	ON CONFLICT (day) DO NOTHING`

const sqlDayBase = `SELECT base FROM case_days WHERE day = $1::date`

// base is the serial before the first case of day.
func (d *dayBook) base(ctx context.Context, day string) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if base, known := d.bases[day]; known {
		return base, nil
	}
	if _, err := d.db.ExecContext(ctx, sqlBeginDay, day); err != nil {
		return 0, translate("begin day", err)
	}
	var base int64
	if err := d.db.GetContext(ctx, &base, sqlDayBase, day); err != nil {
		return 0, translate("read day", err)
	}
	d.bases[day] = base
	return base, nil
}
