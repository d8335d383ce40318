package qq_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel"
	"mailbox/handlers/channel/channeltest"
	"mailbox/handlers/channel/qq"
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
	*simulator.QQ
	w *channeltest.World
}

func (*platform) Adapter() channel.Adapter { return qq.Adapter{} }

func (*platform) Channel() workflow.Channel { return workflow.QQ }

func (p *platform) Settings() (config, secrets map[string]string) { return p.QQ.Settings() }

func (p *platform) Serve(t testing.TB, w *channeltest.World) {
	t.Helper()
	p.w, p.QQ = w, simulator.NewQQ(w.Now)
	server := httptest.NewServer(p.QQ)
	t.Cleanup(server.Close)
	p.Base = server.URL
	c := &qq.Client{
		API: channel.NewAPI(server.URL), Auth: channel.NewAPI(server.URL), FileHosts: []string{server.URL}, Lines: w.Board, Words: w.Phrases, Now: w.Now,
		Tokens: channel.NewTokens(w.Kept, func(b []byte) []byte { return w.Vault.SealFor("tokens", b) },
			func(b []byte) ([]byte, error) { return w.Vault.OpenFor("tokens", b) }, w.Now),
		News: func(ctx context.Context, n workflow.ChannelNews) {
			if err := w.Board.News(ctx, workflow.QQ, n); err != nil {
				t.Errorf("news: %v", err)
			}
		},
	}
	w.Voice, w.Media = c, c
}

func (p *platform) Fail(how *channeltest.Failure) {
	if how == nil {
		p.QQ.Fail(nil)
		return
	}
	p.QQ.Fail(&simulator.Failure{Status: how.Status, Silent: how.Silent, Code: how.Code, Once: how.Once})
}

func (p *platform) now() string { return strconv.FormatInt(p.w.Now().Unix(), 10) }

// Refused implements channeltest.Platform.
func (p *platform) Refused() map[string]func() *http.Request {
	good := func() *http.Request { return p.Text("9001", "somebody", "不该收下的内容") }
	header := func(name, value string) func() *http.Request {
		return func() *http.Request {
			r := good()
			r.Header.Set(name, value)
			return r
		}
	}
	signed := func(body string) func() *http.Request {
		return func() *http.Request { return p.Signed([]byte(body), p.now()) }
	}
	unsigned := func(body string) func() *http.Request {
		return func() *http.Request { return p.Unsigned([]byte(body)) }
	}
	check := func(token, at string) func() *http.Request {
		return unsigned(`{"op":13,"d":{"plain_token":"` + token + `","event_ts":"` + at + `"}}`)
	}
	body := `{"id":"E","op":0,"t":"C2C_MESSAGE_CREATE","d":{"id":"M","content":"x","author":{"user_openid":"somebody"}}}`
	at := func(when time.Time) func() *http.Request {
		return func() *http.Request { return p.Signed([]byte(body), strconv.FormatInt(when.Unix(), 10)) }
	}
	other := simulator.NewQQ(p.w.Now)
	other.AppID = p.AppID
	return map[string]func() *http.Request{
		"a wrong signature":                header("X-Signature-Ed25519", strings.Repeat("0", 128)),
		"half a signature":                 header("X-Signature-Ed25519", strings.Repeat("0", 64)),
		"a signature in no hex":            header("X-Signature-Ed25519", strings.Repeat("z", 128)),
		"no signature":                     unsigned(body),
		"another time":                     header("X-Signature-Timestamp", strconv.FormatInt(p.w.Now().Unix()+1, 10)),
		"no time":                          header("X-Signature-Timestamp", ""),
		"a time long ago":                  at(p.w.Now().Add(-time.Hour)),
		"a time to come":                   at(p.w.Now().Add(time.Hour)),
		"another bot's key":                func() *http.Request { return other.Text("9002", "somebody", "别家的") },
		"another bot":                      header("X-Bot-Appid", "999999999"),
		"no JSON":                          signed("<xml/>"),
		"half of it":                       signed(body[:len(body)-3]),
		"no sender":                        signed(strings.Replace(body, "somebody", "", 1)),
		"no message id":                    signed(strings.Replace(body, `"id":"M",`, "", 1)),
		"a sender without end":             signed(strings.Replace(body, "somebody", strings.Repeat("s", 200), 1)),
		"a group without a name":           signed(strings.NewReplacer("C2C_MESSAGE_CREATE", "GROUP_AT_MESSAGE_CREATE", "user_openid", "member_openid").Replace(body)),
		"data of another kind":             signed(`{"id":"E","op":0,"t":"C2C_MESSAGE_CREATE","d":[1]}`),
		"a body that is too large":         signed(body + strings.Repeat(" ", channel.MaxBody)),
		"a check that has an event signed": check(strings.ReplaceAll(body, `"`, `\"`), p.now()),
		"a check of a time that is none":   check("abc", "12345x"),
		"a check of another time":          check("abc", "1725442341"),
		"a check of nothing":               check("", p.now()),
		"a check with a wrong signature": func() *http.Request {
			r := check("abc", p.now())()
			r.Header.Set("X-Signature-Timestamp", p.now())
			r.Header.Set("X-Signature-Ed25519", strings.Repeat("0", 128))
			return r
		},
		"a method that does nothing": func() *http.Request { r := good(); r.Method = http.MethodGet; return r },
	}
}
