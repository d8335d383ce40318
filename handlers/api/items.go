package api

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// ledgerItem is an entry of the disclosure ledger.
type ledgerItem struct {
	ID         int64                `json:"id"`
	State      workflow.ItemState   `json:"state"`
	Channel    workflow.ItemChannel `json:"channel"`
	Title      string               `json:"title"`
	Summary    string               `json:"summary,omitempty"`
	URL        string               `json:"url,omitempty"`
	Day        string               `json:"day"`
	Made       string               `json:"made,omitempty"`
	Column     int64                `json:"column,omitempty"`
	Department *named               `json:"department,omitempty"`
	Author     string               `json:"author,omitempty"`
	Series     string               `json:"series,omitempty"`
	Serial     int                  `json:"serial,omitempty"`
	Meeting    workflow.Meeting     `json:"meeting,omitempty"`
	Published  time.Time            `json:"published,omitzero"`
	Withdrawn  time.Time            `json:"withdrawn,omitzero"`
}

func itemOf(c *web.Context, o offered, i workflow.Item) ledgerItem {
	return ledgerItem{
		ID: i.ID, State: i.State, Channel: i.Channel, Title: i.Title, Summary: i.Summary, URL: i.URL, Day: i.Day, Made: i.Made,
		Column: i.Column, Department: o.departmentOf(i.Department), Author: i.Author, Series: i.Series, Serial: i.Serial, Meeting: i.Meeting,
		Published: moment(c, i.Published), Withdrawn: moment(c, i.Withdrawn),
	}
}

// items lists the ledger as the token's owner may see it, the latest day first.
func (a *API) items(c *web.Context) error {
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	q, err := itemsAsked(c, o)
	if err != nil {
		return err
	}
	found, err := a.Staff.Ledger.Items(c.Context(), c.User.Actor(), q)
	if err != nil {
		return web.Hide(err)
	}
	p := page[ledgerItem]{Items: []ledgerItem{}, Next: next(found.Next)}
	for _, i := range found.Items {
		p.Items = append(p.Items, itemOf(c, o, i))
	}
	return confide(c, p)
}

// itemStates are those that can be asked for.
var itemStates = []workflow.ItemState{workflow.ItemDraft, workflow.ItemInReview, workflow.ItemReviewed, workflow.ItemPublished, workflow.ItemWithdrawn, workflow.ItemUndone}

func itemsAsked(c *web.Context, o offered) (q workflow.ItemQuery, err error) {
	q = workflow.ItemQuery{Channel: workflow.ItemChannel(c.Query("channel")), State: workflow.ItemState(c.Query("state")), Search: c.Query("q")}
	if q.Channel != "" && !slices.Contains(workflow.ItemChannels, q.Channel) {
		return q, workflow.Wrong("channel", "invalid.choice")
	}
	if q.State != "" && !slices.Contains(itemStates, q.State) {
		return q, workflow.Wrong("state", "invalid.choice")
	}
	if q.Limit, err = pageSize(c); err != nil {
		return q, err
	}
	if q.After, err = place(c); err != nil {
		return q, err
	}
	if q.From, err = day(c, "from"); err != nil {
		return q, err
	}
	if q.To, err = day(c, "to"); err != nil {
		return q, err
	}
	if s := c.Query("column"); s != "" {
		if q.Column, err = strconv.ParseInt(s, 10, 64); err != nil {
			return q, workflow.Wrong("column", "request.field_number")
		}
	}
	q.Department, err = o.departmentAsked(c.Query("department"))
	return q, err
}

func (a *API) item(c *web.Context) error {
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	i, err := a.Staff.Ledger.Open(c.Context(), c.User.Actor(), id)
	if err != nil {
		return web.Hide(err)
	}
	return confide(c, itemOf(c, o, i.Item))
}

// itemFields is an entry as programs send it.
type itemFields struct {
	Channel    string `json:"channel"`
	Title      string `json:"title"`
	Summary    string `json:"summary"`
	URL        string `json:"url"`
	Day        string `json:"day"`
	Made       string `json:"made"`
	Column     int64  `json:"column"`
	Department string `json:"department"` // code
	Author     string `json:"author"`
	Series     string `json:"series"`
	Serial     int    `json:"serial"`
	Meeting    string `json:"meeting"`
	HandIn     bool   `json:"hand_in"`
}

// addItem adds an entry as a draft, or hands it in for its review.
func (a *API) addItem(c *web.Context) error {
	key, err := idempotencyKey(c)
	if err != nil {
		return err
	}
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	var f itemFields
	if err := c.ReadJSON(&f); err != nil {
		return err
	}
	i := workflow.Item{
		Channel: workflow.ItemChannel(f.Channel), Title: f.Title, Summary: f.Summary, URL: f.URL, Day: f.Day, Made: f.Made,
		Column: f.Column, Author: f.Author, Series: f.Series, Serial: f.Serial, Meeting: workflow.Meeting(f.Meeting),
	}
	if i.Department, err = o.departmentAsked(f.Department); err != nil {
		return err
	}
	added, again, err := a.Staff.Ledger.Submit(c.Context(), c.User.Actor(), key, i, f.HandIn)
	if err != nil {
		return web.Hide(err)
	}
	c.SetHeader("Location", base+"/disclosure/items/"+strconv.FormatInt(added.ID, 10))
	if again {
		c.SetHeader("Idempotency-Replayed", "true")
	}
	return c.JSON(http.StatusCreated, itemOf(c, o, added))
}
