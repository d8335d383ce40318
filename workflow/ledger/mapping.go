package ledger

import (
	"slices"
	"strconv"
	"strings"
)

// Field is what a column of a table means.
type Field string

// The fields of a table. Ignored is a column that nothing is taken from.
const (
	Ignored      Field = ""
	TitleField   Field = "title"
	DayField     Field = "day"
	ChannelField Field = "channel"
	ColumnField  Field = "column"
	URLField     Field = "url"
	SummaryField Field = "summary"
	AuthorField  Field = "author"
	DeptField    Field = "department"
	NumberField  Field = "number" // 校办发〔2023〕89号: series and serial in one
	SeriesField  Field = "series"
	SerialField  Field = "serial"
	MeetingField Field = "meeting"
	MadeField    Field = "made"
	NameField    Field = "external"
)

// Fields lists the fields in the order a form offers them.
var Fields = []Field{
	TitleField, DayField, ChannelField, ColumnField, URLField, SummaryField, AuthorField, DeptField, NumberField, SeriesField,
	SerialField, MeetingField, MadeField, NameField,
}

// headings are the words that tables head their columns with.
var headings = map[Field][]string{
	TitleField:   {"标题", "名称", "信息标题", "文章标题", "文件名称", "文件标题", "题目", "会议名称", "内容", "title", "name", "headline"},
	DayField:     {"日期", "发布日期", "发布时间", "公开日期", "公开时间", "时间", "印发日期", "印发时间", "会议时间", "会议日期", "date", "day", "published", "published on", "publish date"},
	ChannelField: {"渠道", "公开渠道", "发布渠道", "平台", "发布平台", "channel"},
	ColumnField:  {"栏目", "所属栏目", "发布栏目", "一级栏目", "二级栏目", "column", "section"},
	URLField:     {"链接", "网址", "地址", "url", "link", "address"},
	SummaryField: {"摘要", "简介", "说明", "备注", "summary", "note", "notes"},
	AuthorField:  {"作者", "发布人", "供稿人", "撰稿人", "来源", "author", "by"},
	DeptField:    {"部门", "责任部门", "发布部门", "供稿部门", "单位", "发布单位", "department"},
	NumberField:  {"文号", "发文字号", "发文号", "document number", "number"},
	SeriesField:  {"文种", "字号", "发文代字", "series"},
	SerialField:  {"序号", "流水号", "编号", "serial"},
	MeetingField: {"会议", "会议类型", "会议类别", "meeting", "meeting kind"},
	MadeField:    {"形成日期", "产生日期", "制作日期", "信息形成日期", "made", "made on"},
	NameField:    {"标识", "id", "guid"},
}

// guess is what a heading most likely means.
func guess(heading string) Field {
	h := strings.ToLower(strings.Join(strings.Fields(heading), " "))
	h = strings.TrimRight(h, ":：*＊ ")
	for _, f := range Fields {
		if slices.Contains(headings[f], h) {
			return f
		}
	}
	return Ignored
}

// guesses maps the cells of a row of headings; no field is meant twice.
func guesses(cells []Cell) []Field {
	out := make([]Field, len(cells))
	for n, c := range cells {
		if f := guess(c.Text); !slices.Contains(out, f) {
			out[n] = f
		}
	}
	return out
}

// Plan is how a table is read: what each column means, and what holds for
// every row that does not say it itself.
type Plan struct {
	Fields  []Field
	Channel string
	Column  int64
}

// The names under which an import keeps a Plan.
const (
	planChannel = "channel"
	planColumn  = "column"
)

// remember writes a plan down; recall reads it again.
func (p Plan) remember() map[string]string {
	out := map[string]string{planChannel: p.Channel, planColumn: strconv.FormatInt(p.Column, 10)}
	for n, f := range p.Fields {
		out[strconv.Itoa(n)] = string(f)
	}
	return out
}

func recall(kept map[string]string) Plan {
	p := Plan{Channel: kept[planChannel]}
	p.Column, _ = strconv.ParseInt(kept[planColumn], 10, 64) // our own writing
	for n := 0; ; n++ {
		f, known := kept[strconv.Itoa(n)]
		if !known {
			return p
		}
		p.Fields = append(p.Fields, Field(f))
	}
}

// knows reports whether the plan has a column for a field.
func (p Plan) knows(f Field) bool { return slices.Contains(p.Fields, f) }
