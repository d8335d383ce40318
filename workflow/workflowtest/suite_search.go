package workflowtest

import (
	"strings"
	"testing"
	"unicode"

	"mailbox/workflow"
)

var searchPromises = []promise{
	{"search finds any two neighbouring characters", searchNeighbours},
	{"search finds words, in any case and width, and every phrase must stand", searchPhrases},
	{"search finds a case by its number", searchNumber},
	{"search obeys the scope and the query", searchScope},
	{"search knows a case by its latest words alone", searchLatest},
	{"what a stranger types is never an error", searchAnything},
}

var searchTexts = []string{
	"三号宿舍楼的热水已经停了三天，请学校尽快安排后勤处维修。",
	"食堂二楼窗口的饭菜价格最近涨了不少，希望公开定价依据。",
	"选课系统显示\"高等数学\"容量已满，但教室还有空位",
}

func everybody(text string) workflow.Query {
	return workflow.Query{Scope: workflow.Scope{Everything: true}, Search: text}
}

func indexed(t *testing.T, s workflow.Store, texts ...string) []workflow.Case {
	t.Helper()
	var out []workflow.Case
	for _, text := range texts {
		c := NewCase(t, s)
		must(t, s.Index(t.Context(), c.ID, workflow.SearchWords(text)))
		out = append(out, c)
	}
	return out
}

func searchNeighbours(t *testing.T, s workflow.Store, _ College) {
	cases := indexed(t, s, searchTexts...)
	for _, text := range searchTexts {
		runes := []rune(text)
		for i := 0; i+1 < len(runes); i++ {
			pair := string(runes[i : i+2])
			if !unicode.Is(unicode.Han, runes[i]) || !unicode.Is(unicode.Han, runes[i+1]) {
				continue
			}
			var want []int64
			for j, other := range searchTexts {
				if strings.Contains(other, pair) {
					want = append(want, cases[j].ID)
				}
			}
			wantList(t, s, everybody(pair), want)
		}
	}
}

func searchPhrases(t *testing.T, s workflow.Store, _ College) {
	cases := indexed(t, s, "12栋A302的WiFi坏了", "12栋的电梯坏了，WIFI正常", "楼道灯坏了")
	first, second, third := cases[0].ID, cases[1].ID, cases[2].ID
	for typed, want := range map[string][]int64{
		"wifi":      {first, second},
		"ＷｉＦｉ":      {first, second},
		"12栋":       {first, second},
		"栋A302":     {first},
		"a302的":     {first},
		"坏了":        {first, second, third},
		"坏了 电梯":     {second},
		"电梯　坏了":     {second},
		"灯坏了":       {third},
		"了坏":        nil,
		"楼道 电梯":     nil,
		"热水":        nil,
		"的WiFi坏了":   {first},
		"WIFI正常 12": {second},
	} {
		wantList(t, s, everybody(typed), want)
	}
}

func searchNumber(t *testing.T, s workflow.Store, _ College) {
	cases := indexed(t, s, searchTexts...)
	for _, c := range cases {
		wantList(t, s, everybody(c.Number), []int64{c.ID})
		wantList(t, s, everybody(" "+strings.ToLower(c.Number)+" "), []int64{c.ID})
	}
	wantList(t, s, everybody("XZ19990101-0001"), nil)
}

func searchScope(t *testing.T, s workflow.Store, c College) {
	open := NewCase(t, s, func(x *workflow.Case) { x.Department = c.Logistics.ID })
	sealed := NewCase(t, s, func(x *workflow.Case) { x.Sealed = true })
	about := NewCase(t, s, func(x *workflow.Case) { x.Department, x.About = c.Academic.ID, c.Logistics.ID })
	for _, x := range []workflow.Case{open, sealed, about} {
		must(t, s.Index(t.Context(), x.ID, workflow.SearchWords("热水停了")))
	}
	for _, one := range []struct {
		who  workflow.Account
		want []int64
	}{
		{c.Clerk, []int64{open.ID, about.ID}},
		{c.Discipline, []int64{sealed.ID}},
		{c.LogisticsHead, []int64{open.ID}},
		{c.AcademicHead, []int64{about.ID}},
		{c.Admin, nil},
	} {
		scope := workflow.ScopeOf(one.who.Actor())
		wantList(t, s, workflow.Query{Scope: scope, Search: "热水"}, one.want)
		if len(one.want) == 0 {
			wantList(t, s, workflow.Query{Scope: scope, Search: open.Number}, nil)
		}
	}
	wantList(t, s, workflow.Query{Scope: workflow.Scope{Everything: true}, Search: "热水", Department: c.Academic.ID}, []int64{about.ID})
}

func searchLatest(t *testing.T, s workflow.Store, _ College) {
	c := indexed(t, s, "热水停了")[0]
	must(t, s.Index(t.Context(), c.ID, workflow.SearchWords("电梯坏了")))
	wantList(t, s, everybody("电梯"), []int64{c.ID})
	wantList(t, s, everybody("热水"), nil)
}

func searchAnything(t *testing.T, s workflow.Store, _ College) {
	indexed(t, s, searchTexts...)
	for _, typed := range []string{
		"'", "\"", "\\", "热水'", "a' | 'b", "!(热水)", "热水 & ", "热水:*", "<->", "%", "_", "\x00", "热\x00水", "\xff\xfe", "🙂", "'; DROP TABLE cases; --",
		strings.Repeat("热水", 500), strings.Repeat("a ", 500), strings.Repeat("x", 5000),
	} {
		if _, err := s.List(t.Context(), everybody(typed)); err != nil {
			t.Errorf("%.20q: %v", typed, err)
		}
		if _, err := s.CountCases(t.Context(), everybody(typed)); err != nil {
			t.Errorf("%.20q: %v", typed, err)
		}
	}
}
