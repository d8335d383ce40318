package simulator

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"mailbox/handlers/channel"
	"mailbox/workflow"
)

// Line is one line of a simulated conversation.
type Line struct {
	Mine bool // typed by the person
	At   time.Time
	Text string
}

// Hub holds the ends of all channels and what was said at them.
type Hub struct {
	ends map[workflow.Channel]End
	now  func() time.Time

	mu     sync.Mutex
	base   string // where the mailbox answers callbacks
	serial int64
	talks  map[string]*talk
}

type talk struct {
	lines []Line
	seen  int // of the inbox
}

// most is how many lines of a conversation are kept.
const most = 200

// NewHub returns a Hub of the ends.
func NewHub(now func() time.Time, ends ...End) *Hub {
	h := &Hub{ends: map[workflow.Channel]End{}, now: now, serial: now().UnixMilli(), talks: map[string]*talk{}}
	for _, e := range ends {
		h.ends[e.Channel()] = e
	}
	return h
}

// Serve says where the mailbox answers callbacks.
func (h *Hub) Serve(base string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.base = base
}

// Channels lists the channels that have an end.
func (h *Hub) Channels() []workflow.Channel {
	var out []workflow.Channel
	for _, c := range workflow.Chats {
		if _, ok := h.ends[c]; ok {
			out = append(out, c)
		}
	}
	return out
}

// Say lets the person type: a callback through the real door.
func (h *Hub) Say(ctx context.Context, c workflow.Channel, person, text string) error {
	end, ok := h.ends[c]
	if !ok {
		return workflow.Absent()
	}
	h.mu.Lock()
	h.serial++
	id, base := strconv.FormatInt(h.serial, 10), h.base
	h.mu.Unlock()
	r := end.Text(id, person, text).WithContext(ctx)
	to, err := url.Parse(base)
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	r.URL.Scheme, r.URL.Host, r.Host = to.Scheme, to.Host, ""
	status, body, err := send(r)
	if err != nil {
		return err
	}
	said := "HTTP " + strconv.Itoa(status)
	if status == http.StatusOK {
		said = end.Said(status, body)
	}
	h.note(c, person, Line{Mine: true, At: h.now(), Text: text})
	if said != "" {
		h.note(c, person, Line{At: h.now(), Text: said})
	}
	return nil
}

func send(r *http.Request) (status int, body []byte, err error) {
	client := &http.Client{Timeout: channel.Within}
	resp, err := client.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("simulate: %w", err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, channel.MaxBody))
	return resp.StatusCode, body, err
}

func (h *Hub) talk(c workflow.Channel, person string) *talk {
	key := string(c) + "/" + person
	if h.talks[key] == nil {
		h.talks[key] = &talk{}
	}
	return h.talks[key]
}

func (h *Hub) note(c workflow.Channel, person string, lines ...Line) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.talk(c, person)
	t.lines = append(t.lines, lines...)
	t.lines = t.lines[max(len(t.lines)-most, 0):]
}

// Talk is the conversation so far, with what we have sent since.
func (h *Hub) Talk(c workflow.Channel, person string) []Line {
	end, ok := h.ends[c]
	if !ok {
		return nil
	}
	inbox := end.Inbox(person)
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.talk(c, person)
	for ; t.seen < len(inbox); t.seen++ {
		t.lines = append(t.lines, Line{At: h.now(), Text: inbox[t.seen]})
	}
	return slices.Clone(t.lines)
}

// Close ends the time in which the platform lets us reply.
func (h *Hub) Close(c workflow.Channel, person string) error {
	end, ok := h.ends[c]
	if !ok {
		return workflow.Absent()
	}
	end.Close(person)
	return nil
}

// Code is what a platform gives the browser of somebody it knows, who opens a
// link of ours.
func (h *Hub) Code(c workflow.Channel, person string) (string, error) {
	end, ok := h.ends[c].(interface{ Code(person string) string })
	if !ok {
		return "", workflow.Absent()
	}
	return end.Code(person), nil
}

// ServeHTTP is the API of every platform, below the channel's name.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for c, end := range h.ends {
		prefix := "/" + string(c)
		if len(r.URL.Path) > len(prefix) && r.URL.Path[:len(prefix)+1] == prefix+"/" {
			http.StripPrefix(prefix, end).ServeHTTP(w, r)
			return
		}
	}
	http.NotFound(w, r)
}
