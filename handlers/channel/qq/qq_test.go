package qq_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel"
	"mailbox/handlers/channel/channeltest"
	"mailbox/handlers/channel/qq"
	"mailbox/handlers/channel/simulator"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/intake"
	"mailbox/workflow/workflowtest"
)

type vector struct {
	AppID, Secret     string
	Request, Response json.RawMessage
	Timestamp         string `json:"X-Signature-Timestamp"`
	Signature         string `json:"X-Signature-Ed25519"`
	Body              string
}

func published(t *testing.T, name string) (vector, channels.Line) {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]vector
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	v := all[name]
	line := channels.Line{Secrets: channels.Secrets{"app_secret": v.Secret}}
	line.Config = map[string]string{"app_id": v.AppID}
	return v, line
}

func TestVectors_check(t *testing.T) {
	v, line := published(t, "qq_bot_validation_op13")
	r := httptest.NewRequest(http.MethodPost, "/callback/qq", strings.NewReader(string(v.Request)))
	r.Header.Set("X-Bot-Appid", v.AppID)
	got, err := qq.Adapter{}.Open(line, channel.NewCallback(r, time.Unix(1725442341, 0)))
	if err != nil {
		t.Fatal(err)
	}
	var said, want map[string]string
	_, body := got.Answer("")
	if json.Unmarshal(body, &said) != nil || json.Unmarshal(v.Response, &want) != nil || said["signature"] != want["signature"] || said["plain_token"] != want["plain_token"] {
		t.Errorf("answered %s, want %s", body, v.Response)
	}
	if got.Heard.Kind != "" {
		t.Errorf("kept as %s", got.Heard.Kind)
	}
}

// TestVectors_event: the published body holds no op, which is an event; it is of
// no type, and so taken and not kept.
func TestVectors_event(t *testing.T) {
	v, line := published(t, "qq_bot_event_signature")
	open := func(signature, body string) error {
		r := httptest.NewRequest(http.MethodPost, "/callback/qq", strings.NewReader(body))
		r.Header.Set("X-Signature-Timestamp", v.Timestamp)
		r.Header.Set("X-Signature-Ed25519", signature)
		_, err := qq.Adapter{}.Open(line, channel.NewCallback(r, time.Unix(1728981195, 0)))
		return err
	}
	if err := open(v.Signature, v.Body); err != nil {
		t.Errorf("the published signature: %v", err)
	}
	for i := range v.Signature {
		wrong := []byte(v.Signature)
		wrong[i] ^= 1
		if open(string(wrong), v.Body) == nil {
			t.Fatalf("a signature changed at %d was taken", i)
		}
	}
	if open(v.Signature, v.Body+" ") == nil {
		t.Error("a changed body was taken")
	}
}

// TestKinds: every sort of message and event that the documents name is
// understood as what it is.
func TestKinds(t *testing.T) {
	p := simulator.NewQQ(func() time.Time { return workflowtest.Morning })
	config, secrets := p.Settings()
	line := channels.Line{Secrets: secrets}
	line.Config = config
	file := func(kind, name, url string) map[string]any {
		return map[string]any{"content": "", "attachments": []any{map[string]any{"content_type": kind, "filename": name, "url": url, "asr_refer_text": "听到的话"}}}
	}
	for name, k := range map[string]struct {
		r     *http.Request
		kind  intake.HeardKind
		event intake.HeardOf
		text  string
		media string
	}{
		"voice":  {p.Private("1", "ann", file("voice", "", "//multimedia.nt.qq.com.cn/a")), intake.HeardVoice, "", "听到的话", "qq-1.amr https://multimedia.nt.qq.com.cn/a"},
		"video":  {p.Private("2", "ann", file("video/mp4", "v.mp4", "https://multimedia.nt.qq.com.cn/v")), intake.HeardVideo, "", "听到的话", "v.mp4 https://multimedia.nt.qq.com.cn/v"},
		"file":   {p.Private("3", "ann", file("file", "说明.pdf", "multimedia.nt.qq.com.cn/f")), intake.HeardFile, "", "听到的话", "说明.pdf https://multimedia.nt.qq.com.cn/f"},
		"hello":  {p.Friend("4", "ann", true), intake.HeardEvent, intake.EventHello, "", ""},
		"gone":   {p.Friend("5", "ann", false), intake.HeardEvent, intake.EventGone, "", ""},
		"group":  {p.Group("6", "room", "ann", "热水"), intake.HeardEvent, intake.EventPublic, "", ""},
		"others": {p.Event("GROUP_ADD_ROBOT", "7", map[string]any{"group_openid": "room"}), "", "", "", ""},
	} {
		got, err := qq.Adapter{}.Open(line, channel.NewCallback(k.r, workflowtest.Morning))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		h := got.Heard
		media := ""
		if len(h.Media) == 1 {
			media = h.Media[0].Name + " " + h.Media[0].URL
		}
		if h.Kind != k.kind || h.Event != k.event || h.Text != k.text || media != k.media {
			t.Errorf("%s: heard %s %s %q, media %q", name, h.Kind, h.Event, h.Text, media)
		}
		if _, body := got.Answer("不在这里说"); string(body) != `{"op":12,"d":0}` {
			t.Errorf("%s: acknowledged by %s", name, body)
		}
	}
}

func world(t *testing.T, config map[string]string) (*platform, *channeltest.World) {
	t.Helper()
	p := &platform{}
	w := channeltest.New(t, workflowtest.NewMemory(), p)
	shown, err := w.Board.Show(t.Context(), w.Admin.Actor(), workflow.QQ)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range config {
		shown.Config[k] = v
	}
	w.Save(t, shown, true)
	return p, w
}

func steps(tries []workflow.NoticeTry) string {
	var out strings.Builder
	for _, one := range tries {
		out.WriteString(string(one.Step) + "=" + string(one.Outcome) + ":" + one.Reason + " ")
	}
	return out.String()
}

// TestLadder: a person is answered for an hour, five times; afterwards the answer
// is read on the tracking page, and the case says so.
func TestLadder(t *testing.T) {
	const down = "mail=passed:deliver.no_address page=sent: "
	for _, k := range []struct {
		name string
		do   func(t *testing.T, p *platform, w *channeltest.World)
		want string
	}{
		{"within the hour", func(_ *testing.T, _ *platform, w *channeltest.World) { w.Pass(59 * time.Minute) }, "chat=sent: "},
		{"after the hour", func(_ *testing.T, _ *platform, w *channeltest.World) { w.Pass(time.Hour) }, "chat=passed:ladder.window_closed " + down},
		{"the platform's hour is shorter", func(_ *testing.T, p *platform, _ *channeltest.World) { p.Close("ann") }, "chat=refused:ladder.window_closed " + down},
		{"the token has expired", func(_ *testing.T, p *platform, _ *channeltest.World) { p.Forget() }, "chat=sent: "},
		{"no friend any more", func(_ *testing.T, p *platform, _ *channeltest.World) { p.Leave("ann") }, "chat=refused:ladder.unfollowed " + down},
		{"said that they leave", func(t *testing.T, p *platform, w *channeltest.World) { w.Write(t, p.Friend("77", "ann", false)) }, "chat=passed:ladder.unfollowed " + down},
		{"five replies", func(t *testing.T, p *platform, w *channeltest.World) {
			w.Deliver(t)
			w.Write(t, p.Text("3002", "ann", "查询")) // begins five anew, and uses one
			for range 4 {
				say(t, w, "ann")
			}
		}, "chat=passed:ladder.used_up " + down},
		{"addresses are not registered", func(_ *testing.T, p *platform, _ *channeltest.World) { p.Links = false }, "chat=sent: "},
		{"refused", func(_ *testing.T, p *platform, _ *channeltest.World) { p.QQ.Fail(&simulator.Failure{Code: 40034999}) }, "chat=refused:ladder.platform_refused " + down},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			p, w := world(t, nil)
			w.Write(t, p.Text("3001", "ann", "宿舍的门禁坏了。"))
			w.Deliver(t)
			c := w.Everything(t)[0]
			k.do(t, p, w)
			w.Accept(t, c.ID)
			w.Deliver(t)
			n, tries := w.Tries(t, c.ID, workflow.NoticeAccepted)
			if got := steps(tries); got != k.want || n.State != workflow.Sent {
				t.Errorf("notice %s, steps %s\nwant %s", n.State, got, k.want)
			}
		})
	}
}

// say answers a person in some words, as commands are answered.
func say(t *testing.T, w *channeltest.World, person string) {
	t.Helper()
	h := intake.Heard{Channel: workflow.QQ, Account: "102030405", Person: workflow.PlatformID(person)}
	if r, err := w.Courier.Say(t.Context(), w.Chat.With(h), channeltest.Nonce(), "好的"); err != nil || r.State != workflow.Sent {
		t.Fatalf("said: %v %v", r, err)
	}
}

// TestLinks: where the platform lets no address through, number and code get
// through all the same.
func TestLinks(t *testing.T) {
	p, w := world(t, nil)
	p.Links = false
	w.Write(t, p.Text("3101", "ann", "宿舍的门禁坏了。"))
	w.Deliver(t)
	got := strings.Join(p.Inbox("ann"), "\n")
	if c := w.Everything(t)[0]; !strings.Contains(got, c.Number) || !strings.Contains(got, "查询码") || strings.Contains(got, "://") {
		t.Errorf("told %q", got)
	}
}

// TestSaidOnce: a reply whose end nobody knows is not read twice, and what the
// platform knows already is not called sent.
func TestSaidOnce(t *testing.T) {
	p, w := world(t, nil)
	w.Write(t, p.Text("3201", "ann", "宿舍的门禁坏了。"))
	w.Deliver(t)
	w.Write(t, p.Text("3202", "ann", "查询"))
	w.Write(t, p.Text("3202", "ann", "查询")) // the platform repeats itself
	if n := len(p.Inbox("ann")); n != 2 {
		t.Errorf("%d messages, want the receipt and one answer", n)
	}
}

// TestGroups: in a group everybody reads. By default nothing is taken there;
// where the college wants it, number and code are told there and answers are
// not, and for five minutes only.
func TestGroups(t *testing.T) {
	p, w := world(t, nil)
	w.Write(t, p.Group("4001", "room", "ann", "三号楼没有热水。"))
	if n := len(w.Everything(t)); n != 0 {
		t.Fatalf("%d cases from a group", n)
	}
	if got := p.Replies("groups/room"); len(got) != 1 || !strings.Contains(got[0], "私聊") || !strings.Contains(got[0], "/write") {
		t.Errorf("told %q, want to write privately", got)
	}

	p, w = world(t, map[string]string{"groups": "yes"})
	w.Write(t, p.Group("4002", "room", "ann", "三号楼没有热水。"))
	w.Deliver(t)
	c := w.Everything(t)[0]
	if got := p.Replies("groups/room"); len(got) != 1 || !strings.Contains(got[0], c.Number) || c.Subject != "三号楼没有热水。" {
		t.Errorf("case %q, told %q", c.Subject, got)
	}
	w.Answer(t, c.ID, "锅炉已检修，请放心。")
	w.Write(t, p.Group("4003", "room", "ann", "查询"))
	w.Deliver(t)
	if got := strings.Join(p.Replies("groups/room"), "\n"); strings.Contains(got, "锅炉") || strings.Count(got, c.Number) < 3 {
		t.Errorf("told %q, want the news and not the answer", got)
	}
	w.Write(t, p.Group("4004", "room", "bob", "操场太暗了。"))
	w.Deliver(t)
	w.Pass(5 * time.Minute)
	all := w.Everything(t)
	w.Accept(t, all[1].ID)
	w.Deliver(t)
	if _, tries := w.Tries(t, all[1].ID, workflow.NoticeAccepted); steps(tries) != "chat=passed:ladder.window_closed mail=passed:deliver.no_address page=sent: " {
		t.Errorf("after five minutes: %s", steps(tries))
	}
}

// TestFiles: a file is fetched from the platform's own hosts and from nowhere else.
func TestFiles(t *testing.T) {
	p, w := world(t, nil)
	asked := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer elsewhere.Close()
	for i, url := range []string{elsewhere.URL + "/x.jpg", "https://multimedia.nt.qq.com.cn.evil.example/x", strings.Replace(p.Base, "http://", "http://user@", 1) + "/files/1"} {
		file := map[string]any{"content_type": "image/jpeg", "filename": "x.jpg", "url": url}
		w.Write(t, p.Private(strconv.Itoa(5001+i), "ann"+strconv.Itoa(i), map[string]any{"content": "看图", "attachments": []any{file}}))
	}
	all := w.Everything(t)
	if asked != 0 || len(all) != 3 {
		t.Fatalf("%d asked elsewhere, %d cases", asked, len(all))
	}
	for _, c := range all {
		messages, err := w.Store.MessagesOf(t.Context(), c.ID, true)
		if err != nil || len(messages[0].Files) != 0 || !strings.Contains(messages[0].Body, "看图") {
			t.Errorf("messages %+v (%v)", messages, err)
		}
	}
}
