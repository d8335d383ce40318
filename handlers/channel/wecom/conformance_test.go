package wecom_test

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
	"mailbox/handlers/channel/simulator"
	"mailbox/handlers/channel/wecom"
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
	*simulator.WeCom
	w      *channeltest.World
	client *wecom.Client
}

func (*platform) Adapter() channel.Adapter { return wecom.Adapter{} }

func (p *platform) Settings() (config, secrets map[string]string) { return p.WeCom.Settings() }

func (*platform) Channel() workflow.Channel { return workflow.WeCom }

func (p *platform) Serve(t testing.TB, w *channeltest.World) {
	t.Helper()
	p.w, p.WeCom = w, simulator.NewWeCom(w.Now)
	server := httptest.NewServer(p.WeCom)
	t.Cleanup(server.Close)
	p.client = &wecom.Client{
		API: channel.NewAPI(server.URL), Lines: w.Board, Words: w.Phrases, Now: w.Now,
		Tokens: channel.NewTokens(w.Kept, func(b []byte) []byte { return w.Vault.SealFor("tokens", b) },
			func(b []byte) ([]byte, error) { return w.Vault.OpenFor("tokens", b) }, w.Now),
		News: func(ctx context.Context, n workflow.ChannelNews) {
			if err := w.Board.News(ctx, workflow.WeCom, n); err != nil {
				t.Errorf("news: %v", err)
			}
		},
	}
	w.Voice, w.Media = p.client, p.client
}

func (p *platform) Fail(how *channeltest.Failure) {
	if how == nil {
		p.WeCom.Fail(nil)
		return
	}
	p.WeCom.Fail(&simulator.Failure{Status: how.Status, Silent: how.Silent, Code: how.Code, Once: how.Once})
}

func (p *platform) now() string { return strconv.FormatInt(p.w.Now().Unix(), 10) }

// SameNonce gives two messages with one timestamp and nonce.
func (p *platform) SameNonce(idA, idB, person string) (a, b *http.Request) {
	p.Join(person)
	text := func(id, words string) []byte {
		return p.Plain(person, "<MsgType>text</MsgType><Content>"+words+"</Content><MsgId>"+id+"</MsgId>")
	}
	return p.Callback(text(idA, "热水又停了"), p.now(), "once"), p.Callback(text(idB, "别的内容"), p.now(), "once")
}

// Refused implements channeltest.Platform.
func (p *platform) Refused() map[string]func() *http.Request {
	good := func() *http.Request { return p.Text("9001", "somebody", "不该收下的内容") }
	change := func(name, value string) func() *http.Request {
		return func() *http.Request {
			r := good()
			q := r.URL.Query()
			q.Set(name, value)
			r.URL.RawQuery = q.Encode()
			return r
		}
	}
	inner := func(plain string) func() *http.Request {
		return func() *http.Request { return p.Callback([]byte(plain), p.now(), channeltest.Nonce()) }
	}
	// Bodies that are signed and cannot be opened.
	sealed := func(change func(s string) string) func() *http.Request {
		return func() *http.Request {
			s, err := p.Envelope().Seal(p.Plain("somebody", "<MsgType>text</MsgType><Content>x</Content><MsgId>9002</MsgId>"))
			if err != nil {
				panic(err)
			}
			return p.Signed(change(s), p.now(), channeltest.Nonce())
		}
	}
	at := func(when time.Time) func() *http.Request {
		return func() *http.Request {
			return p.Callback(p.Plain("s", "<MsgType>text</MsgType><Content>x</Content><MsgId>9003</MsgId>"), strconv.FormatInt(when.Unix(), 10), "n")
		}
	}
	// Others who, by some accident, have our keys.
	tenant, app := simulator.NewWeCom(p.w.Now), simulator.NewWeCom(p.w.Now)
	tenant.Token, tenant.AESKey, tenant.CorpID = p.Token, p.AESKey, "wwffffffffffffffff"
	app.Token, app.AESKey, app.AgentID = p.Token, p.AESKey, "1000003"
	head := "<xml><ToUserName>" + p.CorpID + "</ToUserName>"
	return map[string]func() *http.Request{
		"a wrong signature": change("msg_signature", strings.Repeat("0", 40)),
		"no signature":      change("msg_signature", ""),
		"another nonce":     change("nonce", "other"),
		"another time":      change("timestamp", strconv.FormatInt(p.w.Now().Unix()+1, 10)),
		"no time":           change("timestamp", ""),
		"a time long ago":   at(p.w.Now().Add(-time.Hour)),
		"a time to come":    at(p.w.Now().Add(time.Hour)),
		"another tenant": func() *http.Request {
			return tenant.Callback(tenant.Plain("s", "<MsgType>text</MsgType><Content>x</Content><MsgId>9004</MsgId>"), p.now(), channeltest.Nonce())
		},
		"another app": func() *http.Request {
			return app.Callback(app.Plain("s", "<MsgType>text</MsgType><Content>x</Content><MsgId>9005</MsgId>"), p.now(), channeltest.Nonce())
		},
		"another corporation inside": inner("<xml><ToUserName>wwother</ToUserName><FromUserName>s</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>"),
		"a document type":            inner("<!DOCTYPE xml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + head + "<Content>&x;</Content></xml>"),
		"an entity nobody knows":     inner(head + "<Content>&lol;</Content></xml>"),
		"a broken message":           inner(head),
		"no sender":                  inner(head + "<CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>1</MsgId></xml>"),
		"no message id":              inner(head + "<FromUserName>s</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>"),
		"a truncated ciphertext":     sealed(func(s string) string { return s[:len(s)-8] }),
		"broken padding":             sealed(func(s string) string { return "AAAA" + s[4:len(s)-8] + "AAAAAAA=" }),
		"no base64":                  sealed(func(string) string { return "…" }),
		"nothing at all":             sealed(func(string) string { return "" }),
		"a body that is too large":   sealed(func(string) string { return strings.Repeat("A", channel.MaxBody) }),
		"a method that does nothing": func() *http.Request { r := good(); r.Method = http.MethodPut; return r },
		"a check with a wrong signature": func() *http.Request {
			r := p.Check("123", p.now(), "n")
			r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "msg_signature=", "msg_signature=0", 1)
			return r
		},
		"a check of another tenant": func() *http.Request { return tenant.Check("123", p.now(), "n") },
	}
}
