package receive_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"mailbox/handlers/channel/email/receive"
	"mailbox/handlers/channel/email/receive/cuttest"
	"mailbox/handlers/channel/email/receive/dovecottest"
)

const (
	user     = dovecottest.User
	password = dovecottest.Password
)

// memory is an IMAP server in this process.
func memory(t *testing.T) (addr string, account *imapmemserver.User) {
	t.Helper()
	account = imapmemserver.NewUser(user, password)
	if err := account.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	mem := imapmemserver.New()
	mem.AddUser(account)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		InsecureAuth: true,
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIdle: {}},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-done })
	return l.Addr().String(), account
}

func put(t *testing.T, addr string, mails ...[]byte) {
	t.Helper()
	c := visit(t, addr)
	defer c.Close()
	for _, m := range mails {
		cmd := c.Append("INBOX", int64(len(m)), nil)
		cmd.Write(m)
		cmd.Close()
		if _, err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
	}
}

func visit(t *testing.T, addr string) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(user, password).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

// quick settings, with a poll so long that a push must have done it.
func quick(addr string) receive.IMAPConfig {
	return receive.IMAPConfig{URL: fmt.Sprintf("imap://%s:%s@%s/INBOX", user, password, addr), Poll: time.Hour, Timeout: 5 * time.Second, RetryFirst: time.Millisecond, RetryMost: 20 * time.Millisecond}
}

func follow(t *testing.T, cfg receive.IMAPConfig, intake receive.Intake, cursors receive.Cursors, ledger receive.Ledger) (f *receive.Follower, stop func()) {
	t.Helper()
	f, err := receive.NewFollower(cfg, intake, cursors, ledger, time.Now, logger(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { f.Run(ctx) })
	stop = func() { cancel(); wg.Wait() }
	t.Cleanup(stop)
	return f, stop
}

func letters(from, to int) [][]byte {
	var out [][]byte
	for n := from; n <= to; n++ {
		out = append(out, letter(n))
	}
	return out
}

func TestFollowsInOrderAndMarksNothing(t *testing.T) {
	t.Parallel()
	servers := map[string]func(*testing.T) string{
		"memory":  func(t *testing.T) string { addr, _ := memory(t); return addr },
		"dovecot": func(t *testing.T) string { return dovecottest.Start(t).Addr },
	}
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := start(t)
			put(t, addr, letters(1, 5)...)
			s, m := newShelf(nil), newMarks()
			cfg := quick(addr)
			if name == "memory" {
				cfg.Poll = time.Second // it forgets to push what comes between two commands; Dovecot does not
			}
			f, stop := follow(t, cfg, s, m, nil)
			m.wait(t, 5)
			put(t, addr, letters(6, 7)...) // pushed by Dovecot: the poll is an hour away
			m.wait(t, 7)
			for i, got := range s.list() {
				if !bytes.Equal(got.Raw, letter(i+1)) || !strings.HasSuffix(got.ExternalID, fmt.Sprintf(":%d", i+1)) || got.Source != "imap" || got.ReceivedAt.IsZero() {
					t.Errorf("mail %d: %+v", i+1, got)
				}
			}
			if st := f.Status(); st.Connected.IsZero() || st.LastMail.IsZero() || !st.Idle || st.Error != "" {
				t.Errorf("status %+v", st)
			}
			assertUnseen(t, addr, 7)
			stop()
			again := newShelf(nil)
			restarted := quick(addr)
			restarted.Poll = time.Second // pushed or asked for: the question is only which mails come
			follow(t, restarted, again, m, nil)
			put(t, addr, letter(8))
			again.wait(t, 1)
			if n := again.count(); n != 1 {
				t.Errorf("after a new start %d mails came, want the new one", n)
			}
		})
	}
}

func assertUnseen(t *testing.T, addr string, want int) {
	t.Helper()
	c := visit(t, addr)
	defer c.Close()
	if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Fatal(err)
	}
	data, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
	if err != nil || len(data.AllUIDs()) != want {
		t.Errorf("unseen: %v, %v; want %d", data.AllUIDs(), err, want)
	}
}

// TestNewNumbering makes the folder anew, as a server does that was restored.
func TestNewNumbering(t *testing.T) {
	t.Parallel()
	addr := dovecottest.Start(t).Addr
	cfg := quick(addr)
	cfg.URL = strings.TrimSuffix(cfg.URL, "INBOX") + "Letters"
	c := visit(t, addr)
	defer c.Close()
	fill := func(from, to int) {
		c := visit(t, addr) // the one that deleted the folder before may still miss it
		defer c.Close()
		if err := c.Create("Letters", nil).Wait(); err != nil {
			t.Fatal(err)
		}
		for _, l := range letters(from, to) {
			cmd := c.Append("Letters", int64(len(l)), nil)
			cmd.Write(l)
			cmd.Close()
			if _, err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
		}
	}
	fill(1, 3)
	s, m := newShelf(nil), newMarks()
	_, stop := follow(t, cfg, s, m, nil)
	m.wait(t, 3)
	stop()
	before, _, _ := m.Cursor(t.Context(), "")
	if err := c.Delete("Letters").Wait(); err != nil {
		t.Fatal(err)
	}
	fill(4, 5)
	follow(t, cfg, s, m, nil)
	m.wait(t, 2)
	if after, _, _ := m.Cursor(t.Context(), ""); after == before || s.count() != 5 {
		t.Errorf("numbering %d, then %d; %d mails", before, after, s.count())
	}
}

func TestPoisonBlocksNobody(t *testing.T) {
	t.Parallel()
	addr, _ := memory(t)
	put(t, addr, letters(1, 5)...)
	m := newMarks()
	s := newShelf(func(a receive.Arrival, _ int) error {
		if bytes.Contains(a.Raw, []byte("letter 2\r")) && !a.Unreadable {
			return errors.New("the reader fell over")
		}
		return nil
	})
	follow(t, quick(addr), s, m, nil)
	m.wait(t, 5)
	got := s.list()
	last := got[len(got)-1]
	if !last.Unreadable || !bytes.Equal(last.Raw, letter(2)) || s.calls[last.ExternalID] != 4 {
		t.Errorf("the poison came as %+v after %d calls", last, s.calls[last.ExternalID])
	}
	for _, a := range got[:4] {
		if a.Unreadable {
			t.Errorf("%s was called unreadable", a.ExternalID)
		}
	}
}

func TestStoreAwayLosesNothing(t *testing.T) {
	t.Parallel()
	addr, _ := memory(t)
	put(t, addr, letters(1, 3)...)
	m := newMarks()
	s := newShelf(func(_ receive.Arrival, call int) error {
		if call < 8 {
			return unavailable()
		}
		return nil
	})
	follow(t, quick(addr), s, m, nil)
	m.wait(t, 3)
	for _, a := range s.list() {
		if a.Unreadable {
			t.Error("a mail was called unreadable because the store was away")
		}
	}
}

// TestBadWeather follows a mailbox twice through a line that breaks, into a
// store that fails at random.
func TestBadWeather(t *testing.T) {
	t.Parallel()
	const mails, cuts = 300, 30
	server := dovecottest.Start(t)
	put(t, server.Addr, letters(1, mails)...)
	proxy := cuttest.Start(t, server.Addr)
	s, m := newShelf(capricious(7, 0.2)), newMarks()
	proxy.CutAfter(3500)
	cfg := quick(proxy.Addr)
	cfg.Poll = 100 * time.Millisecond
	_, stopFirst := follow(t, cfg, s, m, nil)
	_, stopSecond := follow(t, cfg, s, m, nil)
	limit := time.NewTimer(3 * time.Minute)
	defer limit.Stop()
	for n := int64(0); proxy.Cuts() < cuts; n++ {
		proxy.CutAfter(3300 + n*137%2500) // somewhere else each time
		select {
		case <-s.changed:
		case <-m.changed:
		case <-limit.C:
			t.Fatalf("%d cuts, %d mails", proxy.Cuts(), s.count())
		}
		if s.count() == mails {
			break
		}
	}
	proxy.CutAfter(0)
	s.wait(t, mails)
	m.wait(t, mails)
	stopFirst()
	stopSecond()
	seen := map[string]bool{}
	for _, a := range s.list() {
		if seen[string(a.Raw)] {
			t.Errorf("%q came under two ids", a.Raw)
		}
		seen[string(a.Raw)] = true
	}
	for n := 1; n <= mails; n++ {
		if !seen[string(letter(n))] {
			t.Errorf("letter %d is lost or changed", n)
		}
	}
	t.Logf("%d lines cut", proxy.Cuts())
	assertUnseen(t, server.Addr, mails)
}

func TestSilentServerIsLeft(t *testing.T) {
	t.Parallel()
	addr, _ := memory(t)
	put(t, addr, letter(1))
	proxy := cuttest.Start(t, addr)
	proxy.Silence(true)
	cfg := quick(proxy.Addr)
	cfg.Timeout = 50 * time.Millisecond
	s := newShelf(nil)
	f, _ := follow(t, cfg, s, newMarks(), nil)
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for f.Status().Error == "" {
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatal("a silent server was waited for")
		}
	}
	if strings.Contains(f.Status().Error, password) {
		t.Error("the status shows the password")
	}
	proxy.Silence(false)
	s.wait(t, 1)
}

func TestDailyComparisonFindsWhatIsMissing(t *testing.T) {
	t.Parallel()
	addr, _ := memory(t)
	put(t, addr, letters(1, 4)...)
	m := newMarks()
	s := newShelf(nil)
	_, stop := follow(t, quick(addr), s, m, nil)
	m.wait(t, 4)
	stop()
	s.mu.Lock()
	for id, a := range s.mails { // somebody lost a row
		if bytes.Equal(a.Raw, letter(2)) {
			delete(s.mails, id)
		}
	}
	s.mu.Unlock()
	ledger := missing{s, make(chan []uint32, 10)}
	follow(t, quick(addr), s, m, ledger)
	if asked := <-ledger.asked; len(asked) != 1 || asked[0] != 2 {
		t.Errorf("missing %v", asked)
	}
	s.wait(t, 4)
}

func TestLongMailIsTakenInPart(t *testing.T) {
	t.Parallel()
	addr, _ := memory(t)
	put(t, addr, append(letter(1), bytes.Repeat([]byte("long\r\n"), 1000)...))
	cfg := quick(addr)
	cfg.MaxBytes = 2000
	s := newShelf(nil)
	follow(t, cfg, s, newMarks(), nil)
	s.wait(t, 1)
	if a := s.list()[0]; !a.Truncated || len(a.Raw) != 2000 {
		t.Errorf("truncated %v, %d bytes", a.Truncated, len(a.Raw))
	}
}

// TestNetEase follows a server that refuses who does not introduce himself,
// cannot push and gives its answers in its own case.
func TestNetEase(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { netease(c) })
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	s, m := newShelf(nil), newMarks()
	cfg := quick(l.Addr().String())
	cfg.Poll = 10 * time.Millisecond
	_, stop := follow(t, cfg, s, m, nil)
	m.wait(t, 1320000002)
	stop()
	if got := s.list(); len(got) != 2 || !bytes.Equal(got[0].Raw, letter(1)) || !bytes.Equal(got[1].Raw, letter(2)) {
		t.Errorf("got %+v", got)
	}
}

func netease(c net.Conn) {
	defer c.Close()
	say := func(format string, args ...any) { fmt.Fprintf(c, format+"\r\n", args...) }
	say("* OK Coremail System IMap Server Ready(163com[0])")
	known := false
	r := bufio.NewScanner(c)
	for r.Scan() {
		tag, line, _ := strings.Cut(r.Text(), " ")
		upper := strings.ToUpper(line)
		switch {
		case strings.HasPrefix(upper, "CAPABILITY"):
			say("* CAPABILITY IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS XAPPLEPUSHSERVICE UIDPLUS X-CM-EXT-1")
		case strings.HasPrefix(upper, "ID"):
			known = true
			say(`* ID ("name" "Coremail Imap" "vendor" "Mailtech" "TransID" "1")`)
		case strings.HasPrefix(upper, "SELECT") && !known:
			say("%s NO SELECT Unsafe Login. Please contact kefu@188.com for help", tag)
			continue
		case strings.HasPrefix(upper, "SELECT"):
			say("* 2 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] UIDs valid\r\n* FLAGS (\\Answered \\Seen \\Deleted \\Draft \\Flagged)\r\n* OK [PERMANENTFLAGS (\\Answered \\Seen \\Deleted \\Draft \\Flagged)] Limited")
			say("%s OK [READ-WRITE] SELECT completed", tag)
			continue
		case strings.HasPrefix(upper, "UID SEARCH"):
			say("* SEARCH 1320000001 1320000002")
		case strings.Contains(upper, "BODY.PEEK[]"):
			n := 1
			if strings.Contains(upper, "1320000002") || strings.HasPrefix(upper, "FETCH 2") {
				n = 2
			}
			if n == 2 { // the uid last
				say("* %d FETCH (BODY[] {%d}\r\n%s UID 132000000%d)", n, len(letter(n)), letter(n), n)
				break
			}
			say("* %d FETCH (UID 132000000%d BODY[] {%d}\r\n%s)", n, n, len(letter(n)), letter(n))
		case strings.HasPrefix(upper, "UID FETCH"):
			n := 1
			if strings.Contains(upper, "1320000002") {
				n = 2
			}
			say(`* %d FETCH (UID 132000000%d INTERNALDATE "15-Nov-2023 10:00:00 +0800" RFC822.SIZE %d)`, n, n, len(letter(n))+7)
		}
		say("%s OK completed", tag)
	}
}

func TestMailboxAddress(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "http://u:p@h/INBOX", "imap://h/INBOX", "imaps://u:secret@/INBOX", "imaps://u:secret@h:x/INBOX"} {
		if _, err := receive.NewFollower(receive.IMAPConfig{URL: bad}, nil, nil, nil, time.Now, logger(t)); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	f, err := receive.NewFollower(receive.IMAPConfig{URL: "imaps://xzxx%40163.com:p@imap.163.com"}, nil, nil, nil, time.Now, logger(t))
	if err != nil || f.Status().Mailbox != "xzxx@163.com/INBOX" {
		t.Errorf("got %+v, %v", f.Status(), err)
	}
}
