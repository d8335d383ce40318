package admin_test

import (
	"testing"

	"mailbox/workflow"
)

// TestResetSecondFactor: an administrator forgets what somebody has lost; nobody
// else does.
func TestResetSecondFactor(t *testing.T) {
	s := open(t, nil)
	w := s.world
	ctx := t.Context()
	path := "/admin/people/" + num(w.Clerk.ID)
	admin := s.as(t, w.Admin)
	admin.Get(path).Wants(200, "下次登录时设置")
	if err := w.Store.BeginSecondFactor(ctx, workflow.SecondFactor{Account: w.Clerk.ID, Sealed: []byte{1}, Created: w.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := w.Store.ConfirmSecondFactor(ctx, w.Clerk.ID, 1, w.Now(), nil); err != nil {
		t.Fatal(err)
	}
	admin.Get(path).Wants(200, "剩余备用码 0 个", "重置两步验证")
	s.as(t, w.OfficeHead).Post(path+"/second/reset", nil).Wants(404)
	if _, err := w.Store.SecondFactor(ctx, w.Clerk.ID); err != nil {
		t.Fatalf("the office head has reset it: %v", err)
	}
	admin.Post(path+"/second/reset", nil).LeadsTo(path)
	admin.Post(path+"/second/reset", nil).LeadsTo(path)
	if _, err := w.Store.SecondFactor(ctx, w.Clerk.ID); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("it is still there: %v", err)
	}
	admin.Get("/admin/journal").Wants(200, "重置他人的两步验证")
}
