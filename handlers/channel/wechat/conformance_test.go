package wechat_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel"
	"mailbox/handlers/channel/channeltest"
	"mailbox/handlers/channel/simulator"
	"mailbox/handlers/channel/wechat"
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
	*simulator.WeChat
	w *channeltest.World
}

func (*platform) Adapter() channel.Adapter { return wechat.Adapter{} }

func (*platform) Channel() workflow.Channel { return workflow.WeChat }

func (p *platform) Settings() (config, secrets map[string]string) { return p.WeChat.Settings() }

func (p *platform) Serve(t testing.TB, w *channeltest.World) {
	t.Helper()
	p.w, p.WeChat = w, simulator.NewWeChat(w.Now)
	server := httptest.NewServer(p.WeChat)
	server.Config.ErrorLog = nil
	t.Cleanup(server.Close)
	c := &wechat.Client{
		API: channel.NewAPI(server.URL), Lines: w.Board, Words: w.Phrases, Now: w.Now,
		Tokens: channel.NewTokens(w.Kept, func(b []byte) []byte { return w.Vault.SealFor("tokens", b) },
			func(b []byte) ([]byte, error) { return w.Vault.OpenFor("tokens", b) }, w.Now),
		News: func(ctx context.Context, n workflow.ChannelNews) {
			if err := w.Board.News(ctx, workflow.WeChat, n); err != nil {
				t.Errorf("news: %v", err)
			}
		},
	}
	w.Voice, w.Media = c, c
}

func (p *platform) Fail(how *channeltest.Failure) {
	if how == nil {
		p.WeChat.Fail(nil)
		return
	}
	p.WeChat.Fail(&simulator.Failure{Status: how.Status, Silent: how.Silent, Code: how.Code, Once: how.Once})
}

func (p *platform) now() string { return strconv.FormatInt(p.w.Now().Unix(), 10) }

// SameNonce gives two messages with one signature, timestamp and nonce.
func (p *platform) SameNonce(idA, idB, person string) (a, b *http.Request) {
	text := func(id, words string) []byte {
		return p.Plain(person, id, "<MsgType>text</MsgType><Content>"+words+"</Content>")
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
			s, err := channel.Envelope{Token: p.Token, Key: p.AESKey, Owner: p.AppID}.Seal(p.Plain("somebody", "9002", "<MsgType>text</MsgType><Content>x</Content>"))
			if err != nil {
				panic(err)
			}
			return p.signed(change(s))
		}
	}
	tenant := simulator.NewWeChat(p.w.Now)
	tenant.AppID = "wxffffffffffffffff"
	return map[string]func() *http.Request{
		"a wrong signature":         change("signature", strings.Repeat("0", 40)),
		"a wrong message signature": change("msg_signature", strings.Repeat("0", 40)),
		"no signature":              change("signature", ""),
		"another time":              change("timestamp", "1714037059"),
		"a time long ago": func() *http.Request {
			return p.Callback(p.Plain("s", "9003", "<MsgType>text</MsgType>"), "1714037059", "n")
		},
		"a time to come": func() *http.Request {
			return p.Callback(p.Plain("s", "9003", "<MsgType>text</MsgType>"), strconv.FormatInt(p.w.Now().Add(time.Hour).Unix(), 10), "n")
		},
		"another tenant":             func() *http.Request { return tenant.Text("9004", "somebody", "别家的") },
		"another account":            inner("<xml><ToUserName>gh_other</ToUserName><FromUserName>s</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>"),
		"a document type":            inner("<!DOCTYPE xml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><xml><ToUserName>gh_0123456789ab</ToUserName><Content>&x;</Content></xml>"),
		"an entity nobody knows":     inner("<xml><ToUserName>gh_0123456789ab</ToUserName><Content>&lol;</Content></xml>"),
		"a broken message":           inner("<xml><ToUserName>gh_0123456789ab</ToUserName>"),
		"no sender":                  inner("<xml><ToUserName>gh_0123456789ab</ToUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>1</MsgId></xml>"),
		"no message id":              inner("<xml><ToUserName>gh_0123456789ab</ToUserName><FromUserName>s</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>"),
		"a truncated ciphertext":     sealed(func(s string) string { return s[:len(s)-8] }),
		"a block less":               sealed(func(s string) string { return s[:len(s)-44] + "=" }),
		"broken padding":             sealed(func(s string) string { return "AAAA" + s[4:len(s)-8] + "AAAAAAA=" }),
		"no base64":                  sealed(func(string) string { return "…" }),
		"nothing at all":             sealed(func(string) string { return "" }),
		"a plain body, with a key":   p.plain,
		"a body that is too large":   func() *http.Request { return p.signed(strings.Repeat("A", channel.MaxBody)) },
		"a method that does nothing": func() *http.Request { r := good(); r.Method = http.MethodPut; return r },
	}
}

// signed is a body that says whatever it says, rightly signed.
func (p *platform) signed(sealed string) *http.Request {
	stamp, nonce := p.now(), channeltest.Nonce()
	query := fmt.Sprintf("signature=%s&timestamp=%s&nonce=%s&encrypt_type=aes&msg_signature=%s",
		channel.Signature(p.Token, stamp, nonce), stamp, nonce, channel.Signature(p.Token, stamp, nonce, sealed))
	body := "<xml><ToUserName>" + p.Original + "</ToUserName><Encrypt>" + channel.CDATA(sealed) + "</Encrypt></xml>"
	return httptest.NewRequest(http.MethodPost, "/callback/wechat?"+query, strings.NewReader(body))
}

func (p *platform) plain() *http.Request {
	stamp, nonce := p.now(), channeltest.Nonce()
	body := p.Plain("somebody", "9005", "<MsgType>text</MsgType><Content>x</Content>")
	query := fmt.Sprintf("signature=%s&timestamp=%s&nonce=%s", channel.Signature(p.Token, stamp, nonce), stamp, nonce)
	return httptest.NewRequest(http.MethodPost, "/callback/wechat?"+query, bytes.NewReader(body))
}
