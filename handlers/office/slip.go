package office

import (
	"net/http"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/intake"
)

// slipCookie remembers which letter was entered last, until its slip is
// printed: the channel and the form, never the code.
const (
	slipCookie = "mailbox-slip"
	slipTime   = 15 * time.Minute
)

type slipPage struct {
	templates.Page
	Receipt templates.Receipt
	Proof   string
	Case    string // where the case is
}

func (p *Pages) keepSlip(c *web.Context, l workflow.Letter) {
	http.SetCookie(c.Writer, &http.Cookie{ // Secure follows from the public address: plain http has no use for it
		Name: slipCookie, Value: string(l.Channel) + "." + l.External, Path: "/office/new", MaxAge: int(slipTime.Seconds()),
		Secure: strings.HasPrefix(c.URL("/"), "https:"), HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}

// slip is what the writer takes home when the office wrote for them. It can be
// looked at for a quarter of an hour; then the code is nowhere to be had.
func (p *Pages) slip(c *web.Context) error {
	var channel, external string
	if ck, err := c.Request.Cookie(slipCookie); err == nil {
		channel, external, _ = strings.Cut(ck.Value, ".")
	}
	r, err := p.Intake.Slip(c.Context(), c.User.Actor(), workflow.Channel(channel), external)
	if workflow.KindOf(err) == workflow.NotFound && err != nil {
		c.Flash("info", "office.slip.over")
		return c.Redirect("/office/new")
	}
	if err != nil {
		return err
	}
	page := slipPage{Proof: r.Proof, Case: web.CasePath(r.Number)}
	if page.Receipt, err = receipt(c, r); err != nil {
		return err
	}
	page.Page = c.Page("office.slip")
	c.SetHeader("Cache-Control", "no-store")
	return c.Render(http.StatusOK, "office/slip.print.html", page)
}

// receipt is the slip as it is printed. The secret half of the address is its
// fragment, which no browser sends anywhere.
func receipt(c *web.Context, r intake.Receipt) (templates.Receipt, error) {
	out := templates.Receipt{
		Number: r.Number, Code: strings.Split(r.Code.Groups(), "-"), At: c.Local(r.Received), Seal: templates.Seal{Fingerprint: r.Mark},
	}
	var err error
	if out.QR, err = web.QR(c.URL("/track") + "#" + r.Number + "." + r.Code.Groups()); err != nil {
		return out, err
	}
	for key, at := range map[string]time.Time{"office.slip.read": r.Next, "office.slip.answer": r.Answer} {
		if !at.IsZero() {
			out.Next = append(out.Next, templates.TimelineItem{Title: c.Text(key), At: c.Local(at)})
		}
	}
	sortByTime(out.Next)
	return out, nil
}
