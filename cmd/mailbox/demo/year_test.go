package demo_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailbox/cmd/mailbox/demo"
	"mailbox/workflow"
)

// TestYear: the example year has the sections that the report counts, every
// duty is accounted for, and every place in a title has words.
func TestYear(t *testing.T) {
	t.Parallel()
	y := load(t).Year
	sections, paths := 0, map[string]bool{}
	for _, top := range y.Columns {
		sections += 1 + len(top.Below)
		for _, s := range top.Below {
			paths[top.Name+"/"+s.Name] = true
		}
	}
	if len(y.Columns) != 7 || sections != 54 {
		t.Errorf("%d sections, %d in all", len(y.Columns), sections)
	}
	for no := 1; no <= 50; no++ {
		if (y.Inapplicable[no] == "") == (y.Duties[no] == "") || y.Duties[no] != "" && !paths[y.Duties[no]] {
			t.Errorf("duty %d: %q, %q", no, y.Inapplicable[no], y.Duties[no])
		}
	}
	for _, p := range y.Site {
		if !paths[p.In] {
			t.Errorf("no section %s", p.In)
		}
	}
	for _, p := range slices.Concat(y.Site, y.Account, y.Video, y.Minutes, []demo.Pattern{{Titles: y.Documents}}) {
		for _, title := range p.Titles {
			for _, slot := range regexp.MustCompile(`\{(.*?)\}`).FindAllStringSubmatch(title, -1) {
				if len(y.Slots[slot[1]]) == 0 && slot[1] != "年" {
					t.Errorf("%s: nothing for %s", title, slot[1])
				}
			}
		}
	}
}

// TestYearLetters: nobody real, no two letters of one person, and as many for the
// campaign as the report counts and three beside.
func TestYearLetters(t *testing.T) {
	t.Parallel()
	c := load(t)
	phone, email := regexp.MustCompile(`^138 0000 \d{4}$`), regexp.MustCompile(`^w\d+@example\.net$`)
	seen := map[string]string{}
	for _, l := range c.Letters {
		seen[l.Name], seen[l.Phone] = l.ID, l.ID
	}
	tagged := 0
	for _, l := range c.Year.Letters {
		word(t, l.ID, workflow.Channels, workflow.Channel(l.Channel))
		word(t, l.ID, workflow.WriterStatuses, workflow.WriterStatus(l.Status))
		word(t, l.ID, workflow.CaseKinds, workflow.CaseKind(l.Kind))
		if !phone.MatchString(l.Phone) || !email.MatchString(l.Email) || strings.Contains(l.Answer, l.Name) {
			t.Errorf("%s: %s %s", l.ID, l.Phone, l.Email)
		}
		for _, own := range []string{l.Name, l.Phone} {
			if other := seen[own]; other != "" || own == "" {
				t.Errorf("%s and %s share %q", l.ID, other, own)
			}
			seen[own] = l.ID
		}
		if l.Campaign == "year" {
			tagged++
		}
	}
	if tagged != 31+3 {
		t.Errorf("%d letters for the campaign", tagged)
	}
}
