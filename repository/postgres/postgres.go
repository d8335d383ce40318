// Package postgres is the workflow's memory in PostgreSQL.
//
// Every method of Store runs one statement, or a few in one transaction. Lists
// and figures are built from constants and placeholders only; nothing a person
// typed is ever part of a statement.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"mailbox/workflow"
)

var _ workflow.Store = (*Store)(nil)

// How long connecting and waiting for a free connection may take. A database
// that needs longer counts as away.
const (
	connectTimeout = 5 * time.Second
	poolTimeout    = 5 * time.Second
)

// Limits say how many connections a Store may have.
type Limits struct {
	Open int // at once
	Idle int // kept for the next
}

// DefaultLimits fit one program on a small machine.
var DefaultLimits = Limits{Open: 20, Idle: 20}

// Store implements workflow.Store. Its methods run in the transaction the
// Store stands for, or on their own when it stands for none.
type Store struct {
	db   *sqlx.DB
	q    sqlx.ExtContext // db, or the transaction
	act  *act            // nil outside a transaction
	idle *atomic.Int64   // connections kept for the next
	days *dayBook
	bell *bell
	now  func() time.Time

	ready *readied
}

// act is what a transaction has to do once it is kept.
type act struct{ noticed bool }

// Open connects to the database at dsn, which must be migrated already or be
// migrated before the first use.
func Open(ctx context.Context, dsn string, now func() time.Time) (*Store, error) {
	return open(ctx, dsn, nil, now)
}

// OpenQuick is Open for what can be done again from the start: its commits do
// not wait for the disk. A crash of the database may undo the last of them,
// never a part of one and never an earlier one alone.
func OpenQuick(ctx context.Context, dsn string, now func() time.Time) (*Store, error) {
	return open(ctx, dsn, map[string]string{"synchronous_commit": "off"}, now)
}

func open(ctx context.Context, dsn string, settings map[string]string, now func() time.Time) (*Store, error) {
	connector, err := connect(dsn, settings)
	if err != nil {
		return nil, err
	}
	db := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	s := &Store{db: db, q: db, idle: new(atomic.Int64), days: newDayBook(connector), bell: newBell(db), now: now, ready: newReadied()}
	s.Limit(DefaultLimits)
	if err := s.Ping(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// connect prepares connections of which every statement takes one round trip,
// speaks UTC and is planned for lists, not for analysis; settings are more of
// the session's.
func connect(dsn string, settings map[string]string) (*pq.Connector, error) {
	cfg, err := pq.NewConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("read database address: %w", err)
	}
	cfg.BinaryParameters = true
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connectTimeout
	}
	if cfg.FallbackApplicationName == "" {
		cfg.FallbackApplicationName = "mailbox"
	}
	if cfg.Runtime == nil {
		cfg.Runtime = map[string]string{}
	}
	cfg.Runtime["timezone"] = "UTC"
	cfg.Runtime["jit"] = "off"
	maps.Copy(cfg.Runtime, settings)
	connector, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("read database address: %w", err)
	}
	return connector, nil
}

// Limit changes how many connections there may be.
func (s *Store) Limit(l Limits) {
	s.db.SetMaxOpenConns(l.Open)
	s.db.SetMaxIdleConns(l.Idle)
	s.idle.Store(int64(l.Idle))
}

// refresh closes the connections that wait for use: where one broke, the
// others most likely did as well.
func (s *Store) refresh() {
	s.db.SetMaxIdleConns(-1)
	s.db.SetMaxIdleConns(int(s.idle.Load()))
}

// Close closes all connections; one that broke before is closed already.
func (s *Store) Close() error {
	s.bell.stop()
	err := errors.Join(s.days.db.Close(), s.db.Close())
	if lost(err) {
		return nil
	}
	return err
}

const sqlPing = `SELECT 1`

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.exec(ctx, "ping", sqlPing)
	return err
}
