package templates

import (
	"html/template"
	"maps"
	"strings"
)

// funcs is everything a template of one language can call. All are pure.
func (s *Set) funcs(locale string) template.FuncMap {
	f := s.format(locale)
	t := f.t
	all := template.FuncMap{
		"t":       t,
		"plural":  f.plural,
		"asset":   Asset,
		"icon":    icon,
		"paras":   paragraphs,
		"phrases": phrases,
		"options": func(options ...Choice) []Choice { return options },
		"choice":  func(value, label string) Choice { return Choice{Value: value, Label: t(label)} },
		"because": func(hint string, c Choice) Choice { c.Hint = t(hint); return c },
		"marked":  func(icon string, c Choice) Choice { c.Icon = icon; return c },
		"tab": func(label, href string, current bool) Tab {
			return Tab{Label: t(label), Href: href, Current: current}
		},
		"tabs": func(tabs ...Tab) []Tab { return tabs },
	}
	maps.Copy(all, fieldFuncs(t))
	maps.Copy(all, componentFuncs(t))
	maps.Copy(all, formatFuncs(f))
	return all
}

// paragraphs splits text at its empty lines; single line breaks stay inside.
func paragraphs(text string) []string {
	var out []string
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.Trim(p, "\n"); strings.TrimSpace(p) != "" {
			out = append(out, p)
		}
	}
	return out
}

// phrases splits a sentence behind its commas, so that a heading breaks there
// and not inside a word of Chinese.
func phrases(sentence string) []string {
	var out []string
	for part := range strings.SplitAfterSeq(sentence, "，") {
		for p := range strings.SplitAfterSeq(part, ", ") {
			if p != "" {
				out = append(out, p)
			}
		}
	}
	return out
}
