package workflow_test

import (
	"slices"
	"testing"

	"mailbox/workflow"
)

func TestFindTraces(t *testing.T) {
	for text, want := range map[string][]string{
		"请打13800001234，或138 0000 1234、138-0000-1234": {"138 0000 1234", "138-0000-1234", "13800001234"},
		"１３８００００１２３４":                                {"１３８００００１２３４"},
		"身份证42011119990203123X，别外传":                  {"42011119990203123X"},
		"学号：202309110127":                            {"202309110127"},
		"写信到lin_x@students.example.cn吧":              {"lin_x@students.example.cn"},
		"微信号是wx_lin-99，QQ：123456789":                 {"123456789", "wx_lin-99"},
		"车牌鄂A·12345，另一辆鄂AD12345":                     {"鄂A·12345", "鄂AD12345"},
		"我住3栋412，对门是412寝室":                           {"412寝室", "3栋412"},
		"5号楼603室漏水":                                  {"5号楼603室", "603室"},
		"软件2301班的，2023级会计(3)班":                       {"2023级会计(3)班", "软件2301班"},
		"我叫林晓雯，找过张伟老师和王主任":                           {"张伟老师", "林晓雯", "王主任"},
		"三号宿舍楼热水时断时续，每日17:00至23:00，11月20日，45℃，共 1200 元": nil,
		"坐3路班车，赶8点班车，一共12班车":                            nil,
		"谢谢老师，谢我们班主任，谢老师来过":                             {"谢老师"},
		"请拨打027-87654321":                    nil,
		"文号〔2023〕13号，第401条":                  nil,
		"编号20231117，订单 12345678901234567890": nil,
	} {
		var got []string
		for _, trace := range workflow.FindTraces(text) {
			got = append(got, trace.Words)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestFindWords(t *testing.T) {
	for _, k := range []struct {
		text, needle string
		want         []string
	}{
		{"林晓雯和林 晓 雯", "林晓雯", []string{"林晓雯", "林 晓 雯"}},
		{"电话138-0000-1234。", "138 0000 1234", []string{"138-0000-1234"}},
		{"LIN@Students.Example", "lin@students.example", []string{"LIN@Students.Example"}},
		{"１３８０", "1380", []string{"１３８０"}},
		{"林", "林", nil},
		{"热水", "", nil},
	} {
		if got := workflow.FindWords(k.text, k.needle); !slices.Equal(got, k.want) {
			t.Errorf("%q in %q: %q, want %q", k.needle, k.text, got, k.want)
		}
	}
}

func FuzzFindTraces(f *testing.F) {
	for _, s := range []string{"", "我叫\xff", "１３８００００１２３４\u200b", "鄂A·12345", "[[" + "林" + "]]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, trace := range workflow.FindTraces(text) {
			if trace.Words == "" {
				t.Errorf("an empty trace in %q", text)
			}
		}
	})
}
