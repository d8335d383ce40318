package publication

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"mailbox/workflow"
)

// What is to be hidden stands between these marks while a text is edited, and
// Block stands in its place in public: always the same, however long the words
// were.
const (
	openMark  = "[["
	closeMark = "]]"
	Block     = "〔已隐去〕"
)

// part is a piece of a marked text.
type part struct {
	text   string
	hidden bool
}

// split takes a marked text apart. A mark without its other half is a mistake.
func split(text string) ([]part, error) {
	var out []part
	for text != "" {
		before, rest, marked := strings.Cut(text, openMark)
		if strings.Contains(before, closeMark) {
			return nil, errMarks()
		}
		out = append(out, part{text: before})
		if !marked {
			return out, nil
		}
		inside, after, closed := strings.Cut(rest, closeMark)
		if !closed || strings.Contains(inside, openMark) {
			return nil, errMarks()
		}
		out = append(out, part{text: inside, hidden: true})
		text = after
	}
	return out, nil
}

func errMarks() error { return workflow.Fail(workflow.Invalid, "publication.marks") }

func join(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.hidden && p.text != "" {
			b.WriteString(openMark + p.text + closeMark)
			continue
		}
		if !p.hidden {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// unmarked is a text that comes from elsewhere, without anything that could be
// taken for a mark.
func unmarked(text string) string {
	text = strings.ReplaceAll(text, openMark, "〔〔")
	return strings.ReplaceAll(text, closeMark, "〕〕")
}

// Redact is the text as it will be public: every marked part is one block, and
// neighbouring blocks are one. The marked words are gone from it for good.
func Redact(marked string) (string, error) {
	parts, err := split(marked)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	blocked := false
	for _, p := range parts {
		switch {
		case p.hidden && !blocked && p.text != "":
			b.WriteString(Block)
			blocked = true
		case !p.hidden && p.text != "":
			b.WriteString(p.text)
			blocked = false
		}
	}
	return strings.TrimSpace(b.String()), nil
}

// Plain is the text without its marks, as its editors read it.
func Plain(marked string) string {
	return strings.ReplaceAll(strings.ReplaceAll(marked, openMark, ""), closeMark, "")
}

// Hide marks every place where one of the words stands and is not marked yet,
// longer words first.
func Hide(marked string, words ...string) string {
	parts, err := split(marked)
	if err != nil {
		return marked
	}
	words = slices.Clone(words)
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" && !strings.Contains(w, openMark) && !strings.Contains(w, closeMark) {
			parts = hide(parts, w)
		}
	}
	return join(parts)
}

func hide(parts []part, word string) []part {
	var out []part
	for _, p := range parts {
		if p.hidden {
			out = append(out, p)
			continue
		}
		rest := p.text
		for {
			before, after, found := strings.Cut(rest, word)
			out = append(out, part{text: before})
			if !found {
				break
			}
			out = append(out, part{text: word, hidden: true})
			rest = after
		}
	}
	return out
}

// Show takes the marks off where exactly these words are marked.
func Show(marked string, words ...string) string {
	parts, err := split(marked)
	if err != nil {
		return marked
	}
	for i, p := range parts {
		if p.hidden && slices.Contains(words, p.text) {
			parts[i].hidden = false
		}
	}
	return join(parts)
}

// Hidden lists what is marked, each words once, in order.
func Hidden(marked string) []string {
	parts, err := split(marked)
	if err != nil {
		return nil
	}
	var out []string
	for _, p := range parts {
		if p.hidden && p.text != "" && !slices.Contains(out, p.text) {
			out = append(out, p.text)
		}
	}
	return out
}

// redacted is an edited text made public, checked for its length.
func redacted(field, marked string, limit int) (string, error) {
	text, err := Redact(marked)
	switch {
	case err != nil:
		return "", workflow.Wrong(field, "publication.marks")
	case text == "":
		return "", workflow.Wrong(field, "invalid.required")
	case utf8.RuneCountInString(text) > limit:
		return "", workflow.Wrong(field, "invalid.too_long", limit)
	}
	return text, nil
}
