package channeltest

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel"
)

// The promises about callbacks that somebody else made, or changed. They need
// nothing of the platform but what it sends when all is well, so that no adapter
// is spared one.
var hostilePromises = []promise{
	{"a callback changed on its way is refused, or says the same", changed},
	{"a callback cut short is refused", cutShort},
	{"a callback with more than was signed is refused", more},
	{"an old callback is refused, however right it was", stale},
	{"another tenant's callback is refused", otherTenant},
	{"a wrong signature is refused before the body is read", unread},
	{"many at once from one person do not bury the tray, and nothing accepted is lost", flood},
	{"what was too much and could not be told is kept", floodUntold},
}

const onlyTrue = "只有这一句是真的。"

// sample is a callback as bytes, to be changed and sent again.
type sample struct {
	method, target string
	header         http.Header
	body           []byte
}

func take(t *testing.T, r *http.Request) sample {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return sample{r.Method, r.URL.RequestURI(), r.Header.Clone(), b}
}

func (s sample) request(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), s.method, "http://mailbox.invalid"+s.target, bytes.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = s.header.Clone()
	return r
}

// atMostTheOne wants no case, or the one with the words that were sent.
func atMostTheOne(t *testing.T, w *World, what string) {
	t.Helper()
	all := w.Everything(t)
	if len(all) == 0 {
		return
	}
	messages, err := w.Store.MessagesOf(t.Context(), all[0].ID, true)
	if err != nil || len(all) != 1 || len(messages) != 1 || messages[0].Body != onlyTrue {
		t.Fatalf("%s: %d cases, messages %v (%v)", what, len(all), messages, err)
	}
}

// changed turns one bit at a time, everywhere, and the words of the head as well.
func changed(t *testing.T, w *World) {
	good := take(t, w.Platform.Text("4001", ann, onlyTrue))
	refused, tried := 0, 0
	send := func(what string, s sample) {
		tried++
		if status, _ := w.Call(t, s.request(t)); status == http.StatusForbidden {
			refused++
		}
		atMostTheOne(t, w, what)
	}
	step := max(len(good.body)/120, 1)
	for i := 0; i < len(good.body); i += step {
		bad := good
		bad.body = slices.Clone(good.body)
		bad.body[i] ^= 1
		send("body, byte "+strconv.Itoa(i), bad)
	}
	path, query, _ := strings.Cut(good.target, "?")
	for i := range len(query) {
		if c := query[i]; c == '=' || c == '&' || c == '%' {
			continue
		}
		bad := good
		bad.target = path + "?" + query[:i] + string(rune('a'+(query[i]+1)%26)) + query[i+1:]
		send("query, byte "+strconv.Itoa(i), bad)
	}
	for name := range good.header {
		bad := good
		bad.header = good.header.Clone()
		bad.header.Del(name)
		send("without "+name, bad)
	}
	if refused < tried*8/10 {
		t.Errorf("%d of %d changed callbacks refused", refused, tried)
	}
}

func cutShort(t *testing.T, w *World) {
	good := take(t, w.Platform.Text("4101", ann, onlyTrue))
	end := len(bytes.TrimRight(good.body, " \r\n"))
	for n := 0; n < end; n += max(end/60, 1) {
		bad := good
		bad.body = good.body[:n]
		if status, _ := w.Call(t, bad.request(t)); status != http.StatusForbidden {
			t.Errorf("the first %d of %d bytes: status %d", n, end, status)
		}
	}
	if n := len(w.Everything(t)); n != 0 {
		t.Errorf("%d cases", n)
	}
}

// more puts a document type before the body, and more behind it than any
// callback has.
func more(t *testing.T, w *World) {
	for what, change := range map[string]func(b []byte) []byte{
		"a document type": func(b []byte) []byte {
			return append([]byte(`<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]>`), b...)
		},
		"more than is read": func(b []byte) []byte { return append(b, bytes.Repeat([]byte(" "), channel.MaxBody)...) },
		"a second body":     func(b []byte) []byte { return append(b, b...) },
	} {
		bad := take(t, w.Platform.Text("4201", ann, onlyTrue))
		bad.body = change(bad.body)
		if status, _ := w.Call(t, bad.request(t)); status != http.StatusForbidden {
			t.Errorf("%s: status %d", what, status)
		}
	}
	if n := len(w.Everything(t)); n != 0 {
		t.Errorf("%d cases", n)
	}
}

func stale(t *testing.T, w *World) {
	old := take(t, w.Platform.Text("4301", ann, onlyTrue))
	w.Pass(channel.Tolerance + time.Second)
	if status, _ := w.Call(t, old.request(t)); status != http.StatusForbidden {
		t.Errorf("status %d for what is six minutes old", status)
	}
	if n := len(w.Everything(t)); n != 0 {
		t.Errorf("%d cases", n)
	}
	if w.Outcome("refused") != 1 {
		t.Errorf("counted %d times", w.Outcome("refused"))
	}
}

// otherTenant speaks the protocol rightly, with secrets of another college.
func otherTenant(t *testing.T, w *World) {
	voice, media := w.Voice, w.Media
	w.Another.Serve(t, w)
	w.Voice, w.Media = voice, media
	if status, _ := w.Call(t, w.Another.Text("4401", ann, onlyTrue)); status != http.StatusForbidden {
		t.Errorf("status %d", status)
	}
	if n := len(w.Everything(t)); n != 0 {
		t.Errorf("%d cases", n)
	}
}

// unread: where the signature stands outside the body and does not cover it, a
// forger learns nothing from how long a body takes; where it covers the body,
// nothing but the digest is computed. In both cases what is refused is refused
// before anything of it is understood: whatever stands in the body, the answer
// is the same.
func unread(t *testing.T, w *World) {
	var first []byte
	for _, body := range []string{"", "x", "<xml>", "{}", `{"op":13,"d":{"plain_token":"a","event_ts":"1"}}`, strings.Repeat("A", 100_000)} {
		bad := take(t, w.Platform.Text("4501", ann, onlyTrue))
		bad.body = []byte(body)
		bad.target, bad.header = scrambled(bad.target), scrambledHeader(bad.header)
		status, said := w.Call(t, bad.request(t))
		if status != http.StatusForbidden {
			t.Errorf("%.20q: status %d", body, status)
		}
		if first == nil {
			first = said
		}
		if !bytes.Equal(said, first) {
			t.Errorf("%.20q is answered with %q, others with %q", body, said, first)
		}
	}
}

// scrambled changes every signature of a query.
func scrambled(target string) string {
	path, query, _ := strings.Cut(target, "?")
	parts := strings.Split(query, "&")
	for i, p := range parts {
		if name, _, _ := strings.Cut(p, "="); strings.Contains(name, "signature") {
			parts[i] = name + "=" + strings.Repeat("0", 40)
		}
	}
	return path + "?" + strings.Join(parts, "&")
}

func scrambledHeader(h http.Header) http.Header {
	out := h.Clone()
	for name := range out {
		if strings.Contains(strings.ToLower(name), "signature") {
			out.Set(name, strings.Repeat("0", len(out.Get(name))))
		}
	}
	return out
}

// letters begins n letters of a person and reports how many were taken.
func letters(t *testing.T, w *World, person string, from, n int) {
	t.Helper()
	for i := range n {
		w.Write(t, w.Platform.Text(strconv.Itoa(from+2*i), person, "新信"))
		w.Write(t, w.Platform.Text(strconv.Itoa(from+2*i+1), person, "第"+strconv.Itoa(i+1)+"封：走廊的灯又坏了。"))
	}
}

func flood(t *testing.T, w *World) {
	letters(t, w, ann, 5000, 30)
	taken := len(w.Everything(t))
	if taken < 3 || taken > 12 {
		t.Fatalf("of 30 letters of one person within a minute %d were taken", taken)
	}
	last := w.Write(t, w.Platform.Text("5059", ann, "第30封：走廊的灯又坏了。")) // the platform repeats it
	if got := told(w, ann, last); !strings.Contains(got, "没有收下") {
		t.Errorf("told %q of a letter that was not taken", got)
	}
	letters(t, w, bill, 5100, 1)
	if n := len(w.Everything(t)); n != taken+1 {
		t.Errorf("%d cases: another person is not held to it", n)
	}
	w.Pass(61 * time.Minute)
	letters(t, w, ann, 5200, 1)
	if n := len(w.Everything(t)); n != taken+2 {
		t.Errorf("%d cases: an hour later one may write again", n)
	}
	for day := range 12 {
		w.Pass(61 * time.Minute)
		letters(t, w, bill, 5300+100*day, 4)
	}
	if n := len(w.Everything(t)); n > taken+2+24 {
		t.Errorf("%d cases: there is no limit for a day", n)
	}
}

// floodUntold: what came while the database was away was never confirmed, but
// the office can still take it up.
func floodUntold(t *testing.T, w *World) {
	w.Write(t, w.Platform.Strange("5500", bill)) // the settings are known
	w.Away.Off.Store(true)
	for i := range 30 {
		w.Call(t, w.Platform.Text(strconv.Itoa(5600+2*i), ann, "新信"))
		w.Call(t, w.Platform.Text(strconv.Itoa(5601+2*i), ann, "第"+strconv.Itoa(i+1)+"封：教室门锁打不开。"))
	}
	w.Away.Off.Store(false)
	w.Sort(t)
	taken := len(w.Everything(t))
	failed, err := w.Store.FailedKinds(t.Context(), w.Platform.Channel())
	if err != nil || taken > 12 || len(failed) != 1 || failed[0].Kind != "chat.reason.limited" {
		t.Fatalf("%d cases, kept %v (%v)", taken, failed, err)
	}
	w.Pass(61 * time.Minute)
	if _, err := w.Chat.Retry(t.Context(), w.Clerk.Actor(), w.Platform.Channel()); err != nil {
		t.Fatal(err)
	}
	w.Sort(t)
	left, err := w.Store.FailedKinds(t.Context(), w.Platform.Channel())
	if err != nil || len(w.Everything(t)) <= taken || len(left) == 1 && left[0].N >= failed[0].N {
		t.Errorf("%d cases, kept %v (%v) after the office took them up", len(w.Everything(t)), left, err)
	}
}
