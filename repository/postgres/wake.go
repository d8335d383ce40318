package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// bell tells all deliverers that there are new notices. It rings after the act
// that added them is kept, in no transaction: a transaction that notifies would
// make all such commits queue behind each other. A ring that is lost costs a
// little time only, because deliverers look by themselves as well.
type bell struct {
	db   *sqlx.DB
	pull chan struct{}
	quit context.CancelFunc
	done chan struct{}
}

func newBell(db *sqlx.DB) *bell {
	ctx, quit := context.WithCancel(context.Background())
	b := &bell{db: db, pull: make(chan struct{}, 1), quit: quit, done: make(chan struct{})}
	go b.run(ctx)
	return b
}

const sqlRing = `SELECT pg_notify('notices', '')`

func (b *bell) run(ctx context.Context) {
	defer close(b.done)
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.pull:
			_, _ = b.db.ExecContext(ctx, sqlRing) // lost with the line; see bell
		}
	}
}

// ring asks for a ring soon; several asked for at once are one.
func (b *bell) ring() {
	select {
	case b.pull <- struct{}{}:
	default:
	}
}

func (b *bell) stop() {
	b.quit()
	<-b.done
}

// How long a broken listener waits before it tries again, and how often it
// makes sure that its line is not broken unnoticed.
const (
	relistenSoon  = 100 * time.Millisecond
	relistenLate  = 5 * time.Second
	checkListener = time.Minute
)

// Listen says when there may be new notices to deliver: when the bell rings,
// and when the line was broken and is back. Rings that nobody has taken yet are
// one. It needs no database to start with, and the channel is closed some time
// after ctx ends.
func Listen(ctx context.Context, dsn string) <-chan struct{} {
	wake := make(chan struct{}, 1)
	listener := pq.NewListener(dsn, relistenSoon, relistenLate, nil)
	context.AfterFunc(ctx, func() { _ = listener.Close() }) // its line ends with it
	go func() {
		defer close(wake)
		if err := listener.Listen("notices"); err != nil {
			return // it was closed before it was connected
		}
		pass(ctx, listener, wake)
	}()
	return wake
}

func pass(ctx context.Context, listener *pq.Listener, wake chan<- struct{}) {
	check := time.NewTicker(checkListener)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-check.C:
			_ = listener.Ping() // a broken line is opened again by the listener itself
		case <-listener.Notify: // nil after a reconnection
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	}
}
