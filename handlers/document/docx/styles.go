package docx

import (
	"mailbox/handlers/document/form"
	"mailbox/workflow"
)

// closer is how much closer than their size characters of the text stand, in
// twips, so that 28 fill a line in every word processor.
const closer = -5

const latin = "Times New Roman"

// font is a face by the name under which Chinese offices have it, and the names
// of what stands in for it.
type font struct{ name, others, class string }

var fonts = map[form.Face]font{
	form.FangSong: {"仿宋_GB2312", "仿宋,FangSong,FangSong_GB2312", "modern"},
	form.Title:    {"方正小标宋简体", "方正小标宋_GBK,宋体,SimSun", "auto"},
	form.Hei:      {"黑体", "SimHei", "modern"},
	form.Kai:      {"楷体_GB2312", "楷体,KaiTi,KaiTi_GB2312", "modern"},
	form.Song:     {"宋体", "SimSun", "auto"},
}

// writeFonts names the fonts and what to take where they are missing; the fonts
// themselves may not be passed on.
func writeFonts(x *xmlWriter, _ workflow.Document) {
	x.raw(`<w:fonts ` + namespaces + `>`)
	x.raw(`<w:font w:name="` + latin + `"><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>`)
	for _, face := range []form.Face{form.FangSong, form.Title, form.Hei, form.Kai, form.Song} {
		f := fonts[face]
		x.rawf(`<w:font w:name="%s"><w:altName w:val="%s"/><w:charset w:val="86"/><w:family w:val="%s"/><w:pitch w:val="auto"/></w:font>`, f.name, f.others, f.class)
	}
	x.raw(`</w:fonts>`)
}

func writeStyles(x *xmlWriter, d workflow.Document) {
	x.raw(`<w:styles ` + namespaces + `><w:docDefaults><w:rPrDefault><w:rPr>`)
	x.fontsOf(form.FangSong)
	x.rawf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, form.Size3, form.Size3)
	x.raw(`<w:lang w:val="en-US" w:eastAsia="` + language(d) + `" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>`)
	x.rawf(`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/><w:overflowPunct w:val="0"/><w:snapToGrid w:val="0"/><w:spacing w:line="%d" w:lineRule="exact"/><w:jc w:val="both"/></w:pPr><w:rPr><w:snapToGrid w:val="0"/><w:spacing w:val="%d"/><w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr></w:style>`, form.Pitch, closer, form.Size3, form.Size3)
	x.raw(`<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>`)
	x.raw(`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`)
	for _, role := range form.Roles {
		x.style(role, form.Looks[role], d.Locale == "en")
	}
	x.plainStyle("Footer", "footer", form.Song, form.Size4)
	x.plainStyle("Mark", "Document Mark", form.Song, form.SizeSmall5)
	x.plainStyle("Cell", "Table Cell", form.FangSong, form.SizeSmall4)
	x.plainStyle("CellHead", "Table Head", form.Hei, form.SizeSmall4)
	x.raw(`</w:styles>`)
}

// styleID is what paragraphs call the style of a role.
func styleID(role form.Role) string {
	if role == form.Blank {
		return "Normal"
	}
	return string(role)
}

// style writes the style of a role. Latin letters have no Hei face: in an English
// document headings are bold instead.
func (x *xmlWriter) style(role form.Role, look form.Look, english bool) {
	if role == form.Blank {
		return
	}
	x.rawf(`<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/>`, styleID(role), look.Name)
	if look.Outline > 0 {
		x.raw(`<w:next w:val="body"/>`)
	}
	x.raw(`<w:qFormat/><w:pPr>`)
	if look.Outline > 0 {
		x.raw(`<w:keepNext/><w:keepLines/>`)
	}
	x.rawf(`<w:jc w:val="%s"/>`, look.Align)
	if look.Outline > 0 {
		x.rawf(`<w:outlineLvl w:val="%d"/>`, look.Outline-1)
	}
	x.raw(`</w:pPr><w:rPr>`)
	x.fontsOf(look.Face)
	if english && (look.Face == form.Hei || look.Face == form.Title) {
		x.raw(`<w:b/>`)
	}
	if role == form.Letterhead {
		x.raw(`<w:color w:val="FF0000"/>`)
	}
	if look.Size != form.Size3 {
		x.raw(`<w:spacing w:val="0"/>`) // 28 characters on a line are the text's
	}
	x.rawf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr></w:style>`, look.Size, look.Size)
}

// plainStyle is a style off the grid of lines.
func (x *xmlWriter) plainStyle(id, name string, face form.Face, size form.Size) {
	x.rawf(`<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/>`, id, name)
	x.raw(`<w:pPr><w:spacing w:line="240" w:lineRule="auto"/><w:jc w:val="left"/></w:pPr><w:rPr>`)
	x.fontsOf(face)
	x.raw(`<w:spacing w:val="0"/>`)
	x.rawf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr></w:style>`, size, size)
}

// fontsOf sets all four slots: without eastAsia a word processor takes its own.
func (x *xmlWriter) fontsOf(face form.Face) {
	western := latin
	if face == form.Song {
		western = fonts[face].name // digits of the page number are of the Song face
	}
	x.rawf(`<w:rFonts w:ascii="%s" w:hAnsi="%s" w:eastAsia="%s" w:cs="%s"/>`, western, western, fonts[face].name, latin)
}
