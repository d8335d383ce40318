// Package docx writes official documents as DOCX (Office Open XML, ECMA-376,
// transitional) that word processors open without complaint. The same document
// always gives the same bytes.
package docx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"

	"mailbox/handlers/document/form"
	"mailbox/workflow"
)

// part is one file of the package.
type part struct {
	name  string
	write func(x *xmlWriter, d workflow.Document)
}

// parts are in the order in which word processors write them: the list of types
// comes first, so that readers of streams know what follows.
var parts = []part{
	{"[Content_Types].xml", writeTypes},
	{"_rels/.rels", writePackageRelations},
	{"docProps/core.xml", writeProperties},
	{"word/document.xml", writeDocument},
	{"word/_rels/document.xml.rels", writeDocumentRelations},
	{"word/styles.xml", writeStyles},
	{"word/settings.xml", writeSettings},
	{"word/fontTable.xml", writeFonts},
	{"word/footer1.xml", func(x *xmlWriter, _ workflow.Document) { writeFooter(x, form.End) }},
	{"word/footer2.xml", func(x *xmlWriter, _ workflow.Document) { writeFooter(x, form.Start) }},
}

// Write writes d. Its text may be anything: what XML or paper cannot hold is
// left out.
func Write(w io.Writer, d workflow.Document) error {
	archive := zip.NewWriter(w)
	for _, p := range parts {
		// No time is kept with the parts: it would change the file's hash.
		file, err := archive.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("begin %s: %w", p.name, err)
		}
		var x xmlWriter
		x.raw(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n")
		p.write(&x, d)
		if _, err := bytes.NewReader(x.Bytes()).WriteTo(file); err != nil {
			return fmt.Errorf("write %s: %w", p.name, err)
		}
	}
	return archive.Close()
}
