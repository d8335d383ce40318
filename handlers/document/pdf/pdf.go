// Package pdf writes official documents as PDF with their fonts in them. Every
// page looks the same wherever it is printed, its text can be found and copied,
// and the same document always gives the same bytes.
package pdf

import (
	"fmt"
	"io"

	"mailbox/handlers/document/form"
	"mailbox/workflow"
)

// Write writes d. Its text may be anything: what no font has is shown as 〓 and
// still found as what it is.
func Write(w io.Writer, d workflow.Document) error {
	fonts, err := loadFonts()
	if err != nil {
		return fmt.Errorf("load fonts: %w", err)
	}
	f := newFile(fonts)
	p := &paginator{file: f}
	for _, s := range form.Sections(d) {
		p.section(s)
	}
	p.mark(form.Clean(d.Mark))
	for i, page := range f.pages {
		page.number(f, i+1)
	}
	return f.write(w, d)
}
