package simulator

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
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

// QQ is the platform's end of a bot. It is as strict about every field as the
// platform.
type QQ struct {
	AppID, Secret string
	Base          string // where it is reached, for the files of messages
	Links         bool   // the addresses in our messages are registered
	Now           func() time.Time

	key    ed25519.PrivateKey
	mu     sync.Mutex
	serial int
	token  string
	said   map[string]*word // by the id of the message or of the event
	got    map[string][]string
	gone   map[string]bool
	media  map[string][]byte
	fails  *Failure
}

// word is something that can be replied to.
type word struct {
	at   time.Time
	to   string // users/… or groups/…
	room bool
	used []int64
}

// NewQQ returns an end with a secret of its own.
func NewQQ(now func() time.Time) *QQ {
	q := &QQ{
		AppID: "102030405", Secret: rand.Text()[:20], Links: true, Now: now,
		said: map[string]*word{}, got: map[string][]string{}, gone: map[string]bool{}, media: map[string][]byte{},
	}
	seed := strings.Repeat(q.Secret, 2)[:ed25519.SeedSize]
	q.key = ed25519.NewKeyFromSeed([]byte(seed))
	return q
}

// Channel implements End.
func (*QQ) Channel() workflow.Channel { return workflow.QQ }

// Settings implements End.
func (q *QQ) Settings() (config, secrets map[string]string) {
	return map[string]string{"app_id": q.AppID}, map[string]string{"app_secret": q.Secret}
}

// Text implements End.
func (q *QQ) Text(id, person, text string) *http.Request {
	return q.Private(id, person, map[string]any{"content": text})
}

// Image is a picture, which the bot fetches where the message says.
func (q *QQ) Image(id, person string, content []byte) *http.Request {
	q.mu.Lock()
	q.media[id] = content
	q.mu.Unlock()
	file := map[string]any{"content_type": "image/jpeg", "filename": "photo.jpg", "size": len(content), "width": 8, "height": 8, "url": q.Base + "/files/" + id}
	return q.Private(id, person, map[string]any{"content": "", "attachments": []any{file}})
}

// Strange is somebody's card: there is nothing in it that we can read.
func (q *QQ) Strange(id, person string) *http.Request {
	return q.Private(id, person, map[string]any{"content": ""})
}

// Private is a message to the bot alone.
func (q *QQ) Private(id, person string, data map[string]any) *http.Request {
	id = "ROBOT1.0_" + id
	q.heard(id, &word{at: q.Now(), to: "users/" + person})
	data["id"], data["timestamp"] = id, q.Now().Format(time.RFC3339)
	data["author"] = map[string]string{"id": person, "user_openid": person}
	return q.Event("C2C_MESSAGE_CREATE", id, data)
}

// Group is a message to the bot in a group.
func (q *QQ) Group(id, group, member, text string) *http.Request {
	id = "ROBOT1.0_" + id
	q.heard(id, &word{at: q.Now(), to: "groups/" + group, room: true})
	return q.Event("GROUP_AT_MESSAGE_CREATE", id, map[string]any{
		"id": id, "content": " " + text, "timestamp": q.Now().Format(time.RFC3339), "group_openid": group,
		"author": map[string]string{"id": member, "member_openid": member},
	})
}

// Friend is that somebody begins or ends to be the bot's friend.
func (q *QQ) Friend(id, person string, begins bool) *http.Request {
	name := "FRIEND_DEL"
	if begins {
		name = "FRIEND_ADD"
	}
	q.heard(name+":"+id, &word{at: q.Now(), to: "users/" + person})
	return q.Event(name, id, map[string]any{"openid": person, "timestamp": q.Now().Unix()})
}

func (q *QQ) heard(id string, w *word) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.said[id] == nil {
		q.said[id] = w
	}
	delete(q.gone, w.to)
}

// Event is a signed callback.
func (q *QQ) Event(name, id string, data map[string]any) *http.Request {
	body, err := json.Marshal(map[string]any{"id": name + ":" + id, "op": 0, "s": 1, "t": name, "d": data})
	if err != nil {
		panic(err) // the fields are this package's own
	}
	return q.Signed(body, strconv.FormatInt(q.Now().Unix(), 10))
}

// Signed is a callback that says whatever it says, rightly signed.
func (q *QQ) Signed(body []byte, stamp string) *http.Request {
	r := q.Unsigned(body)
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(q.key, append([]byte(stamp), body...))))
	return r
}

// Unsigned is a callback without a signature.
func (q *QQ) Unsigned(body []byte) *http.Request {
	r := request(http.MethodPost, "/callback/qq", string(body))
	r.Header.Set("X-Bot-Appid", q.AppID)
	r.Header.Set("User-Agent", "QQBot-Callback")
	r.Header.Set("Content-Type", "application/json")
	return r
}

// Said implements End: the acknowledgement holds no words.
func (*QQ) Said(_ int, body []byte) string {
	var ack struct{ Op, D int }
	if json.Unmarshal(body, &ack) != nil || ack.Op != 12 || ack.D != 0 {
		return "malformed answer"
	}
	return ""
}

// Inbox implements End.
func (q *QQ) Inbox(person string) []string { return q.Replies("users/" + person) }

// Replies are what was said to users/… or in groups/…
func (q *QQ) Replies(to string) []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.got[to])
}

// Close implements End: the time for replies is over.
func (q *QQ) Close(person string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, w := range q.said {
		if w.to == "users/"+person {
			w.at = time.Time{}
		}
	}
}

// Leave lets the person take the bot from their list.
func (q *QQ) Leave(person string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.gone["users/"+person] = true
}

// Fail lets calls fail; nil lets them be.
func (q *QQ) Fail(how *Failure) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.fails = how
}

// Forget makes the access token that was given expire.
func (q *QQ) Forget() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.token = ""
}

// ServeHTTP is the platform's API.
func (q *QQ) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, channel.MaxBody))
	if err != nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failed(rw, r.URL.Path == "/app/getAppAccessToken") {
		return
	}
	to, message := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/v2/"), "/messages")
	file, isFile := strings.CutPrefix(r.URL.Path, "/files/")
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/app/getAppAccessToken":
		q.giveToken(rw, body)
	case r.Method == http.MethodPost && message:
		q.send(rw, r, to, body)
	case r.Method == http.MethodGet && isFile && q.media[file] != nil:
		rw.Header().Set("Content-Type", "image/jpeg")
		_, _ = rw.Write(q.media[file]) // who left does not mind
	default:
		q.fault(rw, http.StatusNotFound, 404)
	}
}

// failed fails as it was told to; a code is this platform's own way of saying it.
func (q *QQ) failed(rw http.ResponseWriter, token bool) bool {
	if q.fails != nil && q.fails.Code != 0 && !token {
		q.fault(rw, http.StatusBadRequest, q.fails.Code)
		if q.fails.Once {
			q.fails = nil
		}
		return true
	}
	return failed(&q.fails, rw, token)
}

func (*QQ) fault(rw http.ResponseWriter, status, n int) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(map[string]any{"code": n, "message": "code", "trace_id": "t"}) // who left does not mind
}

func (q *QQ) giveToken(rw http.ResponseWriter, body []byte) {
	var in struct {
		AppID  string `json:"appId"`
		Secret string `json:"clientSecret"`
	}
	if strictly(body, &in) != nil || in.AppID != q.AppID || in.Secret != q.Secret {
		answer(rw, map[string]any{"code": 100007, "message": "appid invalid"})
		return
	}
	if q.token == "" {
		q.serial++
		q.token = "token-" + strconv.Itoa(q.serial)
	}
	answer(rw, map[string]any{"access_token": q.token, "expires_in": "7200"})
}

// The platform's promise: so many replies, so long after the word.
const (
	qqReplies   = 5
	qqReplyFor  = time.Hour
	qqGroupsFor = 5 * time.Minute
)

func (q *QQ) send(rw http.ResponseWriter, r *http.Request, to string, body []byte) {
	var in struct {
		Content string `json:"content"`
		Type    *int   `json:"msg_type"`
		Message string `json:"msg_id"`
		Event   string `json:"event_id"`
		Seq     int64  `json:"msg_seq"`
	}
	err := strictly(body, &in)
	w := q.said[in.Message]
	if in.Message == "" {
		w = q.said[in.Event]
	}
	switch {
	case r.Header.Get("Authorization") != "QQBot "+q.token || q.token == "":
		q.fault(rw, http.StatusUnauthorized, 11243)
	case err != nil || in.Type == nil || *in.Type != 0 || in.Content == "" || in.Seq <= 0:
		q.fault(rw, http.StatusBadRequest, 40034001)
	case q.gone[to]:
		q.fault(rw, http.StatusBadRequest, 40054004)
	case w == nil || w.to != to:
		q.fault(rw, http.StatusBadRequest, 40034024)
	case q.over(w):
		q.fault(rw, http.StatusBadRequest, 40034005)
	case slices.Contains(w.used, in.Seq):
		q.fault(rw, http.StatusBadRequest, 40054005)
	case len(w.used) >= qqReplies:
		q.fault(rw, http.StatusBadRequest, 22009)
	case !q.Links && strings.Contains(in.Content, "://"):
		q.fault(rw, http.StatusBadRequest, 40054010)
	default:
		w.used = append(w.used, in.Seq)
		q.got[to] = append(q.got[to], in.Content)
		q.serial++
		answer(rw, map[string]any{"id": "ROBOT1.0_reply-" + strconv.Itoa(q.serial), "timestamp": q.Now().Format(time.RFC3339)})
	}
}

func (q *QQ) over(w *word) bool {
	within := qqReplyFor
	if w.room {
		within = qqGroupsFor
	}
	return q.Now().Sub(w.at) >= within
}
