package open311

import (
	"fmt"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// What one answer holds at most, by the specification.
const (
	maxRequests = 1000
	maxSpan     = 90 * 24 * time.Hour
	maxIDs      = 50
)

// request is a selected answer. A letter has no place in the world; what is null
// is not known, or not public.
type request struct {
	ID          string `json:"service_request_id" xml:"service_request_id"`
	Status      string `json:"status" xml:"status"`
	StatusNotes text   `json:"status_notes" xml:"status_notes"`
	ServiceName text   `json:"service_name" xml:"service_name"`
	ServiceCode string `json:"service_code" xml:"service_code"`
	Description text   `json:"description" xml:"description"`
	Agency      text   `json:"agency_responsible" xml:"agency_responsible"`
	Notice      text   `json:"service_notice" xml:"service_notice"`
	Requested   string `json:"requested_datetime" xml:"requested_datetime"`
	Updated     string `json:"updated_datetime" xml:"updated_datetime"`
	Expected    text   `json:"expected_datetime" xml:"expected_datetime"`
	Address     text   `json:"address" xml:"address"`
	AddressID   text   `json:"address_id" xml:"address_id"`
	Zipcode     text   `json:"zipcode" xml:"zipcode"`
	Lat         text   `json:"lat" xml:"lat"`
	Long        text   `json:"long" xml:"long"`
	Media       text   `json:"media_url" xml:"media_url"`
}

func requestList(all []request) listed[request] {
	return listed[request]{"service_requests", "request", all}
}

// asked is what a question for requests says.
type asked struct {
	open, closed bool
	query        workflow.PublicQuery
}

// requests lists what was published of the letters of a span of days, the one
// published last first.
func (v *View) requests(c *web.Context, _ string) (any, error) {
	names, err := v.names(c)
	if err != nil {
		return nil, err
	}
	if ids := c.Query("service_request_id"); ids != "" {
		return v.byID(c, names, strings.Split(ids, ","))
	}
	q, err := names.asked(c)
	if err != nil {
		return nil, err
	}
	if !q.closed { // everything published is
		return requestList(nil), nil
	}
	all, err := v.collect(c, names, q.query)
	return requestList(all), err
}

func (v *View) collect(c *web.Context, names names, q workflow.PublicQuery) ([]request, error) {
	var out []request
	for {
		q.Limit = min(100, maxRequests-len(out))
		found, err := v.answers.Public(c.Context(), q)
		if err != nil {
			return nil, err
		}
		for _, p := range found.Publications {
			one, err := names.request(c, p)
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
		if found.Next == "" || len(out) >= maxRequests {
			return out, nil
		}
		q.After = found.Next
	}
}

// byID lists those that are there; the other parameters do not count then.
func (v *View) byID(c *web.Context, names names, ids []string) (any, error) {
	if len(ids) > maxIDs {
		return nil, workflow.Fail(workflow.Invalid, "open311.too_many", maxIDs)
	}
	var out []request
	for _, id := range ids {
		one, err := v.one(c, names, strings.TrimSpace(id))
		if err != nil && workflow.KindOf(err) == workflow.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return requestList(out), nil
}

// request is one published answer, as a list of one.
func (v *View) request(c *web.Context, id string) (any, error) {
	names, err := v.names(c)
	if err != nil {
		return nil, err
	}
	one, err := v.one(c, names, id)
	return requestList([]request{one}), err
}

func (v *View) one(c *web.Context, names names, id string) (request, error) {
	p, err := v.answers.One(c.Context(), id)
	if err != nil && workflow.KindOf(err) == workflow.NotFound {
		return request{}, workflow.Fail(workflow.NotFound, "open311.request_unknown")
	}
	if err != nil {
		return request{}, err
	}
	return names.request(c, p)
}

// names are what categories and departments are called.
type names struct {
	categories map[string]workflow.Category   // by code
	agencies   map[string]workflow.Department // by code
}

func (v *View) names(c *web.Context) (names, error) {
	n := names{map[string]workflow.Category{}, map[string]workflow.Department{}}
	categories, err := v.college.Categories(c.Context(), c.Now, true)
	if err != nil {
		return n, err
	}
	for _, k := range categories {
		n.categories[k.Code] = k
	}
	departments, err := v.college.Departments(c.Context())
	for _, d := range departments {
		n.agencies[d.Code] = d
	}
	return n, err
}

func (n names) request(c *web.Context, p workflow.Publication) (request, error) {
	a, err := p.Answer()
	if err != nil {
		return request{}, fmt.Errorf("read public answer: %w", err)
	}
	k, d := n.categories[a.Category], n.agencies[a.Department]
	r := request{
		ID: a.Slug, Status: "closed", StatusNotes: text(a.Answer), ServiceName: text(c.Name(k.NameZH, k.NameEN)), ServiceCode: a.Category,
		Description: text(a.Subject + "\n\n" + a.Question), Agency: text(c.Name(d.NameZH, d.NameEN)),
		Updated: c.Local(p.Visible).Format(time.RFC3339),
	}
	day, err := time.ParseInLocation(time.DateOnly, a.Received, c.Now.Location())
	if err != nil {
		return request{}, fmt.Errorf("read public answer: %w", err)
	}
	r.Requested = day.Format(time.RFC3339)
	for i, f := range a.Files {
		if strings.HasPrefix(f.MediaType, "image/") {
			r.Media = text(c.URL(fmt.Sprintf("/answers/%s/files/%d", a.Slug, i+1)))
			break
		}
	}
	return r, nil
}
