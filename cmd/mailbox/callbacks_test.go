package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel/simulator"
)

// TestDatabaseAway_callbacks: the platform repeats a message three times while
// the database is away, and gives up. Afterwards there is one case, and its
// writer is told once. What is forged meanwhile is refused as ever, and counted.
func TestDatabaseAway_callbacks(t *testing.T) {
	t.Parallel()
	dir := freshDir(t)
	pg := startDatabase(t, dir)
	dsn, err := pg.Database(t.Context(), "mailbox")
	if err != nil {
		t.Fatal(err)
	}
	end := simulator.NewWeChat(time.Now)
	hub := simulator.NewHub(time.Now, end)
	platform := httptest.NewServer(hub)
	t.Cleanup(platform.Close)
	env := []string{"DATABASE_URL=" + dsn, "MAILBOX_PLATFORMS_URL=" + platform.URL}
	h := serveHere(t, dir, env)
	hire(t, dir, env, person{"boss", "admin", "office"})
	connect(t, newVisitor(at(h.where.Web)), end)

	if status, said := platformCalls(t, h, end.Text("1", "ann", "第一封：操场的灯坏了。")); status != http.StatusOK || !strings.Contains(end.Said(status, said), "编号") {
		t.Fatalf("status %d: %s", status, said)
	}
	crash(t, pg)
	if err := pg.Stop(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		begun := time.Now()
		status, _ := platformCalls(t, h, end.Text("2", "bill", "第二封：食堂的汤是凉的。"))
		if took := time.Since(begun); status != http.StatusServiceUnavailable || took > 5*time.Second {
			t.Errorf("status %d after %s", status, took)
		}
	}
	forged := end.Text("3", "eve", "伪造的。")
	forged.URL.RawQuery = strings.Replace(forged.URL.RawQuery, "msg_signature=", "msg_signature=0", 1)
	if status, _ := platformCalls(t, h, forged); status != http.StatusForbidden {
		t.Errorf("forged: status %d", status)
	}

	startDatabase(t, dir)
	db := openSQL(t, dsn)
	within(t, 30*time.Second, "the message is a case", func() bool { return count(t, db, `SELECT count(*) FROM cases`) == 2 })
	within(t, 30*time.Second, "its writer is told", func() bool { return len(end.Inbox("bill")) > 0 })
	if status, _ := platformCalls(t, h, end.Text("2", "bill", "第二封：食堂的汤是凉的。")); status != http.StatusOK {
		t.Errorf("once more: status %d", status)
	}
	if got := end.Inbox("bill"); len(got) != 1 || !strings.Contains(got[0], "/track#XZ") {
		t.Errorf("the writer was told %q, want number and link once", got)
	}
	if n := count(t, db, `SELECT count(*) FROM cases`); n != 2 {
		t.Errorf("%d cases", n)
	}
	counted(t, h, `mailbox_callbacks_total{outcome="wechat:refused"} 1`, `mailbox_callbacks_total{outcome="wechat:unavailable"} 3`)
	within(t, 15*time.Second, "it stands on the page", func() bool {
		return count(t, db, `SELECT count(*) FROM channel_faults WHERE channel = 'wechat' AND kind = 'channel.fault.refused' AND n = 1`) == 1
	})
}

// connect sets the channel up on the administrator's page.
func connect(t *testing.T, v *visitor, end simulator.End) {
	t.Helper()
	v.signIn(t, "boss")
	config, secrets := end.Settings()
	form := url.Values{"enabled": {"yes"}}
	for _, all := range []map[string]string{config, secrets} {
		for name, value := range all {
			form.Set(name, value)
		}
	}
	path := "/admin/channels/" + string(end.Channel())
	v.goTo(t, v.press(t, v.get(t, path), path, form))
}

func platformCalls(t *testing.T, h *here, r *http.Request) (status int, body []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r.URL.Host, r.Host = h.where.Web, ""
	resp, err := http.DefaultClient.Do(r.WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

// counted wants these lines of the metrics.
func counted(t *testing.T, h *here, lines ...string) {
	t.Helper()
	metrics := newVisitor(at(h.where.Ops)).get(t, "/metrics").body
	for _, line := range lines {
		if !strings.Contains(metrics, line) {
			t.Errorf("the metrics do not say %s", line)
		}
	}
}

var caseNumber = regexp.MustCompile(`XZ\d{8}-\d+`)

// simulated writes as a WeChat user on the page of the demonstration, lets the
// time to reply pass, and sees the answer come another way. Nobody else's time
// has passed.
func (y *shownYear) simulated(t *testing.T) {
	t.Helper()
	const student, other = "/admin/channels/simulator?channel=wechat&person=demo-student-a", "/admin/channels/simulator?channel=wechat&person=demo-student-b"
	say := func(page, words string) answer {
		return y.clerk.goTo(t, y.clerk.press(t, y.clerk.get(t, page), "/admin/channels/simulator/say", url.Values{"text": {words}}))
	}
	say(other, "图书馆的插座没有电。")
	number := caseNumber.FindString(say(student, "三号宿舍楼晚上没有热水。").body)
	if number == "" {
		t.Fatal("the simulator shows no number")
	}
	y.clerk.goTo(t, y.clerk.press(t, y.clerk.get(t, student), "/admin/channels/simulator/close", nil))
	y.clerk.goTo(t, y.clerk.press(t, y.clerk.get(t, "/desk/cases/"+number), "/desk/cases/"+number+"/accept", nil))
	var page string
	within(t, 30*time.Second, "the ladder steps down", func() bool {
		page = y.clerk.get(t, student).body
		return strings.Contains(page, number+" 来信已受理")
	})
	for _, words := range []string{"被拒绝：已过平台允许回复的时间", "模板消息", "已过，平台不接受会话回复"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if !strings.Contains(y.clerk.get(t, other).body, "可回复") {
		t.Error("another person's time to reply has passed as well")
	}
	if page := y.clerk.get(t, "/desk/cases/"+number).body; !strings.Contains(page, "经由模板消息送达") {
		t.Error("the case does not say which way reached the writer")
	}
	y.clerk.goTo(t, y.clerk.press(t, y.clerk.get(t, student), "/admin/channels/simulator/act", url.Values{"act": {"unfollow"}}))
	if n := count(t, y.db, `SELECT count(*) FROM conversations WHERE gone_at IS NOT NULL`); n != 1 {
		t.Errorf("%d people do not follow any more", n)
	}
}
