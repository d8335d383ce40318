package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// Cell is one value of a table. Dates of a spreadsheet come as 2006-01-02.
type Cell struct {
	Text    string
	Formula bool // computed: Text is what the table showed when it was saved
	Carried bool // of a merged cell that begins elsewhere
}

// reader makes items of rows.
type reader struct {
	plan        Plan
	columns     []workflow.Column
	departments []workflow.Department
	names       map[int64]string // paths of columns
}

// RowError is what is wrong with one row.
type RowError struct {
	Row  int
	Key  string
	Args []any
}

func wrongRow(row int, key string, args ...any) *RowError {
	return &RowError{Row: row, Key: key, Args: args}
}

// row is a row by field.
func (r *reader) row(cells []Cell) map[Field]string {
	out := map[Field]string{}
	for n, f := range r.plan.Fields {
		if f != Ignored && n < len(cells) {
			out[f] = strings.TrimSpace(cells[n].Text)
		}
	}
	return out
}

// item reads one row. A row without anything in it is nil.
func (r *reader) item(no int, cells []Cell) (*workflow.Item, *RowError) {
	v := r.row(cells)
	if !slices.ContainsFunc(cells, func(c Cell) bool { return strings.TrimSpace(c.Text) != "" && !c.Carried }) {
		return nil, nil
	}
	i := &workflow.Item{
		Title: strings.Join(strings.Fields(v[TitleField]), " "), URL: v[URLField], Summary: v[SummaryField], Author: v[AuthorField],
		External: v[NameField],
	}
	for _, fill := range []func(int, map[Field]string, *workflow.Item) *RowError{r.texts, r.days, r.channel, r.place, r.kind} {
		if wrong := fill(no, v, i); wrong != nil {
			return nil, wrong
		}
	}
	if i.External == "" {
		i.External = "row:" + nameOf(*i)
	}
	return i, nil
}

// nameOf knows a row again that came twice, in this table or another.
func nameOf(i workflow.Item) string {
	h := sha256.New()
	for _, part := range []string{string(i.Channel), i.Day, i.Title, i.URL, i.Series, strconv.Itoa(i.Serial)} {
		sum := sha256.Sum256([]byte(part))
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (r *reader) texts(no int, _ map[Field]string, i *workflow.Item) *RowError {
	switch {
	case i.Title == "":
		return wrongRow(no, "ledger.row.title")
	case utf8.RuneCountInString(i.Title) > maxTitle:
		return wrongRow(no, "ledger.row.long", strconv.Itoa(maxTitle))
	case utf8.RuneCountInString(i.Summary) > maxSummary || utf8.RuneCountInString(i.Author) > maxName || len(i.External) > maxURL:
		return wrongRow(no, "ledger.row.long_text")
	case address(&i.URL) != nil:
		return wrongRow(no, "ledger.row.url", i.URL)
	}
	return nil
}

func (r *reader) days(no int, v map[Field]string, i *workflow.Item) *RowError {
	var ok bool
	if i.Day, ok = ReadDay(v[DayField]); !ok {
		return wrongRow(no, "ledger.row.day", v[DayField])
	}
	if v[MadeField] == "" {
		return nil
	}
	if i.Made, ok = ReadDay(v[MadeField]); !ok || i.Made > i.Day {
		return wrongRow(no, "ledger.row.day", v[MadeField])
	}
	return nil
}

var dayForms = []string{"2006-1-2", "2006/1/2", "2006年1月2日", "2006.1.2", "20060102", "2006-1-2T15:04:05Z07:00"}

// excelEpoch is the day 0 of spreadsheets' serial days.
var excelEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// ReadDay reads a day as people and spreadsheets write it: 2023-11-17,
// 2023/11/17, 2023年11月17日, 2023.11.17, 20231117, with or without a time behind
// it, or as the serial day of a spreadsheet.
func ReadDay(s string) (day string, ok bool) {
	s = strings.TrimSpace(s)
	head, _, _ := strings.Cut(s, " ")
	for _, text := range []string{s, head} {
		for _, form := range dayForms {
			if d, err := time.Parse(form, text); err == nil && d.Year() >= 1949 && d.Year() < 2100 {
				return d.Format(time.DateOnly), true
			}
		}
	}
	serial, err := strconv.ParseFloat(s, 64)
	if err != nil || serial < 18_264 || serial >= 73_050 { // 1950 to 2099
		return "", false
	}
	return excelEpoch.AddDate(0, 0, int(serial)).Format(time.DateOnly), true
}

// channelWords are how tables name channels; see also the values themselves.
var channelWords = map[workflow.ItemChannel][]string{
	workflow.OnSite:     {"官网", "网站", "学校网站", "学校官网", "门户网站", "website"},
	workflow.OnAccount:  {"公众号", "微信公众号", "微信", "官微", "wechat"},
	workflow.OnVideo:    {"视频号", "微信视频号"},
	workflow.InMinutes:  {"会议纪要", "纪要"},
	workflow.InDocument: {"公文", "文件", "印发公文"},
	workflow.OnBoard:    {"公告栏", "橱窗", "宣传栏"},
	workflow.InOA:       {"oa系统", "办公系统"},
	workflow.InGroup:    {"工作群", "微信群", "qq群"},
	workflow.OnScreen:   {"电子屏", "显示屏", "电子显示屏"},
	workflow.AtMeeting:  {"会议"},
	workflow.Elsewhere:  {"其他"},
}

func (r *reader) channel(no int, v map[Field]string, i *workflow.Item) *RowError {
	word := strings.ToLower(v[ChannelField])
	if word == "" {
		word = r.plan.Channel
	}
	for _, ch := range workflow.ItemChannels {
		if word == string(ch) || slices.Contains(channelWords[ch], word) {
			i.Channel = ch
			return nil
		}
	}
	return wrongRow(no, "ledger.row.channel", v[ChannelField])
}

// place finds the column and the department. A column is named alone when no
// other has its name, or with the columns above it: 新闻动态/通知公告.
func (r *reader) place(no int, v map[Field]string, i *workflow.Item) *RowError {
	i.Column = r.plan.Column
	if word := v[ColumnField]; word != "" {
		id, ok := r.column(word)
		if !ok {
			return wrongRow(no, "ledger.row.column", word)
		}
		i.Column = id
	}
	for _, c := range r.columns {
		if c.ID == i.Column {
			i.Department = c.Department
		}
	}
	word := v[DeptField]
	if word == "" {
		return nil
	}
	for _, d := range r.departments {
		if d.NameZH == word || d.Code == word || strings.EqualFold(d.NameEN, word) {
			i.Department = d.ID
			return nil
		}
	}
	return wrongRow(no, "ledger.row.department", word)
}

var pathMarks = regexp.MustCompile(`\s*[/>＞／→\\]+\s*`)

func (r *reader) column(word string) (id int64, ok bool) {
	word = pathMarks.ReplaceAllString(word, "/")
	found := 0
	for _, c := range r.columns {
		if r.names[c.ID] == word {
			return c.ID, true
		}
		if c.Name == word {
			id, found = c.ID, found+1
		}
	}
	return id, found == 1
}

// paths names each column with those above it.
func paths(columns []workflow.Column) map[int64]string {
	out := map[int64]string{}
	for _, c := range columns { // a parent comes before its children
		out[c.ID] = c.Name
		if above := out[c.Parent]; above != "" {
			out[c.ID] = above + "/" + c.Name
		}
	}
	return out
}

var documentNumber = regexp.MustCompile(`^(.*?)第?\s*(\d{1,6})\s*号?$`)

var meetingWords = map[workflow.Meeting][]string{
	"party":     {"党总支委员会", "党委会", "党总支会"},
	"president": {"校长办公会", "校长办公会议", "院长办公会"},
	"affairs":   {"校务会", "校务会议"},
	"topic":     {"校长专题会", "专题会", "专题会议", "校长专题会议"},
	"other":     {"其他", ""},
}

// kind reads what only documents and minutes have.
func (r *reader) kind(no int, v map[Field]string, i *workflow.Item) *RowError {
	switch i.Channel {
	case workflow.InMinutes:
		for _, m := range workflow.Meetings {
			if v[MeetingField] == string(m) || slices.Contains(meetingWords[m], v[MeetingField]) {
				i.Meeting = m
				return nil
			}
		}
		return wrongRow(no, "ledger.row.meeting", v[MeetingField])
	case workflow.InDocument:
		return documentOf(no, v, i)
	default:
		return nil
	}
}

func documentOf(no int, v map[Field]string, i *workflow.Item) *RowError {
	series, serial := v[SeriesField], v[SerialField]
	if m := documentNumber.FindStringSubmatch(v[NumberField]); m != nil {
		series, serial = strings.TrimSpace(m[1]), m[2]
	}
	n, err := strconv.Atoi(strings.TrimSuffix(serial, "号"))
	if err != nil || n <= 0 || series == "" || utf8.RuneCountInString(series) > maxName {
		return wrongRow(no, "ledger.row.number", v[NumberField]+v[SerialField])
	}
	i.Series, i.Serial = series, n
	return nil
}
