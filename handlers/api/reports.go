package api

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/report/annual"
)

// annualReport is one revision of an annual report.
type annualReport struct {
	ID        int64                `json:"id"`
	Family    int64                `json:"family"`
	Revision  int                  `json:"revision"`
	Title     string               `json:"title"`
	Form      string               `json:"form"`
	Year      int                  `json:"year"`
	First     string               `json:"first_day"`
	Last      string               `json:"last_day"`
	State     workflow.AnnualState `json:"state"`
	Frozen    time.Time            `json:"frozen,omitzero"`
	Published time.Time            `json:"published,omitzero"`
	SHA256    string               `json:"sha256,omitempty"`
}

// annualDetail is a report with its figures: of a draft as they are now.
type annualDetail struct {
	annualReport
	Fields []annualField `json:"fields"`
}

type annualField struct {
	Key    string        `json:"key"`
	Name   string        `json:"name"`
	Text   string        `json:"text"`
	Unit   annual.Unit   `json:"unit"`
	Nature annual.Nature `json:"nature"`
	Set    bool          `json:"set"` // by a person, in place of what was counted
}

func reportOf(c *web.Context, r workflow.AnnualReport) annualReport {
	return annualReport{
		ID: r.ID, Family: r.Family, Revision: r.Revision, Title: r.Title, Form: r.Form, Year: r.Year, First: r.From, Last: r.Last,
		State: r.State, Frozen: moment(c, r.Frozen), Published: moment(c, r.Published), SHA256: hex.EncodeToString(r.Hash),
	}
}

// reports lists the annual reports, newest first.
func (a *API) reports(c *web.Context) error {
	size, err := pageSize(c)
	if err != nil {
		return err
	}
	q := workflow.AnnualQuery{Limit: size}
	after, err := place(c)
	if err != nil {
		return err
	}
	if after != "" {
		if q.Before, err = strconv.ParseInt(after, 10, 64); err != nil {
			return workflow.Wrong("after", "request.cursor")
		}
	}
	all, err := a.Staff.Reports.Reports(c.Context(), c.User.Actor(), q)
	if err != nil {
		return web.Hide(err)
	}
	p := page[annualReport]{Items: []annualReport{}}
	for _, r := range all {
		p.Items = append(p.Items, reportOf(c, r))
	}
	if len(all) == size { // the page after may be empty
		p.Next = next(strconv.FormatInt(all[size-1].ID, 10))
	}
	return confide(c, p)
}

// report is one report with its figures, or as a file when a format is named.
func (a *API) report(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	if format := c.Query("format"); format != "" {
		return a.reportFile(c, id, format)
	}
	v, err := a.Staff.Reports.View(c.Context(), c.User.Actor(), id)
	if err != nil {
		return web.Hide(err)
	}
	out := annualDetail{annualReport: reportOf(c, v.Report), Fields: []annualField{}}
	for _, f := range v.Frozen.Fields {
		out.Fields = append(out.Fields, annualField{f.Key, f.Name, f.Value.Text, f.Unit, f.Nature, f.Override != nil})
	}
	return confide(c, out)
}

// reportFormats are the files a report is given out as.
var reportFormats = []string{"json", "docx", "pdf", "xlsx"}

// reportFile gives a report out as a file, which the journal notes.
func (a *API) reportFile(c *web.Context, id int64, format string) error {
	if !slices.Contains(reportFormats, format) {
		return workflow.Wrong("format", "invalid.choice")
	}
	f, hash, err := a.Staff.Reports.Export(c.Context(), c.User.Actor(), id, format)
	if err != nil {
		return web.Hide(err)
	}
	var b bytes.Buffer
	if err := a.Staff.Reports.Write(&b, a.Staff.Files, format, "", f, hash); err != nil {
		return err
	}
	return c.Export(f.Report.Title+"."+format, a.Staff.Files.Kind(format), b.Bytes())
}
