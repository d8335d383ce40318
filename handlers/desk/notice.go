package desk

import (
	"net/http"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// NoticesPage is the data of desk/notices.html.
type NoticesPage struct {
	templates.Page
	Notices []Notice
	Unseen  int
	UpTo    int64 // the newest shown
	First   string
	Next    string
}

// Notice is one thing the reader is told.
type Notice struct {
	Words   string
	Subject string // of the case, with its number; "" when it is not for the reader any more
	Href    string
	Text    string // a reason, a clock
	At      time.Time
	Fresh   bool
	Tone    string
}

const noticesPerPage = 30

func (p *Pages) notices(c *web.Context) error {
	before, err := strconv.ParseInt(c.Query("after"), 10, 64)
	if err != nil && c.Query("after") != "" {
		return workflow.Wrong("after", "invalid.cursor")
	}
	told, err := p.cases.Notices(c.Context(), actor(c), before, noticesPerPage+1)
	if err != nil {
		return err
	}
	page := NoticesPage{Page: c.Page("nav.notices")}
	if page.Unseen, err = p.cases.Unseen(c.Context(), actor(c)); err != nil {
		return err
	}
	if before != 0 {
		page.First = "/desk/notices"
	}
	if len(told) > noticesPerPage {
		told = told[:noticesPerPage]
		page.Next = c.With("after", id(told[len(told)-1].ID))
	}
	for _, t := range told {
		page.Notices = append(page.Notices, noticeOf(c, t))
	}
	if len(told) > 0 {
		page.UpTo = told[0].ID
	}
	return c.Render(http.StatusOK, "desk/notices.html", page)
}

var noticeKindTones = map[workflow.NoticeKind]string{
	workflow.NoticeBreach: "late", workflow.NoticeUrgent: "late", workflow.NoticeUndeliver: "late", workflow.NoticeReminder: "late",
	workflow.NoticeWarning: "soon", workflow.NoticeRefused: "soon", workflow.NoticeSentBack: "soon", workflow.NoticeRedo: "soon", workflow.NoticeAgain: "soon",
	workflow.NoticeInstructed: "info", workflow.NoticeReview: "info", workflow.NoticeBulletin: "info",
	workflow.NoticeReport: "info", workflow.NoticeReportBack: "soon", workflow.NoticeWebhook: "late",
}

func noticeOf(c *web.Context, t casework.Told) Notice {
	n := Notice{Words: c.Text("notice." + string(t.Kind)), At: c.Local(t.Queued), Fresh: t.Seen.IsZero(), Tone: noticeKindTones[t.Kind]}
	if t.Case.ID != 0 {
		n.Subject, n.Href = t.Case.Subject+" · "+t.Case.Number, web.CasePath(t.Case.Number)
	}
	if t.CaseID == 0 && t.Args["href"] != "" { // of something that is no case
		n.Subject, n.Href = t.Args["title"], web.LocalPath(t.Args["href"])
	}
	switch {
	case t.Args["result"] != "":
		n.Text = c.Text("review.result." + t.Args["result"])
	case t.Kind == workflow.NoticeUndeliver:
		n.Text = c.Text(t.Args["reason"])
	case t.Args["reason"] != "":
		n.Text = t.Args["reason"]
	case t.Args["clock"] != "":
		n.Text = c.Text("clock." + t.Args["clock"])
	case t.Args["days"] != "":
		if days, err := strconv.Atoi(t.Args["days"]); err == nil {
			n.Text = c.Plural("unit.working_days", days)
		}
	}
	return n
}

func (p *Pages) seeNotices(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	upTo, err := f.Number("up_to")
	if err != nil {
		return err
	}
	if err := p.cases.SeeNotices(c.Context(), actor(c), upTo); err != nil {
		return err
	}
	return c.Redirect("/desk/notices")
}
