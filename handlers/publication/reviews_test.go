package publication_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// decision is a form that lets everything become public.
func decision() url.Values {
	f := url.Values{"version": {"1"}, "result": {"public"}, "basis": {"《高等学校信息公开办法》第五条"}}
	for _, q := range workflow.ReviewQuestions {
		f.Set("check_"+q, "no")
	}
	return f
}

func path(r workflow.Review) string { return "/office/reviews/" + strconv.FormatInt(r.ID, 10) }

func TestReviewIsDecided(t *testing.T) {
	s := open(t)
	w := s.world
	r := s.ask(t, true)
	c := s.as(t, w.Reviewer)
	list := c.Get("/office/reviews").Wants(http.StatusOK, "待我审查", r.Title, "存疑").HTML()
	if got := list.One(t, ".sidenav a[href=/office/reviews] .count").Text(); got != "1" {
		t.Errorf("the navigation counts %q", got)
	}
	c.Get(path(r)).Wants(http.StatusOK, "每日 17:00 至 23:00 供应热水", "逐项核对")
	doubts := decision()
	doubts.Set("check_private", "yes")
	refused := c.Post(path(r), doubts).Wants(http.StatusUnprocessableEntity, "第五条").HTML()
	refused.One(t, ".problems a[href=#f-result]")
	refused.One(t, "input[name=check_private][value=yes][checked]")
	c.Post(path(r), decision()).LeadsTo(path(r))
	c.Get(path(r)).Wants(http.StatusOK, "可以公开", "第五条", "已提交审查结论")
	c.Post(path(r), decision()).Wants(http.StatusConflict)
	c.Get("/office/reviews").Wants(http.StatusOK, "没有等待您审查的内容")
	c.Get("/office/reviews?show=decided&subject=item").Wants(http.StatusOK, r.Title)
	c.Get("/office/reviews?show=decided&subject=answer").Wants(http.StatusOK, "还没有审查结论")
	c.Get(path(r)+"/print").Wants(http.StatusOK, "信息公开保密审查表", "审查人签字")
}

func TestOwnReviewsWait(t *testing.T) {
	s := open(t)
	r := s.ask(t, false)
	c := s.as(t, s.world.LogisticsClerk)
	page := c.Get(path(r)).Wants(http.StatusOK, "由其他人作出结论").HTML()
	if n := len(page.All("main form")); n != 0 {
		t.Errorf("%d forms for whoever asked", n)
	}
	c.Post(path(r), decision()).Wants(http.StatusForbidden)
	s.notice.gone = true
	s.as(t, s.world.LogisticsHead).Get(path(r)).Wants(http.StatusOK, "无需作出结论")
}

func TestReviewsOfOthersAreNotThere(t *testing.T) {
	s := open(t)
	w := s.world
	r := s.ask(t, false)
	for _, a := range []workflow.Account{w.Leader, w.Principal, w.Admin, w.Discipline, w.AcademicClerk, w.AcademicHead} {
		c := s.as(t, a)
		c.Get(path(r)).Wants(http.StatusNotFound)
		c.Get(path(r) + "/print").Wants(http.StatusNotFound)
		c.Post(path(r), decision()).Wants(http.StatusNotFound)
	}
	s.Client(t).Get(path(r)).LeadsTo("/login?next=" + url.QueryEscape(path(r)))
	s.as(t, w.Reviewer).Get("/office/reviews/99").Wants(http.StatusNotFound)
}

func TestManyReviews(t *testing.T) {
	s := open(t)
	for range 35 {
		s.ask(t, false)
	}
	c := s.as(t, s.world.LogisticsHead)
	first := c.Get("/office/reviews").Wants(http.StatusOK, "共 35 件").HTML()
	second := c.Get(first.One(t, ".pagination a[rel=next]").Attr("href")).Wants(http.StatusOK).HTML()
	if a, b := len(first.All("tr[data-row]")), len(second.All("tr[data-row]")); a != 30 || b != 5 {
		t.Errorf("%d and %d rows", a, b)
	}
	c.Get("/office/reviews?after=nonsense").Wants(http.StatusUnprocessableEntity)
}

// TestEveryReviewPage opens the pages in both languages and holds them to what
// makes pages usable.
func TestEveryReviewPage(t *testing.T) {
	s := open(t)
	r := s.ask(t, true)
	for _, lang := range []string{"zh-CN", "en"} {
		c := s.as(t, s.world.Reviewer)
		c.Header.Set("Accept-Language", lang)
		for _, p := range []string{"/office/reviews", "/office/reviews?show=decided", path(r), path(r) + "/print"} {
			webtest.CheckPage(t, c.Get(p).Wants(http.StatusOK).HTML())
		}
	}
}
