package wecom_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel"
	"mailbox/handlers/channel/channeltest"
	"mailbox/handlers/channel/simulator"
	"mailbox/handlers/channel/wecom"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/intake"
	"mailbox/workflow/workflowtest"
)

// vector is an example as it was published.
type vector struct {
	Token, Timestamp, Nonce, Encrypt, Echostr string
	Key                                       string `json:"encodingAESKey"`
	Signature                                 string `json:"msg_signature"`
	CorpID                                    string `json:"receiveId"`
	Plain                                     string `json:"expect_plain"`
}

func published(t *testing.T, name string) (vector, channels.Line, time.Time) {
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
	seconds, err := strconv.ParseInt(v.Timestamp, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	line := channels.Line{Secrets: channels.Secrets{"token": v.Token, "aes_key": v.Key}}
	line.Config = map[string]string{"corp_id": v.CorpID, "agent_id": "218"}
	return v, line, time.Unix(seconds, 0)
}

func (v vector) query(more string) string {
	return "/callback/wecom?msg_signature=" + v.Signature + "&timestamp=" + v.Timestamp + "&nonce=" + v.Nonce + more
}

// TestVectors_check: the address is checked by words that come back as they
// are, with nothing around them, however the plus signs were written.
func TestVectors_check(t *testing.T) {
	v, line, now := published(t, "wecom_verify_url")
	for _, echo := range []string{url.QueryEscape(v.Echostr), strings.ReplaceAll(v.Echostr, "=", "%3D")} {
		r := httptest.NewRequest(http.MethodGet, v.query("&echostr="+echo), nil)
		got, err := wecom.Adapter{}.Open(line, channel.NewCallback(r, now))
		if err != nil {
			t.Fatal(err)
		}
		if kind, body := got.Answer(""); string(body) != v.Plain || !strings.HasPrefix(kind, "text/plain") {
			t.Errorf("answered %q as %s, want %q", body, kind, v.Plain)
		}
	}
}

func TestVectors_message(t *testing.T) {
	v, line, now := published(t, "wecom_decrypt_post")
	body := "<xml><ToUserName><![CDATA[" + v.CorpID + "]]></ToUserName><AgentID><![CDATA[218]]></AgentID><Encrypt><![CDATA[" + v.Encrypt + "]]></Encrypt></xml>"
	got, err := wecom.Adapter{}.Open(line, channel.NewCallback(httptest.NewRequest(http.MethodPost, v.query(""), strings.NewReader(body)), now))
	if err != nil {
		t.Fatal(err)
	}
	if h := got.Heard; h.Text != "hello" || h.Person != "mycreate" || h.External != "4561255354251345929" || h.Kind != intake.HeardText {
		t.Errorf("heard %+v", h)
	}
}

// TestKinds: every sort of message and event that the documents name is
// understood as what it is.
func TestKinds(t *testing.T) {
	p := simulator.NewWeCom(func() time.Time { return workflowtest.Morning })
	config, secrets := p.Settings()
	line := channels.Line{Secrets: secrets}
	line.Config = config
	for content, want := range map[string]struct {
		kind  intake.HeardKind
		event intake.HeardOf
		file  string
	}{
		"<MsgType>voice</MsgType><MediaId>m</MediaId><Format>amr</Format><MsgId>1</MsgId>":           {intake.HeardVoice, "", "wecom-1.amr"},
		"<MsgType>video</MsgType><MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId><MsgId>1</MsgId>": {intake.HeardVideo, "", "wecom-1.mp4"},
		"<MsgType>file</MsgType><MediaId>m</MediaId><FileName>说明.pdf</FileName><MsgId>1</MsgId>":     {intake.HeardFile, "", "说明.pdf"},
		"<MsgType>link</MsgType><Title>t</Title><MsgId>1</MsgId>":                                    {intake.HeardOther, "", ""},
		"<MsgType>event</MsgType><Event>subscribe</Event>":                                           {intake.HeardEvent, intake.EventHello, ""},
		"<MsgType>event</MsgType><Event>unsubscribe</Event>":                                         {intake.HeardEvent, intake.EventGone, ""},
		"<MsgType>event</MsgType><Event>enter_agent</Event>":                                         {intake.HeardEvent, intake.EventNone, ""},
		"<MsgType>event</MsgType><Event>click</Event><EventKey>QUERY</EventKey>":                     {intake.HeardEvent, intake.EventMenu, ""},
	} {
		got, err := wecom.Adapter{}.Open(line, channel.NewCallback(p.Message("ann", content), workflowtest.Morning))
		if err != nil {
			t.Fatalf("%s: %v", content, err)
		}
		h := got.Heard
		if h.Kind != want.kind || h.Event != want.event {
			t.Errorf("%s: heard %s %s", content, h.Kind, h.Event)
		}
		if want.file != "" && (len(h.Media) != 1 || h.Media[0].Name != want.file || h.Media[0].ID != "m") {
			t.Errorf("%s: media %v", content, h.Media)
		}
	}
}

func written(t *testing.T) (*platform, *channeltest.World, workflow.Case) {
	t.Helper()
	p := &platform{}
	w := channeltest.New(t, workflowtest.NewMemory(), p)
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

// TestLadder: inside of a corporation there is no window; whoever has left it is
// told in the next way, and the case says which and why.
func TestLadder(t *testing.T) {
	const down = "mail=passed:deliver.no_address page=sent: "
	for _, k := range []struct {
		name string
		do   func(t *testing.T, p *platform, w *channeltest.World)
		want string
	}{
		{"a month later", func(_ *testing.T, _ *platform, w *channeltest.World) { w.Pass(30 * 24 * time.Hour) }, "chat=sent: "},
		{"the token has expired", func(_ *testing.T, p *platform, _ *channeltest.World) { p.Forget() }, "chat=sent: "},
		{"not a member any more", func(_ *testing.T, p *platform, _ *channeltest.World) { p.Leave("ann") }, "chat=refused:ladder.no_member " + down},
		{"said that they leave", func(t *testing.T, p *platform, w *channeltest.World) { w.Write(t, p.Event("ann", "unsubscribe", "")) }, "chat=passed:ladder.unfollowed " + down},
		{"too often", func(_ *testing.T, p *platform, _ *channeltest.World) { p.WeCom.Fail(&simulator.Failure{Code: 45009}) }, "chat=refused:ladder.platform_limited " + down},
		{"refused", func(_ *testing.T, p *platform, _ *channeltest.World) { p.WeCom.Fail(&simulator.Failure{Code: 60020}) }, "chat=refused:ladder.platform_refused " + down},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			p, w, c := written(t)
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
