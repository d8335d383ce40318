package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

// retryAfter is when somebody who met a database that is away should come back.
const retryAfter = 2 * time.Second

// translate turns what the driver says into what the workflow understands.
// Nothing found, also behind a reference, is NotFound; a name taken already is
// Conflict; a database that is away or too slow is Unavailable. Any other error
// keeps its cause and stays Internal: another broken constraint is our mistake,
// not the user's.
func translate(op string, err error) error {
	if err == nil {
		return nil
	}
	pqErr, fromServer := errors.AsType[*pq.Error](err)
	switch {
	case errors.Is(err, sql.ErrNoRows), fromServer && pqErr.Code == "23503": // foreign_key_violation
		return absent(fmt.Errorf("%s: %w", op, err))
	case fromServer && pqErr.Code == "23505": // unique_violation
		return &workflow.Error{Kind: workflow.Conflict, Key: "conflict." + pqErr.Constraint, Err: fmt.Errorf("%s: %w", op, err)}
	case away(err):
		return unavailable(fmt.Errorf("%s: %w", op, err))
	}
	return fmt.Errorf("%s: %w", op, err)
}

func absent(err error) error {
	e := workflow.Absent()
	e.Err = err
	return e
}

func stale(op string) error {
	return &workflow.Error{Kind: workflow.Conflict, Key: "conflict.changed", Err: errors.New(op + ": changed meanwhile")}
}

func unavailable(err error) error {
	return &workflow.Error{Kind: workflow.Unavailable, Key: "request.unavailable", RetryAfter: retryAfter, Err: err}
}

// away reports whether the database cannot be reached, is starting or stopping,
// or did not answer in time; a transaction is done without us when its context
// ended.
func away(err error) bool {
	return lost(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, sql.ErrTxDone) || hasCode(err, "53300", "57014", "55P03")
}

// lost reports whether the connection is gone, and with it everything that was
// not committed.
func lost(err error) bool {
	if _, network := errors.AsType[net.Error](err); network && !errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	for _, gone := range []error{
		driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		syscall.EPIPE, syscall.ECONNRESET, syscall.ECONNREFUSED, syscall.ENOENT,
	} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return hasCode(err, "57P01", "57P02", "57P03", "08")
}

// yielded reports whether the database gave the transaction up for another one.
func yielded(err error) bool { return hasCode(err, "40001", "40P01") }

// code is the SQLSTATE of an error the server reported.
func code(err error) (string, bool) {
	pqErr, ok := errors.AsType[*pq.Error](err)
	if !ok {
		return "", false
	}
	return string(pqErr.Code), true
}

// hasCode reports whether the server's SQLSTATE begins with one of these.
func hasCode(err error, prefixes ...string) bool {
	state, ok := code(err)
	if !ok {
		return false
	}
	for _, p := range prefixes {
		if strings.HasPrefix(state, p) {
			return true
		}
	}
	return false
}
