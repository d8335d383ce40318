package channeltest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

// promise is one sentence of the contract and how to find out whether an adapter
// keeps it.
type promise struct {
	name  string
	check func(t *testing.T, w *World)
}

var promises = []promise{
	{"a first word is a case, acknowledged with number and code", firstWord},
	{"a call repeated at the same moment is one case, and every answer the same", repeated},
	{"what comes while the database is away is one case afterwards, acknowledged once", databaseAway},
	{"words that follow belong to the letter, and 新信 begins another", conversation},
	{"what the writer was asked is added however late", waiting},
	{"status, help and what we cannot read make no case", commands},
	{"number and code bind a case, wrong ones tell nothing, anonymous ones stay unbound", binding},
	{"everything that is wrong is refused alike, stored nowhere and counted", refusals},
	{"a nonce is good for one body", usedNonce},
	{"the answer comes back, and the case says how", answerBack},
	{"a platform that is away, silent or refuses is told truthfully, and nothing is sent twice", troubles},
	{"pictures are fetched and kept", pictures},
	{"nothing that names a person is stored in the clear", sealed},
	{"a channel that is off refuses", switchedOff},
}

// Run holds an adapter to every promise. open returns an empty store of its own
// for each call, and platform a new far end.
func Run(t *testing.T, open func(testing.TB) workflow.Store, platform func() Platform) {
	t.Helper()
	for _, p := range slices.Concat(promises, hostilePromises) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			w := New(t, open(t), platform())
			w.Another = platform()
			p.check(t, w)
		})
	}
}

// Memory opens a store in memory.
func Memory(testing.TB) workflow.Store { return workflowtest.NewMemory() }

const (
	ann  = "person-of-the-first-letter-1"
	bill = "person-of-another-letter-2"
)

func only(t *testing.T, w *World) workflow.Case {
	t.Helper()
	all := w.Everything(t)
	if len(all) != 1 {
		t.Fatalf("%d cases, want 1", len(all))
	}
	return all[0]
}

// told is what the person has been told at once or was sent since.
func told(w *World, person, ack string) string {
	return strings.Join(append([]string{ack}, w.Platform.Inbox(person)...), "\n")
}

func firstWord(t *testing.T, w *World) {
	ack := w.Write(t, w.Platform.Text("1001", ann, "三号宿舍楼晚上没有热水，请看看。"))
	w.Deliver(t)
	c := only(t, w)
	if got := told(w, ann, ack); !strings.Contains(got, c.Number) || !strings.Contains(got, "/track#"+c.Number+".") {
		t.Errorf("acknowledged with %q, want number %s and its link", got, c.Number)
	}
	if c.Channel != w.Platform.Channel() || c.Mode != workflow.Confidential || c.Category != w.Other.ID || !strings.HasPrefix(c.Subject, "三号宿舍楼") {
		t.Errorf("case %+v", c)
	}
}

func repeated(t *testing.T, w *World) {
	var all sync.WaitGroup
	said := make([]string, 3)
	for i := range said {
		all.Go(func() {
			said[i] = w.Write(t, w.Platform.Text("1002", ann, "食堂二楼的价格牌和收银不一致。"))
		})
	}
	all.Wait()
	c := only(t, w)
	for _, s := range said {
		if s != said[0] {
			t.Errorf("answers %q and %q to the same call", s, said[0])
		}
	}
	w.Sort(t)
	w.Deliver(t)
	messages, err := w.Store.MessagesOf(t.Context(), c.ID, true)
	if err != nil || len(messages) != 1 {
		t.Errorf("%d messages (%v), want 1", len(messages), err)
	}
	if n := strings.Count(told(w, ann, said[0]), "/track#"); n != 1 {
		t.Errorf("acknowledged %d times", n)
	}
}

func databaseAway(t *testing.T, w *World) {
	w.Write(t, w.Platform.Strange("1003", bill)) // the settings are known
	w.Away.Off.Store(true)
	for range 3 {
		status, _ := w.Call(t, w.Platform.Text("1004", ann, "图书馆周末关门太早。"))
		if status != http.StatusServiceUnavailable {
			t.Fatalf("status %d while the database was away", status)
		}
	}
	w.Away.Off.Store(false)
	w.Sort(t)
	w.Sort(t)
	w.Deliver(t)
	c := only(t, w)
	if got := strings.Join(w.Platform.Inbox(ann), "\n"); strings.Count(got, c.Number+".") != 1 {
		t.Errorf("acknowledged by %q, want number and link once", got)
	}
	w.Write(t, w.Platform.Text("1004", ann, "图书馆周末关门太早。")) // the platform tries once more
	only(t, w)
}

func conversation(t *testing.T, w *World) {
	w.Write(t, w.Platform.Text("1101", ann, "操场的灯坏了三盏。"))
	w.Pass(10 * time.Minute)
	w.Write(t, w.Platform.Text("1102", ann, "在东北角。"))
	w.Write(t, w.Platform.Text("1102", ann, "在东北角。"))
	c := only(t, w)
	messages, err := w.Store.MessagesOf(t.Context(), c.ID, true)
	if err != nil || len(messages) != 2 || messages[1].Body != "在东北角。" {
		t.Fatalf("messages %v %v, want the letter and one addition", messages, err)
	}
	w.Write(t, w.Platform.Text("1103", ann, "新信"))
	w.Write(t, w.Platform.Text("1104", ann, "另外，校车时刻表过期了。"))
	if n := len(w.Everything(t)); n != 2 {
		t.Fatalf("%d cases after 新信, want 2", n)
	}
	w.Pass(31 * time.Minute)
	w.Write(t, w.Platform.Text("1105", ann, "投诉打印店乱收费。"))
	all := w.Everything(t)
	if len(all) != 3 || all[2].Kind != workflow.Complaint {
		t.Fatalf("%d cases after half an hour, want 3 and the last a complaint", len(all))
	}
	w.Write(t, w.Platform.Text("1106", bill, "我也想说打印店。"))
	if n := len(w.Everything(t)); n != 4 {
		t.Errorf("%d cases, want one for another person", n)
	}
}

func waiting(t *testing.T, w *World) {
	w.Write(t, w.Platform.Text("1201", ann, "教室空调漏水。"))
	c := only(t, w)
	w.Ask(t, c.ID, "请问是哪一间教室？")
	w.Deliver(t)
	w.Pass(26 * time.Hour)
	w.Write(t, w.Platform.Text("1202", ann, "教学楼 A 座 302。"))
	if c = only(t, w); c.State == workflow.Waiting {
		t.Error("the case still waits for the writer")
	}
}

func commands(t *testing.T, w *World) {
	for i, text := range []string{"帮助", "查询", "?", "嗯", "status"} {
		w.Write(t, w.Platform.Text(strconv.Itoa(1301+i), ann, text))
	}
	w.Write(t, w.Platform.Strange("1310", ann))
	if n := len(w.Everything(t)); n != 0 {
		t.Fatalf("%d cases", n)
	}
	w.Write(t, w.Platform.Text("1311", ann, "自行车棚没有灯。"))
	c := only(t, w)
	if got := told(w, ann, w.Write(t, w.Platform.Text("1312", ann, "查询"))); !strings.Contains(got, c.Number) {
		t.Errorf("查询 says %q", got)
	}
	only(t, w)
}

func binding(t *testing.T, w *World) {
	known := w.Send(t)
	hidden := w.Send(t, func(l *workflow.Letter) { l.Mode, l.Identity = workflow.Anonymous, workflow.Identity{} })
	wrong := w.Write(t, w.Platform.Text("1401", ann, known.Number+" "+hidden.Code.Groups()))
	nowhere := w.Write(t, w.Platform.Text("1402", ann, "XZ20200101-0001 "+hidden.Code.Groups()))
	if wrong != nowhere {
		t.Errorf("a wrong code says %q, an unknown number %q", wrong, nowhere)
	}
	if _, err := w.Store.ConversationOf(t.Context(), known.CaseID); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("bound by a wrong code: %v", err)
	}
	w.Write(t, w.Platform.Text("1403", ann, known.Number+" "+known.Code.Groups()))
	if v, err := w.Store.ConversationOf(t.Context(), known.CaseID); err != nil || v.Channel != w.Platform.Channel() {
		t.Errorf("not bound: %v %v", v, err)
	}
	w.Write(t, w.Platform.Text("1404", bill, hidden.Number+" "+hidden.Code.Groups()))
	if _, err := w.Store.ConversationOf(t.Context(), hidden.CaseID); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("an anonymous letter was bound: %v", err)
	}
	for i := range 40 {
		w.Write(t, w.Platform.Text(strconv.Itoa(1500+i), bill, known.Number+" "+hidden.Code.Groups()))
	}
	if got := told(w, bill, w.Write(t, w.Platform.Text("1600", bill, known.Number+" "+known.Code.Groups()))); strings.Contains(got, "已接到") {
		t.Error("codes can be guessed without limit")
	}
}

func refusals(t *testing.T, w *World) {
	var first []byte
	n := 0
	for what, r := range w.Platform.Refused() {
		status, body := w.Call(t, r())
		if status != http.StatusForbidden {
			t.Errorf("%s: status %d", what, status)
		}
		if first == nil {
			first = body
		}
		if !bytes.Equal(body, first) {
			t.Errorf("%s: says %q, others %q", what, body, first)
		}
		n++
	}
	if n < 5 || w.Outcome("refused") != n {
		t.Errorf("%d refusals, %d counted", n, w.Outcome("refused"))
	}
	calls, err := w.Store.NewCalls(t.Context(), w.Now().Add(time.Hour), 100)
	if err != nil || len(calls) != 0 || len(w.Everything(t)) != 0 {
		t.Errorf("stored %d calls of those refused (%v)", len(calls), err)
	}
}

func usedNonce(t *testing.T, w *World) {
	again, ok := w.Platform.(interface {
		SameNonce(idA, idB, person string) (a, b *http.Request)
	})
	if !ok {
		t.Log("the protocol has no nonce")
		return
	}
	a, b := again.SameNonce("1701", "1702", ann)
	w.Write(t, a)
	if status, _ := w.Call(t, b); status != http.StatusForbidden {
		t.Errorf("a used nonce with another body: status %d", status)
	}
	only(t, w)
}

func answerBack(t *testing.T, w *World) {
	w.Write(t, w.Platform.Text("1801", ann, "澡堂的水温忽冷忽热。"))
	c := only(t, w)
	w.Answer(t, c.ID, "锅炉已检修，本周五起恢复正常。")
	w.Write(t, w.Platform.Text("1802", ann, "查询")) // opens the window where there is one
	w.Deliver(t)
	w.Deliver(t)
	n, tries := w.Tries(t, c.ID, workflow.NoticeAnswered)
	if n.State != workflow.Sent || len(tries) != 1 || tries[0].Step != workflow.StepChat || tries[0].Outcome != workflow.TrySent {
		t.Fatalf("notice %s %s, tries %v", n.State, n.Reason, tries)
	}
	got := strings.Join(w.Platform.Inbox(ann), "\n")
	if strings.Count(got, "锅炉已检修") != 1 || !strings.Contains(got, c.Number) {
		t.Errorf("inbox %q, want the answer once", got)
	}
}

func troubles(t *testing.T, w *World) {
	w.Write(t, w.Platform.Text("1901", ann, "快递站排队太久。"))
	c := only(t, w)
	w.Deliver(t)
	had := len(w.Platform.Inbox(ann))
	w.Platform.Fail(&Failure{Status: http.StatusBadGateway, Once: true})
	w.Accept(t, c.ID)
	w.Deliver(t)
	n, tries := w.Tries(t, c.ID, workflow.NoticeAccepted)
	if n.State != workflow.Queued || len(tries) != 1 || tries[0].Outcome != workflow.TryLater {
		t.Fatalf("platform away: notice %s, tries %v", n.State, tries)
	}
	w.Platform.Fail(&Failure{Silent: true, Once: true})
	w.Pass(2 * time.Minute)
	w.Deliver(t)
	w.Platform.Fail(nil)
	w.Pass(2 * time.Hour)
	w.Deliver(t)
	if n, _ = w.Tries(t, c.ID, workflow.NoticeAccepted); n.State != workflow.Uncertain {
		t.Errorf("the line broke after the message was handed over: %s", n.State)
	}
	if got := len(w.Platform.Inbox(ann)) - had; got > 1 {
		t.Errorf("sent %d times", got)
	}
}

func pictures(t *testing.T, w *World) {
	if w.Media == nil {
		t.Log("messages bring their files themselves")
	}
	picture := photograph(t)
	w.Write(t, w.Platform.Image("2001", ann, picture))
	w.Pass(time.Minute)
	w.Sort(t)
	c := only(t, w)
	messages, err := w.Store.MessagesOf(t.Context(), c.ID, true)
	if err != nil || len(messages) != 1 || len(messages[0].Files) != 1 {
		t.Fatalf("messages %+v %v, want one with the picture", messages, err)
	}
	f := messages[0].Files[0]
	kept := w.Content(t, f.SHA256)
	if f.MediaType != "image/jpeg" || bytes.Contains(kept, []byte(whereTaken)) || !bytes.Contains(picture, []byte(whereTaken)) {
		t.Errorf("kept %s of %d bytes; it must say nothing of where it was taken", f.MediaType, len(kept))
	}
	if _, err := jpeg.Decode(bytes.NewReader(kept)); err != nil {
		t.Errorf("the picture can be seen no more: %v", err)
	}
}

// whereTaken stands in the pictures of the suite.
const whereTaken = "30.4512N 114.3411E"

// photograph is a picture that says where it was taken.
func photograph(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 20)), nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x00" + whereTaken
	part := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	return slices.Concat(b.Bytes()[:2], part, []byte(exif), b.Bytes()[2:])
}

func sealed(t *testing.T, w *World) {
	w.Write(t, w.Platform.Text("2101", ann, "有人占用消防通道。"))
	c := only(t, w)
	v, err := w.Store.ConversationOf(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	writer, err := w.Store.Writer(t.Context(), c.Writer)
	if err != nil {
		t.Fatal(err)
	}
	for what, b := range map[string][]byte{"conversation": v.Sealed, "index": v.Person, "writer": writer.Sealed, "printed": fmt.Appendf(nil, "%+v %#v", v, c)} {
		if bytes.Contains(b, []byte(ann)) {
			t.Errorf("%s names the person", what)
		}
	}
}

func switchedOff(t *testing.T, w *World) {
	shown, err := w.Board.Show(t.Context(), w.Admin.Actor(), w.Platform.Channel())
	if err != nil {
		t.Fatal(err)
	}
	w.Save(t, shown, false)
	if status, _ := w.Call(t, w.Platform.Text("2201", ann, "还能写信吗？")); status != http.StatusForbidden {
		t.Errorf("status %d", status)
	}
}
