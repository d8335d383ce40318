package workflowtest

import (
	"testing"
	"time"

	"mailbox/workflow"
)

var bulletinPromises = []promise{
	{"a month has one bulletin, which is read as it was stored", bulletinStored},
	{"a bulletin that was sent is never changed", bulletinSent},
	{"of two who save a bulletin one is told", bulletinRaced},
}

func newBulletin(t *testing.T, s workflow.Store, month string) workflow.Bulletin {
	t.Helper()
	b := workflow.Bulletin{Month: month, State: workflow.BulletinDraft, Created: Morning.UTC()}
	must(t, s.AddBulletin(t.Context(), &b))
	return b
}

func bulletinStored(t *testing.T, s workflow.Store, c College) {
	october := newBulletin(t, s, "2026-10-01")
	wantKind(t, workflow.Conflict, s.AddBulletin(t.Context(), &workflow.Bulletin{Month: "2026-10-01", State: workflow.BulletinDraft, Created: Morning}))
	october.Text, october.Edited, october.EditedBy = "请各部门抓紧。", Morning.Add(time.Hour).UTC(), c.Clerk.ID
	must(t, s.SaveBulletin(t.Context(), &october))
	same(t, "version", october.Version, int64(2))
	same(t, "read", ok(s.Bulletin(t.Context(), "2026-10-01"))(t), october)
	september := newBulletin(t, s, "2026-09-01")
	same(t, "all", ok(s.Bulletins(t.Context(), "", 10))(t), []workflow.Bulletin{october, september})
	same(t, "one", len(ok(s.Bulletins(t.Context(), "", 1))(t)), 1)
	same(t, "before", ok(s.Bulletins(t.Context(), "2026-10-01", 10))(t), []workflow.Bulletin{september})
	_, err := s.Bulletin(t.Context(), "2026-08-01")
	absent(t, "another month", err)
}

func bulletinSent(t *testing.T, s workflow.Store, c College) {
	b := newBulletin(t, s, "2026-10-01")
	b.State, b.Approved, b.By = workflow.BulletinSent, Morning.UTC(), c.OfficeHead.ID
	b.Values = workflow.BulletinValues{AsOf: Morning.UTC(), Lines: []workflow.BulletinLine{
		{Department: c.Logistics.ID, NameZH: "后勤处", Overdue: 2, Numbers: map[string]workflow.BulletinNumber{"on_time": {N: 3, Of: 4}, "handled": {Days: 1.5, Of: 4}}},
	}}
	must(t, s.SaveBulletin(t.Context(), &b))
	again := b
	again.Text = "改动"
	wantKind(t, workflow.Conflict, s.SaveBulletin(t.Context(), &again))
	got := ok(s.Bulletin(t.Context(), "2026-10-01"))(t)
	same(t, "as of", got.Values.AsOf.Equal(Morning), true)
	same(t, "values", got.Values.Lines, b.Values.Lines)
	same(t, "text", got.Text, "")
}

func bulletinRaced(t *testing.T, s workflow.Store, c College) {
	b := newBulletin(t, s, "2026-10-01")
	once(t, together(4, func(int) error {
		mine := b
		mine.Text, mine.EditedBy = "一", c.Clerk.ID
		return s.SaveBulletin(t.Context(), &mine)
	}))
}
