package public

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/intake"
)

// receiptKept is a receipt as the browser keeps it, sealed, for a quarter of an
// hour: long enough to print it and to come back from another app. The code
// stands nowhere else, neither in an address nor in a log nor in the database.
type receiptKept struct {
	Number   string    `json:"n"`
	Code     string    `json:"c"` // in groups
	Received time.Time `json:"r"`
	Next     time.Time `json:"x"`
	Answer   time.Time `json:"a"`
	Proof    string    `json:"p"`
	Mark     string    `json:"m"`
	Urgent   bool      `json:"u,omitempty"` // help may be needed at once
}

// ReceiptPage is what a writer takes home. Without a receipt it says where to
// go instead.
type ReceiptPage struct {
	templates.Page
	Number  string
	Receipt *templates.Receipt
	Proof   string
	Text    string            // where the receipt is as plain text
	Phones  []templates.Phone // where help is to be had, when the letter called for it
}

func (p *Pages) keepReceipt(c *web.Context, r intake.Receipt, urgent bool) error {
	return put(c, p.box, receiptCookie, receiptKept{
		Number: r.Number, Code: r.Code.Groups(), Received: r.Received, Next: r.Next, Answer: r.Answer, Proof: r.Proof, Mark: r.Mark,
		Urgent: urgent,
	})
}

// sentLetter is what a browser sent last, for as long as it holds the receipt:
// who goes back and presses again finds a new form with the old words in it.
type sentLetter struct {
	Number  string `json:"n"`
	Content string `json:"d"` // letterForm.content
}

func (p *Pages) sentJustNow(c *web.Context, f letterForm) (number string, yes bool) {
	sent, ok := take[sentLetter](c, p.box, sentCookie)
	return sent.Number, ok && sent.Content == f.content()
}

// receiptOf is the receipt this browser holds of the number in the path.
func (p *Pages) receiptOf(c *web.Context) (receiptKept, bool) {
	r, ok := take[receiptKept](c, p.box, receiptCookie)
	return r, ok && r.Number == c.Param("number")
}

func (p *Pages) receipt(c *web.Context) error {
	r, ok := p.receiptOf(c)
	if !ok {
		return c.Render(http.StatusGone, "public/receipt.html", ReceiptPage{Page: c.Page("receipt.gone")})
	}
	shown, err := r.show(c)
	if err != nil {
		return err
	}
	return c.Render(http.StatusOK, "public/receipt.html", ReceiptPage{
		Page: c.Page("receipt.title"), Number: r.Number, Receipt: &shown, Proof: r.Proof,
		Text: "/receipt/" + r.Number + "/text", Phones: p.help(c, r),
	})
}

// help is where to turn at once, for a letter that spoke of danger. A receipt
// is worth showing without it.
func (p *Pages) help(c *web.Context, r receiptKept) []templates.Phone {
	if !r.Urgent {
		return nil
	}
	o, err := p.lists.load(c.Context(), c.Now)
	if err != nil {
		return nil
	}
	return o.phones(c)
}

func (r receiptKept) show(c *web.Context) (templates.Receipt, error) {
	qr, err := web.QR(r.link(c))
	if err != nil {
		return templates.Receipt{}, err
	}
	out := templates.Receipt{
		Number: r.Number, Code: strings.Split(r.Code, "-"), QR: qr, At: c.Local(r.Received), Seal: templates.Seal{Fingerprint: r.Mark},
	}
	for _, step := range r.steps() {
		out.Next = append(out.Next, templates.TimelineItem{At: c.Local(step.at), Title: c.Text(step.key)})
	}
	return out, nil
}

// link leads to the case. What is secret stands in the fragment, which a
// browser keeps to itself.
func (r receiptKept) link(c *web.Context) string {
	code, _ := workflow.ParseCode(r.Code)
	return c.URL("/track") + "#" + r.Number + "." + string(code)
}

// receiptStep is one thing that happens next, by when.
type receiptStep struct {
	key string
	at  time.Time
}

func (r receiptKept) steps() []receiptStep {
	var out []receiptStep
	if !r.Next.IsZero() {
		out = append(out, receiptStep{"receipt.next.read", r.Next})
	}
	if !r.Answer.IsZero() {
		out = append(out, receiptStep{"receipt.next.answer", r.Answer})
	}
	return out
}

// receiptText is the receipt as a file to keep.
func (p *Pages) receiptText(c *web.Context) error {
	r, ok := p.receiptOf(c)
	if !ok {
		return c.Redirect("/receipt/" + c.Param("number"))
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("%s", c.Text("component.receipt"))
	line("")
	line("%s  %s", c.Text("component.receipt.number"), r.Number)
	line("%s  %s", c.Text("component.receipt.code"), r.Code)
	line("%s  %s", c.Text("component.receipt.at"), moment(c, r.Received))
	for _, step := range r.steps() {
		line("%s  %s", c.Text(step.key), c.Text("component.by", moment(c, step.at)))
	}
	line("")
	line("%s  %s", c.Text("site.track"), c.URL("/track"))
	line("%s", c.Text("component.receipt.keep"))
	line("")
	for i, phone := range p.help(c, r) {
		if i == 0 {
			line("%s", c.Text("receipt.help"))
		}
		line("%s  %s", phone.Name, phone.Number)
	}
	line("")
	line("%s", c.Text("receipt.proof"))
	line("%s", r.Proof)
	return c.Export(r.Number+".txt", "text/plain; charset=utf-8", []byte(b.String()))
}

// moment is a time in full, on the college's clock.
func moment(c *web.Context, t time.Time) string { return c.Local(t).Format("2006-01-02 15:04") }
