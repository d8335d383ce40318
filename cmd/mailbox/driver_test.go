package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// sent is a letter of the ledger: what somebody sent, and the number they were
// given for it.
type sent struct {
	subject, body, from string
	byMail, twice       bool
	file                []byte // nil: none
	number              string // of the receipt; letters by mail get none at once
}

// driver sends letters until every one of them has a definite end.
type driver struct {
	ledger []*sent
	done   atomic.Int64
	tries  atomic.Int64

	mu     sync.Mutex
	faults []error
}

// newDriver writes n letters, each with words and an address of its own.
func newDriver(r *rand.Rand, n int) *driver {
	d := &driver{}
	for i := range n {
		s := &sent{
			subject: fmt.Sprintf("第%04d封来信：食堂的价格", i), from: fmt.Sprintf("writer%04d@example.com", i),
			body:   fmt.Sprintf("尊敬的校长，这是第%04d封来信。\n%s", i, strings.Repeat("食堂涨价了，请您过问。", 1+r.IntN(40))),
			byMail: r.IntN(10) < 3, twice: r.IntN(10) == 0,
		}
		if !s.byMail && r.IntN(5) == 0 {
			s.file = fmt.Appendf(nil, "收据 %04d %d\n", i, r.Uint64())
		}
		d.ledger = append(d.ledger, s)
	}
	return d
}

// target is where letters go; awaitUp waits until somebody serves there.
type target interface {
	awaitUp(ctx context.Context) (addresses, error)
}

// fixed is a program that stays where it is.
type fixed addresses

func (f fixed) awaitUp(ctx context.Context) (addresses, error) { return addresses(f), ctx.Err() }

// between is how long somebody waits who was told to try again.
const between = 20 * time.Millisecond

// run sends all letters, a dozen at a time.
func (d *driver) run(ctx context.Context, k target) {
	const hands = 12
	work := make(chan *sent)
	var wg sync.WaitGroup
	for range hands {
		wg.Go(func() {
			for s := range work {
				if err := d.one(ctx, k, s); err != nil {
					d.mu.Lock()
					d.faults = append(d.faults, fmt.Errorf("%s: %w", s.subject, err))
					d.mu.Unlock()
				}
				d.done.Add(1)
			}
		})
	}
	for _, s := range d.ledger {
		work <- s
	}
	close(work)
	wg.Wait()
}

func (d *driver) one(ctx context.Context, k target, s *sent) error {
	if s.byMail {
		return d.mail(ctx, k, s)
	}
	return d.web(ctx, k, s)
}

// mail sends the same mail until it is taken, as a mail server does.
func (d *driver) mail(ctx context.Context, k target, s *sent) error {
	raw := plainMail("id-"+s.from, "Writer <"+s.from+">", s.subject, s.body)
	for taken := 0; ; {
		where, err := k.awaitUp(ctx)
		if err != nil {
			return err
		}
		d.tries.Add(1)
		err = sendMail(where.SMTP, s.from, "mailbox@xz.example.edu.cn", raw)
		if code := replyCode(err); code >= 500 {
			return fmt.Errorf("refused for good: %w", err)
		}
		if err == nil {
			if taken++; taken == 2 || !s.twice {
				return nil
			}
			continue
		}
		pause(ctx, between)
	}
}

// web sends the same form until there is a receipt. A double click sends it
// twice at once; both must lead to the same receipt.
func (d *driver) web(ctx context.Context, k target, s *sent) error {
	where, err := k.awaitUp(ctx)
	if err != nil {
		return err
	}
	v := newVisitor(func() string { return where.Web })
	defer v.http.CloseIdleConnections()
	form := ""
	var kind string
	var body []byte
	for {
		if where, err = k.awaitUp(ctx); err != nil {
			return err
		}
		// Limits are not what is tried here: each try comes from another network.
		v.header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.7", rand.IntN(250), rand.IntN(250)))
		if form == "" {
			page, err := v.send(ctx, http.MethodGet, "/write", "", nil)
			if form = token(page); err != nil || form == "" {
				pause(ctx, between)
				continue
			}
			kind, body = s.form(form)
		}
		if ended, err := d.click(ctx, v, s, kind, body); ended {
			return err
		}
		pause(ctx, between)
	}
}

func (s *sent) form(token string) (kind string, body []byte) {
	f := letter(token, s.subject, s.body)
	f.Set("email", s.from)
	var files []upload
	if s.file != nil {
		files = append(files, upload{field: "files", name: "收据.txt", kind: "text/plain", content: s.file})
	}
	return withFiles(f, files...)
}

// click sends the form once, or twice at once, and notes the number.
func (d *driver) click(ctx context.Context, v *visitor, s *sent, kind string, body []byte) (ended bool, err error) {
	clicks := 1
	if s.twice {
		clicks = 2
	}
	answers := make([]answer, clicks)
	errs := make([]error, clicks)
	var wg sync.WaitGroup
	for i := range clicks {
		wg.Go(func() {
			d.tries.Add(1)
			answers[i], errs[i] = v.send(ctx, http.MethodPost, "/write", kind, bytes.NewReader(body))
		})
	}
	wg.Wait()
	for i, a := range answers {
		number := numberIn(a)
		switch {
		case errs[i] != nil || a.status == http.StatusServiceUnavailable:
		case number == "":
			return true, fmt.Errorf("not taken: %v", a)
		case s.number != "" && s.number != number:
			return true, fmt.Errorf("two numbers: %s and %s", s.number, number)
		default:
			s.number = number
			ended = true
		}
	}
	return ended, nil
}
