package publication_test

import (
	"slices"
	"strings"
	"testing"

	"mailbox/workflow/publication"
)

func TestRedact(t *testing.T) {
	for marked, want := range map[string]string{
		"没有热水":            "没有热水",
		"[[林某]]没有热水":      "〔已隐去〕没有热水",
		"[[林]][[某]]没有":    "〔已隐去〕没有",
		"[[]]没有":          "没有",
		"我是[[林某]]，[[某班]]": "我是〔已隐去〕，〔已隐去〕",
	} {
		if got, err := publication.Redact(marked); err != nil || got != want {
			t.Errorf("%q: %q, %v", marked, got, err)
		}
	}
	for _, marked := range []string{"[[林某", "林某]]", "[[林[[某]]", "]]林[["} {
		if got, err := publication.Redact(marked); err == nil {
			t.Errorf("%q became %q", marked, got)
		}
	}
}

func TestHideAndShow(t *testing.T) {
	text := publication.Hide("林晓雯和晓雯，林晓雯", "晓雯", "林晓雯")
	if text != "[[林晓雯]]和[[晓雯]]，[[林晓雯]]" {
		t.Error(text)
	}
	if again := publication.Hide(text, "林晓雯", "晓雯", "", " ", "[["); again != text {
		t.Errorf("hiding twice: %q", again)
	}
	if got := publication.Hidden(text); !slices.Equal(got, []string{"林晓雯", "晓雯"}) {
		t.Error(got)
	}
	if got := publication.Show(text, "林晓雯"); got != "林晓雯和[[晓雯]]，林晓雯" {
		t.Error(got)
	}
	if got := publication.Plain(text); got != "林晓雯和晓雯，林晓雯" {
		t.Error(got)
	}
}

// FuzzRedact: what is marked is never in what comes out, whatever it is.
func FuzzRedact(f *testing.F) {
	f.Add("前", "隐", "后")
	f.Add("[[", "]]", "[[]]")
	f.Fuzz(func(t *testing.T, before, hidden, after string) {
		if strings.ContainsAny(before+hidden+after, "[]") || hidden == "" {
			return
		}
		got, err := publication.Redact(before + "[[" + hidden + "]]" + after)
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.TrimSpace(before + publication.Block + after); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}
