package report

import (
	"context"
	"fmt"
	"io"

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
	e := workflow.JournalEntry{
		At: o.Now(), Account: by.ID, Action: "export", Subject: "figures",
		Detail: map[string]string{"from": t.Ask.From, "to": t.Ask.To, "by": string(t.Ask.By), "format": format},
	}
	if err := o.Store.AddJournal(ctx, e, o.Chain.LinkJournal); err != nil {
		return Table{}, fmt.Errorf("note export: %w", err)
	}
	return t, nil
}
