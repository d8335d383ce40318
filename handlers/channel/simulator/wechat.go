package simulator

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
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
	Template, Subscribe                    string // the account's two templates
	Now                                    func() time.Time

	mu     sync.Mutex
	serial int
	token  string
	people map[string]*follower
	media  map[string]file
	fails  *Failure
	tokens int // asked for
}

// file is what the platform holds for us to fetch.
type file struct {
	kind    string
	content []byte
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
	last   time.Time // own last message
	used   int
	gone   bool
	grants int // notices allowed
	got    []string
	sent   map[string]bool // client_msg_ids
}

// NewWeChat returns an end with secrets of its own, which the channel is set up
// with.
func NewWeChat(now func() time.Time) *WeChat {
	return &WeChat{
		AppID: "wx0123456789abcdef", Original: "gh_0123456789ab", Token: rand.Text()[:20], Secret: rand.Text(),
		AESKey: newAESKey(), Template: "TM-" + rand.Text()[:8], Subscribe: "SN-" + rand.Text()[:8],
		Now: now, people: map[string]*follower{}, media: map[string]file{},
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
	config = map[string]string{"app_id": w.AppID, "original_id": w.Original, "template_id": w.Template, "subscribe_id": w.Subscribe}
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
	w.hold("media-"+id, file{"image/jpeg", content})
	return w.Message(person, id, "<MsgType>"+channel.CDATA("image")+"</MsgType><PicUrl>"+channel.CDATA("http://mmbiz.qpic.cn/none")+"</PicUrl><MediaId>"+channel.CDATA("media-"+id)+"</MediaId>")
}

// Voice is a recording; recognised is what the platform understood, if anything.
func (w *WeChat) Voice(id, person string, content []byte, recognised string) *http.Request {
	w.hold("media-"+id, file{"audio/amr", content})
	return w.Message(person, id, "<MsgType>"+channel.CDATA("voice")+"</MsgType><MediaId>"+channel.CDATA("media-"+id)+"</MediaId><Format>"+
		channel.CDATA("amr")+"</Format><Recognition>"+channel.CDATA(recognised)+"</Recognition>")
}

func (w *WeChat) hold(id string, f file) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.media[id] = f
}

// Grant is the person's answer to the question whether they want a notice.
func (w *WeChat) Grant(person string, yes bool) *http.Request {
	said := "reject"
	if yes {
		said = "accept"
		w.mu.Lock()
		w.person(person).grants++
		w.mu.Unlock()
	}
	return w.Event(person, "subscribe_msg_popup_event", "<SubscribeMsgPopupEvent>"+decided("VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc", "accept")+
		decided(w.Subscribe, said)+"</SubscribeMsgPopupEvent>")
}

func decided(template, said string) string {
	return "<List><TemplateId>" + channel.CDATA(template) + "</TemplateId><SubscribeStatusString>" + channel.CDATA(said) + "</SubscribeStatusString><PopupScene>2</PopupScene></List>"
}

// Unfollow ends it all: the platform takes nothing more for the person.
func (w *WeChat) Unfollow(person string) *http.Request {
	w.mu.Lock()
	w.person(person).gone = true
	w.mu.Unlock()
	return w.Event(person, "unsubscribe", "<EventKey>"+channel.CDATA("")+"</EventKey>")
}

// Finished says what became of a template message that was taken.
func (w *WeChat) Finished(person, msgID, status string) *http.Request {
	return w.Event(person, "TEMPLATESENDJOBFINISH", "<MsgID>"+msgID+"</MsgID><Status>"+channel.CDATA(status)+"</Status>")
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
		f.last, f.used, f.gone = w.Now(), 0, false
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
	r, err := http.NewRequest(method, "http://mailbox.invalid"+target, strings.NewReader(body)) //nolint:noctx,gosec // whoever sends it gives the context and the host
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

// TokensAsked is how often an access token was asked for.
func (w *WeChat) TokensAsked() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tokens
}

// Forget makes the access token that was given expire.
func (w *WeChat) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.token = ""
}

func (w *WeChat) person(id string) *follower {
	if w.people[id] == nil {
		w.people[id] = &follower{sent: map[string]bool{}}
	}
	return w.people[id]
}

func (w *WeChat) next(what string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.serial++
	return what + strconv.Itoa(w.serial)
}
