package annual_test

import (
	"slices"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// TestAppraisalsInTheReport: what the college had appraised in the period is
// counted as it was known, with the appraisals behind it.
func TestAppraisalsInTheReport(t *testing.T) {
	b := open(t)
	must(t, b.Store.AddAppraisal(t.Context(), &workflow.Appraisal{
		Kind: "survey", Day: "2026-05-20", Title: "问卷", Participants: 120, Satisfied: 80, Basically: 10, Dissatisfied: 10, CreatedBy: b.Clerk.ID, Created: b.Now(),
	}))
	must(t, b.Store.AddAppraisal(t.Context(), &workflow.Appraisal{Kind: "meeting", Day: "2026-10-08", Title: "座谈会", Participants: 15, CreatedBy: b.Clerk.ID, Created: b.Now()}))
	must(t, b.Store.AddAppraisal(t.Context(), &workflow.Appraisal{Kind: "meeting", Day: "2025-10-08", Title: "去年的", Participants: 9, CreatedBy: b.Clerk.ID, Created: b.Now()}))
	before := b.Now()
	b.Pass(time.Hour)
	gone := workflow.Appraisal{Kind: "other", Day: "2026-06-01", Title: "误录", Participants: 7, CreatedBy: b.Clerk.ID, Created: b.Now(), Removed: b.Now()}
	must(t, b.Store.AddAppraisal(t.Context(), &gone))
	for _, asOf := range []time.Time{{}, before} {
		o := order()
		o.AsOf = asOf
		f, err := b.Make(t.Context(), b.Clerk.Actor(), o)
		must(t, err)
		for key, want := range map[string]string{"appraisals.held": "2", "appraisals.participants": "135", "appraisals.satisfaction": "90%"} {
			v := value(t, f, key)
			if v.Text != want || !slices.Equal(v.IDs, []int64{1, 2}) {
				t.Errorf("%s is %s of %v, want %s", key, v.Text, v.IDs, want)
			}
		}
	}
	o := order()
	o.AsOf = before.Add(-time.Second)
	if f, err := b.Make(t.Context(), b.Clerk.Actor(), o); err != nil || value(t, f, "appraisals.satisfaction").Text != "—" {
		t.Errorf("before anybody was asked, they are content: %v", err)
	}
}

// TestFeesAndWriters: fees are those of applications decided in the period, and
// writers those who can be told apart.
func TestFeesAndWriters(t *testing.T) {
	b := open(t)
	for i, fee := range []int{1250, 50, 0} {
		r := b.Send(t, func(l *workflow.Letter) {
			l.Kind = workflow.Disclosure
			l.Identity = workflow.Identity{Name: "王某", Phone: "13800000000", Email: "wang@college.example"}
		})
		b.Do(t, b.Clerk, r.CaseID, casework.Act{Action: workflow.Accept})
		must(t, b.Store.SaveApplication(t.Context(), workflow.Application{CaseID: r.CaseID, Fee: fee, Waived: 3 * i, Updated: b.Now()}))
		if i != 1 { // that one is not decided
			b.Do(t, b.Clerk, r.CaseID, casework.Act{Action: workflow.Decline, Ground: "outside_authority", Note: "不属本校公开范围，请向市教育局申请。"})
		}
	}
	b.Send(t, func(l *workflow.Letter) { l.Mode, l.Identity = workflow.Anonymous, workflow.Identity{} })
	f, err := b.Make(t.Context(), b.Clerk.Actor(), order())
	must(t, err)
	for key, want := range map[string]string{"applications.decided": "2", "applications.fee": "12.50", "applications.waived": "0.06", "writers.known": "1"} {
		if v := value(t, f, key); v.Text != want {
			t.Errorf("%s is %s, want %s", key, v.Text, want)
		}
	}
	if ids := value(t, f, "applications.fee").IDs; !slices.Equal(ids, []int64{1}) {
		t.Errorf("behind the fees are %v", ids)
	}
	if ids := value(t, f, "writers.known").IDs; ids != nil {
		t.Errorf("the writers lead to %v", ids)
	}
}
