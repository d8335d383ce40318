package docx

import (
	"bytes"
	"fmt"
	"strings"

	"mailbox/handlers/document/form"
)

// xmlWriter collects XML. What was not written by us goes through text or quoted.
type xmlWriter struct{ bytes.Buffer }

func (x *xmlWriter) raw(markup string) { x.WriteString(markup) }

// rawf writes markup with numbers and names of ours in it.
func (x *xmlWriter) rawf(format string, args ...any) { fmt.Fprintf(x, format, args...) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", " ")

// quoted is text for content or an attribute.
func quoted(text string) string { return escaper.Replace(form.Clean(text)) }

// run writes text as one run of the paragraph's style. The hint says that what
// could be Chinese or Latin, quotation marks above all, is Chinese.
func (x *xmlWriter) run(text string) {
	x.raw(`<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">` + quoted(text) + `</w:t></w:r>`)
}

func (x *xmlWriter) lineBreak() { x.raw(`<w:r><w:br/></w:r>`) }
