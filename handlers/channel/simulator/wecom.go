package simulator

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"mailbox/handlers/channel"
	"mailbox/workflow"
)

// WeCom is the platform's end of a corporation with one app of its own. It is as
// strict about every field as the platform.
type WeCom struct {
	CorpID, AgentID, Token, AESKey, Secret string
	Now                                    func() time.Time

	mu      sync.Mutex
	serial  int
	token   string
	members map[string]*member // by the id in lower case
	media   map[string][]byte
	sent    map[string]*Card // by message id
	codes   map[string]string
	fails   *Failure
}

// member is somebody of the corporation.
type member struct {
	got   []string
	cards []*Card
	gone  bool
}

// Card is a text card that a member has been sent.
type Card struct {
	ID                          string
	Title, Description, Address string
	At                          time.Time
	Recalled                    bool
	to                          *member
}

// NewWeCom returns an end with secrets of its own.
func NewWeCom(now func() time.Time) *WeCom {
	return &WeCom{
		CorpID: "ww0123456789abcdef", AgentID: "1000002", Token: rand.Text()[:20], Secret: rand.Text(), AESKey: newAESKey(), Now: now,
		members: map[string]*member{}, media: map[string][]byte{}, sent: map[string]*Card{}, codes: map[string]string{},
	}
}

// Channel implements End.
func (*WeCom) Channel() workflow.Channel { return workflow.WeCom }

// Settings implements End.
func (w *WeCom) Settings() (config, secrets map[string]string) {
	config = map[string]string{"corp_id": w.CorpID, "agent_id": w.AgentID}
	return config, map[string]string{"token": w.Token, "aes_key": w.AESKey, "app_secret": w.Secret}
}

// Envelope is the platform's side of the encryption.
func (w *WeCom) Envelope() channel.Envelope {
	return channel.Envelope{Token: w.Token, Key: w.AESKey, Owner: w.CorpID}
}

// Join makes people members of the corporation.
func (w *WeCom) Join(people ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range people {
		id := strings.ToLower(one)
		if w.members[id] == nil {
			w.members[id] = &member{}
		}
		w.members[id].gone = false
	}
}

// Leave takes a member out of it.
func (w *WeCom) Leave(person string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m := w.members[strings.ToLower(person)]; m != nil {
		m.gone = true
	}
}

// member is somebody who is one now, or nil.
func (w *WeCom) member(id string) *member {
	if m := w.members[strings.ToLower(id)]; m != nil && !m.gone {
		return m
	}
	return nil
}

// Text implements End.
func (w *WeCom) Text(id, person, text string) *http.Request {
	return w.Message(person, "<MsgType>"+channel.CDATA("text")+"</MsgType><Content>"+channel.CDATA(text)+"</Content><MsgId>"+id+"</MsgId>")
}

// Image is a picture, which the app fetches by its media id.
func (w *WeCom) Image(id, person string, content []byte) *http.Request {
	w.mu.Lock()
	w.media["media-"+id] = content
	w.mu.Unlock()
	return w.Message(person, "<MsgType>"+channel.CDATA("image")+"</MsgType><PicUrl>"+channel.CDATA("http://p.qpic.cn/none")+"</PicUrl><MediaId>"+channel.CDATA("media-"+id)+"</MediaId><MsgId>"+id+"</MsgId>")
}

// Strange is a place on the map.
func (w *WeCom) Strange(id, person string) *http.Request {
	return w.Message(person, "<MsgType>"+channel.CDATA("location")+"</MsgType><Location_X>30.5</Location_X><Location_Y>114.3</Location_Y><Scale>16</Scale><Label>"+channel.CDATA("校门")+"</Label><MsgId>"+id+"</MsgId>")
}

// Event is something the member did.
func (w *WeCom) Event(person, name, key string) *http.Request {
	return w.Message(person, "<MsgType>"+channel.CDATA("event")+"</MsgType><Event>"+channel.CDATA(name)+"</Event><EventKey>"+channel.CDATA(key)+"</EventKey>")
}

// Message is an encrypted callback.
func (w *WeCom) Message(person, content string) *http.Request {
	w.Join(person)
	return w.Callback(w.Plain(person, content), strconv.FormatInt(w.Now().Unix(), 10), "n"+w.next())
}

// Plain is the XML of a message before it is encrypted.
func (w *WeCom) Plain(person, content string) []byte {
	return fmt.Appendf(nil, "<xml><ToUserName>%s</ToUserName>\n<FromUserName>%s</FromUserName>\n<CreateTime>%d</CreateTime>\n%s<AgentID>%s</AgentID></xml>",
		channel.CDATA(w.CorpID), channel.CDATA(person), w.Now().Unix(), content, w.AgentID)
}

// Callback encrypts and signs.
func (w *WeCom) Callback(plain []byte, stamp, nonce string) *http.Request {
	sealed, err := w.Envelope().Seal(plain)
	if err != nil {
		panic(err) // the key is this package's own
	}
	return w.Signed(sealed, stamp, nonce)
}

// Signed is a callback that says whatever it says, rightly signed.
func (w *WeCom) Signed(sealed, stamp, nonce string) *http.Request {
	query := url.Values{"msg_signature": {channel.Signature(w.Token, stamp, nonce, sealed)}, "timestamp": {stamp}, "nonce": {nonce}}
	body := "<xml><ToUserName>" + channel.CDATA(w.CorpID) + "</ToUserName><AgentID>" + channel.CDATA(w.AgentID) + "</AgentID><Encrypt>" + channel.CDATA(sealed) + "</Encrypt></xml>"
	return request(http.MethodPost, "/callback/wecom?"+query.Encode(), body)
}

// Check is the check of the address, which is answered with the words.
func (w *WeCom) Check(words, stamp, nonce string) *http.Request {
	sealed, err := w.Envelope().Seal([]byte(words))
	if err != nil {
		panic(err) // the key is this package's own
	}
	query := url.Values{
		"msg_signature": {channel.Signature(w.Token, stamp, nonce, sealed)}, "timestamp": {stamp}, "nonce": {nonce}, "echostr": {sealed},
	}
	return request(http.MethodGet, "/callback/wecom?"+query.Encode(), "")
}

// Said implements End: it decrypts the answer as the platform does.
func (w *WeCom) Said(_ int, body []byte) string {
	if len(body) == 0 {
		return ""
	}
	plain, err := w.Envelope().Unseal(body)
	if err != nil {
		return "answer that cannot be opened"
	}
	f, err := channel.Fields(plain)
	if err != nil || channel.One(f, "FromUserName") != w.CorpID || channel.One(f, "MsgType") != "text" {
		return "malformed answer"
	}
	return channel.One(f, "Content")
}

// Inbox implements End.
func (w *WeCom) Inbox(person string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m := w.members[strings.ToLower(person)]; m != nil {
		return slices.Clone(m.got)
	}
	return nil
}

// Cards are the cards that a member has been sent.
func (w *WeCom) Cards(person string) []Card {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []Card
	if m := w.members[strings.ToLower(person)]; m != nil {
		for _, c := range m.cards {
			out = append(out, *c)
		}
	}
	return out
}

// Close implements End: inside of a corporation there is no window; the member
// leaves, which has the same end.
func (w *WeCom) Close(person string) { w.Leave(person) }

// Fail lets calls fail; nil lets them be.
func (w *WeCom) Fail(how *Failure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fails = how
}

// Forget makes the access token that was given expire.
func (w *WeCom) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.token = ""
}

func (w *WeCom) next() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count()
}

func (w *WeCom) count() string {
	w.serial++
	return strconv.Itoa(w.serial)
}

// Code is what the platform gives a member's browser who opens a link of ours.
func (w *WeCom) Code(person string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	code := rand.Text()
	w.codes[code] = person
	return code
}

// ServeHTTP is the platform's API.
func (w *WeCom) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, channel.MaxBody))
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if failed(&w.fails, rw, r.URL.Path == "/cgi-bin/gettoken") {
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /cgi-bin/gettoken":
		w.giveToken(rw, r)
	case "POST /cgi-bin/message/send":
		w.allowed(rw, r, func() { w.send(rw, body) })
	case "POST /cgi-bin/message/recall":
		w.allowed(rw, r, func() { w.recall(rw, body) })
	case "GET /cgi-bin/auth/getuserinfo":
		w.allowed(rw, r, func() { w.tell(rw, r) })
	case "GET /cgi-bin/media/get":
		w.allowed(rw, r, func() { w.giveMedia(rw, r) })
	default:
		http.NotFound(rw, r)
	}
}

func (w *WeCom) giveToken(rw http.ResponseWriter, r *http.Request) {
	switch q := r.URL.Query(); {
	case q.Get("corpid") != w.CorpID:
		code(rw, 40013)
	case q.Get("corpsecret") != w.Secret:
		code(rw, 40001)
	default:
		if w.token == "" {
			w.token = "token-" + w.count()
		}
		answer(rw, map[string]any{"errcode": 0, "errmsg": "ok", "access_token": w.token, "expires_in": 7200})
	}
}

// allowed wants the access token that was given last.
func (w *WeCom) allowed(rw http.ResponseWriter, r *http.Request, do func()) {
	switch t := r.URL.Query().Get("access_token"); {
	case t == "":
		code(rw, 41001)
	case t != w.token:
		code(rw, 42001)
	default:
		do()
	}
}

func (w *WeCom) send(rw http.ResponseWriter, body []byte) {
	var in struct {
		To    string `json:"touser"`
		Type  string `json:"msgtype"`
		Agent int    `json:"agentid"`
		Safe  int    `json:"safe"`
		Text  struct {
			Content string `json:"content"`
		} `json:"text"`
		Card struct {
			Title       string `json:"title"`
			Description string `json:"description"`
			URL         string `json:"url"`
			Button      string `json:"btntxt"`
		} `json:"textcard"`
	}
	if strictly(body, &in) != nil {
		code(rw, 40035)
		return
	}
	to := w.member(in.To)
	switch {
	case strconv.Itoa(in.Agent) != w.AgentID:
		code(rw, 301002)
	case to == nil:
		answer(rw, map[string]any{"errcode": 81013, "errmsg": "user & party & tag all invalid", "invaliduser": in.To})
	case in.Type == "text" && in.Text.Content != "" && len(in.Text.Content) <= 2048:
		to.got = append(to.got, in.Text.Content)
		answer(rw, map[string]any{"errcode": 0, "errmsg": "ok", "msgid": "msg-" + w.count()})
	case in.Type == "textcard" && fits(in.Card.Title, 128) && fits(in.Card.Description, 512) && fits(in.Card.URL, 2048) &&
		strings.HasPrefix(in.Card.URL, "http") && len([]rune(in.Card.Button)) <= 4:
		c := &Card{ID: "msg-" + w.count(), Title: in.Card.Title, Description: in.Card.Description, Address: in.Card.URL, At: w.Now(), to: to}
		to.cards, w.sent[c.ID] = append(to.cards, c), c
		to.got = append(to.got, "【"+c.Title+"】\n"+c.Description+"\n"+c.Address)
		answer(rw, map[string]any{"errcode": 0, "errmsg": "ok", "msgid": c.ID})
	default:
		code(rw, 40008)
	}
}

func fits(s string, limit int) bool { return s != "" && len(s) <= limit }

// recallFor is how long a message can be taken back.
const recallFor = 24 * time.Hour

func (w *WeCom) recall(rw http.ResponseWriter, body []byte) {
	var in struct {
		ID string `json:"msgid"`
	}
	c := (*Card)(nil)
	if strictly(body, &in) == nil {
		c = w.sent[in.ID]
	}
	if c == nil || c.Recalled || w.Now().Sub(c.At) >= recallFor {
		code(rw, 41066)
		return
	}
	c.Recalled = true
	c.to.got = append(c.to.got, "（已撤回）【"+c.Title+"】")
	code(rw, 0)
}

// tell says whose code it is, once.
func (w *WeCom) tell(rw http.ResponseWriter, r *http.Request) {
	given := r.URL.Query().Get("code")
	person, ok := w.codes[given]
	delete(w.codes, given)
	switch {
	case !ok:
		code(rw, 40029)
	case w.member(person) == nil: // somebody from outside
		answer(rw, map[string]any{"errcode": 0, "errmsg": "ok", "openid": "o-" + person})
	default:
		answer(rw, map[string]any{"errcode": 0, "errmsg": "ok", "userid": strings.ToLower(person)})
	}
}

func (w *WeCom) giveMedia(rw http.ResponseWriter, r *http.Request) {
	content, ok := w.media[r.URL.Query().Get("media_id")]
	if !ok {
		code(rw, 40007)
		return
	}
	rw.Header().Set("Content-Type", "image/jpeg")
	_, _ = rw.Write(content) // who left does not mind
}
