package oa_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel"
	"mailbox/handlers/channel/channeltest"
	"mailbox/handlers/channel/oa"
	"mailbox/handlers/channel/simulator"
	"mailbox/repository/postgres/pgtest"
	"mailbox/workflow"
)

func TestConformance(t *testing.T) {
	channeltest.Run(t, channeltest.Memory, func() channeltest.Platform { return &platform{} })
}

// TestConformance_postgres keeps the promises that depend on the database.
func TestConformance_postgres(t *testing.T) {
	channeltest.RunStored(t, pgtest.Store, func() channeltest.Platform { return &platform{} })
}

// platform is the simulator's end, held by the suite.
type platform struct {
	*simulator.OA
	w       *channeltest.World
	mapping string
}

func (*platform) Adapter() channel.Adapter { return oa.Adapter{} }

func (*platform) Channel() workflow.Channel { return workflow.OA }

func (p *platform) Settings() (config, secrets map[string]string) { return p.OA.Settings() }

func (p *platform) Serve(t testing.TB, w *channeltest.World) {
	t.Helper()
	p.w, p.OA = w, simulator.NewOA(w.Now)
	server := httptest.NewServer(p.OA)
	t.Cleanup(server.Close)
	p.Base, p.Mapping = server.URL, p.mapping
	w.Voice = client(t, w)
	w.Media = oa.Inline{}
}

func client(t testing.TB, w *channeltest.World) *oa.Client {
	t.Helper()
	return &oa.Client{
		Lines: w.Board, Words: w.Phrases, Now: w.Now,
		Tokens: channel.NewTokens(w.Kept, func(b []byte) []byte { return w.Vault.SealFor("tokens", b) },
			func(b []byte) ([]byte, error) { return w.Vault.OpenFor("tokens", b) }, w.Now),
		News: func(ctx context.Context, n workflow.ChannelNews) {
			if err := w.Board.News(ctx, workflow.OA, n); err != nil {
				t.Errorf("news: %v", err)
			}
		},
	}
}

func (p *platform) Fail(how *channeltest.Failure) {
	if how == nil {
		p.OA.Fail(nil)
		return
	}
	p.OA.Fail(&simulator.Failure{Status: how.Status, Silent: how.Silent, Code: how.Code, Once: how.Once})
}

// SameNonce gives two letters with one nonce.
func (p *platform) SameNonce(idA, idB, person string) (a, b *http.Request) {
	text := func(words string) []byte {
		return []byte(`{"person":"` + person + `","type":"message","text":"` + words + `"}`)
	}
	return p.Signed(idA, text("热水又停了"), "once"), p.Signed(idB, text("别的内容"), "once")
}

// Refused implements channeltest.Platform.
func (p *platform) Refused() map[string]func() *http.Request {
	const body = `{"person":"somebody","type":"message","text":"不该收下的内容"}`
	header := func(name, value string) func() *http.Request {
		return func() *http.Request {
			r := p.Signed("9001", []byte(body), channeltest.Nonce())
			r.Header.Set(name, value)
			return r
		}
	}
	says := func(body string) func() *http.Request {
		return func() *http.Request { return p.Signed("9002", []byte(body), channeltest.Nonce()) }
	}
	at := func(apart time.Duration) func() *http.Request {
		return func() *http.Request {
			now := p.Now
			p.Now = func() time.Time { return now().Add(apart) }
			defer func() { p.Now = now }()
			return p.Signed("9003", []byte(body), channeltest.Nonce())
		}
	}
	other := func(change func(o *simulator.OA)) func() *http.Request {
		return func() *http.Request {
			o := simulator.NewOA(p.w.Now)
			o.Key, o.Secret = p.Key, p.Secret
			change(o)
			return o.Signed("9004", []byte(body), channeltest.Nonce())
		}
	}
	moved := func(path string) func() *http.Request {
		return func() *http.Request {
			r := p.Signed("9005", []byte(body), channeltest.Nonce())
			r.URL.Path, r.URL.RawQuery, _ = strings.Cut(path, "?")
			return r
		}
	}
	return map[string]func() *http.Request{
		"a wrong signature":          header("X-Signature", strings.Repeat("0", 64)),
		"no signature":               header("X-Signature", ""),
		"another time":               header("X-Timestamp", "1714037059"),
		"no time":                    header("X-Timestamp", "now"),
		"another nonce":              header("X-Nonce", "another"),
		"no nonce":                   header("X-Nonce", ""),
		"a nonce without end":        header("X-Nonce", strings.Repeat("n", 65)),
		"another key":                header("X-Key", "otheroa"),
		"no name":                    header("Idempotency-Key", ""),
		"a name without end":         header("Idempotency-Key", strings.Repeat("9", 129)),
		"a time long ago":            at(-channel.Tolerance - time.Second),
		"a time to come":             at(channel.Tolerance + 2*time.Second),
		"another college's secret":   other(func(o *simulator.OA) { o.Secret = "another-secret-another-secret" }),
		"no secret":                  other(func(o *simulator.OA) { o.Secret = "" }),
		"what we send ourselves":     other(func(o *simulator.OA) { o.Secret = p.OutSecret }),
		"another path":               moved("/callback/oa/"),
		"words that nobody signed":   moved("/callback/oa?person=x"),
		"no JSON":                    says("person=x"),
		"two letters":                says(body + body),
		"a field that nobody knows":  says(`{"person":"x","type":"message","text":"x","admin":true}`),
		"nobody":                     says(`{"person":"","type":"message","text":"x"}`),
		"a name with a line in it":   says(`{"person":"x\n","type":"message","text":"x"}`),
		"a file that is none":        says(`{"person":"x","type":"message","text":"x","files":[{"name":"a","type":"b","content":"…"}]}`),
		"a time that is none":        says(`{"person":"x","type":"message","text":"x","at":"yesterday"}`),
		"a body that is too large":   says(strings.Repeat("A", channel.MaxBody+1)),
		"a method that does nothing": func() *http.Request { r := says(body)(); r.Method = http.MethodPut; return r },
	}
}

// TestLetter_anew begins a case whatever was said before, and is no command.
func TestLetter_anew(t *testing.T) {
	p := &platform{}
	w := channeltest.New(t, channeltest.Memory(t), p)
	w.Write(t, p.Text("1", "2023001", "操场的灯坏了三盏。"))
	w.Write(t, p.Letter("2", map[string]any{"person": "2023001", "type": "letter", "text": "校车时刻表过期了。"}))
	w.Write(t, p.Letter("3", map[string]any{"person": "2023001", "type": "letter", "text": "查询"}))
	w.Write(t, p.Text("4", "2023001", "在东门站。"))
	all := w.Everything(t)
	if len(all) != 3 {
		t.Fatalf("%d cases, want one for each letter", len(all))
	}
	for i, want := range []int{1, 1, 2} {
		if messages, err := w.Store.MessagesOf(t.Context(), all[i].ID, true); err != nil || len(messages) != want {
			t.Errorf("case %d: %d messages (%v), want %d", i, len(messages), err, want)
		}
	}
}

// TestLadder_closedAccount goes down the ladder to the page, and says so.
func TestLadder_closedAccount(t *testing.T) {
	p := &platform{}
	w := channeltest.New(t, channeltest.Memory(t), p)
	w.Write(t, p.Text("1", "2023001", "操场的灯坏了三盏。"))
	c := w.Everything(t)[0]
	p.Close("2023001")
	w.Answer(t, c.ID, "已经修好。")
	w.Deliver(t)
	n, tries := w.Tries(t, c.ID, workflow.NoticeAnswered)
	var got []string
	for _, try := range tries {
		got = append(got, string(try.Step)+" "+string(try.Outcome)+" "+try.Reason)
	}
	want := "chat refused ladder.platform_refused,mail passed deliver.no_address,page sent "
	if n.State != workflow.Sent || strings.Join(got, ",") != want {
		t.Errorf("%s by %q, want %q", n.State, strings.Join(got, ","), want)
	}
}
