package demo

import (
	"errors"
	"fmt"

	"mailbox/cmd/mailbox/founding"
)

// check returns every reference that leads nowhere.
func (c College) check() error {
	k := checker{
		departments: codes(c.Departments, func(d Department) string { return d.Code }),
		categories:  codes(c.Categories, func(g founding.Category) string { return g.Code }),
		policies:    codes(c.Policies, func(p founding.Policy) string { return p.Code }),
		letters:     codes(c.all(), func(l Letter) string { return l.ID }),
	}
	k.unique("department", k.departments)
	k.unique("category", k.categories)
	k.unique("policy", k.policies)
	k.unique("letter", k.letters)
	k.unique("account", codes(c.People, func(p Person) string { return p.Username }))
	k.unique("template", codes(c.Templates, func(t founding.Template) string { return t.Code }))
	k.known("office", "department", k.departments, c.About.Office)
	for _, p := range c.People {
		k.known(p.Username, "department", k.departments, p.Department)
	}
	for _, g := range c.Categories {
		k.known(g.Code, "department", k.departments, append(g.Assist, g.Lead)...)
		k.known(g.Code, "policy", k.policies, g.Policy)
	}
	for _, t := range c.Templates {
		k.known(t.Code, "category", k.categories, t.Category)
	}
	for _, l := range c.all() {
		k.letter(l)
	}
	k.unique("mail", codes(c.Mails, func(m Mail) string { return m.ID }))
	for _, m := range c.Mails {
		k.known(m.ID, "letter", k.letters, m.Letter)
	}
	return errors.Join(k.errs...)
}

type checker struct {
	departments, categories, policies, letters map[string]int

	errs []error
}

func (k *checker) letter(l Letter) {
	k.known(l.ID, "category", k.categories, l.Category)
	k.known(l.ID, "department", k.departments, l.Department, l.About)
	for _, r := range l.Refusals {
		k.known(l.ID, "department", k.departments, r.Department)
	}
	if l.After != nil {
		k.known(l.ID, "letter", k.letters, l.After.Letter)
	}
	if course := l.Course(); course.Kind == MergedInto {
		k.known(l.ID, "letter", k.letters, course.Detail)
	}
}

func (k *checker) unique(what string, seen map[string]int) {
	for code, n := range seen {
		if n > 1 || code == "" {
			k.errs = append(k.errs, fmt.Errorf("%s %q occurs %d times", what, code, n))
		}
	}
}

// known reports codes that are not there; the empty one means none.
func (k *checker) known(who, what string, all map[string]int, named ...string) {
	for _, code := range named {
		if code != "" && all[code] == 0 {
			k.errs = append(k.errs, fmt.Errorf("%s: unknown %s %q", who, what, code))
		}
	}
}

func codes[T any](all []T, code func(T) string) map[string]int {
	n := make(map[string]int, len(all))
	for _, v := range all {
		n[code(v)]++
	}
	return n
}
