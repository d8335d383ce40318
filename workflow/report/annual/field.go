package annual

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

// Unit is what a field is given in.
type Unit string

// The units.
const (
	Words   Unit = "words"
	Items   Unit = "items"
	Columns Unit = "columns"
	Times   Unit = "times" // 次
	Number  Unit = "number"
	Cases   Unit = "cases"
	Days    Unit = "days"
	Share   Unit = "share"
	Duties  Unit = "duties"
	People  Unit = "people"
	Yuan    Unit = "yuan"
)

// Nature tells apart what may be added up and what may not.
type Nature string

// The natures: what fell into the period, what is there on its last day, a
// number in a series that is never a count, and what is said and not counted.
const (
	Flow   Nature = "flow"
	Stock  Nature = "stock"
	Serial Nature = "serial"
	Said   Nature = "said"
)

// Source is where a field is read.
type Source string

// The sources.
const (
	FromReport     Source = "report"
	FromLedger     Source = "ledger"
	FromDuties     Source = "duties"
	FromCases      Source = "cases"
	FromAppraisals Source = "appraisals"
)

// Field is one named figure of the annual report: the only definition of it.
// Its name, formula and what it leaves out are the catalogue keys Name(), and that
// with .formula and .excludes behind it.
type Field struct {
	Key    string
	Unit   Unit
	Nature Nature
	Source Source
	// Opens is what its ids are: item, column, duty, case, appraisal; "" when
	// nothing lies behind it.
	Opens string
	read  func(ctx context.Context, r *reader) (Value, error)
}

// Name is the catalogue key of what the field is called. The figures of the office
// have their names and formulas there.
func (f Field) Name() string {
	if key, ok := strings.CutPrefix(f.Key, "cases."); ok {
		return "figure." + key
	}
	return "annual.field." + f.Key
}

// Value is what a field comes to.
type Value struct {
	None bool    `json:"none,omitempty"` // there is nothing to take it from
	N    int     `json:"n"`
	Of   int     `json:"of,omitempty"`   // the whole of a share; of a median, how many it is taken from
	Days float64 `json:"days,omitempty"` // working days
	Said string  `json:"said,omitempty"`
	Text string  `json:"text"` // as it is printed
	IDs  []int64 `json:"ids,omitempty"`
}

// holds reports whether a condition on the value is true.
func (v Value) holds() bool { return !v.None && (v.N != 0 || v.Days != 0 || v.Said != "") }

func (v Value) words(inHan bool) string {
	if inHan && v.Text == strconv.Itoa(v.N) {
		return han(v.N)
	}
	return v.Text
}

// Fields is the registry, in the order it is shown.
var Fields = slices.Concat(
	[]Field{
		said("college", func(r *reader) string { return r.college }),
		said("year", func(r *reader) string { return strconv.Itoa(r.report.Year) }),
		said("from", func(r *reader) string { return ChineseDay(r.report.From) }),
		said("last", func(r *reader) string { return ChineseDay(r.report.Last) }),
		said("notice", func(r *reader) string { return r.report.Notice }),
		said("addressee", func(r *reader) string { return r.report.Addressee }),

		{Key: "site.top_columns", Unit: Columns, Nature: Stock, Source: FromLedger, Opens: "column", read: topColumns},
		{Key: "site.top_names", Unit: Words, Nature: Stock, Source: FromLedger, Opens: "column", read: topNames},
		{Key: "site.columns", Unit: Columns, Nature: Stock, Source: FromLedger, Opens: "column", read: allColumns},
	},
	items("site.items", Items, workflow.OnSite),
	items("account.items", Items, workflow.OnAccount),
	items("video.items", Items, workflow.OnVideo),
	items("minutes.count", Times, workflow.InMinutes),
	[]Field{{Key: "documents.last_serial", Unit: Number, Nature: Serial, Source: FromLedger, Opens: "item", read: lastSerial}},
	items("documents.count", Items, workflow.InDocument),
	items("board.items", Items, workflow.OnBoard),
	items("screen.items", Items, workflow.OnScreen),
	items("oa.items", Items, workflow.InOA),
	items("group.items", Items, workflow.InGroup),
	items("meeting.items", Items, workflow.AtMeeting),
	items("other.items", Items, workflow.Elsewhere),
	items("disclosed.total", Items, ""),
	[]Field{
		{Key: "duties.listed", Unit: Duties, Nature: Stock, Source: FromDuties, Opens: "duty", read: duties(func(workflow.Duty) bool { return true })},
		{Key: "duties.applicable", Unit: Duties, Nature: Stock, Source: FromDuties, Opens: "duty", read: duties(func(d workflow.Duty) bool { return d.Applies })},
		{Key: "duties.disclosed", Unit: Duties, Nature: Stock, Source: FromDuties, Opens: "duty", read: duties(func(d workflow.Duty) bool { return d.Applies && disclosed(d) })},
		{Key: "duties.missing", Unit: Duties, Nature: Stock, Source: FromDuties, Opens: "duty", read: duties(func(d workflow.Duty) bool { return d.Applies && !disclosed(d) })},
	},
	counted("campaign.closed", "campaign"),
	counted("applications.received", "applied"),
	decisions(),
	[]Field{
		{Key: "applications.fee", Unit: Yuan, Nature: Flow, Source: FromCases, Opens: "case", read: fees(func(f workflow.Fee) int { return f.Paid })},
		{Key: "applications.waived", Unit: Yuan, Nature: Flow, Source: FromCases, Opens: "case", read: fees(func(f workflow.Fee) int { return f.Waived })},
	},
	[]Field{
		{Key: "appraisals.held", Unit: Times, Nature: Flow, Source: FromAppraisals, Opens: "appraisal", read: appraised(held)},
		{Key: "appraisals.participants", Unit: People, Nature: Flow, Source: FromAppraisals, Opens: "appraisal", read: appraised(participants)},
		{Key: "appraisals.satisfaction", Unit: Share, Nature: Flow, Source: FromAppraisals, Opens: "appraisal", read: appraised(contentment)},
	},
	counted("about.reports", "concern.report"),
	counted("about.complaints", "concern.complaint"),
	counted("about.reconsiderations", "concern.reconsideration"),
	counted("about.litigation", "concern.litigation"),
	counted("about.total", "concern.report", "concern.complaint", "concern.reconsideration", "concern.litigation"),
	figures(),
	[]Field{{Key: "writers.known", Unit: People, Nature: Flow, Source: FromCases, read: writers}},
)

// Decisions are how applications for disclosure end, as the report tells them
// apart; the measure of each is applied.<decision>.
var Decisions = []string{"public", "partly", "refused", "nonexistent", "not_ours", "supplement_failed", "repeated", "withdrawn", "other"}

func decisions() []Field {
	var out []Field
	var all []workflow.Measure
	for _, d := range Decisions {
		m := workflow.Measure("applied." + d)
		all = append(all, m)
		out = append(out, counted("applications."+d, m)...)
	}
	return append(counted("applications.decided", all...), out...)
}

// figures takes every figure of the office over, under its own formula.
func figures() []Field {
	units := map[report.Unit]Unit{report.Cases: Cases, report.Share: Share, report.Days: Days}
	var out []Field
	for _, f := range report.All {
		field := Field{Key: "cases." + f.Key, Unit: units[f.Unit], Nature: Flow, Source: FromCases, Opens: "case"}
		if f.Nature == report.Stock {
			field.Nature = Stock
		}
		field.read = func(ctx context.Context, r *reader) (Value, error) { return r.figure(ctx, f) }
		out = append(out, field)
	}
	return out
}

func said(key string, read func(*reader) string) Field {
	return Field{Key: key, Unit: Words, Nature: Said, Source: FromReport, read: func(_ context.Context, r *reader) (Value, error) {
		text := read(r)
		return Value{Said: text, Text: text}, nil
	}}
}

func items(key string, unit Unit, channel workflow.ItemChannel) []Field {
	return []Field{{Key: key, Unit: unit, Nature: Flow, Source: FromLedger, Opens: "item", read: func(ctx context.Context, r *reader) (Value, error) {
		return r.items(ctx, r.published(channel))
	}}}
}

func counted(key string, measures ...workflow.Measure) []Field {
	return []Field{{Key: key, Unit: Cases, Nature: Flow, Source: FromCases, Opens: "case", read: func(ctx context.Context, r *reader) (Value, error) {
		return r.cases(ctx, measures...)
	}}}
}

// FieldOf is the field of a key.
func FieldOf(key string) (Field, bool) {
	i := slices.IndexFunc(Fields, func(f Field) bool { return f.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return Fields[i], true
}

func known(key string) bool {
	_, ok := FieldOf(key)
	return ok
}

// count is the value of a number.
func count(n int, ids []int64) Value { return Value{N: n, Text: strconv.Itoa(n), IDs: ids} }

// ChineseDay is a day as official documents write it.
func ChineseDay(day string) string {
	parts := strings.Split(day, "-")
	if len(parts) != 3 {
		return day
	}
	return parts[0] + "年" + strings.TrimPrefix(parts[1], "0") + "月" + strings.TrimPrefix(parts[2], "0") + "日"
}
