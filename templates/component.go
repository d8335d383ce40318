package templates

import (
	"strings"
	"time"
)

// Button is something that can be done. With Href it is a link that looks like
// one. The next right act of a page is its one primary button.
type Button struct {
	Tone     string // primary, quiet, danger or "" for plain
	Label    string
	Href     string
	Name     string
	Value    string
	Icon     string
	Shortcut string // "e": pressed, and shown on hover
	Opens    string // id of the dialog it opens
	Busy     bool   // working; its word stays
	Disabled bool
	Wide     bool
	Small    bool
}

// Badge is a state in a word, with a mark so that colour is not alone.
type Badge struct {
	Tone  string // late soon good info quiet sealed signed confidential anonymous urgent
	Label string
}

// Icon is the mark of the tone.
func (b Badge) Icon() string {
	switch b.Tone {
	case "late", "soon", "good", "info", "sealed", "signed", "confidential", "anonymous", "urgent":
		return badgeIcons[b.Tone]
	}
	return ""
}

var badgeIcons = map[string]string{
	"late": "overdue", "soon": "clock", "good": "check", "info": "wait", "sealed": "lock",
	"signed": "person", "confidential": "shield", "anonymous": "mask", "urgent": "flag",
}

// Due is a promise as words and a thin bar.
type Due struct {
	Tone  string    // late, soon, good, info (paused) or ""
	Words string    // "还剩 2 个工作日"
	At    time.Time // the exact time
	Spent float64   // share of the time used, 0 to 1
}

// Filled is the share of the bar, in percent.
func (d Due) Filled() int { return int(100*min(max(d.Spent, 0), 1) + 0.5) }

// Stat is one figure. Words below it say what it is compared with.
type Stat struct {
	Label, Value, Unit string
	Before             string // "上月 3.0"
	Tone               string
	Href               string
	Formula            string // shown on demand
	Terms              []Fact // what else defines it: unit, nature, source, what it leaves out
	Spark              *Spark
}

// TimelineItem is one thing that happened, newest first.
type TimelineItem struct {
	At    time.Time
	Title string
	Text  string
	Who   string
	Icon  string
	Tone  string // good, late, soon, info or ""
	Staff bool   // only staff see it
}

// Message is one part of a conversation. Text keeps its line breaks.
type Message struct {
	Kind  string // letter, reply or note (an internal note, marked as such)
	Who   string
	At    time.Time
	Text  string
	Files []File
	State *Badge // of its delivery
}

// File is an attachment.
type File struct {
	Name, Href, Type string
	Size             int64
	Thumb            string // URL of a small picture
}

// Step is one station of a chain: a sign-off, a form in parts.
type Step struct {
	Label string
	State string // done, now, back or "" for what is to come
	Note  string // who and when, or why it came back
	Href  string
}

// Item is a letter in a list as narrow as a mail reader's.
type Item struct {
	Href    string
	Title   string
	When    string // short: "9:30", "11月20日"
	Who     string // "匿名 · 宿舍公寓"
	Due     *Due
	Badge   *Badge
	Fresh   bool // nobody has opened it
	Current bool
}

// Fact is a thing known about another, set as a pair.
type Fact struct{ Label, Value, Href string }

// Tab is one view of the same thing.
type Tab struct {
	Label, Href string
	Count       int
	Current     bool
}

// Chip is a filter. A chip that is on is taken off by its link.
type Chip struct {
	Label, Href string
	On          bool
	Count       int
}

// Dialog is a question in a window of its own. Its content stands between
// the partials "dialog-open" and "dialog-close".
type Dialog struct{ ID, Title string }

// Confirm asks once, in the button's place, before it posts.
type Confirm struct {
	Label    string // of the button that asks
	Question string
	Yes      string // what happens: "撤回来信"
	Action   string // where the form posts
	Fields   []Hidden
	Typed    string // what must be typed first, for what cannot be undone
	Tone     string
}

// Empty says what would be here and how to get it.
type Empty struct {
	Icon, Title, Text string
	Act               *Button
}

// Pagination leads through a list. Words say where one is: "第 21–40 封，共 240 封".
type Pagination struct {
	Words, Prev, Next string
	Pages             []PageLink
}

// PageLink is a numbered page. Without Href it is a gap.
type PageLink struct {
	Label, Href string
	Current     bool
}

// Progress is work under way.
type Progress struct {
	Label, Words string
	Done, Total  int
}

// Receipt is what a writer takes home.
type Receipt struct {
	Number string
	Code   []string // four groups
	QR     QR       // zero: none
	At     time.Time
	Next   []TimelineItem // what happens by when
	Seal   Seal
}

// QR is a QR code: black cells as a path, in a square of Side units.
type QR struct {
	Side int
	Path string
}

// Table is a plain table of a list or of figures. Lists with more life in
// them are written out with the same classes.
type Table struct {
	Caption string
	Columns []Column
	Rows    []Row
	Foot    []Cell
	Cards   bool // rows become cards on a phone
	Empty   *Empty
}

// Column heads cells. A column that can sort has a link and its direction.
type Column struct {
	Label  string
	Number bool
	Href   string
	Sorted string // ascending, descending or ""
}

// Row is a line of a table. With Href the whole row is the link.
type Row struct {
	Href    string
	Cells   []Cell
	Tone    string // late, soon
	Current bool
}

// Cell is one value. Of Badge and Due it shows what is set after its text.
type Cell struct {
	Text  string
	Hint  string // smaller, below
	Href  string
	Badge *Badge
	Due   *Due
}

// componentFuncs are the constructors that pages use.
func componentFuncs(t func(string, ...any) string) map[string]any {
	button := func(tone string) func(string) Button {
		return func(label string) Button { return Button{Tone: tone, Label: t(label)} }
	}
	return map[string]any{
		"primary":  button("primary"),
		"plain":    button(""),
		"quiet":    button("quiet"),
		"danger":   button("danger"),
		"linkto":   func(href string, b Button) Button { b.Href = href; return b },
		"named":    func(name, value string, b Button) Button { b.Name, b.Value = name, value; return b },
		"withIcon": func(icon string, b Button) Button { b.Icon = icon; return b },
		"shortcut": func(key string, b Button) Button { b.Shortcut = key; return b },
		"opens":    func(id string, b Button) Button { b.Opens, b.Href = id, "#"+id; return b },
		"wide":     func(b Button) Button { b.Wide = true; return b },
		"small":    func(b Button) Button { b.Small = true; return b },
		"off":      func(on bool, b Button) Button { b.Disabled = on; return b },
		"badge":    func(tone, label string) Badge { return Badge{Tone: tone, Label: t(label)} },
		"dialog":   func(id, title string) Dialog { return Dialog{ID: id, Title: t(title)} },
		"confirm": func(label, question, yes, action string) Confirm {
			return Confirm{Label: t(label), Question: t(question), Yes: t(yes), Action: action, Tone: "danger"}
		},
		"sending": func(name, value string, c Confirm) Confirm {
			c.Fields = append(c.Fields, Hidden{Name: name, Value: value})
			return c
		},
		"typed": func(word string, c Confirm) Confirm { c.Typed = word; return c },
		"empty": func(icon, title, text string) Empty { return Empty{Icon: icon, Title: t(title), Text: t(text)} },
		"offer": func(b Button, e Empty) Empty { e.Act = &b; return e },
		"progress": func(label string, done, total int) Progress {
			return Progress{Label: t(label), Done: done, Total: total}
		},
		"seal": func(fingerprint string) Seal { return Seal{Fingerprint: fingerprint} },
	}
}

// Column is the head of the i-th cell of a row.
func (t Table) Column(i int) Column {
	if i < len(t.Columns) {
		return t.Columns[i]
	}
	return Column{}
}

// CodeLine is the code as it is typed and copied.
func (r Receipt) CodeLine() string { return strings.Join(r.Code, "-") }
