package simulator

import (
	"bytes"
	"crypto/rand"
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

// OA is the college's office system: it hands on what people write there, and
// takes answers for them. It is strict about every header and every field.
type OA struct {
	Key, Secret, OutSecret string
	Base                   string // where it answers; known once it is served
	Mapping                string // how it is told of to-dos; "": not at all
	Now                    func() time.Time

	mu     sync.Mutex
	serial int
	nonces map[string]bool
	taken  map[string]string // Idempotency-Key to body
	people map[string][]string
	gone   map[string]bool
	fails  *Failure
	todos  map[string]*SimulatedTodo
}

// messagePath is where answers for people are taken.
const messagePath = "/mailbox/messages"

// NewOA returns an office system with secrets of its own.
func NewOA(now func() time.Time) *OA {
	return &OA{
		Key: "campusoa", Secret: rand.Text(), OutSecret: rand.Text(), Now: now,
		nonces: map[string]bool{}, taken: map[string]string{}, people: map[string][]string{}, gone: map[string]bool{}, todos: map[string]*SimulatedTodo{},
	}
}

// Channel implements End.
func (*OA) Channel() workflow.Channel { return workflow.OA }

// Settings implements End.
func (o *OA) Settings() (config, secrets map[string]string) {
	config = map[string]string{
		"key_id": o.Key, "base": o.Base, "message_path": messagePath, "system_code": SystemCode, "creator": TodoCreator, "user": TodoUser,
		"mapping": o.Mapping,
	}
	return config, map[string]string{"secret": o.Secret, "out_secret": o.OutSecret, "password": TodoPassword}
}

// Text implements End.
func (o *OA) Text(id, person, text string) *http.Request {
	o.mu.Lock()
	delete(o.gone, person)
	o.mu.Unlock()
	return o.Letter(id, map[string]any{"person": person, "type": "message", "text": text})
}

// Image is a picture, which the letter brings itself.
func (o *OA) Image(id, person string, content []byte) *http.Request {
	file := map[string]any{"name": "oa-" + id + ".jpg", "type": "image/jpeg", "content": content}
	return o.Letter(id, map[string]any{"person": person, "type": "message", "text": "", "files": []any{file}})
}

// Strange is something that is no letter.
func (o *OA) Strange(id, person string) *http.Request {
	return o.Letter(id, map[string]any{"person": person, "type": "poll", "text": "3"})
}

// Letter signs and sends whatever it is given.
func (o *OA) Letter(id string, fields map[string]any) *http.Request {
	body, err := json.Marshal(fields)
	if err != nil {
		panic(err) // the fields are this package's own
	}
	return o.Signed(id, body, o.next("nonce"))
}

// Signed is a call that says whatever it says, rightly signed.
func (o *OA) Signed(id string, body []byte, nonce string) *http.Request {
	r := request(http.MethodPost, "/callback/oa", string(body))
	stamp := strconv.FormatInt(o.Now().Unix(), 10)
	signer := channel.Signer{Key: o.Key, Secret: o.Secret}
	r.Header.Set("X-Key", o.Key)
	r.Header.Set("X-Timestamp", stamp)
	r.Header.Set("X-Nonce", nonce)
	r.Header.Set("X-Signature", signer.Signature(stamp, nonce, r.Method, r.URL.Path, body))
	r.Header.Set("Idempotency-Key", id)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// Said implements End.
func (*OA) Said(_ int, body []byte) string {
	var in struct {
		Taken bool   `json:"taken"`
		Reply string `json:"reply"`
	}
	if json.Unmarshal(body, &in) != nil || !in.Taken {
		return "malformed answer"
	}
	return in.Reply
}

// Inbox implements End.
func (o *OA) Inbox(person string) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.people[person])
}

// Close implements End: the person's account is closed, and nothing is taken for
// it until they write again.
func (o *OA) Close(person string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.gone[person] = true
}

// Fail lets calls fail; nil lets them be.
func (o *OA) Fail(how *Failure) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fails = how
}

func (o *OA) next(what string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.serial++
	return what + strconv.Itoa(o.serial)
}

// ServeHTTP is what the office system takes.
func (o *OA) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, channel.MaxBody))
	if err != nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch f := o.failure(); {
	case f == nil:
		o.take(rw, r, body)
	case f.Silent:
		o.take(nowhere{}, r, body)
		panic(http.ErrAbortHandler) // the line is cut
	default:
		http.Error(rw, "not now", max(f.Status, http.StatusBadRequest))
	}
}

func (o *OA) take(rw http.ResponseWriter, r *http.Request, body []byte) {
	switch {
	case r.Method == http.MethodHead:
	case r.Method == http.MethodPost && r.URL.Path == messagePath:
		o.message(rw, r, body)
	default:
		o.todo(rw, r, body)
	}
}

// failure is how this call fails, or nil.
func (o *OA) failure() *Failure {
	f := o.fails
	if f != nil && f.Once {
		o.fails = nil
	}
	return f
}

// nowhere is an answer that nobody will read.
type nowhere struct{}

// Header implements http.ResponseWriter.
func (nowhere) Header() http.Header { return http.Header{} }

// Write implements http.ResponseWriter.
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader implements http.ResponseWriter.
func (nowhere) WriteHeader(int) {}

// message takes an answer for somebody, once under its name.
func (o *OA) message(rw http.ResponseWriter, r *http.Request, body []byte) {
	var in struct {
		Type, Person, Number, Kind, Text, At string
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	switch {
	case !o.signed(r, body):
		http.Error(rw, "signature", http.StatusUnauthorized)
	case d.Decode(&in) != nil || in.Type != "message" || in.Person == "" || in.Text == "" || r.Header.Get("Idempotency-Key") == "":
		http.Error(rw, "message", http.StatusUnprocessableEntity)
	case o.gone[in.Person]:
		http.Error(rw, "nobody of that name", http.StatusGone)
	case o.again(r, body):
		rw.WriteHeader(http.StatusOK)
	default:
		o.people[in.Person] = append(o.people[in.Person], in.Text)
		rw.WriteHeader(http.StatusCreated)
	}
}

// signed verifies a call of ours as the scheme says, and its nonce.
func (o *OA) signed(r *http.Request, body []byte) bool {
	c := request(r.Method, r.URL.Path, string(body))
	c.Header = r.Header
	_, nonce, err := channel.Signer{Key: o.Key, Secret: o.OutSecret}.Open(channel.NewCallback(c, o.Now()))
	used := o.nonces[nonce]
	o.nonces[nonce] = true
	return err == nil && !used && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
}

// again reports whether a call with this name was taken already.
func (o *OA) again(r *http.Request, body []byte) bool {
	key := r.Header.Get("Idempotency-Key")
	_, known := o.taken[key]
	o.taken[key] = string(body)
	return known
}
