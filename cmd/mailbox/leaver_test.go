package main

import (
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var apiToken = regexp.MustCompile(`mbx_[0-9a-z]{48}`)

// soon is how long somebody who has left may still see anything.
const soon = 5 * time.Second

// TestLeaver disables somebody who is signed in at two replicas and speaks
// through a token: within five seconds nothing of it opens anything, on either.
func TestLeaver(t *testing.T) {
	s := newStand(t, append([]person{{"admin", "admin", "office"}, {"leaver", "clerk", "office"}}, staff[:2]...)...)
	other := serveHere(t, freshDir(t), append(s.env, "MAILBOX_KEY_FILE="+filepath.Join(s.dir, "keys")))
	here, there := s.visitor(), newVisitor(at(other.where.Web))
	here.signIn(t, "leaver")
	there.signIn(t, "leaver")
	made := here.press(t, here.get(t, "/account"), "/account/tokens", url.Values{"name": {"程序"}, "scope": {"write"}, "days": {"30"}})
	program := s.visitor()
	program.header.Set("Authorization", "Bearer "+apiToken.FindString(made.body))
	remembered := []string{"/office", "/office/cases", "/desk/notices", "/account"}
	for _, path := range remembered {
		if a := there.get(t, path); a.status != http.StatusOK {
			t.Fatalf("%s before: %v", path, a)
		}
	}
	if a := program.get(t, "/api/v1/cases"); a.status != http.StatusOK {
		t.Fatalf("the token before: %v", a)
	}

	admin := s.visitor()
	admin.signIn(t, "admin")
	person := personPath.FindString(admin.get(t, "/admin/people?q=leaver").body)
	admin.goTo(t, admin.press(t, admin.get(t, person), person+"/disable", nil))
	took := within(t, soon, "the leaver sees nothing", func() bool {
		for _, v := range []*visitor{here, there} {
			for _, path := range remembered {
				if a := v.get(t, path); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login") {
					return false
				}
			}
		}
		return program.get(t, "/api/v1/cases").status == http.StatusUnauthorized
	})
	t.Logf("gone %s after being disabled", took.Round(time.Millisecond))
	if a := here.press(t, here.get(t, "/login"), "/login", url.Values{"username": {"leaver"}, "password": {passphrase}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("the leaver signs in again: %v", a)
	}
}

var personPath = regexp.MustCompile(`/admin/people/[0-9]+`)

// TestSecondStepIsAskedByDefault: a college that chose nothing asks its office
// for a second step, and the command line helps who has lost it.
func TestSecondStepIsAskedByDefault(t *testing.T) {
	s := newStand(t, staff[:1]...)
	asking := serveHere(t, freshDir(t), append(s.env, "MAILBOX_KEY_FILE="+filepath.Join(s.dir, "keys"), "MAILBOX_SECOND_FACTOR="))
	v := newVisitor(at(asking.where.Web))
	a := v.press(t, v.get(t, "/login"), "/login", url.Values{"username": {"clerk"}, "password": {passphrase}})
	if page := v.goTo(t, a); !strings.Contains(page.body, "设置两步验证") || v.get(t, "/office").status == http.StatusOK {
		t.Errorf("let in: %v", page)
	}
	if out, err := command(t, s.dir, s.env, "", "user", "reset-second-factor", "clerk"); err != nil {
		t.Errorf("reset: %v %s", err, out)
	}
	if out, err := command(t, s.dir, s.env, "", "user", "reset-second-factor", "clerk"); err == nil {
		t.Errorf("reset twice: %s", out)
	}
}
