package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"mailbox/workflow"
)

// How often an act is tried when others or a broken line got in its way, and
// how long the first pause before trying again may be; each further one may be
// twice as long.
const (
	tries     = 5
	firstWait = 10 * time.Millisecond
)

// Atomic implements workflow.Store. An act that the database gave up for the
// sake of another one, or whose connection broke before the commit was asked
// for, is done again from the start: nothing of it was kept. When the line
// breaks during the commit nobody knows; that is an Unavailable error, and the
// caller, who is idempotent, tries again.
func (s *Store) Atomic(ctx context.Context, do func(workflow.Store) error) error {
	if s.act != nil {
		return do(s) // already in one: join it
	}
	return s.persist(ctx, func() (again bool, err error) { return s.once(ctx, nil, do) })
}

// persist tries something until it is done or there is no use in trying again.
func (s *Store) persist(ctx context.Context, once func() (again bool, err error)) error {
	for try := 1; ; try++ {
		again, err := once()
		if err == nil || !again || try == tries {
			return err
		}
		if lost(err) {
			s.refresh()
		}
		if waitErr := pause(ctx, try); waitErr != nil {
			return err
		}
	}
}

// once runs do in one transaction and says whether a failure may be tried again.
func (s *Store) once(ctx context.Context, how *sql.TxOptions, do func(workflow.Store) error) (again bool, err error) {
	conn, err := s.conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }() // gives it back; the outcome is known by then
	tx, err := conn.BeginTxx(ctx, how)
	if err != nil {
		return lost(err), translate("begin", err)
	}
	defer func() {
		if rbErr := tx.Rollback(); rbErr != nil && !errors.Is(rbErr, sql.ErrTxDone) && !lost(rbErr) {
			err = errors.Join(err, fmt.Errorf("rollback: %w", rbErr))
		}
	}()
	inside := *s
	inside.q, inside.act = tx, &act{}
	if err := do(&inside); err != nil {
		return lost(err) || yielded(err), err
	}
	if err := tx.Commit(); err != nil {
		return yielded(err), commitError(ctx, err)
	}
	if inside.act.noticed {
		s.bell.ring()
	}
	return false, nil
}

// conn takes a connection from the pool, and gives up when none comes free.
func (s *Store) conn(ctx context.Context) (*sqlx.Conn, error) {
	waiting, cancel := context.WithTimeout(ctx, poolTimeout)
	defer cancel()
	conn, err := s.db.Connx(waiting)
	if err != nil {
		return nil, translate("take connection", err)
	}
	return conn, nil
}

// commitError is what a failed commit means: the database's own refusal is
// what it says, everything else is an unknown outcome.
func commitError(ctx context.Context, err error) error {
	if _, refused := code(err); refused || errors.Is(ctx.Err(), context.Canceled) {
		return translate("commit", err)
	}
	return unavailable(fmt.Errorf("commit, outcome unknown: %w", err))
}

// pause waits a random time of up to firstWait doubled with each try.
func pause(ctx context.Context, try int) error {
	var b [2]byte
	rand.Read(b[:]) // never fails; see crypto/rand
	most := firstWait << (try - 1)
	timer := time.NewTimer(most * time.Duration(binary.BigEndian.Uint16(b[:])) >> 16)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
