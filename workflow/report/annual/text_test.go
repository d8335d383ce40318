package annual

import (
	"strings"
	"testing"

	"mailbox/workflow"
)

// read is a text as it reads, a line a paragraph, headings marked by their level.
func read(t *testing.T, text string, values map[string]Value) string {
	t.Helper()
	nodes, err := parse(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var out []string
	for _, p := range set(nodes, values) {
		switch p.Kind {
		case workflow.Heading:
			out = append(out, strings.Repeat("#", p.Level)+p.Text())
		case workflow.TableIn:
			out = append(out, "["+p.Table+"]")
		case workflow.Paragraph:
			out = append(out, p.Text())
		}
	}
	return strings.Join(out, "|")
}

func TestTexts(t *testing.T) {
	values := map[string]Value{
		"about.total": count(2, nil), "about.reports": count(0, nil), "site.top_columns": count(7, nil), "site.columns": count(54, nil),
		"last": {Said: "2023年11月17日", Text: "2023年11月17日"}, "cases.on_time": {None: true, Text: "—"},
	}
	for text, want := range map[string]string{
		"一句话。": "一句话。",
		"# 一、总体情况\n\n  第一段。\n第二段。":                                       "#一、总体情况|第一段。|第二段。",
		"#### （1）很细\n##### 太细":                                           "####（1）很细|##### 太细",
		"截至{{last}}，设{{site.columns}}个。":                                 "截至2023年11月17日，设54个。",
		"{{site.top_columns|han}}个，{{ site.columns|han }}个":              "七个，五十四个",
		"{{if about.total}}收到{{about.total}}件{{else}}未收到{{end}}。":        "收到2件。",
		"{{if about.reports}}收到{{else}}未收到{{end}}。":                      "未收到。",
		"{{if cases.on_time}}率{{cases.on_time}}{{end}}完":                 "完",
		"前\n{{if about.total}}中一\n中二\n{{end}}后":                          "前|中一|中二|后",
		"{{if about.total}}{{if about.reports}}甲{{else}}乙{{end}}{{end}}": "乙",
		"表如下：\n{{table duties}}\n完":                                      "表如下：|[duties]|完",
		"# {{last}}的情况":                                                  "#2023年11月17日的情况",
		"{{last}}":                                                       "2023年11月17日",
		"一个{括号}":                                                         "一个{括号}",
	} {
		if got := read(t, text, values); got != want {
			t.Errorf("%q reads %q, want %q", text, got, want)
		}
	}
}

func TestWrongTexts(t *testing.T) {
	for text, want := range map[string]string{
		"一{{nothing}}":                             "annual.text.unknown",
		"一\n{{site.items|roman}}":                  "annual.text.unknown",
		"{{table nothing}}":                        "annual.text.unknown",
		"{{if nothing}}x{{end}}":                   "annual.text.unknown",
		"一{{site.items":                            "annual.text.open",
		"一{{site.\nitems}}":                        "annual.text.open",
		"{{if site.items}}一":                       "annual.text.unclosed",
		"{{if site.items}}一{{else}}":               "annual.text.unclosed",
		"一{{end}}":                                 "annual.text.stray",
		"一{{else}}二":                               "annual.text.stray",
		"{{if site.items}}{{else}}{{else}}{{end}}": "annual.text.unclosed",
	} {
		_, err := parse(text)
		e, ok := err.(*workflow.Error) //nolint:errorlint // it is made here
		if !ok || e.Key != want || e.Field != "text" || e.Kind != workflow.Invalid {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestHan(t *testing.T) {
	for n, want := range map[int]string{0: "零", 7: "七", 10: "十", 11: "十一", 20: "二十", 54: "五十四", 99: "九十九", 100: "100"} {
		if got := han(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	nodes, err := parse("{{if about.total}}{{about.reports}}{{else}}{{last}}{{end}}{{last}}")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(places(nodes), " "); got != "about.total about.reports last" {
		t.Error(got)
	}
}

func FuzzText(f *testing.F) {
	f.Add("# 一\n{{if about.total}}{{about.total}}{{else}}无{{end}}\n{{table duties}}")
	f.Add("{{{{}}}}")
	f.Fuzz(func(t *testing.T, text string) {
		nodes, err := parse(text)
		if err != nil {
			if workflow.KindOf(err) != workflow.Invalid {
				t.Error(err)
			}
			return
		}
		for _, p := range set(nodes, map[string]Value{}) {
			if p.Kind != workflow.TableIn && strings.ContainsRune(p.Text(), '\n') {
				t.Errorf("a paragraph of two lines: %q", p.Text())
			}
		}
	})
}
