package signin_test

import (
	"os"
	"testing"

	"mailbox/handlers/signin"
	"mailbox/handlers/web/webtest"
)

// TestRoutes keeps who may do what in a file, so that it cannot change unread.
func TestRoutes(t *testing.T) {
	t.Parallel()
	const golden = "testdata/routes.golden"
	got := webtest.RouteTable(signin.New(signin.Deps{}).Routes())
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || got != string(want) {
		t.Errorf("the routes have changed (%v); see %s:\n%s", err, golden, got)
	}
}
