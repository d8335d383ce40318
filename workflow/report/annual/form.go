package annual

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mailbox/workflow"
)

// Form is what a report begins from: its title, whom it is sent to, and its
// blocks. Its file reads:
//
//	title: {{college}}{{year}}年信息公开工作报告
//	addressee: 湖北省教育厅办公室
//
//	=== preamble 导语
//	根据……
//
//	=== overview 一、总体情况
//	# 一、总体情况
type Form struct {
	Name      string
	Title     string
	Addressee string
	Blocks    []FormBlock
}

// FormBlock is a block of a form.
type FormBlock struct{ Key, Name, Text string }

func readForm(name, file string) (Form, error) {
	head, rest, _ := strings.Cut("\n"+file, "\n===")
	f := Form{Name: name}
	for line := range strings.Lines(head) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		switch {
		case !ok:
		case key == "title":
			f.Title = value
		case key == "addressee":
			f.Addressee = value
		}
	}
	for part := range strings.SplitSeq(rest, "\n===") {
		line, text, _ := strings.Cut(part, "\n")
		key, title, _ := strings.Cut(strings.TrimSpace(line), " ")
		b := FormBlock{Key: key, Name: title, Text: strings.TrimSpace(text)}
		if _, err := parse(b.Text); err != nil {
			return Form{}, fmt.Errorf("block %s: %w", key, err)
		}
		if b.Key == "" || b.Name == "" || b.Text == "" {
			return Form{}, fmt.Errorf("block %q has no key, name or text", line)
		}
		f.Blocks = append(f.Blocks, b)
	}
	if _, err := parse(f.Title); err != nil {
		return Form{}, fmt.Errorf("title: %w", err)
	}
	return f, nil
}

// FormNames lists the forms.
func (b *Bureau) FormNames() []string { return slices.Sorted(maps.Keys(b.forms)) }

// Form is the form of a name, or an Invalid error.
func (b *Bureau) Form(name string) (Form, error) {
	f, ok := b.forms[name]
	if !ok {
		return Form{}, workflow.Wrong("form", "invalid.choice")
	}
	return f, nil
}

// blocks are the parts a report of the form begins with.
func (f Form) blocks() []workflow.AnnualBlock {
	var out []workflow.AnnualBlock
	for i, b := range f.Blocks {
		out = append(out, workflow.AnnualBlock{Key: b.Key, Place: i + 1, Name: b.Name, Text: b.Text})
	}
	return out
}
