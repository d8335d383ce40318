package workflowtest

import (
	"bytes"
	"testing"

	"mailbox/workflow"
)

var signInPromises = []promise{
	{"a second factor counts once it is confirmed, and then stays", factorConfirmed},
	{"of codes of one step, one is used", stepOnce},
	{"a recovery code is good once", recoveryOnce},
	{"a way is changed by whoever saw its last version", wayVersions},
	{"a campus name is one account's", campusNamed},
	{"a roster takes the place of the one before", rosterReplaced},
}

func hashOf(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func newFactor(t *testing.T, s workflow.Store, account int64) {
	t.Helper()
	ctx := t.Context()
	must(t, s.BeginSecondFactor(ctx, workflow.SecondFactor{Account: account, Sealed: []byte{1}, Created: Morning}))
	must(t, s.ConfirmSecondFactor(ctx, account, 7, Morning, [][]byte{hashOf(1), hashOf(2)}))
}

func factorConfirmed(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	_, err := s.SecondFactor(ctx, c.Clerk.ID)
	absent(t, "none yet", err)
	wantKind(t, workflow.NotFound, s.ConfirmSecondFactor(ctx, c.Clerk.ID, 1, Morning, nil))
	f := workflow.SecondFactor{Account: c.Clerk.ID, Sealed: []byte{1}, Created: Morning.UTC()}
	must(t, s.BeginSecondFactor(ctx, f))
	f.Sealed = []byte{2}
	must(t, s.BeginSecondFactor(ctx, f))
	same(t, "begun", ok(s.SecondFactor(ctx, c.Clerk.ID))(t), f)
	same(t, "a code before", ok(s.UseStep(ctx, c.Clerk.ID, 9))(t), false)
	must(t, s.ConfirmSecondFactor(ctx, c.Clerk.ID, 7, Morning, [][]byte{hashOf(1)}))
	f.Confirmed, f.LastStep = Morning.UTC(), 7
	same(t, "confirmed", ok(s.SecondFactor(ctx, c.Clerk.ID))(t), f)
	wantKind(t, workflow.Conflict, s.BeginSecondFactor(ctx, f))
	wantKind(t, workflow.Conflict, s.ConfirmSecondFactor(ctx, c.Clerk.ID, 8, Morning, nil))
	must(t, s.DropSecondFactor(ctx, c.Clerk.ID))
	wantKind(t, workflow.NotFound, s.DropSecondFactor(ctx, c.Clerk.ID))
	same(t, "codes go with it", ok(s.CountRecoveryCodes(ctx, c.Clerk.ID))(t), 0)
}

func stepOnce(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	newFactor(t, s, c.Clerk.ID)
	newFactor(t, s, c.Admin.ID)
	same(t, "the step it was confirmed with", ok(s.UseStep(ctx, c.Clerk.ID, 7))(t), false)
	used := make([]bool, 8)
	allWell(t, together(len(used), func(i int) (err error) {
		used[i], err = s.UseStep(ctx, c.Clerk.ID, 8)
		return err
	}))
	n := 0
	for _, u := range used {
		if u {
			n++
		}
	}
	same(t, "used", n, 1)
	same(t, "an earlier one", ok(s.UseStep(ctx, c.Clerk.ID, 6))(t), false)
	same(t, "another account's", ok(s.UseStep(ctx, c.Admin.ID, 8))(t), true)
}

func recoveryOnce(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	newFactor(t, s, c.Clerk.ID)
	newFactor(t, s, c.Admin.ID)
	same(t, "unknown", ok(s.UseRecoveryCode(ctx, c.Clerk.ID, hashOf(3), Morning))(t), false)
	same(t, "first", ok(s.UseRecoveryCode(ctx, c.Clerk.ID, hashOf(1), Morning))(t), true)
	same(t, "again", ok(s.UseRecoveryCode(ctx, c.Clerk.ID, hashOf(1), Morning))(t), false)
	same(t, "left", ok(s.CountRecoveryCodes(ctx, c.Clerk.ID))(t), 1)
	same(t, "others'", ok(s.CountRecoveryCodes(ctx, c.Admin.ID))(t), 2)
}

func wayVersions(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	same(t, "none", len(ok(s.Ways(ctx))(t)), 0)
	w := workflow.WaySettings{Way: workflow.CAS, Enabled: true, Config: map[string]string{"url": "https://cas.example"}, Sealed: []byte{1}, Changed: Morning.UTC()}
	must(t, s.SaveWay(ctx, &w, c.Admin.ID))
	same(t, "stored", ok(s.Ways(ctx))(t), []workflow.WaySettings{w})
	stale := w
	w.Enabled = false
	must(t, s.SaveWay(ctx, &w, 0))
	wantKind(t, workflow.Conflict, s.SaveWay(ctx, &stale, c.Admin.ID))
	again := workflow.WaySettings{Way: workflow.CAS, Changed: Morning}
	wantKind(t, workflow.Conflict, s.SaveWay(ctx, &again, c.Admin.ID))
	same(t, "changed", ok(s.Ways(ctx))(t), []workflow.WaySettings{w})
}

func campusNamed(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	n := workflow.CampusName{Account: c.Clerk.ID, Name: "20010017"}
	must(t, s.SaveCampusName(ctx, n))
	n.Way, n.Seen = workflow.LDAP, Morning.UTC()
	must(t, s.SaveCampusName(ctx, n))
	same(t, "by name", ok(s.CampusName(ctx, "20010017"))(t), n)
	same(t, "by account", ok(s.CampusNameOf(ctx, c.Clerk.ID))(t), n)
	wantKind(t, workflow.Conflict, s.SaveCampusName(ctx, workflow.CampusName{Account: c.Admin.ID, Name: "20010017"}))
	other := workflow.CampusName{Account: c.OfficeHead.ID, Name: "20010018", Way: workflow.LDAP}
	must(t, s.SaveCampusName(ctx, other))
	must(t, s.SaveCampusName(ctx, workflow.CampusName{Account: c.Admin.ID, Name: "20010019", Way: workflow.CAS}))
	all := ok(s.CampusNames(ctx, workflow.LDAP, 0, 10))(t)
	same(t, "by way", len(all), 2)
	same(t, "paged", ok(s.CampusNames(ctx, workflow.LDAP, all[0].Account, 10))(t), all[1:])
	must(t, s.SaveCampusName(ctx, workflow.CampusName{Account: c.Clerk.ID}))
	_, err := s.CampusNameOf(ctx, c.Clerk.ID)
	absent(t, "forgotten", err)
	_, err = s.CampusName(ctx, "20010017")
	absent(t, "forgotten", err)
}

func rosterReplaced(t *testing.T, s workflow.Store, _ College) {
	ctx := t.Context()
	row := func(n byte, status workflow.RosterStatus, left string) workflow.RosterRow {
		return workflow.RosterRow{Number: hashOf(n), Name: hashOf(n + 100), Status: status, Unit: "计算机学院", Left: left}
	}
	must(t, s.ReplaceRoster(ctx, []workflow.RosterRow{row(1, workflow.RosterStudent, ""), row(2, workflow.RosterStaff, ""), row(3, workflow.RosterStudent, "2026-06-30"), row(4, workflow.RosterStaff, "2027-06-30")}))
	same(t, "found", ok(s.RosterRow(ctx, hashOf(3)))(t), row(3, workflow.RosterStudent, "2026-06-30"))
	same(t, "counts", ok(s.CountRoster(ctx, "2026-11-23"))(t), workflow.RosterCounts{Students: 1, Staff: 2, Left: 1})
	same(t, "the last day", ok(s.CountRoster(ctx, "2027-06-30"))(t), workflow.RosterCounts{Students: 1, Staff: 1, Left: 2})
	wantKind(t, workflow.Conflict, s.ReplaceRoster(ctx, []workflow.RosterRow{row(5, workflow.RosterStaff, ""), row(5, workflow.RosterStaff, "")}))
	same(t, "kept", ok(s.RosterRow(ctx, hashOf(1)))(t), row(1, workflow.RosterStudent, ""))
	must(t, s.ReplaceRoster(ctx, []workflow.RosterRow{row(5, workflow.RosterStudent, "")}))
	_, err := s.RosterRow(ctx, hashOf(1))
	absent(t, "replaced", err)
	must(t, s.ReplaceRoster(ctx, nil))
	same(t, "empty", ok(s.CountRoster(ctx, "2026-11-23"))(t), workflow.RosterCounts{})
}
