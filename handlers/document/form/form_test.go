package form_test

import (
	"slices"
	"strings"
	"testing"

	"mailbox/handlers/document/form"
	"mailbox/workflow"
)

func TestTitleLines(t *testing.T) {
	t.Parallel()
	for title, want := range map[string][]string{
		"关于热水供应的答复":                      {"关于热水供应的答复"},
		"江城学院 2023 年信息公开工作报告":            {"江城学院 2023 年信息公开工作报告"},
		"江城示范职业学院 2023 年信息公开工作报告":        {"江城示范职业学院", "2023 年信息公开工作报告"},
		"江城示范职业学院关于印发《校长信箱办理办法》的通知":      {"江城示范职业学院关于印发", "《校长信箱办理办法》的通知"},
		"江城示范职业学院关于转发《关于做好信息公开工作的通知》的通知": {"江城示范职业学院关于转发", "《关于做好信息公开工作的通知》的通知"},
		"第一行\n第二行": {"第一行", "第二行"},
		"":         nil,
	} {
		if got := form.TitleLines(title); !slices.Equal(got, want) {
			t.Errorf("%s is broken into %q, want %q", title, got, want)
		}
	}
}

func TestMayBreak(t *testing.T) {
	t.Parallel()
	// A bar is a place where the line may end.
	for _, want := range []string{
		"来|信|（三|件），|请|您|核|对。", "按|时|答|复|率|98.2%，|良|好", "见|《办|法》|第|三|条", "call |010-555 |now", "write |to |head|@x.edu",
	} {
		text := []rune(strings.ReplaceAll(want, "|", ""))
		got := []rune{text[0]}
		for i := 1; i < len(text); i++ {
			if form.MayBreak(text[i-1], text[i]) {
				got = append(got, '|')
			}
			got = append(got, text[i])
		}
		if string(got) != want {
			t.Errorf("broken %s, want %s", string(got), want)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	if got := form.Clean("甲\x00\x1b乙\u202e\u2066\ufeff丙\t丁\r\n戊\ufffe\xff"); got != "甲乙丙 丁\n戊\ufffd" {
		t.Errorf("cleaned %q", got)
	}
}

func roles(s form.Section) []form.Role {
	var out []form.Role
	for _, p := range s.Pieces {
		out = append(out, p.Role)
	}
	return out
}

func TestSections(t *testing.T) {
	t.Parallel()
	wide := &workflow.Grid{Caption: "表", Head: []string{"一", "二"}, Rows: [][]string{{"1"}}, Wide: true}
	got := form.Sections(workflow.Document{
		Number: "〔2023〕1号", Title: "报告", Addressee: "厅：",
		Blocks: []workflow.Block{
			{Kind: workflow.Paragraph, Text: "第一段\n\n　　第二段"},
			{Kind: workflow.Heading, Level: 2, Text: "（一）"},
			{Kind: workflow.TableIn, Table: wide},
			{Kind: workflow.Paragraph, Text: "后"},
		},
		Attachments: []string{"名单"}, Signature: "学院", Date: "2023-01-07",
		Annexes: []workflow.Annex{{Label: "附件1：", Title: "名单"}},
	})
	want := [][]form.Role{
		{form.Number, form.Blank, form.Heading, form.Blank, form.Addressee, form.Body, form.Body},
		{form.Level2, form.Caption, form.Grid}, // the heading lies across with its table
		{form.Body, form.Blank, form.Note, form.Blank, form.Blank, form.Signature, form.Date},
		{form.Label, form.Blank, form.Heading, form.Blank},
	}
	if len(got) != len(want) {
		t.Fatalf("%d sections, want %d", len(got), len(want))
	}
	for i, s := range got {
		if !slices.Equal(roles(s), want[i]) || s.Landscape != (i == 1) {
			t.Errorf("section %d is %v (landscape %v), want %v", i, roles(s), s.Landscape, want[i])
		}
	}
	if p := got[0].Pieces; p[4].Text != "厅：" || p[6].Text != "第二段" || p[6].First != 4 {
		t.Errorf("addressee %q, second paragraph %q set in by %d", p[4].Text, p[6].Text, p[6].First)
	}
	if p := got[2].Pieces; p[2].Text != "附件：1. 名单" || p[6].Text != "2023年1月7日" || p[6].End != 8 {
		t.Errorf("note %q, date %q", p[2].Text, p[6].Text)
	}
	if got[3].Pieces[0].Text != "附件1" {
		t.Errorf("the annex is labelled %q", got[3].Pieces[0].Text)
	}
}

// TestSections_signature: the middle of the signature stands over that of the date,
// four characters from the edge; a long one comes closer, but not nearer than two.
func TestSections_signature(t *testing.T) {
	t.Parallel()
	for signed, want := range map[string]int{"江城学院": 11, "江城示范职业学院": 7, strings.Repeat("长", 26): 4} {
		s := form.Sections(workflow.Document{Signature: signed, Date: "2023-11-17"})[0].Pieces
		if got := s[len(s)-2].End; got != want {
			t.Errorf("%s ends %d half characters from the edge, want %d", signed, got, want)
		}
	}
}

func table(t *testing.T, g workflow.Grid) *form.Table {
	t.Helper()
	for _, p := range form.Sections(workflow.Document{Blocks: []workflow.Block{{Kind: workflow.TableIn, Table: &g}}})[0].Pieces {
		if p.Table != nil {
			return p.Table
		}
	}
	t.Fatal("there is no table")
	return nil
}

func TestTable_columns(t *testing.T) {
	t.Parallel()
	tb := table(t, workflow.Grid{
		Head:  []string{"部门", "件数", "说明"},
		Rows:  [][]string{{"后勤管理处", "12", strings.Repeat("很长的说明", 30)}, {"教务处"}},
		Right: []bool{false, true},
	})
	sum := form.Twips(0)
	for _, c := range tb.Columns {
		sum += c.Width
	}
	if sum != form.TextWidth {
		t.Errorf("the table is %d wide, the text %d", sum, form.TextWidth)
	}
	if tb.Columns[0].Width < 10*form.Twips(tb.Size)*5 || tb.Columns[2].Width < 3*tb.Columns[0].Width {
		t.Errorf("columns are %v wide: the department breaks, or the note has too little", tb.Columns)
	}
	aligns := []form.Align{tb.Columns[0].Align, tb.Columns[1].Align, tb.Columns[2].Align}
	if !slices.Equal(aligns, []form.Align{form.Middle, form.End, form.Start}) {
		t.Errorf("columns stand %v", aligns)
	}
	if len(tb.Rows[1]) != 3 || tb.Whole {
		t.Errorf("the short row has %d cells; whole: %v", len(tb.Rows[1]), tb.Whole)
	}
}

// TestTable_tooMany: however many columns there are, they fit on the page.
func TestTable_tooMany(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 30, 400} {
		g := workflow.Grid{Head: make([]string, n), Wide: true}
		for i := range g.Head {
			g.Head[i] = "Unbreakable"
		}
		sum := form.Twips(0)
		for _, c := range table(t, g).Columns {
			sum += c.Width
			if c.Width < 1 {
				t.Errorf("of %d columns one is %d wide", n, c.Width)
			}
		}
		if sum != form.TextHeight {
			t.Errorf("%d columns are %d wide together, want %d", n, sum, form.TextHeight)
		}
	}
}
