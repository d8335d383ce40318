package wechat_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel/channeltest"
	"mailbox/handlers/channel/simulator"
	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

// bare is an account that has no templates.
var bare = map[string]string{"template_id": "", "subscribe_id": ""}

// written is a world with one letter of ann's. Settings besides those of the
// platform are given by name.
func written(t *testing.T, config map[string]string) (*platform, *channeltest.World, workflow.Case) {
	t.Helper()
	p := &platform{}
	w := channeltest.New(t, workflowtest.NewMemory(), p)
	shown, err := w.Board.Show(t.Context(), w.Admin.Actor(), workflow.WeChat)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(shown.Config, config)
	w.Save(t, shown, true)
	w.Write(t, p.Text("3001", "ann", "宿舍的门禁坏了。"))
	return p, w, w.Everything(t)[0]
}

func steps(tries []workflow.NoticeTry) string {
	var out strings.Builder
	for _, one := range tries {
		out.WriteString(string(one.Step) + "=" + string(one.Outcome) + ":" + one.Reason + " ")
	}
	return out.String()
}

const (
	toThePage = "mail=passed:deliver.no_address page=sent: "
	noneSet   = "template=passed:ladder.not_configured subscribe=passed:ladder.not_configured "
	late      = "chat=passed:ladder.window_closed "
)

// TestLadder: the window is 48 hours; what takes longer goes the next way, and
// the case says which and why.
func TestLadder(t *testing.T) {
	fails := func(how simulator.Failure) func(*testing.T, *platform, *channeltest.World) {
		return func(_ *testing.T, p *platform, _ *channeltest.World) { p.WeChat.Fail(&how) }
	}
	later := func(_ *testing.T, _ *platform, w *channeltest.World) { w.Pass(49 * time.Hour) }
	for _, k := range []struct {
		name   string
		config map[string]string
		do     func(t *testing.T, p *platform, w *channeltest.World)
		want   string
	}{
		{"inside the window", nil, func(*testing.T, *platform, *channeltest.World) {}, "chat=sent: "},
		{"two days later", bare, later, late + noneSet + toThePage},
		{"two days later, with a template", nil, later, late + "template=sent: "},
		{
			"two days later, and the template is another's",
			map[string]string{"template_id": "TM-other"},
			later,
			late + "template=refused:ladder.platform_refused subscribe=passed:ladder.no_grant " + toThePage,
		},
		{"two days later, and a notice was allowed", map[string]string{"template_id": ""}, func(t *testing.T, p *platform, w *channeltest.World) {
			w.Write(t, p.Grant("ann", true))
			w.Pass(49 * time.Hour)
		}, late + "template=passed:ladder.not_configured subscribe=sent: "},
		{"two days later, and a notice was not allowed", map[string]string{"template_id": ""}, func(t *testing.T, p *platform, w *channeltest.World) {
			w.Write(t, p.Grant("ann", false))
			w.Pass(49 * time.Hour)
		}, late + "template=passed:ladder.not_configured subscribe=passed:ladder.no_grant " + toThePage},
		{"a notice was allowed and refused again", map[string]string{"template_id": ""}, func(t *testing.T, p *platform, w *channeltest.World) {
			w.Write(t, p.Grant("ann", true))
			w.Write(t, p.Event("ann", "subscribe_msg_change_event", "<SubscribeMsgChangeEvent><List><TemplateId>"+p.Subscribe+
				"</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent>"))
			w.Pass(49 * time.Hour)
		}, late + "template=passed:ladder.not_configured subscribe=passed:ladder.no_grant " + toThePage},
		{
			"the platform's window is shorter than ours", bare, func(_ *testing.T, p *platform, _ *channeltest.World) { p.Close("ann") },
			"chat=refused:ladder.window_closed " + noneSet + toThePage,
		},
		{"five were sent", bare, fails(simulator.Failure{Code: 45047}), "chat=refused:ladder.used_up " + noneSet + toThePage},
		{"the account's quota of the day is used up", bare, fails(simulator.Failure{Code: 45009}), "chat=refused:ladder.platform_limited " + noneSet + toThePage},
		{
			"not followed any more", bare, func(t *testing.T, p *platform, w *channeltest.World) { w.Write(t, p.Unfollow("ann")) },
			"chat=passed:ladder.unfollowed template=passed:ladder.unfollowed subscribe=passed:ladder.unfollowed " + toThePage,
		},
		{
			"not followed, and nobody told us", nil, func(_ *testing.T, p *platform, _ *channeltest.World) { p.Unfollow("ann") },
			"chat=refused:ladder.window_closed template=refused:ladder.unfollowed subscribe=passed:ladder.no_grant " + toThePage,
		},
		{"the token has expired", nil, func(_ *testing.T, p *platform, _ *channeltest.World) { p.Forget() }, "chat=sent: "},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			p, w, c := written(t, k.config)
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

// TestLadder_noToken: without a token nothing is lost: it is tried again, and in
// the end goes another way.
func TestLadder_noToken(t *testing.T) {
	p, w, c := written(t, bare)
	w.Deliver(t)
	p.Forget()
	p.Secret = "changed by somebody"
	w.Accept(t, c.ID)
	for range 3 {
		w.Deliver(t)
		w.Pass(10 * time.Minute)
	}
	n, tries := w.Tries(t, c.ID, workflow.NoticeAccepted)
	want := "chat=later:ladder.token chat=later:ladder.token chat=refused:ladder.token " + noneSet + toThePage
	if got := steps(tries); got != want || n.State != workflow.Sent {
		t.Errorf("notice %s, steps %s\nwant %s", n.State, got, want)
	}
	shown, err := w.Board.Show(t.Context(), w.Admin.Actor(), workflow.WeChat)
	if err != nil || shown.Health.LastError != "ladder.token" {
		t.Errorf("the page about channels says %q (%v)", shown.Health.LastError, err)
	}
}

// TestLadder_grants: each notice uses up one that was allowed.
func TestLadder_grants(t *testing.T) {
	p, w, c := written(t, map[string]string{"template_id": ""})
	w.Write(t, p.Text("3002", "ann", "新信"))
	w.Write(t, p.Text("3003", "ann", "浴室的排风扇不转。"))
	w.Write(t, p.Grant("ann", true))
	w.Pass(49 * time.Hour)
	w.Accept(t, c.ID)
	w.Deliver(t)
	second := w.Everything(t)[1]
	w.Accept(t, second.ID)
	w.Deliver(t)
	_, tries := w.Tries(t, second.ID, workflow.NoticeAccepted)
	if got, want := steps(tries), late+"template=passed:ladder.not_configured subscribe=passed:ladder.no_grant "+toThePage; got != want {
		t.Errorf("steps %s\nwant %s", got, want)
	}
	if got := strings.Count(strings.Join(p.Inbox("ann"), "\n"), "来信已受理"); got != 1 {
		t.Errorf("inbox %q", p.Inbox("ann"))
	}
}

// TestLadder_blocked: what the platform took and did not deliver goes on by the
// next step, once, however often the platform says so.
func TestLadder_blocked(t *testing.T) {
	p, w, c := written(t, nil)
	w.Pass(49 * time.Hour)
	w.Accept(t, c.ID)
	w.Deliver(t)
	_, tries := w.Tries(t, c.ID, workflow.NoticeAccepted)
	taken := tries[len(tries)-1].External
	said := p.Finished("ann", taken, "failed:user block")
	w.Write(t, said)
	w.Pass(time.Second)
	w.Write(t, p.Finished("ann", taken, "failed:user block"))
	w.Write(t, p.Finished("ann", "999999", "failed:system failed"))
	w.Deliver(t)
	n, tries := w.Tries(t, c.ID, workflow.NoticeAccepted)
	want := late + "template=sent: template=refused:ladder.blocked subscribe=passed:ladder.no_grant " + toThePage
	if got := steps(tries); got != want || n.State != workflow.Sent {
		t.Errorf("notice %s, steps %s\nwant %s", n.State, got, want)
	}
}

// TestLadder_mail: who wrote elsewhere, left an address and bound the case here
// is told by mail once the platform takes no more.
func TestLadder_mail(t *testing.T) {
	p, w, _ := written(t, bare)
	r := w.Send(t, func(l *workflow.Letter) { l.Mode, l.Identity.Email = workflow.Signed, "ann@example.edu.cn" })
	w.Write(t, p.Text("3100", "ann", r.Number+" "+r.Code.Groups()))
	w.Pass(49 * time.Hour)
	w.Accept(t, r.CaseID)
	w.Deliver(t)
	_, tries := w.Tries(t, r.CaseID, workflow.NoticeAccepted)
	if got, want := steps(tries), late+noneSet+"mail=sent: "; got != want || w.Mails.ToWriters() == 0 {
		t.Errorf("steps %s, %d mails\nwant %s", got, w.Mails.ToWriters(), want)
	}
}

// TestVoice: a recording is kept, and what the platform understood is the letter.
func TestVoice(t *testing.T) {
	amr := []byte("#!AMR\n" + strings.Repeat("\x3c\x08\x77", 100))
	for _, k := range []struct{ recognised, body string }{
		{"  三楼的饮水机坏了。 ", "三楼的饮水机坏了。\n（语音）"},
		{"", "（语音）"},
	} {
		p, w, _ := written(t, nil)
		w.Write(t, p.Voice("3200", "bill", amr, k.recognised))
		c := w.Everything(t)[1]
		messages, err := w.Store.MessagesOf(t.Context(), c.ID, true)
		if err != nil || len(messages) != 1 || messages[0].Body != k.body || len(messages[0].Files) != 1 {
			t.Fatalf("messages %+v %v, want %q with the recording", messages, err, k.body)
		}
		f := messages[0].Files[0]
		if f.Name != "wechat-3200.amr" || f.MediaType != "audio/amr" || string(w.Content(t, f.SHA256)) != string(amr) {
			t.Errorf("kept %s %s of %d bytes", f.Name, f.MediaType, f.Size)
		}
	}
}

// TestMedia_lost: what the platform holds no more, or what is no picture, does
// not keep the letter from becoming one.
func TestMedia_lost(t *testing.T) {
	p, w, _ := written(t, nil)
	w.Write(t, p.Image("3300", "bill", []byte("<html><script>alert(1)</script></html>")))
	c := w.Everything(t)[1]
	messages, err := w.Store.MessagesOf(t.Context(), c.ID, true)
	if err != nil || len(messages[0].Files) != 0 || !strings.Contains(messages[0].Body, "无法读取") {
		t.Errorf("messages %+v %v", messages, err)
	}
	p.WeChat.Fail(&simulator.Failure{Status: http.StatusBadGateway})
	w.Write(t, p.Text("3301", "cora", "新信"))
	w.Write(t, p.Image("3302", "cora", []byte("x")))
	for range 4 {
		w.Pass(5 * time.Minute)
		_, _ = w.Chat.Sort(t.Context(), 10) // while the platform is away this says so
	}
	if n := len(w.Everything(t)); n != 3 {
		t.Fatalf("%d cases; a letter whose picture cannot be had is a letter", n)
	}
}
