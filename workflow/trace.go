package workflow

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// TraceKind is what in a text may point at a person.
type TraceKind string

// The traces that are looked for.
const (
	TraceName   TraceKind = "name"
	TracePhone  TraceKind = "phone"
	TraceCard   TraceKind = "card"   // 身份证
	TraceNumber TraceKind = "number" // 学号, 工号
	TraceMail   TraceKind = "mail"
	TraceRoom   TraceKind = "room" // 宿舍, 房间
	TraceClass  TraceKind = "class"
	TraceChat   TraceKind = "chat"  // WeChat and QQ
	TracePlate  TraceKind = "plate" // of a car
)

// Trace is words of a text that may point at a person. They stand in the text
// already; a trace tells nothing that its reader does not have.
type Trace struct {
	Kind  TraceKind
	Words string
}

// Tracer knows a writer's identity and tells where it stands in a text, and
// nothing else of it.
type Tracer interface {
	Traces(ctx context.Context, tx Store, c Case, text string) ([]Trace, error)
}

// surnames are the common ones, but for those that are common words as well: a
// title behind one is a person's.
const surnames = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬傅皮卞齐康伍余元顾孟黄穆萧尹姚邵汪祁毛禹狄米贝臧伏戴谈宋茅庞熊纪舒屈项董梁杜阮蓝闵席季麻强贾娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞支柯卢莫房宗丁宣邓洪包诸左石崔吉龚程邢裴陆荣翁荀羊惠甄曲封储靳段侯宁白乔曾覃丛游肖聂晏古戈匡"

// tracePatterns find traces in text whose signs are narrow. Where a pattern has
// a group, the group is the trace.
var tracePatterns = []struct {
	kind TraceKind
	re   *regexp.Regexp
}{
	{TraceCard, regexp.MustCompile(`[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]`)},
	{TraceMail, regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)},
	{TracePhone, regexp.MustCompile(`(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}`)},
	{TraceChat, regexp.MustCompile(`(?i:微信|wechat|weixin|vx|wx|qq|扣扣)(?:号码?|群)?[是为: ]*([A-Za-z][-_A-Za-z0-9]{5,19}|\d{5,12})`)},
	{TraceNumber, regexp.MustCompile(`(?:学号|工号|学籍号|考号|准考证号?|证号)[是为: ]*([A-Za-z]{0,3}\d{4,16})`)},
	{TraceNumber, regexp.MustCompile(`[A-Za-z]{0,2}\d{9,16}`)},
	{TracePlate, regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·• ]?[A-Z0-9]{5,6}`)},
	{TraceRoom, regexp.MustCompile(`(?:(?:[东南西北A-Za-z]?[0-9一二三四五六七八九十]{1,3}|[东南西北A-Za-z])(?:号楼|号宿舍楼|号公寓|宿舍|舍|栋|幢|楼|公寓|苑|斋)|[A-Za-z]?\d{1,2}[#-])[ -]?(?:[A-Za-z][ -]?)?\d{3,4}(?:号?(?:室|寝室?|宿舍|房间?|床))?`)},
	{TraceRoom, regexp.MustCompile(`\d{3,4}(?:室|寝室?|宿舍|房间)`)},
	{TraceClass, regexp.MustCompile(`(?:(?:20)?\d{2}级)?[\p{Han}]{0,8}[(（]?\d{1,4}[)）]?班`)},
	{TraceName, regexp.MustCompile(`(?:我叫|名叫|姓名|联系人|署名)[是为: ]*([\p{Han}]{2,4})`)},
	{TraceName, regexp.MustCompile(`[` + surnames + `][\p{Han}]{0,2}?(?:老师|同学|教授|主任|处长|院长|科长|书记|辅导员|师傅|阿姨|班主任)`)},
}

// FindTraces lists what in the text may point at a person, the longest first
// and each words once. It proposes; a person decides.
func FindTraces(text string) []Trace {
	signs := []rune(text)
	folded := make([]rune, len(signs))
	for i, r := range signs {
		folded[i] = narrow(r)
	}
	line := string(folded)
	var out []Trace
	for _, p := range tracePatterns {
		for _, at := range p.re.FindAllStringSubmatchIndex(line, -1) {
			from, to := at[0], at[1]
			if len(at) > 2 && at[2] >= 0 {
				from, to = at[2], at[3]
			}
			a, b := len([]rune(line[:from])), len([]rune(line[:to]))
			if p.kind.believable(folded, a, b) {
				out = append(out, Trace{p.kind, string(signs[a:b])})
			}
		}
	}
	return distinct(out)
}

// believable refuses what only looks like a trace where it stands: a part of a
// longer number, or a bus.
func (k TraceKind) believable(signs []rune, from, to int) bool {
	digit := func(i int) bool { return i >= 0 && i < len(signs) && unicode.IsDigit(signs[i]) }
	switch k {
	case TracePhone, TraceCard, TraceNumber, TraceRoom:
		return !digit(from-1) && !digit(to)
	case TraceClass:
		return to == len(signs) || !strings.ContainsRune("车次级", signs[to])
	case TraceName:
		return signs[from] != '谢' || signs[from+1] != '谢' && signs[from+1] != '我' // thanks, and not a Mr Xie
	case TraceMail, TraceChat, TracePlate:
	}
	return true
}

// distinct keeps each words once, longer ones first, so that hiding them does
// not leave the rest of a longer one.
func distinct(all []Trace) []Trace {
	slices.SortStableFunc(all, func(a, b Trace) int { return cmp.Compare(len(b.Words), len(a.Words)) })
	var out []Trace
	for _, t := range all {
		if !slices.ContainsFunc(out, func(o Trace) bool { return o.Words == t.Words }) {
			out = append(out, t)
		}
	}
	return out
}

// FindWords lists the places of text where needle stands, however it is spaced,
// hyphenated or widened there. Needles of fewer than two signs find nothing.
func FindWords(text, needle string) []string {
	want, _ := bare(needle)
	if len(want) < 2 {
		return nil
	}
	signs := []rune(text)
	have, at := bare(text)
	var out []string
	for i := 0; i+len(want) <= len(have); i++ {
		if slices.Equal(have[i:i+len(want)], want) {
			out = append(out, string(signs[at[i]:at[i+len(want)-1]+1]))
		}
	}
	return out
}

// bare is the text's letters and digits, folded, and where each stood.
func bare(text string) (signs []rune, at []int) {
	i := 0
	for _, r := range text {
		if f := fold(r); unicode.IsLetter(f) || unicode.IsDigit(f) || f == '@' {
			signs, at = append(signs, f), append(at, i)
		}
		i++
	}
	return signs, at
}

// Distinct keeps each words of traces once, longer ones first.
func Distinct(all ...[]Trace) []Trace { return distinct(slices.Concat(all...)) }
