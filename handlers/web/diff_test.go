package web_test

import (
	"strings"
	"testing"

	"mailbox/handlers/web"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ before, after, want string }{
		{"", "", ""},
		{"", "新的", "+新的"},
		{"旧的", "", "-旧的"},
		{"热水周五恢复", "热水周四恢复", "=热水周|-五|+四|=恢复"},
		{"一\n二\n三", "一\n三", "=一\n|-二\n|=三"},
		{"call 110 now", "call 120 now", "=call |-110|+120|= now"},
		{"同样", "同样", "=同样"},
	} {
		var got []string
		for _, p := range web.Diff(test.before, test.after) {
			got = append(got, map[string]string{"same": "=", "more": "+", "less": "-"}[p.Kind]+p.Text)
		}
		if s := strings.Join(got, "|"); s != test.want {
			t.Errorf("%q → %q: %s, want %s", test.before, test.after, s, test.want)
		}
	}
}

// FuzzDiff wants both texts whole in every difference.
func FuzzDiff(f *testing.F) {
	f.Add("热水周五恢复\n谢谢", "热水周四恢复")
	f.Fuzz(func(t *testing.T, before, after string) {
		before, after = strings.ToValidUTF8(before, ""), strings.ToValidUTF8(after, "")
		var a, b strings.Builder
		for _, p := range web.Diff(before, after) {
			if p.Kind != "more" {
				a.WriteString(p.Text)
			}
			if p.Kind != "less" {
				b.WriteString(p.Text)
			}
		}
		if a.String() != before || b.String() != after {
			t.Errorf("%q, %q became %q, %q", before, after, a.String(), b.String())
		}
	})
}

func TestDiffOfLongTexts(t *testing.T) {
	t.Parallel()
	before, after := strings.Repeat("甲乙丙", 7000), strings.Repeat("丁戊", 10000)
	if parts := web.Diff(before, after); len(parts) != 2 || parts[0].Text != before || parts[1].Text != after {
		t.Errorf("%d parts", len(parts))
	}
}
