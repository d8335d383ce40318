package receive

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// connection is one signed-in IMAP connection with its folder selected.
type connection struct {
	client   *imapclient.Client
	line     net.Conn
	timeout  time.Duration
	most     int64
	validity uint32
	pushes   bool
	news     chan struct{} // holds a token when the server pushed
	now      func() time.Time
}

func (f *Follower) connect(ctx context.Context) (*connection, error) {
	c := &connection{timeout: f.cfg.Timeout, most: f.cfg.MaxBytes, news: make(chan struct{}, 1), now: f.now}
	if err := c.dial(ctx, f.account, f.cfg.TLS); err != nil {
		return nil, fmt.Errorf("connect to mailbox: %w", err)
	}
	if err := c.enter(ctx, f.account); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *connection) dial(ctx context.Context, a account, config *tls.Config) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config = config.Clone()
	config.ServerName = a.host
	line, err := new(net.Dialer).DialContext(ctx, "tcp", a.address)
	if err != nil {
		return err
	}
	c.line = line
	options := &imapclient.Options{TLSConfig: config, UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				c.notice()
			}
		},
	}}
	return c.within(ctx, c.timeout, func() (err error) {
		switch {
		case a.ssl:
			secure := tls.Client(line, config)
			if err := secure.HandshakeContext(ctx); err != nil {
				_ = line.Close()
				return err
			}
			c.client = imapclient.New(secure, options)
		case a.startTLS:
			c.client, err = imapclient.NewStartTLS(line, options)
		default:
			c.client = imapclient.New(line, options)
		}
		return err
	})
}

func (c *connection) notice() {
	select {
	case c.news <- struct{}{}:
	default:
	}
}

// within runs one exchange with the server. go-imap knows no contexts: when the
// time is over the line is cut, which ends whatever waits.
func (c *connection) within(ctx context.Context, limit time.Duration, exchange func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = c.line.Close() })
	err := exchange()
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("the server did not answer in time: %w", ctx.Err())
	}
	return err
}

// enter signs in and selects the folder. NetEase refuses SELECT to clients that
// did not say who they are, so ID is sent whenever the server knows it.
func (c *connection) enter(ctx context.Context, a account) error {
	if err := c.within(ctx, c.timeout, c.client.WaitGreeting); err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	if err := c.within(ctx, c.timeout, func() error { return c.client.Login(a.user, a.password).Wait() }); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	var caps imap.CapSet
	if err := c.within(ctx, c.timeout, func() error { caps = c.client.Caps(); return nil }); err != nil {
		return fmt.Errorf("ask for capabilities: %w", err)
	}
	if caps.Has(imap.CapID) {
		id := &imap.IDData{Name: "mailbox", Version: "1.0", Vendor: "mailbox", SupportURL: "mailto:" + a.user}
		if err := c.within(ctx, c.timeout, func() error { _, err := c.client.ID(id).Wait(); return err }); err != nil && !refused(err) {
			return fmt.Errorf("say who we are: %w", err)
		}
	}
	c.pushes = caps.Has(imap.CapIdle)
	return c.within(ctx, c.timeout, func() error {
		data, err := c.client.Select(a.folder, nil).Wait()
		if err != nil {
			return fmt.Errorf("select folder: %w", err)
		}
		if data.UIDValidity == 0 {
			return errors.New("select folder: the server gives no UIDVALIDITY")
		}
		c.validity = data.UIDValidity
		return nil
	})
}

// refused tells an answer of the server from a broken line.
func refused(err error) bool {
	_, ok := errors.AsType[*imap.Error](err)
	return ok
}

// uids lists the mails in the folder, lowest first.
func (c *connection) uids(ctx context.Context) ([]uint32, error) {
	var out []uint32
	err := c.within(ctx, 3*c.timeout, func() error {
		data, err := c.client.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
		if err != nil {
			return err
		}
		for _, uid := range data.AllUIDs() {
			out = append(out, uint32(uid))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list mails: %w", err)
	}
	slices.Sort(out)
	return out, nil
}

// fetch reads a mail without marking it as seen. found is false when it is gone.
func (c *connection) fetch(ctx context.Context, uid uint32) (m Arrival, found bool, err error) {
	info, err := c.look(ctx, uid)
	if err != nil || info == nil {
		return m, false, wrap("look at mail", err)
	}
	if m.ReceivedAt = info.InternalDate; m.ReceivedAt.IsZero() {
		m.ReceivedAt = c.now()
	}
	section := &imap.FetchItemBodySection{Peek: true}
	if m.Truncated = info.RFC822Size > c.most; m.Truncated {
		section.Partial = &imap.SectionPartial{Offset: 0, Size: c.most}
	}
	limit := fetchTime(c.timeout, min(info.RFC822Size, c.most))
	m.Raw, err = c.body(ctx, imap.UIDSetNum(imap.UID(uid)), section, uid, limit)
	if err == nil && m.Raw == nil {
		// go-imap drops what comes before its uid. Asked for by its number in the
		// folder, the mail is kept, and its uid is checked.
		m.Raw, err = c.body(ctx, imap.SeqSetNum(info.SeqNum), section, uid, limit)
	}
	if err == nil && m.Raw == nil {
		err = errNoBody
	}
	return m, err == nil, wrap("fetch mail", err)
}

// errNoBody is a mail that the server lists and does not show. It is no reason
// to believe that the mail is gone.
var errNoBody = errors.New("the server sent no text")

// look asks for what is known of a mail; nil when it is gone.
func (c *connection) look(ctx context.Context, uid uint32) (info *imapclient.FetchMessageBuffer, err error) {
	err = c.within(ctx, c.timeout, func() error {
		data, err := c.client.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true}).Collect()
		for _, d := range data {
			if d.UID == imap.UID(uid) {
				info = d
			}
		}
		return err
	})
	return info, err
}

func (c *connection) body(ctx context.Context, set imap.NumSet, section *imap.FetchItemBodySection, uid uint32, limit time.Duration) (raw []byte, err error) {
	err = c.within(ctx, limit, func() error {
		cmd := c.client.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		var is imap.UID
		if raw, is, err = readMessages(cmd, 2*c.most); err != nil {
			return err
		}
		if is != imap.UID(uid) {
			raw = nil
		}
		return cmd.Close()
	})
	return raw, err
}

// readMessages reads the text a FETCH brings. On a broken line it must not
// touch the command again: go-imap would read the dead line from two sides.
func readMessages(cmd *imapclient.FetchCommand, most int64) (raw []byte, uid imap.UID, err error) {
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		for item := msg.Next(); item != nil; item = msg.Next() {
			switch item := item.(type) {
			case imapclient.FetchItemDataUID:
				uid = item.UID
			case imapclient.FetchItemDataBodySection:
				if item.Literal == nil {
					continue
				}
				if raw, err = readLiteral(item.Literal, most); err != nil {
					return nil, 0, err
				}
			}
		}
	}
	return raw, uid, nil
}

func readLiteral(r imap.LiteralReader, most int64) ([]byte, error) {
	if r.Size() > most {
		return nil, errors.New("the server sends more than it announced")
	}
	b := make([]byte, r.Size())
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("the line broke inside a mail: %w", err)
	}
	return b, nil
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// wait returns when the server pushes, when it is time to ask, or with an error
// when the line is dead.
func (c *connection) wait(ctx context.Context, poll time.Duration) error {
	timer := time.NewTimer(poll)
	defer timer.Stop()
	if !c.pushes {
		select {
		case <-timer.C:
		case <-ctx.Done():
		case <-c.client.Closed():
		}
		return nil
	}
	var idle *imapclient.IdleCommand
	if err := c.within(ctx, c.timeout, func() (err error) { idle, err = c.client.Idle(); return err }); err != nil {
		return wrap("wait for mail", err)
	}
	select {
	case <-c.news:
	case <-timer.C:
	case <-ctx.Done():
	case <-c.client.Closed():
	}
	return wrap("end waiting for mail", c.within(context.WithoutCancel(ctx), c.timeout, func() error {
		if err := idle.Close(); err != nil {
			return err
		}
		return idle.Wait()
	}))
}

// close leaves without ceremony: nothing is open that a farewell would save.
func (c *connection) close() {
	_ = c.line.Close()
	if c.client != nil {
		_ = c.client.Close()
	}
}
