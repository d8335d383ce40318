package api

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/ledger"
	"mailbox/workflow/report"
	"mailbox/workflow/report/annual"
)

// StaffCases is what staff see of cases; *casework.Casework shows it.
type StaffCases interface {
	List(ctx context.Context, by workflow.Actor, q workflow.Query) (workflow.Listing, error)
	Open(ctx context.Context, by workflow.Actor, number string) (casework.Dossier, error)
	Once(ctx context.Context, by workflow.Actor, call casework.Call, do func(*casework.Casework, workflow.Case) error) (workflow.Deed, bool, error)
}

// Staff is what programs with a token work with. All of it is required.
type Staff struct {
	Cases   StaffCases
	Ledger  *ledger.Ledger
	Reports *annual.Bureau
	Files   report.Files
}

// limitStaff is how often one token may come.
var limitStaff = workflow.Limit{Name: "api-staff", Rate: 120, Burst: 120, Per: time.Minute}

// pageSize is how many items a page is asked to have, 25 when nothing is said.
func pageSize(c *web.Context) (int, error) {
	n, err := strconv.Atoi(cmp.Or(c.Query("limit"), "25"))
	if err != nil || n < 1 || n > maxPage {
		return 0, workflow.Wrong("limit", "request.field_number")
	}
	return n, nil
}

// place is where the page before ended, in a store's own words.
func place(c *web.Context) (string, error) {
	after, err := c.After(1)
	if err != nil || after == nil {
		return "", err
	}
	return after[0], nil
}

// next is a place as clients are given it.
func next(place string) string {
	if place == "" {
		return ""
	}
	return web.Cursor(place)
}

// day is a day of the query, or "".
func day(c *web.Context, name string) (string, error) {
	s := c.Query(name)
	if s == "" {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", workflow.Wrong(name, "invalid.date")
	}
	return s, nil
}

// midnight is when a day of the query begins in the college, or zero.
func midnight(c *web.Context, name string) (time.Time, error) {
	s, err := day(c, name)
	if s == "" || err != nil {
		return time.Time{}, err
	}
	t, err := time.ParseInLocation(time.DateOnly, s, c.Now.Location())
	if err != nil {
		return time.Time{}, workflow.Wrong(name, "invalid.date")
	}
	return t, nil
}

// departmentAsked is the department that the query names by its code, or 0.
func (o offered) departmentAsked(code string) (int64, error) {
	for _, d := range o.departments {
		if d.Code == code && code != "" {
			return d.ID, nil
		}
	}
	if code == "" {
		return 0, nil
	}
	return 0, workflow.Wrong("department", "invalid.choice")
}
