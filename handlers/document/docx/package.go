package docx

import (
	"time"

	"mailbox/workflow"
)

const (
	namespaces   = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="` + relationship + `"`
	relationship = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageSpace = "http://schemas.openxmlformats.org/package/2006/"
	contentType  = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

func writeTypes(x *xmlWriter, _ workflow.Document) {
	x.raw(`<Types xmlns="` + packageSpace + `content-types">`)
	x.raw(`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`)
	x.raw(`<Default Extension="xml" ContentType="application/xml"/>`)
	for _, o := range [][2]string{
		{"word/document", contentType + "document.main"},
		{"word/styles", contentType + "styles"},
		{"word/settings", contentType + "settings"},
		{"word/fontTable", contentType + "fontTable"},
		{"word/footer1", contentType + "footer"},
		{"word/footer2", contentType + "footer"},
		{"docProps/core", "application/vnd.openxmlformats-package.core-properties"},
	} {
		x.rawf(`<Override PartName="/%s.xml" ContentType="%s+xml"/>`, o[0], o[1])
	}
	x.raw(`</Types>`)
}

func writePackageRelations(x *xmlWriter, _ workflow.Document) {
	x.relations([][2]string{
		{relationship + "/officeDocument", "word/document.xml"},
		{packageSpace + "relationships/metadata/core-properties", "docProps/core.xml"},
	})
}

// writeDocumentRelations gives the footers rId4 and rId5, which sections name.
func writeDocumentRelations(x *xmlWriter, _ workflow.Document) {
	x.relations([][2]string{
		{relationship + "/styles", "styles.xml"},
		{relationship + "/settings", "settings.xml"},
		{relationship + "/fontTable", "fontTable.xml"},
		{relationship + "/footer", "footer1.xml"},
		{relationship + "/footer", "footer2.xml"},
	})
}

func (x *xmlWriter) relations(list [][2]string) {
	x.raw(`<Relationships xmlns="` + packageSpace + `relationships">`)
	for i, r := range list {
		x.rawf(`<Relationship Id="rId%d" Type="%s" Target="%s"/>`, i+1, r[0], r[1])
	}
	x.raw(`</Relationships>`)
}

// writeProperties says what the document is and when it was made, and names no
// person.
func writeProperties(x *xmlWriter, d workflow.Document) {
	x.raw(`<cp:coreProperties xmlns:cp="` + packageSpace + `metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`)
	x.raw(`<dc:title>` + quoted(d.Title) + `</dc:title>`)
	x.raw(`<dc:language>` + language(d) + `</dc:language>`)
	if !d.Made.IsZero() {
		x.raw(`<dcterms:created xsi:type="dcterms:W3CDTF">` + d.Made.UTC().Format(time.RFC3339) + `</dcterms:created>`)
	}
	x.raw(`</cp:coreProperties>`)
}

func language(d workflow.Document) string {
	if d.Locale == "en" {
		return "en"
	}
	return "zh-CN"
}

// writeSettings: pages have two sides, and what a printer sets close stands close.
func writeSettings(x *xmlWriter, d workflow.Document) {
	x.raw(`<w:settings ` + namespaces + `><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>`)
	x.raw(`<w:drawingGridVerticalSpacing w:val="579"/><w:characterSpacingControl w:val="doNotCompress"/>`)
	x.raw(`<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/>`)
	x.raw(`<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>`)
	x.raw(`<w:themeFontLang w:val="en-US" w:eastAsia="` + language(d) + `"/></w:settings>`)
}
