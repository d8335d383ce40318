package api

import (
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// staffCase is a case as staff see it in a list. Who wrote is never in it.
type staffCase struct {
	Number     string         `json:"number"`
	URL        string         `json:"url"`
	Subject    string         `json:"subject"`
	State      workflow.State `json:"state"`
	Kind       string         `json:"kind"`
	Category   names          `json:"category"`
	Department *named         `json:"department,omitempty"`
	Channel    string         `json:"channel"`
	Identity   string         `json:"identity"`
	Urgent     bool           `json:"urgent"`
	Received   time.Time      `json:"received"`
	Due        time.Time      `json:"due,omitzero"`
	Answered   time.Time      `json:"answered,omitzero"`
	Ended      time.Time      `json:"ended,omitzero"`
	InTime     *bool          `json:"in_time,omitempty"`
}

// staffDossier is a case with its conversation and its clocks. What is said
// inside the house is not in it.
type staffDossier struct {
	staffCase
	Version  int64             `json:"version"`
	Draft    *draft            `json:"draft,omitempty"`
	Messages []message         `json:"messages"`
	Clocks   []staffClock      `json:"clocks"`
	Actions  []workflow.Action `json:"actions"`
}

// draft is the answer being written.
type draft struct {
	Body    string    `json:"body"`
	Updated time.Time `json:"updated"`
}

// staffClock is a promise and what became of it.
type staffClock struct {
	Kind       workflow.ClockKind `json:"kind"`
	Department *named             `json:"department,omitempty"`
	Started    time.Time          `json:"started"`
	Due        time.Time          `json:"due,omitzero"`
	Met        time.Time          `json:"met,omitzero"`
	Breached   time.Time          `json:"breached,omitzero"`
	Paused     bool               `json:"paused"`
}

func staffCaseOf(c *web.Context, o offered, k workflow.Case, category names) staffCase {
	return staffCase{
		Number: k.Number, URL: c.URL("/desk/cases/" + k.Number), Subject: k.Subject, State: k.State, Kind: string(k.Kind), Category: category,
		Department: o.departmentOf(k.Department), Channel: string(k.Channel), Identity: string(k.Mode), Urgent: k.Urgent,
		Received: moment(c, k.Received), Due: moment(c, k.Due), Answered: moment(c, k.Answered), Ended: moment(c, k.Ended), InTime: k.InTime,
	}
}

// cases lists the cases that the token's owner may know of, newest first.
func (a *API) cases(c *web.Context) error {
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	q, err := casesAsked(c, o)
	if err != nil {
		return err
	}
	found, err := a.Staff.Cases.List(c.Context(), c.User.Actor(), q)
	if err != nil {
		return err
	}
	p := page[staffCase]{Items: []staffCase{}, Next: next(found.Next)}
	for _, r := range found.Rows {
		p.Items = append(p.Items, staffCaseOf(c, o, r.Case, names{r.CategoryZH, r.CategoryEN}))
	}
	return confide(c, p)
}

func casesAsked(c *web.Context, o offered) (q workflow.Query, err error) {
	q = workflow.Query{Order: workflow.NewestFirst, Search: c.Query("q")}
	if q.Limit, err = pageSize(c); err != nil {
		return q, err
	}
	if q.After, err = place(c); err != nil {
		return q, err
	}
	if q.From, err = midnight(c, "from"); err != nil {
		return q, err
	}
	if q.To, err = midnight(c, "to"); err != nil {
		return q, err
	}
	if s := workflow.State(c.Query("state")); s != "" {
		if !slices.Contains(workflow.States, s) {
			return q, workflow.Wrong("state", "invalid.choice")
		}
		q.States = []workflow.State{s}
	}
	if q.Open, err = flag(c, "open"); err != nil {
		return q, err
	}
	return q, classesAsked(c, o, &q)
}

// classesAsked reads what a letter was found to be.
func classesAsked(c *web.Context, o offered, q *workflow.Query) (err error) {
	if kind := c.Query("kind"); kind != "" {
		if q.Kind, err = workflow.ParseKind(kind); err != nil {
			return err
		}
	}
	if code := c.Query("category"); code != "" {
		k, err := o.category(code)
		if err != nil {
			return err
		}
		q.Category = k.ID
	}
	if channel := c.Query("channel"); channel != "" {
		if q.Channel, err = workflow.ParseChannel(channel); err != nil {
			return err
		}
	}
	q.Department, err = o.departmentAsked(c.Query("department"))
	return err
}

func flag(c *web.Context, name string) (bool, error) {
	s := c.Query(name)
	if s == "" {
		return false, nil
	}
	v, err := strconv.ParseBool(s)
	if err != nil {
		return false, workflow.Wrong(name, "request.field_type")
	}
	return v, nil
}

// caseByNumber is one case; what is not for the token's owner is not there.
func (a *API) caseByNumber(c *web.Context) error {
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	d, err := a.Staff.Cases.Open(c.Context(), c.User.Actor(), c.Param("number"))
	if err != nil {
		return web.Hide(err)
	}
	return confideVersion(c, d.Case.Version, dossierOf(c, o, d))
}

func dossierOf(c *web.Context, o offered, d casework.Dossier) staffDossier {
	out := staffDossier{
		staffCase: staffCaseOf(c, o, d.Case, names{d.Category.NameZH, d.Category.NameEN}),
		Version:   d.Case.Version, Messages: []message{}, Clocks: []staffClock{}, Actions: actionsOf(d),
	}
	writes := d.May(workflow.MarkDraft) || d.May(workflow.Approve) || d.May(workflow.Answer)
	if writes && d.Draft.ID != 0 {
		out.Draft = &draft{d.Draft.Body, moment(c, d.Draft.Updated)}
	}
	for _, m := range d.Messages {
		if m.Kind != workflow.NoteMessage && m.Kind != workflow.Instruction {
			out.Messages = append(out.Messages, messageOf(c, o, m, nil))
		}
	}
	for _, k := range d.Clocks {
		if k.Cancelled.IsZero() {
			out.Clocks = append(out.Clocks, staffClock{
				Kind: k.Kind, Department: o.departmentOf(k.Department), Started: moment(c, k.Started), Due: moment(c, k.Due),
				Met: moment(c, k.Met), Breached: moment(c, k.Breached), Paused: !k.Paused.IsZero(),
			})
		}
	}
	return out
}
