package templates

import (
	"strings"
	"time"
)

// Styleguide is the data of admin/styleguide.html: every token and every
// component in every state.
type Styleguide struct {
	Page
	Colours    []Swatch
	Sizes      []Specimen
	Icons      []string
	Buttons    []Button
	Identity   string
	Identities []Choice
	Topics     []Choice
	Kinds      []Choice
	Wrong      []Problem
	Badges     []Badge
	Dues       []Due
	Stats      []Stat
	Timeline   []TimelineItem
	Messages   []Message
	Steps      []Step
	Tabs       []Tab
	Chips      []Chip
	Items      []Item
	Facts      []Fact
	Table      Table
	Nothing    Table
	Pages      Pagination
	Upload     Progress
	Toasts     []Toast
	Receipt    Receipt
	Trend      Trend
	Bars       Bars
	Stack      Stack
	Heat       Heat
	Histogram  Histogram
}

// Swatch is a colour token with what it is for.
type Swatch struct{ Name, Use string }

// Specimen is one size of type.
type Specimen struct{ Size, Use string }

// guide says the sample words of the style guide in one language, at one time.
type guide struct {
	set    *Set
	locale string
	now    time.Time
}

func (g guide) say(key string, args ...any) string {
	return g.set.Text(g.locale, "styleguide."+key, args...)
}

// in is the time some hours away from the page's.
func (g guide) in(hours int) time.Time { return g.now.Add(time.Duration(hours) * time.Hour) }

// Styleguide fills the style guide with samples; all of them are invented.
func (s *Set) Styleguide(p Page) Styleguide {
	g := guide{set: s, locale: p.Locale, now: p.Now}
	v := Styleguide{
		Page: p, Colours: g.colours(), Sizes: g.sizes(), Icons: Icons(), Buttons: g.buttons(),
		Identity: "confidential", Identities: g.identities(), Topics: g.topics(), Kinds: g.kinds(),
		Badges: g.badges(), Dues: g.dues(), Stats: g.stats(), Timeline: g.timeline(),
		Messages: g.messages(), Steps: g.steps(), Tabs: g.tabs(), Chips: g.chips(), Items: g.items(), Facts: g.facts(),
		Table: g.table(), Nothing: g.nothing(), Pages: g.pages(), Toasts: g.toasts(), Receipt: g.receipt(),
		Trend: g.trend(), Bars: g.bars(), Stack: g.stack(), Heat: g.heat(), Histogram: g.histogram(),
	}
	v.Wrong = []Problem{{Field: "wrong-subject", Text: g.say("wrong.subject")}, {Field: "wrong-kind", Text: g.say("wrong.kind")}}
	v.Upload = Progress{Label: g.say("upload"), Words: "3.1 / 4.8 MB", Done: 65, Total: 100}
	return v
}

func (g guide) colours() []Swatch {
	var out []Swatch
	for _, name := range strings.Fields("paper paper-2 paper-3 ink ink-2 ink-3 line edge act act-bg seal seal-bg warn warn-bg good good-bg info info-bg note") {
		out = append(out, Swatch{Name: name, Use: g.say("colour." + name)})
	}
	return out
}

func (g guide) sizes() []Specimen {
	var out []Specimen
	for _, size := range []string{"36", "28", "22", "18", "16", "14", "13"} {
		out = append(out, Specimen{Size: size, Use: g.say("size." + size)})
	}
	return out
}

func (g guide) buttons() []Button {
	return []Button{
		{Tone: "primary", Label: g.say("button.send"), Icon: "send"},
		{Label: g.say("button.route"), Icon: "route", Shortcut: "t"},
		{Tone: "quiet", Label: g.say("button.later")},
		{Tone: "danger", Label: g.say("button.decline")},
		{Tone: "primary", Label: g.say("button.sending"), Busy: true},
		{Label: g.say("button.off"), Disabled: true},
		{Label: g.say("button.small"), Small: true},
		{Label: g.say("button.dialog"), Opens: "guide-dialog", Href: "#guide-dialog"},
	}
}

func (g guide) identities() []Choice {
	return []Choice{
		{Value: "signed", Icon: "person", Label: g.say("signed"), Hint: g.say("signed.hint")},
		{Value: "confidential", Icon: "shield", Label: g.say("confidential"), Hint: g.say("confidential.hint")},
		{Value: "anonymous", Icon: "mask", Label: g.say("anonymous"), Hint: g.say("anonymous.hint")},
	}
}

func (g guide) topics() []Choice {
	study, life := g.say("topic.study"), g.say("topic.life")
	return []Choice{
		{Value: "", Label: g.say("topic.choose")},
		{Value: "teaching", Label: g.say("topic.teaching"), Group: study},
		{Value: "practice", Label: g.say("topic.practice"), Group: study},
		{Value: "dorm", Label: g.say("topic.dorm"), Group: life, Chosen: true},
		{Value: "canteen", Label: g.say("topic.canteen"), Group: life},
	}
}

func (g guide) kinds() []Choice {
	return []Choice{
		{Value: "ask", Label: g.say("kind.ask")},
		{Value: "suggest", Label: g.say("kind.suggest"), Chosen: true},
		{Value: "complain", Label: g.say("kind.complain")},
		{Value: "praise", Label: g.say("kind.praise"), Disabled: true},
	}
}

func (g guide) badges() []Badge {
	var out []Badge
	for _, tone := range []string{"late", "urgent", "soon", "good", "info", "sealed", "signed", "confidential", "anonymous", ""} {
		key := "badge." + tone
		if tone == "" {
			key = "badge.plain"
		}
		out = append(out, Badge{Tone: tone, Label: g.say(key)})
	}
	return out
}

func (g guide) remains(unit string, n int) string {
	return g.set.format(g.locale).remains(unit, n)
}

func (g guide) dues() []Due {
	return []Due{
		{Tone: "late", Words: g.remains("workday", -1), At: g.in(-20), Spent: 1},
		{Tone: "soon", Words: g.remains("workday", 0), At: g.in(3), Spent: 0.92},
		{Words: g.remains("workday", 4), At: g.in(96), Spent: 0.4},
		{Tone: "info", Words: g.say("due.paused"), At: g.in(120), Spent: 0.5},
		{Tone: "good", Words: g.say("due.met"), At: g.in(-48), Spent: 0.7},
	}
}

func (g guide) stats() []Stat {
	return []Stat{
		{Label: g.say("stat.received"), Value: "42", Before: g.say("stat.before", "37"), Href: "#", Spark: &Spark{Label: g.say("stat.received"), Values: []float64{21, 24, 19, 30, 28, 37, 42}}},
		{Label: g.say("stat.ontime"), Value: "96.2%", Before: g.say("stat.before", "94.1%"), Formula: g.say("stat.formula")},
		{Label: g.say("stat.median"), Value: "3", Unit: g.say("stat.days"), Before: g.say("stat.before", "3.5")},
		{Label: g.say("stat.late"), Value: "2", Before: g.say("stat.before", "0"), Tone: "late", Href: "#"},
	}
}

func (g guide) timeline() []TimelineItem {
	return []TimelineItem{
		{At: g.in(-2), Title: g.say("event.answered"), Text: g.say("event.answered.text"), Who: g.say("office"), Icon: "check", Tone: "good"},
		{At: g.in(-26), Title: g.say("event.note"), Text: g.say("event.note.text"), Who: g.say("logistics"), Icon: "note", Staff: true},
		{At: g.in(-50), Title: g.say("event.routed"), Who: g.say("office"), Icon: "route"},
		{At: g.in(-72), Title: g.say("event.received"), Text: g.say("event.received.text")},
	}
}

func (g guide) messages() []Message {
	return []Message{
		{Kind: "letter", Who: g.say("writer"), At: g.in(-72), Text: g.say("letter.text"), Files: []File{
			{Name: g.say("letter.file"), Href: "#", Type: "image/jpeg", Size: 824_000},
			{Name: g.say("letter.file2"), Href: "#", Type: "application/pdf", Size: 1_340_000},
		}},
		{Kind: "note", Who: g.say("logistics"), At: g.in(-26), Text: g.say("note.text")},
		{Kind: "reply", Who: g.say("logistics"), At: g.in(-2), Text: g.say("reply.text"), State: &Badge{Tone: "good", Label: g.say("delivered")}},
	}
}

func (g guide) steps() []Step {
	return []Step{
		{Label: g.say("step.draft"), State: "done", Note: g.say("step.draft.note")},
		{Label: g.say("step.head"), State: "done", Note: g.say("step.head.note")},
		{Label: g.say("step.office"), State: "now", Note: g.say("step.office.note")},
		{Label: g.say("step.send")},
	}
}

func (g guide) tabs() []Tab {
	return []Tab{
		{Label: g.say("tab.letter"), Href: "#tabs", Current: true},
		{Label: g.say("tab.history"), Href: "#tabs", Count: 12},
		{Label: g.say("tab.files"), Href: "#tabs", Count: 2},
		{Label: g.say("tab.clocks"), Href: "#tabs"},
	}
}

func (g guide) chips() []Chip {
	return []Chip{
		{Label: g.say("chip.late"), Href: "#chips", On: true, Count: 2},
		{Label: g.say("chip.today"), Href: "#chips", Count: 5},
		{Label: g.say("chip.soon"), Href: "#chips", Count: 11},
		{Label: g.say("logistics"), Href: "#chips", On: true},
	}
}

func (g guide) items() []Item {
	dues, badges := g.dues(), g.badges()
	return []Item{
		{Href: "#items", Title: g.say("row.1"), When: "9:12", Who: g.say("topic.life"), Badge: &badges[8], Due: &dues[0], Fresh: true},
		{Href: "#items", Title: g.say("row.2"), When: "8:40", Who: g.say("topic.study"), Badge: &badges[6], Due: &dues[1], Fresh: true},
		{Href: "#items", Title: g.say("row.3"), When: "7:55", Who: g.say("topic.life"), Badge: &badges[7], Due: &dues[2], Current: true},
	}
}

func (g guide) facts() []Fact {
	return []Fact{
		{Label: g.say("off"), Value: "XZ20261120-0003"},
		{Label: g.say("column.department"), Value: g.say("logistics"), Href: "#items"},
		{Label: g.say("column.writer"), Value: g.say("confidential")},
		{Label: g.say("topic"), Value: g.say("topic.dorm")},
	}
}

func (g guide) table() Table {
	row := func(subject, number, department, tone string, badge Badge, due Due, words string) Row {
		return Row{Href: "#table", Tone: tone, Cells: []Cell{
			{Text: subject, Hint: number}, {Text: department}, {Badge: &badge}, {Due: &due}, {Text: words},
		}}
	}
	dues, badges := g.dues(), g.badges()
	return Table{
		Caption: g.say("table"), Cards: true,
		Columns: []Column{
			{Label: g.say("column.subject")},
			{Label: g.say("column.department")},
			{Label: g.say("column.writer")},
			{Label: g.say("column.due"), Href: "#table", Sorted: "ascending"},
			{Label: g.say("column.length"), Number: true},
		},
		Rows: []Row{
			row(g.say("row.1"), "XZ20261116-0007", g.say("logistics"), "late", badges[8], dues[0], "412"),
			row(g.say("row.2"), "XZ20261118-0012", g.say("academic"), "", badges[6], dues[1], "1,208"),
			row(g.say("row.3"), "XZ20261120-0003", g.say("logistics"), "", badges[7], dues[2], "96"),
		},
		Foot: []Cell{{Text: g.say("table.sum")}, {}, {}, {}, {Text: "1,716"}},
	}
}

func (g guide) nothing() Table {
	act := Button{Label: g.say("empty.act"), Href: "#table"}
	return Table{Caption: g.say("table"), Empty: &Empty{Icon: "inbox", Title: g.say("empty"), Text: g.say("empty.text"), Act: &act}}
}

func (g guide) pages() Pagination {
	return Pagination{Words: g.say("pages"), Next: "#pages", Pages: []PageLink{
		{Label: "1", Href: "#pages", Current: true}, {Label: "2", Href: "#pages"}, {Label: "3", Href: "#pages"}, {Label: "…"}, {Label: "12", Href: "#pages"},
	}}
}

func (g guide) toasts() []Toast {
	return []Toast{
		{Tone: "good", Text: g.say("toast.routed"), Undo: &Undo{Action: "#toasts", Seconds: 30}},
		{Tone: "info", Text: g.say("toast.info")},
		{Tone: "warn", Text: g.say("toast.warn")},
		{Tone: "late", Text: g.say("toast.failed")},
	}
}

func (g guide) receipt() Receipt {
	return Receipt{
		Number: "XZ20261123-0042", Code: []string{"7K3M", "9QXR", "2FTV", "8WDN"}, QR: sampleQR(), At: g.now,
		Next: []TimelineItem{{Title: g.say("next.register"), At: g.in(24)}, {Title: g.say("next.route"), At: g.in(48)}, {Title: g.say("next.answer"), At: g.in(216)}},
		Seal: Seal{Fingerprint: "3fa9c1d27be04586"},
	}
}

// sampleQR stands where a real code would: the three corners and a pattern
// that leads nowhere.
func sampleQR() QR {
	var b strings.Builder
	for _, corner := range []string{"M2 2", "M20 2", "M2 20"} {
		b.WriteString(corner + "h7v7h-7zm1 1v5h5v-5zm1 1h3v3h-3z")
	}
	seed := uint32(40503)
	for y := 2; y < 27; y++ {
		for x := 2; x < 27; x++ {
			seed = seed*1664525 + 1013904223
			if (x < 10 || x > 18) && y < 10 || x < 10 && y > 18 || seed>>31 == 0 {
				continue
			}
			b.WriteString("M" + decimal(0, float64(x)) + " " + decimal(0, float64(y)) + "h1v1h-1z")
		}
	}
	return QR{Side: 29, Path: b.String()}
}
