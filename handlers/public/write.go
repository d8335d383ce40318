package public

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/rules"
)

// WritePage is the form for a letter.
type WritePage struct {
	templates.Page
	letterForm
	Identities, Statuses, Kinds, Categories, Departments, Publishes []templates.Choice
	Hints                                                           []CategoryHint
	KeptFiles                                                       []KeptFile
	Purposes, Deliveries                                            []templates.Choice
	Answered                                                        string // within how long applications are
	Guide, GuideURL                                                 string // what the college tells applicants
	MaxAsked                                                        int
	Roster                                                          bool // who signs is asked for a number
	Help                                                            bool // show where help is before anything else
	Phones                                                          []templates.Phone
	CrisisWords                                                     string // for the page's own script, one a line
	MaxSubject, MaxBody, MaxFiles, MaxAllFiles                      int
}

// CategoryHint is what to write about in letters of a category.
type CategoryHint struct{ Code, Name, Text string }

// KeptFile is a file that came with the form before; Value is its signature.
type KeptFile struct {
	Name, Value string
	Size        int64
}

// write shows the empty form.
func (p *Pages) write(c *web.Context) error {
	o, err := p.lists.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	f := letterForm{Publish: "no", Category: c.Query("category"), Kind: c.Query("kind")}
	return p.showForm(c, o, http.StatusOK, f, nil)
}

// errHelpFirst brings the form back once, with where help is to be had on top.
var errHelpFirst = errors.New("help is shown first")

// send stores the letter. Whatever stands in the way, the form comes back with
// everything that was typed and every file that arrived.
func (p *Pages) send(c *web.Context) error {
	o, away := p.lists.load(c.Context(), c.Now)
	form, files, err := p.readForm(c)
	if form == nil {
		return err
	}
	f := readLetter(form, files)
	if err == nil {
		err = away
	}
	if err == nil {
		err = p.take(c, o, f)
	}
	if err != nil {
		return p.sendBack(c, o, f, err)
	}
	return nil
}

// take stores the letter and leads to its receipt.
func (p *Pages) take(c *web.Context, o offered, f letterForm) error {
	letter, err := f.letter(c, o)
	switch {
	case err != nil:
		return err
	case f.trap:
		return workflow.Wrong("", "write.press_again")
	case letter.Urgent && !f.warned:
		return errHelpFirst
	}
	if number, yes := p.sentJustNow(c, f); yes {
		c.Flash("info", "write.sent_already", number)
		return c.Redirect("/receipt/" + number)
	}
	// Who cannot be counted is let in: a letter is worth more than a limit.
	if err := c.AllowClient(limitLetters); workflow.KindOf(err) == workflow.Limited {
		return err
	}
	if letter.Mode == workflow.Signed && o.roster {
		if err := c.AllowClient(limitSigning); workflow.KindOf(err) == workflow.Limited {
			return err
		}
	}
	receipt, err := p.Intake.Submit(c.Context(), letter)
	if err != nil {
		return err
	}
	if err := p.keepReceipt(c, receipt, letter.Urgent); err != nil {
		return err
	}
	if err := put(c, p.box, sentCookie, sentLetter{receipt.Number, f.content()}); err != nil {
		return err
	}
	return c.Redirect("/receipt/" + receipt.Number)
}

// sendBack shows the form again, with what is to be mended, what help there
// is, or when to try again.
func (p *Pages) sendBack(c *web.Context, o offered, f letterForm, err error) error {
	if errors.Is(err, errHelpFirst) {
		f.warned = true
		return p.showForm(c, o, http.StatusUnprocessableEntity, f, nil)
	}
	if problem, status := tryLater(c, err); status != 0 {
		return p.showForm(c, o, status, f, []templates.Problem{problem})
	}
	problems, err := c.Problems(err)
	if err != nil {
		return err
	}
	return p.showForm(c, o, http.StatusUnprocessableEntity, f, problems)
}

// tryLater says that nothing is wrong with the form and when to send it again,
// or returns status 0.
func tryLater(c *web.Context, err error) (templates.Problem, int) {
	status, key := http.StatusServiceUnavailable, "write.unavailable"
	switch workflow.KindOf(err) {
	case workflow.Unavailable:
	case workflow.Limited:
		status, key = http.StatusTooManyRequests, "write.limited"
	default:
		return templates.Problem{}, 0
	}
	wait := 30 * time.Second
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.RetryAfter > 0 {
		wait = e.RetryAfter
	}
	minutes := int((wait + time.Minute - 1) / time.Minute)
	c.SetHeader("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	return templates.Problem{Text: c.Text(key, minutes)}, status
}

// writeFields are the fields of the form from top to bottom.
var writeFields = []string{"identity", "name", "school_number", "phone", "email", "status", "kind", "asked", "purpose", "delivery", "category", "about", "subject", "body", "files", "publish"}

func (p *Pages) showForm(c *web.Context, o offered, status int, f letterForm, problems []templates.Problem) error {
	page := WritePage{
		Page: c.Page("site.write"), letterForm: f,
		Identities: identities(c), Statuses: statuses(c), Kinds: kinds(c), Categories: categories(c, o, f.Category),
		Departments: departments(c, o), Publishes: publishes(c), Hints: hints(c, o), KeptFiles: p.keptFiles(c, f.Kept),
		Roster: o.roster, Help: f.warned, Phones: o.phones(c), CrisisWords: strings.Join(o.crisisWords(), "\n"),
		MaxSubject: workflow.MaxSubject, MaxBody: workflow.MaxBody, MaxFiles: workflow.MaxFiles,
		MaxAllFiles: workflow.MaxAllFiles >> 20, MaxAsked: workflow.MaxAsked,
		Purposes: unless(c, "purpose.", workflow.Purposes), Deliveries: unless(c, "delivery.", workflow.Deliveries),
		Answered: o.applicationsWithin(c), Guide: o.guide(c), GuideURL: o.settings.Get(rules.GuideURL),
	}
	page.Problems = labelled(c, web.InOrder(problems, writeFields...))
	return c.Render(status, "public/write.html", page)
}

// keptFiles signs the files for the form as it goes out.
func (p *Pages) keptFiles(c *web.Context, files []workflow.NewFile) []KeptFile {
	var out []KeptFile
	for _, f := range files {
		out = append(out, KeptFile{Name: f.Name, Size: f.Size, Value: c.KeepFile(f)})
	}
	return out
}
