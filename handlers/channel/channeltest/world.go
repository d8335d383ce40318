// Package channeltest is the suite that every adapter of a platform passes, and
// the world it passes it in: a college, a switchboard, a courier, and a door on
// a real HTTP server. The adapter brings the far end. Only test files import it.
package channeltest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"mailbox/handlers/channel"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/channels"
	"mailbox/workflow/delivery"
	"mailbox/workflow/intake"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// Platform is the far end of one channel: strict about every field, able to be
// slow, wrong and down. Its requests are signed as the platform signs them, at
// the world's time and with a new nonce each.
type Platform interface {
	Channel() workflow.Channel
	// Settings are what the channel is set up with.
	Settings() (config, secrets map[string]string)
	Adapter() channel.Adapter
	// Serve gives the far end's voice, files and probe.
	Serve(t testing.TB, w *World)
	// Text, Image and Strange are callbacks; the same id is the same message.
	Text(id, person, text string) *http.Request
	Image(id, person string, content []byte) *http.Request
	Strange(id, person string) *http.Request // what we do not understand
	// Refused are callbacks that must be refused, by what is wrong with them.
	Refused() map[string]func() *http.Request
	// Said is what an acknowledgement tells the person; "" when nothing.
	Said(status int, body []byte) string
	// Inbox is what the person has been sent by calls of ours, oldest first.
	Inbox(person string) []string
	// Fail lets the next calls fail; nil lets them be.
	Fail(how *Failure)
}

// Failure is a way in which a platform fails.
type Failure struct {
	Status int  // answers that status instead
	Silent bool // takes the message and cuts the line
	Code   int  // answers with the platform's own code
	Once   bool // only the next call
}

// World is a college that can be written to through one platform.
type World struct {
	*worldtest.World
	Platform Platform
	Another  Platform // another tenant's, not yet served
	Board    *channels.Board
	Chat     *intake.Chat
	Courier  *delivery.Courier
	Away     *Away
	Kept     *workflowtest.Kept
	Phrases  channel.Phrases
	Server   *httptest.Server
	Mails    *Mails

	// What Serve sets.
	Voice delivery.Voice
	Media intake.Media

	mu       sync.Mutex
	outcomes map[string]int
}

// Away is a store that can be away.
type Away struct {
	workflow.Store
	Off atomic.Bool
}

var errAway = &workflow.Error{Kind: workflow.Unavailable, Key: "request.unavailable"}

// AddCall implements workflow.Store.
func (a *Away) AddCall(ctx context.Context, c *workflow.Call) error {
	if a.Off.Load() {
		return errAway
	}
	return a.Store.AddCall(ctx, c)
}

// Atomic implements workflow.Store.
func (a *Away) Atomic(ctx context.Context, do func(workflow.Store) error) error {
	if a.Off.Load() {
		return errAway
	}
	return a.Store.Atomic(ctx, do)
}

// Channels implements workflow.Store.
func (a *Away) Channels(ctx context.Context) ([]workflow.ChannelSettings, error) {
	if a.Off.Load() {
		return nil, errAway
	}
	return a.Store.Channels(ctx)
}

// Mails is a mail server that takes everything.
type Mails struct {
	mu  sync.Mutex
	all []delivery.Mail
}

// Send implements delivery.Sender.
func (m *Mails) Send(_ context.Context, mail delivery.Mail) workflow.SendResult {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, mail)
	return workflow.SendResult{State: workflow.Sent}
}

// ToWriters is how many mails went to writers.
func (m *Mails) ToWriters() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, one := range m.all {
		if one.Writer {
			n++
		}
	}
	return n
}

// New returns a world with the platform connected.
func New(t testing.TB, store workflow.Store, p Platform) *World {
	t.Helper()
	away := &Away{Store: store}
	w := &World{World: worldtest.New(t, away), Platform: p, Away: away, Kept: workflowtest.NewKept(), Mails: &Mails{}, outcomes: map[string]int{}}
	words, err := templates.Parse()
	if err != nil {
		t.Fatal(err)
	}
	w.Phrases = channel.Phrases{Words: words, URL: "https://mailbox.college.example", Zone: workflowtest.Zone}
	w.Board = channels.New(w.Desk, w.Vault)
	p.Serve(t, w)
	w.courier()
	w.chat(t)
	w.setUp(t)
	w.Server = httptest.NewServer(channel.NewDoor(w.door(), p.Adapter()))
	t.Cleanup(w.Server.Close)
	return w
}

func (w *World) courier() {
	w.Courier = delivery.New(delivery.Deps{
		Desk: w.Desk, Sender: w.Mails, Address: w.Vault.Address, Words: w.Vault.OpenWords, ReplyTo: func(workflow.Case) string { return "" },
		Voices: map[workflow.Channel]delivery.Voice{w.Platform.Channel(): w.Voice}, Lines: w.Board.Settings,
		Person: func(v workflow.Conversation) (workflow.PlatformID, error) {
			b, err := w.Vault.OpenFor(intake.SealPerson, v.Sealed)
			return workflow.PlatformID(b), err
		},
	})
}

func (w *World) chat(t testing.TB) {
	t.Helper()
	media := map[workflow.Channel]intake.Media{}
	if w.Media != nil {
		media[w.Platform.Channel()] = w.Media
	}
	w.Chat = intake.NewChat(intake.ChatDeps{
		Intake: w.Intake, Vault: w.Vault, Blobs: w.Blobs, Media: media, Clean: channel.Clean, Spool: &disk{kept: map[string][]byte{}}, Track: w.Cases.Track, Returned: w.Courier.Bounced,
		Crisis: func(context.Context) (intake.CrisisWords, error) { return intake.ParseCrisisWords(""), nil },
		Follow: func(ctx context.Context, desk *workflow.Desk, caseID int64, word intake.ChatWord) error {
			_, err := casework.New(desk, w.Codes, w.Limiter, w.Vault).Say(ctx, workflow.ByWriter(caseID), caseID, casework.Word{
				Action: workflow.MarkAdd, Body: word.Body, Files: word.Files, Channel: word.Channel, External: word.External,
			})
			return err
		},
	})
}

func (w *World) setUp(t testing.TB) {
	t.Helper()
	config, secrets := w.Platform.Settings()
	err := w.Board.Save(t.Context(), w.Admin.Actor(), w.Platform.Channel(), channels.Change{Enabled: true, Config: config, Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *World) door() channel.Deps {
	return channel.Deps{
		Lines: w.Board, Chat: w.Chat, Once: workflowtest.NewOnce(), Words: w.Phrases, Now: w.Now, Log: slog.New(slog.DiscardHandler),
		Count: func(outcome string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.outcomes[outcome]++
		},
		Speak: func(ctx context.Context, h intake.Heard, words string) {
			_, _ = w.Courier.Say(ctx, w.Chat.With(h), h.External, words) // what is not said is seen by the suite
		},
	}
}

// Outcome is how many callbacks came to it.
func (w *World) Outcome(name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.outcomes[string(w.Platform.Channel())+":"+name]
}

// Call sends a callback to the door, and returns its status and its body.
func (w *World) Call(t testing.TB, r *http.Request) (status int, body []byte) {
	t.Helper()
	r.URL.Scheme, r.URL.Host = "http", w.Server.Listener.Addr().String()
	r.RequestURI, r.Host = "", ""
	resp, err := http.DefaultClient.Do(r.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

// Write sends a callback that must be taken, and returns what the person is
// told at once.
func (w *World) Write(t testing.TB, r *http.Request) string {
	t.Helper()
	status, body := w.Call(t, r)
	if status != http.StatusOK {
		t.Fatalf("callback: %d %s", status, body)
	}
	return w.Platform.Said(status, body)
}

// Deliver sends what waits.
func (w *World) Deliver(t testing.TB) {
	t.Helper()
	if _, err := w.Courier.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Sort takes up what was not done in time.
func (w *World) Sort(t testing.TB) {
	t.Helper()
	if err := w.Chat.Unspool(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Chat.Sort(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
}

// Content is a file as it is kept.
func (w *World) Content(t testing.TB, sha256 string) []byte {
	t.Helper()
	f, err := w.Blobs.Open(t.Context(), sha256)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Everything is all cases, oldest first.
func (w *World) Everything(t testing.TB) []workflow.Case {
	t.Helper()
	ids, err := w.Store.CaseIDs(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out []workflow.Case
	for _, id := range ids {
		c, err := w.Store.Case(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// Tries are the steps on which the last notice of a kind was tried.
func (w *World) Tries(t testing.TB, caseID int64, kind workflow.NoticeKind) (workflow.Notice, []workflow.NoticeTry) {
	t.Helper()
	all, err := w.Store.NoticesOf(t.Context(), caseID)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Kind == kind && all[i].Account == 0 {
			tries, err := w.Store.TriesOf(t.Context(), all[i].ID)
			if err != nil {
				t.Fatal(err)
			}
			return all[i], tries
		}
	}
	t.Fatalf("case %d has no notice %s", caseID, kind)
	return workflow.Notice{}, nil
}

// disk is an intake.Spool in memory.
type disk struct {
	mu   sync.Mutex
	kept map[string][]byte
}

// Keep implements intake.Spool.
func (d *disk) Keep(_ context.Context, name string, content []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept[name] = content
	return nil
}

// Each implements intake.Spool.
func (d *disk) Each(_ context.Context, do func(content []byte) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for name, content := range d.kept {
		if err := do(content); err != nil {
			return err
		}
		delete(d.kept, name)
	}
	return nil
}

var nonces atomic.Int64

// Nonce is a new one each time.
func Nonce() string { return "n" + strconv.FormatInt(nonces.Add(1), 10) }

// Ask lets the office ask the writer.
func (w *World) Ask(t testing.TB, caseID int64, question string) {
	t.Helper()
	w.Do(t, w.Clerk, caseID, casework.Act{Action: workflow.Ask, Note: question})
}

// Accept lets the office accept the case.
func (w *World) Accept(t testing.TB, caseID int64) {
	t.Helper()
	w.Do(t, w.Clerk, caseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
}

// Save switches the channel on or off.
func (w *World) Save(t testing.TB, s channels.Shown, on bool) {
	t.Helper()
	err := w.Board.Save(t.Context(), w.Admin.Actor(), s.Channel, channels.Change{Enabled: on, Config: s.Config, Version: s.Version})
	if err != nil {
		t.Fatal(err)
	}
}
