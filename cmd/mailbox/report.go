package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mailbox/handlers/document"
	"mailbox/workflow"
	"mailbox/workflow/report/annual"
)

// tablesForm is the name of the report that is its tables alone.
const tablesForm = "tables"

type reportCommand struct {
	Template string `help:"hubei: four parts; ministry: eight parts; tables: the tables of figures." required:"" enum:"hubei,ministry,tables"`
	From     string `help:"First day, for example 2023-01-01." required:""`
	To       string `help:"Last day, included." required:""`
	AsOf     string `name:"as-of" help:"Moment whose knowledge counts, 2023-11-17T18:00 in the college's time or with a zone; now by default."`
	Out      string `help:"File to write: .docx, .pdf, .xlsx, .csv or .json." required:""`
	Table    string `help:"Which table a .csv has; fields by default."`
	Year     int    `help:"Year in the title; that of the last day by default."`
	Notice   string `help:"Number of the notice that asks for the report."`
	Date     string `help:"Date on the report; the last day by default."`
}

// Run makes the report of the texts that its form has and of the figures as they
// are known, and writes it. The file appears whole or not at all.
func (r *reportCommand) Run(ctx context.Context, w world, c *Config) error {
	format := strings.TrimPrefix(filepath.Ext(r.Out), ".")
	if (document.Files{}).Kind(format) == "" {
		return fmt.Errorf("%s: a report is written as .docx, .pdf, .xlsx, .csv or .json", r.Out)
	}
	asOf, err := r.asOf(c.zone)
	if err != nil {
		return err
	}
	return quietly(ctx, c, w, func(a *app) error {
		f, err := a.annual.Make(ctx, workflow.BySystem(), r.order(asOf))
		if err != nil {
			return a.inWords(err)
		}
		if err := whole(r.Out, func(out io.Writer) error { return r.write(a, out, format, f) }); err != nil {
			return a.inWords(err)
		}
		_, err = fmt.Fprintln(w.Out, r.Out)
		return err
	})
}

func (r *reportCommand) order(asOf time.Time) annual.Order {
	o := annual.Order{Form: r.Template, Year: r.Year, From: r.From, Last: r.To, AsOf: asOf, Notice: r.Notice, Day: r.Date}
	if o.Form == tablesForm {
		o.Form = "ministry"
	}
	if o.Day == "" {
		o.Day = r.To
	}
	if last, err := time.Parse(time.DateOnly, r.To); err == nil && o.Year == 0 {
		o.Year = last.Year()
	}
	return o
}

// asOf is the moment asked for; zero is now.
func (r *reportCommand) asOf(zone *time.Location) (time.Time, error) {
	if r.AsOf == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, r.AsOf, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("--as-of %s: a moment looks like 2023-11-17T18:00", r.AsOf)
}

func (r *reportCommand) write(a *app, out io.Writer, format string, f annual.Frozen) error {
	if r.Template == tablesForm && (format == "docx" || format == "pdf") {
		return document.Files{}.WriteDocument(out, format, a.annual.TablesDocument(f))
	}
	return a.annual.Write(out, document.Files{}, format, r.Table, f, nil)
}

// whole writes a file beside its place and moves it there when it is complete.
func whole(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".report-*")
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if err := errors.Join(write(file), file.Chmod(0o600), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
