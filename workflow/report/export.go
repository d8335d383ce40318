package report

import (
	"context"
	"fmt"
	"io"
	"time"

	"mailbox/workflow"
)

// Files writes sheets and documents as files.
type Files interface {
	// Kind is the media type of a format, and "" for one that nothing is written in.
	Kind(format string) string
	// Write writes the sheet in a format.
	Write(w io.Writer, format string, s Sheet) error
	// WriteWorkbook writes several sheets as one xlsx.
	WriteWorkbook(w io.Writer, sheets []Sheet) error
	// WriteDocument writes an official document in a format, docx, pdf or json.
	WriteDocument(w io.Writer, format string, d workflow.Document) error
}

// Export is Figures for somebody who takes them away as a file: what was asked
// for is written into the journal first.
func (o *Office) Export(ctx context.Context, by workflow.Actor, ask Ask, format string) (Table, error) {
	t, err := o.Figures(ctx, by, ask)
	if err != nil {
		return Table{}, err
	}
	return t, o.noteExport(ctx, by, t, "figures", format)
}

// ExportDepartments is Departments for somebody who takes them away as a file.
func (o *Office) ExportDepartments(ctx context.Context, by workflow.Actor, ask Ask, format string) (Table, error) {
	t, err := o.Departments(ctx, by, ask)
	if err != nil {
		return Table{}, err
	}
	return t, o.noteExport(ctx, by, t, "departments", format)
}

func (o *Office) noteExport(ctx context.Context, by workflow.Actor, t Table, subject, format string) error {
	e := workflow.JournalEntry{
		At: o.Now(), Account: by.ID, Action: "export", Subject: subject,
		Detail: map[string]string{"from": t.Ask.From, "to": t.Ask.To, "by": string(t.Ask.By), "format": format},
	}
	if !t.Ask.AsOf.IsZero() {
		e.Detail["as_of"] = t.Ask.AsOf.UTC().Format(time.RFC3339)
	}
	if err := o.Store.AddJournal(ctx, e, o.Chain.LinkJournal); err != nil {
		return fmt.Errorf("note export: %w", err)
	}
	return nil
}
