package document_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"mailbox/handlers/document"
	"mailbox/workflow"
)

// order is the order in which the schema wants the children of an element. Word
// refuses a file with another, without saying why.
var order = map[string][]string{
	"pPr": {
		"pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "pBdr", "shd", "tabs",
		"kinsoku", "wordWrap", "overflowPunct", "autoSpaceDE", "autoSpaceDN", "adjustRightInd", "snapToGrid", "spacing", "ind",
		"contextualSpacing", "jc", "textAlignment", "outlineLvl", "rPr", "sectPr",
	},
	"rPr":    {"rStyle", "rFonts", "b", "bCs", "i", "iCs", "snapToGrid", "color", "spacing", "w", "kern", "sz", "szCs", "u", "lang"},
	"sectPr": {"headerReference", "footerReference", "type", "pgSz", "pgMar", "pgNumType", "cols", "titlePg", "docGrid"},
	"tblPr":  {"tblStyle", "tblW", "jc", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook"},
	"tcPr":   {"tcW", "gridSpan", "vMerge", "tcBorders", "shd", "vAlign"},
	"tbl":    {"tblPr", "tblGrid", "tr"},
	"tr":     {"trPr", "tc"},
	"tc":     {"tcPr", "p"},
	"r":      {"rPr", "br", "t", "fldChar", "instrText"},
	"p":      {"pPr", "r"},
	"style": {
		"name", "aliases", "basedOn", "next", "link", "uiPriority", "semiHidden", "unhideWhenUsed", "qFormat",
		"pPr", "rPr", "tblPr",
	},
	"settings": {"zoom", "defaultTabStop", "evenAndOddHeaders", "drawingGridVerticalSpacing", "characterSpacingControl", "compat", "themeFontLang"},
	"compat": {
		"spaceForUL", "balanceSingleByteDoubleByteWidth", "doNotLeaveBackslashAlone", "ulTrailSpace", "doNotExpandShiftReturn",
		"adjustLineHeightInTable", "useFELayout", "compatSetting",
	},
	"styles": {"docDefaults", "latentStyles", "style"},
	"font":   {"altName", "panose1", "charset", "family", "notTrueType", "pitch", "sig"},
}

// element is an element as far as it has been read.
type element struct {
	name string
	last int // child's place in the order
}

// wellFormed reads XML through and reports what is wrong with it.
func wellFormed(raw []byte) error {
	var open []element
	dec := xml.NewDecoder(bytes.NewReader(raw))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if err := follow(open, token.Name.Local); err != nil {
				return err
			}
			open = append(open, element{name: token.Name.Local})
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func follow(open []element, child string) error {
	if len(open) == 0 {
		return nil
	}
	parent := &open[len(open)-1]
	children, known := order[parent.name]
	if !known {
		return nil
	}
	at := slices.Index(children, child)
	if at < 0 {
		return errors.New(child + " in " + parent.name)
	}
	if at < parent.last {
		return errors.New(child + " in " + parent.name + " comes too late")
	}
	parent.last = at
	return nil
}

// unzip is the files of a package by name.
func unzip(raw []byte) (map[string][]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			return nil, err
		}
		if out[f.Name], err = io.ReadAll(in); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// checkDOCX opens a document as a strict word processor would.
func checkDOCX(raw []byte) (map[string][]byte, error) {
	files, err := unzip(raw)
	if err != nil {
		return nil, err
	}
	for name, content := range files {
		if err := wellFormed(content); err != nil {
			return nil, errors.New(name + ": " + err.Error())
		}
		if !strings.HasSuffix(name, ".rels") && name != "[Content_Types].xml" && !bytes.Contains(files["[Content_Types].xml"], []byte(`"/`+name+`"`)) {
			return nil, errors.New(name + " has no type")
		}
	}
	for _, list := range []string{"_rels/.rels", "word/_rels/document.xml.rels"} {
		for _, target := range attributes(files[list], "Target") {
			if _, ok := files[path.Join(path.Dir(path.Dir(list)), target)]; !ok {
				return nil, errors.New(list + " names " + target)
			}
		}
	}
	return files, nil
}

// attributes are the values of an attribute, in order.
func attributes(raw []byte, name string) []string {
	var out []string
	dec := xml.NewDecoder(bytes.NewReader(raw))
	for {
		token, err := dec.Token()
		if err != nil {
			return out
		}
		if start, ok := token.(xml.StartElement); ok {
			for _, a := range start.Attr {
				if a.Name.Local == name {
					out = append(out, a.Value)
				}
			}
		}
	}
}

// texts is what a part says, a line for each paragraph.
func texts(raw []byte) string {
	var b strings.Builder
	dec := xml.NewDecoder(bytes.NewReader(raw))
	inside := false
	for {
		token, err := dec.Token()
		if err != nil {
			return b.String()
		}
		switch token := token.(type) {
		case xml.StartElement:
			inside = token.Name.Local == "t"
		case xml.EndElement:
			inside = false
			if token.Name.Local == "p" {
				b.WriteByte('\n')
			}
		case xml.CharData:
			if inside {
				b.Write(token)
			}
		}
	}
}

func asDOCX(t *testing.T, d workflow.Document) map[string][]byte {
	t.Helper()
	var b bytes.Buffer
	if err := document.WriteDOCX(&b, d); err != nil {
		t.Fatal(err)
	}
	files, err := checkDOCX(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// inOrder fails unless text has all parts one after the other.
func inOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		_, rest, found := strings.Cut(text, part)
		if !found {
			t.Fatalf("%q is not there, or not in its place, in %.300q", part, text)
		}
		text = rest
	}
}

// reading is what the sample says, in the order in which people read it.
var reading = []string{
	"江城示范职业学院文件", "江示职院〔2023〕58号", "江城示范职业学院", "2023 年信息公开工作报告", "省教育厅办公室：", "根据《省教育厅",
	"一、总体情况", "（一）完善制度", "1. 校长信箱", "（1）按来信渠道统计", "表 1", "渠道", "收到", "电子邮件", "54", "李𠮷同学",
	"四、存在的问题", "附件：1. 江城示范职业学院信息公开工作联系方式", "2. 2023 年各部门主动公开信息", "江城示范职业学院", "2023年11月7日",
	"附件 1", "联系方式", "disclosure@college.example", "附件 2", "各部门情况", "第1系", "第40系", "修订 2",
}

func TestDOCX(t *testing.T) {
	t.Parallel()
	files := asDOCX(t, sample())
	main := files["word/document.xml"]
	inOrder(t, texts(main), reading...)
	for _, want := range []string{
		`<w:pgSz w:w="11906" w:h="16838"/>`,
		`<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588"`,
		`<w:docGrid w:type="lines" w:linePitch="579"/>`,
		`<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>`,
		`w:firstLineChars="200"`,
		`<w:pStyle w:val="signature"/><w:keepNext/>`,
		`<w:rFonts w:hint="eastAsia"/>`,
	} {
		if !bytes.Contains(main, []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
	if n := bytes.Count(main, []byte("<w:tblHeader/>")); n != 3 {
		t.Errorf("%d tables repeat their heads, want 3", n)
	}
	for _, font := range []string{"仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"} {
		want := `w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="` + font + `"`
		if !bytes.Contains(files["word/styles.xml"], []byte(want)) {
			t.Errorf("nothing is set in %s", font)
		}
	}
}

// TestDOCX_pageNumbers: — 1 — at the outer edge of pages with two sides.
func TestDOCX_pageNumbers(t *testing.T) {
	t.Parallel()
	files := asDOCX(t, sample())
	if !bytes.Contains(files["word/settings.xml"], []byte("<w:evenAndOddHeaders/>")) {
		t.Error("even pages are numbered like odd ones")
	}
	for name, side := range map[string]string{"word/footer1.xml": "right", "word/footer2.xml": "left"} {
		if text := strings.TrimSpace(texts(files[name])); text != "— 1 —" || !slices.Contains(attributes(files[name], "val"), side) {
			t.Errorf("%s: %q, not on the %s", name, text, side)
		}
	}
}

// TestDOCX_namesNobody: what is made from the cases must not say who sat at the desk.
func TestDOCX_namesNobody(t *testing.T) {
	t.Parallel()
	core := string(asDOCX(t, sample())["docProps/core.xml"])
	inOrder(t, core, "江城示范职业学院 2023 年信息公开工作报告", "zh-CN", "2023-11-07T10:00:00Z")
	for _, field := range []string{"creator", "lastModifiedBy", "revision"} {
		if strings.Contains(core, field) {
			t.Errorf("the file has a %s", field)
		}
	}
}

// TestDocument_isTheSameAgain: reports are frozen by the hash of their files.
func TestDocument_isTheSameAgain(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"docx", "pdf", "json"} {
		var first, second bytes.Buffer
		for _, b := range []*bytes.Buffer{&first, &second} {
			if err := (document.Files{}).WriteDocument(b, format, sample()); err != nil {
				t.Fatal(err)
			}
		}
		if first.Len() == 0 || !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s differs from itself", format)
		}
	}
}

func TestDOCX_english(t *testing.T) {
	t.Parallel()
	text := texts(asDOCX(t, workflow.Document{
		Locale: "en", Title: "Annual report", Addressee: "Department of Education", Attachments: []string{"Contacts"},
		Signature: "Model College", Date: "2023-11-07", Annexes: []workflow.Annex{{Label: "Annex"}},
	})["word/document.xml"])
	inOrder(t, text, "Annual report", "Department of Education:", "Annex: Contacts", "Model College", "7 November 2023")
}

func TestDOCX_ofNothing(t *testing.T) {
	t.Parallel()
	asDOCX(t, workflow.Document{})
	asDOCX(t, workflow.Document{Blocks: []workflow.Block{grid(departments(1)), {Kind: workflow.TableIn}, grid(workflow.Grid{})}})
}
