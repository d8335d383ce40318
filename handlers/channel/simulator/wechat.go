package simulator

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"mailbox/handlers/channel"
	"mailbox/workflow"
)

// WeChat is the platform's end of an official account: it signs and encrypts
// callbacks, and takes the calls of ours that the documents describe. It is as
// strict about every field as the platform.
type WeChat struct {
	AppID, Original, Token, AESKey, Secret string
	Now                                    func() time.Time

	mu     sync.Mutex
	serial int
	token  string
	people map[string]*follower
	media  map[string][]byte
	fails  *Failure
}

// Failure is a way in which a platform fails.
type Failure struct {
	Status int  // answers that status instead
	Silent bool // takes the call and cuts the line
	Code   int  // answers with the platform's own code
	Once   bool // only the next call
}

// follower is somebody who writes to the account.
type follower struct {
	last time.Time // own last message
	used int
	gone bool
	got  []string
}

// NewWeChat returns an end with secrets of its own, which the channel is set up
// with.
func NewWeChat(now func() time.Time) *WeChat {
	return &WeChat{
		AppID: "wx0123456789abcdef", Original: "gh_0123456789ab", Token: rand.Text()[:20], Secret: rand.Text(),
		AESKey: newAESKey(), Now: now, people: map[string]*follower{}, media: map[string][]byte{},
	}
}

// newAESKey is 32 random bytes as the platform writes them.
func newAESKey() string {
	var key [32]byte
	rand.Read(key[:]) // never fails; see crypto/rand
	return strings.TrimSuffix(base64.StdEncoding.EncodeToString(key[:]), "=")
}

// Channel implements End.
func (*WeChat) Channel() workflow.Channel { return workflow.WeChat }

// Settings implements End.
func (w *WeChat) Settings() (config, secrets map[string]string) {
	config = map[string]string{"app_id": w.AppID, "original_id": w.Original}
	return config, map[string]string{"token": w.Token, "aes_key": w.AESKey, "app_secret": w.Secret}
}

func (w *WeChat) envelope() channel.Envelope {
	return channel.Envelope{Token: w.Token, Key: w.AESKey, Owner: w.AppID}
}

// Text implements End.
func (w *WeChat) Text(id, person, text string) *http.Request {
	return w.Message(person, id, "<MsgType>"+channel.CDATA("text")+"</MsgType><Content>"+channel.CDATA(text)+"</Content>")
}

// Image is a picture, which the account fetches by its media id.
func (w *WeChat) Image(id, person string, content []byte) *http.Request {
	w.mu.Lock()
	w.media["media-"+id] = content
	w.mu.Unlock()
	return w.Message(person, id, "<MsgType>"+channel.CDATA("image")+"</MsgType><PicUrl>"+channel.CDATA("http://mmbiz.qpic.cn/none")+"</PicUrl><MediaId>"+channel.CDATA("media-"+id)+"</MediaId>")
}

// Strange is a place on the map.
func (w *WeChat) Strange(id, person string) *http.Request {
	return w.Message(person, id, "<MsgType>"+channel.CDATA("location")+"</MsgType><Location_X>30.5</Location_X><Location_Y>114.3</Location_Y><Scale>16</Scale><Label>"+channel.CDATA("校门")+"</Label>")
}

// Event is something the person did.
func (w *WeChat) Event(person, name, more string) *http.Request {
	return w.Message(person, "", "<MsgType>"+channel.CDATA("event")+"</MsgType><Event>"+channel.CDATA(name)+"</Event>"+more)
}

// Message is an encrypted callback; a person's own message opens their window.
func (w *WeChat) Message(person, id, content string) *http.Request {
	return w.Callback(w.Plain(person, id, content), strconv.FormatInt(w.Now().Unix(), 10), w.next("nonce"))
}

// Plain is the XML of a message before it is encrypted.
func (w *WeChat) Plain(person, id, content string) []byte {
	w.mu.Lock()
	f := w.person(person)
	if id != "" {
		f.last, f.used = w.Now(), 0
		id = "<MsgId>" + id + "</MsgId>"
	}
	w.mu.Unlock()
	return fmt.Appendf(nil, "<xml><ToUserName>%s</ToUserName>\n<FromUserName>%s</FromUserName>\n<CreateTime>%d</CreateTime>\n%s%s</xml>",
		channel.CDATA(w.Original), channel.CDATA(person), w.Now().Unix(), content, id)
}

// Callback encrypts and signs.
func (w *WeChat) Callback(plain []byte, stamp, nonce string) *http.Request {
	sealed, err := w.envelope().Seal(plain)
	if err != nil {
		panic(err) // the key is this package's own
	}
	body := "<xml><ToUserName>" + channel.CDATA(w.Original) + "</ToUserName><Encrypt>" + channel.CDATA(sealed) + "</Encrypt></xml>"
	query := fmt.Sprintf("signature=%s&timestamp=%s&nonce=%s&encrypt_type=aes&msg_signature=%s",
		channel.Signature(w.Token, stamp, nonce), stamp, nonce, channel.Signature(w.Token, stamp, nonce, sealed))
	return request(http.MethodPost, "/callback/wechat?"+query, body)
}

func request(method, target, body string) *http.Request {
	r, err := http.NewRequest(method, "http://mailbox.invalid"+target, strings.NewReader(body)) //nolint:noctx // whoever sends it gives the context
	if err != nil {
		panic(err) // the addresses are this package's own
	}
	return r
}

// Said implements End: it decrypts the answer as the platform does.
func (w *WeChat) Said(_ int, body []byte) string {
	if string(body) == "success" {
		return ""
	}
	f, err := channel.Fields(body)
	if err != nil || len(f["Encrypt"]) != 1 {
		return "malformed answer"
	}
	e := w.envelope()
	if !e.Signed(f["MsgSignature"][0], f["TimeStamp"][0], f["Nonce"][0], f["Encrypt"][0]) {
		return "answer with a wrong signature"
	}
	plain, err := e.Open(f["Encrypt"][0])
	if err != nil {
		return "answer that cannot be opened"
	}
	inner, err := channel.Fields(plain)
	if err != nil || len(inner["Content"]) != 1 {
		return "answer without content"
	}
	return inner["Content"][0]
}

// Inbox implements End.
func (w *WeChat) Inbox(person string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.person(person).got)
}

// Close implements End: the window for replies is over.
func (w *WeChat) Close(person string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.person(person).last = time.Time{}
}

// Fail lets calls fail; nil lets them be.
func (w *WeChat) Fail(how *Failure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fails = how
}

// Forget makes the access token that was given expire.
func (w *WeChat) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.token = ""
}

func (w *WeChat) person(id string) *follower {
	if w.people[id] == nil {
		w.people[id] = &follower{}
	}
	return w.people[id]
}

func (w *WeChat) next(what string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.serial++
	return what + strconv.Itoa(w.serial)
}

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
	switch err := json.Unmarshal(body, &in); {
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
	if json.Unmarshal(body, &in) != nil || in.Type != "text" || in.Text.Content == "" || len(in.Text.Content) > 2048 {
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

func (w *WeChat) template(rw http.ResponseWriter, body []byte) {
	var in struct {
		To       string                       `json:"touser"`
		Template string                       `json:"template_id"`
		Data     map[string]map[string]string `json:"data"`
		Client   string                       `json:"client_msg_id"`
	}
	if json.Unmarshal(body, &in) != nil || in.Template == "" || len(in.Data) == 0 || in.Client == "" || len(in.Client) > 32 {
		code(rw, 40037)
		return
	}
	f, known := w.people[in.To]
	if !known || f.gone {
		code(rw, 43004)
		return
	}
	var words []string
	for _, v := range in.Data {
		words = append(words, v["value"])
	}
	slices.Sort(words)
	w.serial++
	f.got = append(f.got, strings.Join(words, " "))
	answer(rw, map[string]any{"errcode": 0, "errmsg": "ok", "msgid": w.serial})
}

func (w *WeChat) giveMedia(rw http.ResponseWriter, r *http.Request) {
	content, ok := w.media[r.URL.Query().Get("media_id")]
	if !ok {
		code(rw, 40007)
		return
	}
	rw.Header().Set("Content-Type", "image/jpeg")
	_, _ = rw.Write(content) // who left does not mind
}
