package rules

import (
	"context"
	"slices"
	"strconv"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

// ConcernKind names something an administrator should see to.
type ConcernKind string

// The concerns.
const (
	NoHolidays    ConcernKind = "holidays"    // a year whose table is missing
	MailboxFault  ConcernKind = "mailbox"     // a followed mailbox that cannot be read
	Undelivered   ConcernKind = "undelivered" // notices that did not arrive
	UnsortedMail  ConcernKind = "mail"        // mails that wait for a decision
	NoDepartment  ConcernKind = "routing"     // categories that lead nowhere
	NoHead        ConcernKind = "head"        // departments without anybody to sign
	NobodyAtAll   ConcernKind = "nobody"      // departments with cases and without people
	OldTemplate   ConcernKind = "template"    // answer templates to look over again
	LonelyAdmin   ConcernKind = "admin"       // a single administrator
	NoCollegeName ConcernKind = "college"     // the college has no name
	DeadTodos     ConcernKind = "todos"       // to-dos the office system was not told of
)

// Concern is one thing to see to: how many, and which.
type Concern struct {
	Kind  ConcernKind
	N     int
	Names []Name // a few of them
}

// Name is the name of something in both languages, or the same word twice.
type Name struct{ ZH, EN string }

// mostCounted is where counting what did not arrive ends.
const mostCounted = 100

// Attention lists what an administrator should see to, the most pressing first.
func (r *Rules) Attention(ctx context.Context, by workflow.Actor) ([]Concern, error) {
	if err := admin(by); err != nil {
		return nil, err
	}
	var out []Concern
	for _, look := range []func(context.Context) ([]Concern, error){r.aboutMail, r.aboutHolidays, r.aboutDepartments, r.aboutRouting, r.aboutTexts} {
		found, err := look(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return slices.DeleteFunc(out, func(c Concern) bool { return c.N == 0 }), nil
}

func (r *Rules) aboutMail(ctx context.Context) ([]Concern, error) {
	store := r.desk.Store
	cursors, err := store.Cursors(ctx)
	if err != nil {
		return nil, err
	}
	faults := Concern{Kind: MailboxFault}
	for _, c := range cursors {
		if c.Fault != "" {
			faults.add(c.Mailbox, c.Mailbox)
		}
	}
	lost, err := store.Undelivered(ctx, 0, mostCounted)
	if err != nil {
		return nil, err
	}
	waiting := 0
	for _, state := range []workflow.MailState{workflow.MailHeld, workflow.MailUnreadable} {
		n, err := store.CountMails(ctx, state)
		if err != nil {
			return nil, err
		}
		waiting += n
	}
	todos, err := store.CountTodos(ctx)
	if err != nil {
		return nil, err
	}
	return []Concern{faults, {Kind: Undelivered, N: len(lost)}, {Kind: DeadTodos, N: todos.Dead}, {Kind: UnsortedMail, N: waiting}}, nil
}

func (r *Rules) aboutHolidays(ctx context.Context) ([]Concern, error) {
	v, err := r.desk.Store.CurrentCalendar(ctx)
	if err != nil {
		return nil, err
	}
	work, err := calendar.Of(v, r.desk.Keeper.Zone)
	if err != nil {
		return nil, err
	}
	c := Concern{Kind: NoHolidays}
	if year, missing := work.TableMissing(work.Date(r.desk.Now())); missing {
		c.add(strconv.Itoa(year), strconv.Itoa(year))
	}
	return []Concern{c}, nil
}

func (r *Rules) aboutDepartments(ctx context.Context) ([]Concern, error) {
	departments, err := r.desk.Store.Departments(ctx)
	if err != nil {
		return nil, err
	}
	accounts, err := r.desk.Store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	categories, err := r.desk.Store.Categories(ctx, r.desk.Now(), false)
	if err != nil {
		return nil, err
	}
	nobody, headless, alone := Concern{Kind: NobodyAtAll}, Concern{Kind: NoHead}, Concern{Kind: LonelyAdmin}
	for _, d := range departments {
		leads := slices.ContainsFunc(categories, func(c workflow.Category) bool { return c.Department == d.ID })
		people, heads := staff(accounts, d.ID)
		switch {
		case !d.Active || !leads && people == 0:
		case people == 0:
			nobody.add(d.NameZH, d.NameEN)
		case heads == 0:
			headless.add(d.NameZH, d.NameEN)
		}
	}
	admins := slices.DeleteFunc(accounts, func(a workflow.Account) bool { return !a.Disabled.IsZero() || !a.Actor().Is(workflow.Admin) })
	if len(admins) == 1 {
		alone.add(admins[0].Name, admins[0].Name)
	}
	return []Concern{nobody, headless, alone}, nil
}

// aboutRouting finds categories without a department. Sealed ones go to the
// discipline officer and need none.
func (r *Rules) aboutRouting(ctx context.Context) ([]Concern, error) {
	categories, err := r.desk.Store.Categories(ctx, r.desk.Now(), false)
	c := Concern{Kind: NoDepartment}
	for _, k := range categories {
		parent := slices.ContainsFunc(categories, func(o workflow.Category) bool { return o.Parent == k.ID })
		if k.Department == 0 && !k.Sealed && !parent {
			c.add(k.NameZH, k.NameEN)
		}
	}
	return []Concern{c}, err
}

func (r *Rules) aboutTexts(ctx context.Context) ([]Concern, error) {
	templates, err := r.desk.Store.AnswerTemplates(ctx, false)
	if err != nil {
		return nil, err
	}
	today := r.desk.Now().In(r.desk.Keeper.Zone).Format(time.DateOnly)
	old, nameless := Concern{Kind: OldTemplate}, Concern{Kind: NoCollegeName}
	for _, t := range templates {
		if t.ReviewOn != "" && t.ReviewOn <= today {
			old.add(t.Title, t.Title)
		}
	}
	values, err := ReadSettings(ctx, r.desk.Store)
	if name := values[CollegeName]; err == nil && (name == "" || name == Settings[0].Default) {
		nameless.N = 1
	}
	return []Concern{old, nameless}, err
}

// add counts one more, and keeps its name while there are few.
func (c *Concern) add(zh, en string) {
	if c.N++; len(c.Names) < 5 {
		c.Names = append(c.Names, Name{ZH: zh, EN: en})
	}
}
