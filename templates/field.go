package templates

import "fmt"

// Field is one question of a form: label above, hint under it, the control,
// and what is wrong beside it. Label, Hint and Error are words.
type Field struct {
	Kind     string // text email tel password search date number textarea select file radios checks tick
	Name     string
	Within   string // of which form, when several on a page ask the same
	Value    string
	Label    string
	Hint     string
	Error    string
	Prompt   string // placeholder, only for examples of format
	Complete string // autocomplete token
	Accept   string // file types
	Required bool
	Optional bool // the label says so
	Many     bool // several files or values
	Disabled bool
	Cards    bool // choices as cards, for choices that need a sentence each
	Quiet    bool // label for screen readers only
	Narrow   bool // as wide as a short code
	Limit    int  // most characters, or most files
	Rows     int
	Options  []Choice
}

// Choice is one answer to choose.
type Choice struct {
	Value, Label, Hint, Icon string
	Chosen, Disabled         bool
	// Group is the heading this option stands under in a select.
	Group string
}

// ID of the control, unique as long as the name is within its form.
func (f Field) ID() string {
	if f.Within != "" {
		return "f-" + f.Within + "-" + f.Name
	}
	return "f-" + f.Name
}

// DescribedBy lists the elements that explain the control, hint before error.
func (f Field) DescribedBy() string {
	ids := ""
	if f.Hint != "" {
		ids = f.ID() + "-hint"
	}
	if f.Error != "" {
		if ids != "" {
			ids += " "
		}
		ids += f.ID() + "-error"
	}
	return ids
}

// OptionID is the id of the i-th choice; the first has the field's own id, so
// that the summary of problems leads to it.
func (f Field) OptionID(i int) string {
	if i == 0 {
		return f.ID()
	}
	return fmt.Sprintf("%s-%d", f.ID(), i)
}

// Grouped reports whether the options of a select stand under headings.
func (f Field) Grouped() bool { return len(f.Options) > 0 && f.Options[len(f.Options)-1].Group != "" }

// ChoiceGroup is the options under one heading.
type ChoiceGroup struct {
	Label   string
	Options []Choice
}

// Groups gathers options that stand next to each other under one heading.
func (f Field) Groups() []ChoiceGroup {
	var groups []ChoiceGroup
	for _, o := range f.Options {
		if len(groups) == 0 || groups[len(groups)-1].Label != o.Group {
			groups = append(groups, ChoiceGroup{Label: o.Group})
		}
		last := &groups[len(groups)-1]
		last.Options = append(last.Options, o)
	}
	return groups
}

// fieldFuncs are the constructors and modifiers that pages pipe together.
func fieldFuncs(t func(string, ...any) string) map[string]any {
	of := func(kind string) func(name, label, value string) Field {
		return func(name, label, value string) Field {
			return Field{Kind: kind, Name: name, Label: t(label), Value: value}
		}
	}
	choose := func(kind string) func(name, label, value string, options []Choice) Field {
		return func(name, label, value string, options []Choice) Field {
			return Field{Kind: kind, Name: name, Label: t(label), Value: value, Options: chosen(options, value)}
		}
	}
	return map[string]any{
		"field":    of("text"),
		"textarea": of("textarea"),
		"password": of("password"),
		"dateof":   of("date"),
		"finder":   of("search"),
		"radios":   choose("radios"),
		"selectof": choose("select"),
		"checks": func(name, label string, options []Choice) Field {
			return Field{Kind: "checks", Name: name, Label: t(label), Options: options}
		},
		"tick": func(name, label string, on bool) Field {
			return Field{Kind: "tick", Name: name, Label: t(label), Value: "yes", Options: []Choice{{Value: "yes", Chosen: on}}}
		},
		"filesof": func(name, label string) Field {
			return Field{Kind: "file", Name: name, Label: t(label), Many: true}
		},
		"hint":      func(key string, f Field) Field { f.Hint = t(key); return f },
		"prompt":    func(key string, f Field) Field { f.Prompt = t(key); return f },
		"as":        func(kind string, f Field) Field { f.Kind = kind; return f },
		"complete":  func(token string, f Field) Field { f.Complete = token; return f },
		"accept":    func(types string, f Field) Field { f.Accept = types; return f },
		"required":  func(f Field) Field { f.Required = true; return f },
		"optional":  func(f Field) Field { f.Optional = true; return f },
		"disabled":  func(f Field) Field { f.Disabled = true; return f },
		"cards":     func(f Field) Field { f.Cards = true; return f },
		"unlabeled": func(f Field) Field { f.Quiet = true; return f },
		"narrow":    func(f Field) Field { f.Narrow = true; return f },
		"limit":     func(n int, f Field) Field { f.Limit = n; return f },
		"rows":      func(n int, f Field) Field { f.Rows = n; return f },
		"problem":   attach,
	}
}

// attach gives a field the problem that names it.
func attach(all []Problem, f Field) Field {
	for _, p := range all {
		if p.Field == f.Name {
			f.Error = p.Text
			return f
		}
	}
	return f
}

// chosen marks the option that has the value; options marked already stay so
// when there is no value.
func chosen(options []Choice, value string) []Choice {
	if value == "" {
		return options
	}
	out := make([]Choice, len(options))
	for i, o := range options {
		o.Chosen = o.Value == value
		out[i] = o
	}
	return out
}
