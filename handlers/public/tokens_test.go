package public_test

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var secretShown = regexp.MustCompile(`mbx_[0-9a-z]{48}`)

func TestAccount_makesTokensAndEndsThem(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.SignedIn(t, staff(s.Clerk))
	c.Get("/account").Wants(200, "接口令牌", "还没有令牌。")
	c.Post("/account/tokens", url.Values{"name": {""}, "scope": {"write"}, "days": {"30"}}).Wants(422, "接口令牌")
	a := c.Post("/account/tokens", url.Values{"name": {"学校官网"}, "scope": {"write"}, "days": {"30"}}).Wants(200, "学校官网")
	if secretShown.FindString(a.Body) == "" || !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
		t.Fatalf("%s\n%s", a.Header, a.Body)
	}
	if again := c.Get("/account").Wants(200, "学校官网", "读写", "尚未使用"); secretShown.MatchString(again.Body) {
		t.Error("the token is shown again")
	}
	c.Post("/account/tokens", url.Values{"name": {"学校官网"}, "scope": {"read"}, "days": {"30"}}).Wants(422, "您已有同名的令牌")
	all, err := s.Store.TokensOf(t.Context(), s.Clerk.ID)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v %v", all, err)
	}
	path := "/account/tokens/" + strconv.FormatInt(all[0].ID, 10) + "/revoke"
	s.SignedIn(t, staff(s.OfficeHead)).Post(path, nil)
	c.Get("/account").Wants(200, "学校官网")
	c.Post(path, nil).Wants(303)
	c.Post(path, nil).Wants(303)
	if left, err := s.Store.TokensOf(t.Context(), s.Clerk.ID); err != nil || len(left) != 0 {
		t.Errorf("%+v %v", left, err)
	}
}
