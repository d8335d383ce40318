package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/handlers/channel"
)

// ServeHTTP is the platform's API.
func (w *WeChat) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, channel.MaxBody))
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if failed(&w.fails, rw, r.URL.Path == "/cgi-bin/stable_token") {
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "POST /cgi-bin/stable_token":
		w.giveToken(rw, body)
	case "POST /cgi-bin/message/custom/send":
		w.allowed(rw, r, func() { w.custom(rw, body) })
	case "POST /cgi-bin/message/template/send":
		w.allowed(rw, r, func() { w.template(rw, body) })
	case "POST /cgi-bin/message/subscribe/bizsend":
		w.allowed(rw, r, func() { w.subscribed(rw, body) })
	case "GET /cgi-bin/media/get":
		w.allowed(rw, r, func() { w.giveMedia(rw, r) })
	default:
		http.NotFound(rw, r)
	}
}

// failed fails as it was told to; a code of its own, or a single failure, is
// about a message and not about the token for it.
func failed(fails **Failure, rw http.ResponseWriter, token bool) bool {
	f := *fails
	if f == nil || token && (f.Code != 0 || f.Once) {
		return false
	}
	if f.Once {
		*fails = nil
	}
	switch {
	case f.Silent:
		panic(http.ErrAbortHandler) // the line is cut
	case f.Status != 0:
		http.Error(rw, "bad gateway", f.Status)
	default:
		code(rw, f.Code)
	}
	return true
}

func code(rw http.ResponseWriter, n int) { answer(rw, map[string]any{"errcode": n, "errmsg": "code"}) }

func answer(rw http.ResponseWriter, v any) {
	rw.Header().Set("Content-Type", "application/json; encoding=utf-8")
	_ = json.NewEncoder(rw).Encode(v) // who left does not mind
}

func (w *WeChat) giveToken(rw http.ResponseWriter, body []byte) {
	var in struct {
		Grant  string `json:"grant_type"`
		AppID  string `json:"appid"`
		Secret string `json:"secret"`
		Force  bool   `json:"force_refresh"`
	}
	w.tokens++
	switch err := strictly(body, &in); {
	case err != nil || in.Grant != "client_credential":
		code(rw, 40002)
	case in.AppID != w.AppID:
		code(rw, 40013)
	case in.Secret != w.Secret:
		code(rw, 40125)
	default:
		if w.token == "" || in.Force {
			w.serial++
			w.token = "token-" + strconv.Itoa(w.serial)
		}
		answer(rw, map[string]any{"access_token": w.token, "expires_in": 7200})
	}
}

// allowed wants the access token that was given last.
func (w *WeChat) allowed(rw http.ResponseWriter, r *http.Request, do func()) {
	if t := r.URL.Query().Get("access_token"); t == "" || t != w.token {
		code(rw, 42001)
		return
	}
	do()
}

// The platform's promise: so many messages, so long after the person's own.
const (
	replyFor  = 48 * time.Hour
	replyMost = 5
)

func (w *WeChat) custom(rw http.ResponseWriter, body []byte) {
	var in struct {
		To   string `json:"touser"`
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
	}
	if strictly(body, &in) != nil || in.Type != "text" || in.Text.Content == "" || len(in.Text.Content) > 2048 {
		code(rw, 40008)
		return
	}
	f, known := w.people[in.To]
	switch {
	case !known:
		code(rw, 40003)
	case w.Now().Sub(f.last) >= replyFor || f.gone:
		code(rw, 45015)
	case f.used >= replyMost:
		code(rw, 45047)
	default:
		f.used++
		f.got = append(f.got, in.Text.Content)
		code(rw, 0)
	}
}

// value is what stands in one place of a template.
type value struct {
	Value string `json:"value"`
}

// fields are the places of our templates, and how long and of what their values
// may be.
func fields(data map[string]value) bool {
	number, what := data["character_string1"].Value, data["thing2"].Value
	plain := strings.IndexFunc(number, func(r rune) bool { return r < '!' || r > '~' }) < 0
	return len(data) == 2 && number != "" && len(number) <= 32 && plain && what != "" && utf8.RuneCountInString(what) <= 20
}

func (w *WeChat) template(rw http.ResponseWriter, body []byte) {
	var in struct {
		To       string           `json:"touser"`
		Template string           `json:"template_id"`
		URL      string           `json:"url"`
		Data     map[string]value `json:"data"`
		Client   string           `json:"client_msg_id"`
	}
	err := strictly(body, &in)
	f, known := w.people[in.To]
	switch {
	case err != nil || !strings.HasPrefix(in.URL, "http") || !fields(in.Data) || in.Client == "" || len(in.Client) > 32:
		code(rw, 47003)
	case in.Template != w.Template:
		code(rw, 40037)
	case !known || f.gone:
		code(rw, 43004)
	default:
		if !f.sent[in.Client] { // known again, it is not sent again
			f.got = append(f.got, in.Data["character_string1"].Value+" "+in.Data["thing2"].Value)
		}
		f.sent[in.Client] = true
		w.serial++
		answer(rw, map[string]any{"errcode": 0, "errmsg": "ok", "msgid": w.serial})
	}
}

// subscribed sends one notice of those that the person has allowed.
func (w *WeChat) subscribed(rw http.ResponseWriter, body []byte) {
	var in struct {
		To       string           `json:"touser"`
		Template string           `json:"template_id"`
		Page     string           `json:"page"`
		Data     map[string]value `json:"data"`
	}
	err := strictly(body, &in)
	f, known := w.people[in.To]
	switch {
	case err != nil || !fields(in.Data):
		code(rw, 47003)
	case in.Template != w.Subscribe:
		code(rw, 40037)
	case !strings.HasPrefix(in.Page, "http"):
		code(rw, 41030)
	case !known:
		code(rw, 40003)
	case f.gone || f.grants == 0:
		code(rw, 43101)
	default:
		f.grants--
		f.got = append(f.got, in.Data["character_string1"].Value+" "+in.Data["thing2"].Value)
		code(rw, 0)
	}
}

func (w *WeChat) giveMedia(rw http.ResponseWriter, r *http.Request) {
	held, ok := w.media[r.URL.Query().Get("media_id")]
	if !ok {
		code(rw, 40007)
		return
	}
	rw.Header().Set("Content-Type", held.kind)
	rw.Header().Set("Content-Disposition", `attachment; filename="media"`)
	_, _ = rw.Write(held.content) // who left does not mind
}
