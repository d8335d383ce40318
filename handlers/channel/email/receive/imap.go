package receive

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"
)

// IMAPConfig says which mailbox to follow.
type IMAPConfig struct {
	// URL is imaps://user:password@host:port/INBOX. With imap:// the connection
	// changes to TLS first, unless the server is on this machine or the URL ends
	// in ?tls=none.
	URL     string
	Mailbox string        // a name for it; default user@host/folder
	TLS     *tls.Config   // default: the system's certificates
	Poll    time.Duration // 2 min: how often to ask, beside the server's pushes
	Compare time.Duration // 24 h: how often to compare with the Ledger

	MaxBytes   int64         // 50 MB: of longer mails the beginning is taken
	Timeout    time.Duration // 10 s for one command
	Store      time.Duration // 30 s for the Intake
	RetryFirst time.Duration // 1 s, doubled at each failure in a row …
	RetryMost  time.Duration // … up to 2 min
}

func (c IMAPConfig) withDefaults() IMAPConfig {
	c.Poll = cmp.Or(c.Poll, 2*time.Minute)
	c.Compare = cmp.Or(c.Compare, 24*time.Hour)
	c.MaxBytes = cmp.Or(c.MaxBytes, 50_000_000)
	c.Timeout = cmp.Or(c.Timeout, 10*time.Second)
	c.Store = cmp.Or(c.Store, 30*time.Second)
	c.RetryFirst = cmp.Or(c.RetryFirst, time.Second)
	c.RetryMost = cmp.Or(c.RetryMost, 2*time.Minute)
	return c
}

// account is where a mailbox lives.
type account struct {
	address, host  string
	user, password string
	folder         string
	ssl, startTLS  bool
}

func parseAccount(address string) (account, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User == nil || u.Scheme != "imap" && u.Scheme != "imaps" {
		return account{}, errors.New("the mailbox is not an address like imaps://user:password@host/INBOX") // holds a password: do not repeat it
	}
	a := account{host: u.Hostname(), user: u.User.Username(), folder: strings.Trim(u.Path, "/"), ssl: u.Scheme == "imaps"}
	a.password, _ = u.User.Password()
	a.folder = cmp.Or(a.folder, "INBOX")
	port := "143"
	if a.ssl {
		port = "993"
	}
	a.address = net.JoinHostPort(a.host, cmp.Or(u.Port(), port))
	ip := net.ParseIP(a.host)
	local := a.host == "localhost" || ip != nil && ip.IsLoopback()
	mode := u.Query().Get("tls")
	a.startTLS = !a.ssl && mode != "none" && (!local || mode == "starttls")
	return a, nil
}

// Status is what a page shows of a followed mailbox. Server and Arrived are the
// two numbers that must agree.
type Status struct {
	Mailbox   string
	Connected time.Time // zero when not connected
	LastMail  time.Time
	LastCheck time.Time // when the numbers were counted
	Server    int       // mails on the server
	Arrived   int       // of these, taken in
	Stuck     int       // of these, refused by our own side again and again
	Idle      bool      // the server pushes
	Error     string    // why not connected, or ""
}

// Follower takes in the mail of one mailbox as it comes. It changes nothing
// there: no mail is marked as seen, moved or deleted. Any number of followers
// may follow one mailbox; the Intake makes one mail of what both bring.
type Follower struct {
	cfg     IMAPConfig
	account account
	intake  Intake
	cursors Cursors
	ledger  Ledger // optional
	now     func() time.Time
	log     *slog.Logger

	mu     sync.Mutex
	status Status

	failures map[uint32]int // by uid, of the current uidValidity
	done     map[uint32]bool
	stuck    map[uint32]bool // break the line each time they are fetched
	validity uint32
	retried  time.Time // when stuck ones were tried last
	compared time.Time
}

// NewFollower returns a follower that is not running yet. ledger may be nil.
func NewFollower(cfg IMAPConfig, intake Intake, cursors Cursors, ledger Ledger, now func() time.Time, log *slog.Logger) (*Follower, error) {
	a, err := parseAccount(cfg.URL)
	if err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	name := cmp.Or(cfg.Mailbox, a.user+"@"+a.host+"/"+a.folder)
	if cfg.Mailbox == "" && strings.Contains(a.user, "@") {
		name = a.user + "/" + a.folder
	}
	return &Follower{cfg: cfg, account: a, intake: intake, cursors: cursors, ledger: ledger, now: now, log: log, status: Status{Mailbox: name}}, nil
}

// Status may be called at any time.
func (f *Follower) Status() Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status
}

func (f *Follower) report(change func(*Status)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.status)
}

// Run follows the mailbox until ctx ends, through every failure.
func (f *Follower) Run(ctx context.Context) {
	wait := f.cfg.RetryFirst
	for ctx.Err() == nil {
		began := f.now()
		err := f.follow(ctx)
		if ctx.Err() != nil {
			break
		}
		f.report(func(s *Status) { s.Connected, s.Idle, s.Error = time.Time{}, false, f.plain(err) })
		f.log.WarnContext(ctx, "a followed mailbox is out of reach", slog.String("mailbox", f.status.Mailbox), slog.String("error", f.plain(err)))
		if f.now().Sub(began) > f.cfg.Poll {
			wait = f.cfg.RetryFirst // it held for a while
		}
		pause(ctx, wait)
		wait = min(2*wait, f.cfg.RetryMost)
	}
	f.report(func(s *Status) { s.Connected, s.Idle = time.Time{}, false })
}

// plain is an error in words that hold no password.
func (f *Follower) plain(err error) string {
	if err == nil {
		return "the server closed the connection"
	}
	s := err.Error()
	if f.account.password != "" {
		s = strings.ReplaceAll(s, f.account.password, "•••")
	}
	return s
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// follow is the life of one connection.
func (f *Follower) follow(ctx context.Context) error {
	c, err := f.connect(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	f.report(func(s *Status) { s.Connected, s.Idle, s.Error = f.now(), c.pushes, "" })
	f.begin(c.validity)
	for {
		again, err := f.takeNew(ctx, c)
		if err != nil {
			return err
		}
		if err := f.compare(ctx, c); err != nil {
			return err
		}
		if again {
			pause(ctx, f.cfg.RetryFirst)
		} else if err := c.wait(ctx, f.cfg.Poll); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return fmt.Errorf("follow mailbox: %w", ctx.Err())
		}
	}
}

// begin forgets what was known under another numbering.
func (f *Follower) begin(validity uint32) {
	if f.validity != validity || f.done == nil {
		f.validity = validity
		f.failures, f.done, f.stuck = map[uint32]int{}, map[uint32]bool{}, map[uint32]bool{}
	}
}
