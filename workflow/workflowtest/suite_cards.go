package workflowtest

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"mailbox/workflow"
)

var cardPromises = []promise{
	{"an account is found by its name in WeCom, which is its own", wecomName},
	{"a card is done when its matter is, and taken back once", doneCards},
}

func wecomName(t *testing.T, s workflow.Store, c College) {
	a := workflow.Account{Username: "one", Name: "一", Roles: []workflow.Role{workflow.Clerk}, Locale: "zh-CN", WeCom: "zhang.san", Created: Morning}
	must(t, s.SaveAccount(t.Context(), &a))
	same(t, "found", ok(s.AccountByWeCom(t.Context(), "zhang.san"))(t), a)
	absent(t, "nobody", second(s.AccountByWeCom(t.Context(), "li.si")))
	absent(t, "those without", second(s.AccountByWeCom(t.Context(), "")))
	twice := a
	twice.ID, twice.Username, twice.Version = 0, "two", 0
	wantKind(t, workflow.Conflict, s.SaveAccount(t.Context(), &twice))
	c.Clerk.WeCom = "zhang.san"
	wantKind(t, workflow.Conflict, s.SaveAccount(t.Context(), &c.Clerk))
	a.WeCom = ""
	must(t, s.SaveAccount(t.Context(), &a))
	must(t, s.SaveAccount(t.Context(), &c.Clerk))
}

// doneCards compares what the store says with workflow.CardStands, for every
// kind of card and every state of a case.
func doneCards(t *testing.T, s workflow.Store, c College) {
	mine := workflow.Account{Username: "mine", Name: "本部门", Department: c.Logistics.ID, Roles: []workflow.Role{workflow.DeptClerk}, Locale: "zh-CN", Created: Morning}
	other := workflow.Account{Username: "other", Name: "别的部门", Department: c.Academic.ID, Roles: []workflow.Role{workflow.DeptClerk}, Locale: "zh-CN", Created: Morning}
	gone := workflow.Account{Username: "gone", Name: "离任", Department: c.Logistics.ID, Roles: []workflow.Role{workflow.DeptClerk}, Locale: "zh-CN", Disabled: Morning, Created: Morning}
	for _, a := range []*workflow.Account{&mine, &other, &gone} {
		must(t, s.SaveAccount(t.Context(), a))
	}
	want, n := map[int64]string{}, 0
	for _, state := range []workflow.State{workflow.Received, workflow.Accepted, workflow.Routed, workflow.InHand, workflow.Drafted, workflow.Approved} {
		x := NewCase(t, s)
		x.State, x.Department = state, c.Logistics.ID
		must(t, s.SaveCase(t.Context(), &x))
		for _, f := range workflow.CardTable() {
			for _, a := range []workflow.Account{mine, other, gone} {
				n++
				notice := sentCard(t, s, x, a, f, "msg-"+strconv.Itoa(n))
				if !workflow.CardStands(notice, x, a) {
					want[notice.ID] = "msg-" + strconv.Itoa(n)
				}
			}
		}
	}
	got := map[int64]string{}
	all := ok(s.DoneCards(t.Context(), Morning.Add(-time.Hour), 10_000))(t)
	for _, card := range all {
		same(t, "channel", card.Channel, workflow.WeCom)
		got[card.Notice] = card.External
	}
	same(t, "done", got, want)
	same(t, "of all", len(all) > 0 && len(all) < n, true)
	same(t, "the oldest first", ok(s.DoneCards(t.Context(), Morning.Add(-time.Hour), 2))(t), all[:2])
	same(t, "too old to be taken back", len(ok(s.DoneCards(t.Context(), Morning, 10))(t)), 0)

	try := func(i int, outcome workflow.TryOutcome) {
		must(t, s.AddTries(t.Context(), all[i].Notice, []workflow.NoticeTry{{Step: workflow.StepRecall, Outcome: outcome, At: Morning}}))
	}
	try(0, workflow.TrySent)
	try(1, workflow.TryRefused)
	try(2, workflow.TryLater)
	same(t, "left", ok(s.DoneCards(t.Context(), Morning.Add(-time.Hour), 10_000))(t), all[2:])
}

// sentCard is a card that the platform has taken.
func sentCard(t *testing.T, s workflow.Store, x workflow.Case, a workflow.Account, f workflow.CardFor, external string) workflow.Notice {
	t.Helper()
	kind, clock := workflow.NoticeKind(f.Name), ""
	for i := range f.Name {
		if f.Name[i] == ':' {
			kind, clock = workflow.NoticeKind(f.Name[:i]), f.Name[i+1:]
		}
	}
	n := workflow.Notice{
		Dedup: "card:" + external, Kind: kind, CaseID: x.ID, Account: a.ID, Channel: string(workflow.WeCom), Locale: "zh-CN",
		MessageID: fmt.Sprintf("card-%s@college.example", external), State: workflow.Sent, Queued: Morning, Next: Morning, Sent: Morning,
	}
	if clock != "" {
		n.Args = map[string]string{"clock": clock}
	}
	must(t, s.AddNotice(t.Context(), &n))
	must(t, s.AddTries(t.Context(), n.ID, []workflow.NoticeTry{{Step: workflow.StepCard, Outcome: workflow.TrySent, External: external, At: Morning}}))
	return n
}
