package public_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/worldtest"
)

// hired gives an account a password that opens the door.
func (s *school) hired(t *testing.T, account workflow.Account) workflow.Account {
	t.Helper()
	account.PasswordHash, _ = worldtest.Plain{}.Hash("correct horse")
	if err := s.Store.SaveAccount(t.Context(), &account); err != nil {
		t.Fatal(err)
	}
	s.Accounts.Put(staff(account))
	return account
}

// asked makes the college want a second step of everybody it says.
func (s *school) asked(t *testing.T, of string) {
	t.Helper()
	w := workflow.WaySettings{Way: workflow.Local, Config: map[string]string{"second_factor": of}, Changed: s.Now()}
	if err := s.Store.SaveWay(t.Context(), &w, s.Admin.ID); err != nil {
		t.Fatal(err)
	}
}

// password shows the right password and returns what came of it.
func (s *school) password(t *testing.T, c *webtest.Client, username, next string) *webtest.Answer {
	t.Helper()
	form := s.fresh(t, c, "/login?next="+url.QueryEscape(next))
	form.Set("username", username)
	form.Set("password", "correct horse")
	form.Set("next", next)
	return c.Post("/login", form)
}

// secretOf is the secret that a page of enrolment shows.
func secretOf(t *testing.T, page *webtest.Node) string {
	t.Helper()
	return strings.ReplaceAll(page.One(t, ".enrol-secret").Text(), " ", "")
}

// digits are what an authenticator shows now.
func (s *school) digits(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, s.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func (s *school) code(t *testing.T, c *webtest.Client, path, code string) *webtest.Answer {
	t.Helper()
	form := s.fresh(t, c, path)
	form.Set("code", code)
	return c.Post(path, form)
}

// TestSecondStep is set up at the first sign-in that asks for it, and asked for
// at the next, with digits or a code on paper.
func TestSecondStep(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.hired(t, s.Clerk)
	s.asked(t, "office")
	c := s.Client(t)
	s.password(t, c, "clerk", "/office/cases").LeadsTo("/login/enrol")
	if c.Cookie("mailbox") != "" {
		t.Fatal("signed in by the password alone")
	}
	page := c.Get("/login/enrol").Wants(200, "二维码").HTML()
	webtest.CheckPage(t, page)
	secret := secretOf(t, page)
	webtest.CheckPage(t, s.code(t, c, "/login/enrol", "000000").Wants(422, "验证码不正确").HTML())
	if again := secretOf(t, c.Get("/login/enrol").HTML()); again != secret {
		t.Error("the page loaded anew shows another secret")
	}
	a := s.code(t, c, "/login/enrol", s.digits(t, secret)).Wants(200, "备用码", `href="/office/cases"`)
	webtest.CheckPage(t, a.HTML())
	paper := a.HTML().All(".recovery-codes code")
	if len(paper) != 10 || c.Cookie("mailbox") == "" || strings.Contains(a.Body, secret) {
		t.Fatalf("%d codes\n%s", len(paper), a.Body)
	}
	c.Get("/account").Wants(200, "剩余备用码 10 个")

	s.Pass(time.Minute)
	other := s.Client(t)
	s.password(t, other, "clerk", "/office").LeadsTo("/login/code")
	webtest.CheckPage(t, other.Get("/login/code").Wants(200).HTML())
	webtest.CheckPage(t, s.code(t, other, "/login/code", "12 34 56").Wants(422).HTML())
	s.code(t, other, "/login/code", s.digits(t, secret)).LeadsTo("/office")
	other.Get("/account").Wants(200)

	third := s.Client(t)
	s.password(t, third, "clerk", "/office").LeadsTo("/login/code")
	s.code(t, third, "/login/code", s.digits(t, secret)).Wants(422)
	s.code(t, third, "/login/code", paper[3].Text()).LeadsTo("/office")
	third.Get("/account").Wants(200, "剩余备用码 9 个")
}

// TestSecondStep_isNotPassedBy: neither without the password, nor with one that
// was changed since, nor later, nor by another account's cookie.
func TestSecondStep_isNotPassedBy(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	clerk := s.hired(t, s.Clerk)
	s.asked(t, "all")
	c := s.Client(t)
	for _, path := range []string{"/login/code", "/login/enrol"} {
		c.Get(path).LeadsTo("/login")
		c.Post(path, s.fresh(t, c, "/login")).LeadsTo("/login")
	}
	half := s.password(t, c, "clerk", "/office")
	half.LeadsTo("/login/enrol")
	if kept := half.Header.Get("Set-Cookie"); !strings.Contains(kept, "HttpOnly") || strings.Contains(kept, "clerk") {
		t.Errorf("kept in the browser: %q", kept)
	}
	secret := secretOf(t, c.Get("/login/enrol").HTML())
	s.Pass(11 * time.Minute)
	c.Get("/login/enrol").LeadsTo("/login")

	s.password(t, c, "clerk", "/office").LeadsTo("/login/enrol")
	form := s.fresh(t, c, "/login/enrol")
	form.Set("code", s.digits(t, secret))
	if _, err := s.Door.SaveAccount(t.Context(), s.Admin.Actor(), clerk, "another long password"); err != nil {
		t.Fatal(err)
	}
	c.Post("/login/enrol", form).LeadsTo("/login")
	if c.Cookie("mailbox") != "" {
		t.Error("signed in with the password of before")
	}
}

// TestSecondStep_ofOnesOwn is set up and switched off on the account's page.
func TestSecondStep_ofOnesOwn(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.SignedIn(t, staff(s.LogisticsClerk))
	webtest.CheckPage(t, c.Get("/account").Wants(200, "设置两步验证").HTML())
	page := c.Get("/account/second").Wants(200).HTML()
	webtest.CheckPage(t, page)
	secret := secretOf(t, page)
	c.Post("/account/second", url.Values{"code": {"1"}}).Wants(422)
	a := c.Post("/account/second", url.Values{"code": {s.digits(t, secret)}}).Wants(200, "只显示这一次")
	webtest.CheckPage(t, a.HTML())
	c.Post("/account/second", url.Values{"code": {s.digits(t, secret)}}).LeadsTo("/account#factor")
	c.Get("/account/second").LeadsTo("/account#factor")
	webtest.CheckPage(t, c.Post("/account/second/off", url.Values{"code": {""}}).Wants(422, "已启用").HTML())
	s.Pass(time.Minute)
	c.Post("/account/second/off", url.Values{"code": {s.digits(t, secret)}}).LeadsTo("/account#factor")
	c.Get("/account").Wants(200, "两步验证已停用")
}
