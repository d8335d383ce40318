package wecom_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel/channeltest"
	"mailbox/handlers/channel/simulator"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/delivery"
	"mailbox/workflow/workflowtest"
)

// staffed is a world whose people have names in WeCom, and a letter routed to
// the logistics department.
func staffed(t *testing.T) (*platform, *channeltest.World, workflow.Case) {
	t.Helper()
	p := &platform{}
	w := channeltest.New(t, workflowtest.NewMemory(), p)
	w.Courier.Boards = map[workflow.Channel]delivery.Board{workflow.WeCom: p.client}
	for _, a := range []*workflow.Account{&w.Clerk, &w.LogisticsClerk, &w.LogisticsHead} {
		a.WeCom = "w-" + a.Username
		if err := w.Store.SaveAccount(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		p.Join("W-" + a.Username) // capitals make no difference
	}
	r := w.Send(t)
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	c, err := w.Store.Case(t.Context(), r.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	deliver(t, w)
	return p, w, c
}

// deliver sends what waits and takes back what is done.
func deliver(t *testing.T, w *channeltest.World) {
	t.Helper()
	w.Deliver(t)
	if _, err := w.Courier.Clear(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// cards are the titles of a person's cards; those taken back in brackets.
func cards(p *platform, person string) string {
	var out []string
	for _, c := range p.Cards(person) {
		title := c.Title
		if c.Recalled {
			title = "(" + title + ")"
		}
		out = append(out, title)
	}
	return strings.Join(out, " ")
}

// TestCards: everybody is shown their own turn, once, and it goes when it is
// done, whoever did it.
func TestCards(t *testing.T) {
	p, w, c := staffed(t)
	step := func(what, clerk, dept, head string) {
		t.Helper()
		deliver(t, w)
		deliver(t, w)
		for person, want := range map[string]string{"w-clerk": clerk, "w-logistics-clerk": dept, "w-logistics-head": head} {
			if got := cards(p, person); got != want {
				t.Errorf("%s: %s has %q, want %q", what, person, got, want)
			}
		}
	}
	step("routed", "", "有新的转办事项", "有新的转办事项")
	w.Do(t, w.LogisticsClerk, c.ID, casework.Act{Action: workflow.SignFor})
	step("signed for", "", "(有新的转办事项)", "(有新的转办事项)")
	if _, err := w.Cases.SaveDraft(t.Context(), w.LogisticsClerk.Actor(), c.ID, "已经修好。", 0); err != nil {
		t.Fatal(err)
	}
	w.Do(t, w.LogisticsClerk, c.ID, casework.Act{Action: workflow.HandIn})
	step("handed in", "", "(有新的转办事项)", "(有新的转办事项) 有答复待签发")
	w.Do(t, w.LogisticsHead, c.ID, casework.Act{Action: workflow.Approve})
	step("approved", "有答复待审核", "(有新的转办事项)", "(有新的转办事项) (有答复待签发)")
	w.Do(t, w.Clerk, c.ID, casework.Act{Action: workflow.Answer})
	step("answered", "(有答复待审核)", "(有新的转办事项)", "(有新的转办事项) (有答复待签发)")
}

// TestCardTells: a card says what, which case and by when, and nothing of the
// letter.
func TestCardTells(t *testing.T) {
	p, w, c := staffed(t)
	got := p.Cards("w-logistics-clerk")
	if len(got) != 1 {
		t.Fatalf("%d cards", len(got))
	}
	if d := got[0].Description; !strings.Contains(d, c.Number) || !strings.Contains(d, "最迟 ") {
		t.Errorf("description %q, want %s and when it is due", d, c.Number)
	}
	letter, err := w.Store.MessagesOf(t.Context(), c.ID, true)
	if err != nil || len(letter) == 0 {
		t.Fatal(err)
	}
	if all := got[0].Title + got[0].Description; strings.Contains(all, c.Subject) || strings.Contains(all, letter[0].Body) {
		t.Errorf("the card tells of the letter: %q", all)
	}
	if want := w.Phrases.URL + "/login/wecom?next=" + url.QueryEscape("/desk/cases/"+c.Number); got[0].Address != want {
		t.Errorf("leads to %s, want %s", got[0].Address, want)
	}
}

// TestCardsNotShown: what is done before it is shown, whose account is gone and
// what the platform refuses is not shown, and the office hears of the last only.
func TestCardsNotShown(t *testing.T) {
	for _, k := range []struct {
		name  string
		do    func(t *testing.T, p *platform, w *channeltest.World, c workflow.Case)
		state workflow.NoticeState
		want  string
	}{
		{"done", func(t *testing.T, _ *platform, w *channeltest.World, c workflow.Case) {
			w.Do(t, w.LogisticsHead, c.ID, casework.Act{Action: workflow.SendBack, Note: "请写明时间"})
			w.Do(t, w.LogisticsClerk, c.ID, casework.Act{Action: workflow.HandIn})
			w.Do(t, w.LogisticsHead, c.ID, casework.Act{Action: workflow.Approve})
		}, workflow.Sent, "card=passed:card.done "},
		{"no name", func(t *testing.T, _ *platform, w *channeltest.World, _ workflow.Case) {
			w.LogisticsHead.WeCom = ""
			if err := w.Store.SaveAccount(t.Context(), &w.LogisticsHead); err != nil {
				t.Fatal(err)
			}
		}, workflow.Sent, "card=passed:card.no_name "},
		{"disabled", func(t *testing.T, _ *platform, w *channeltest.World, _ workflow.Case) {
			w.LogisticsHead.Disabled = w.Now()
			if err := w.Store.SaveAccount(t.Context(), &w.LogisticsHead); err != nil {
				t.Fatal(err)
			}
		}, workflow.Sent, "card=passed:deliver.not_allowed "},
		{"not a member", func(_ *testing.T, p *platform, _ *channeltest.World, _ workflow.Case) { p.Leave("w-logistics-head") }, workflow.Failed, "card=refused:ladder.no_member "},
		{"away", func(_ *testing.T, p *platform, _ *channeltest.World, _ workflow.Case) {
			p.WeCom.Fail(&simulator.Failure{Status: http.StatusBadGateway})
		}, workflow.Queued, "card=later:ladder.unreachable "},
		{"silent", func(_ *testing.T, p *platform, _ *channeltest.World, _ workflow.Case) {
			p.WeCom.Fail(&simulator.Failure{Silent: true})
		}, workflow.Uncertain, "card=uncertain:deliver.no_answer "},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			p, w, c := staffed(t)
			w.Do(t, w.LogisticsClerk, c.ID, casework.Act{Action: workflow.SignFor})
			if _, err := w.Cases.SaveDraft(t.Context(), w.LogisticsClerk.Actor(), c.ID, "已经修好。", 0); err != nil {
				t.Fatal(err)
			}
			w.Do(t, w.LogisticsClerk, c.ID, casework.Act{Action: workflow.HandIn})
			k.do(t, p, w, c)
			w.Deliver(t)
			n := cardNotice(t, w, c.ID, workflow.NoticeHandedIn, w.LogisticsHead.ID)
			tries, err := w.Store.TriesOf(t.Context(), n.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got := steps(tries); got != k.want || n.State != k.state {
				t.Errorf("notice %s, steps %s, want %s %s", n.State, got, k.state, k.want)
			}
		})
	}
}

// cardNotice is the first card of that kind for the account.
func cardNotice(t *testing.T, w *channeltest.World, caseID int64, kind workflow.NoticeKind, account int64) workflow.Notice {
	t.Helper()
	all, err := w.Store.NoticesOf(t.Context(), caseID)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range all {
		if n.Kind == kind && n.Account == account && n.Channel == string(workflow.WeCom) {
			return n
		}
	}
	t.Fatalf("no card %s", kind)
	return workflow.Notice{}
}

// TestTakingBack: while the platform is away a card waits to be taken back; what
// the platform does not take back any more is let be.
func TestTakingBack(t *testing.T) {
	p, w, c := staffed(t)
	w.Do(t, w.LogisticsClerk, c.ID, casework.Act{Action: workflow.SignFor})
	p.WeCom.Fail(&simulator.Failure{Status: http.StatusBadGateway})
	if n, err := w.Courier.Clear(t.Context()); n != 0 || err != nil {
		t.Errorf("dealt with %d cards (%v) while the platform was away", n, err)
	}
	p.WeCom.Fail(&simulator.Failure{Silent: true})
	if n, err := w.Courier.Clear(t.Context()); n != 0 || err != nil {
		t.Errorf("dealt with %d cards (%v) that nobody answered for", n, err)
	}
	p.WeCom.Fail(nil)
	if n, err := w.Courier.Clear(t.Context()); n != 2 || err != nil {
		t.Errorf("took back %d cards (%v), want 2", n, err)
	}
	if got := cards(p, "w-logistics-clerk"); got != "(有新的转办事项)" {
		t.Errorf("cards %s", got)
	}

	_, w, c = staffed(t)
	w.Pass(25 * time.Hour)
	w.Do(t, w.LogisticsClerk, c.ID, casework.Act{Action: workflow.SignFor})
	if n, err := w.Courier.Clear(t.Context()); n != 0 || err != nil {
		t.Errorf("tried to take back %d cards (%v) a day later", n, err)
	}
}
