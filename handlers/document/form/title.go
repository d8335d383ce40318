package form

import "strings"

// titleWidth is how many half ems of the title's type fit on a line, with a
// character to spare: Latin letters are wider in some fonts than in others.
const titleWidth = 2*int(TextWidth)/(int(Size2)*10) - 2

// TitleLines breaks a title where its lines come out about equally long, never
// inside a word, a number or a book title, and rather at a blank or behind a
// comma. Line feeds in it are the author's own breaks.
func TitleLines(title string) []string {
	var out []string
	for _, part := range paragraphs(title) {
		out = append(out, balance(part, (Width(part)+titleWidth-1)/titleWidth)...)
	}
	return out
}

// balance breaks text into n lines; when a word does not let it, into more.
func balance(text string, n int) []string {
	var out []string
	for ; n > 1; n-- {
		head, rest := cut(text, Width(text)/n)
		if rest == "" {
			break
		}
		out, text = append(out, head), rest
	}
	for Width(text) > titleWidth {
		head, rest := cut(text, titleWidth)
		if rest == "" {
			break
		}
		out, text = append(out, head), rest
	}
	if text == "" {
		return out
	}
	return append(out, text)
}

// cut divides text at the best place near a width.
func cut(text string, near int) (head, rest string) {
	best, cost := 0, 1<<30
	width, inside, before := 0, 0, ' '
	for i, r := range text {
		if i > 0 && inside == 0 && width <= titleWidth && MayBreak(before, r) {
			if c := 4*max(width-near, near-width) - liking(before, r); c < cost {
				best, cost = i, c
			}
		}
		inside = max(0, inside+nesting(r))
		width += RuneWidth(r)
		before = r
	}
	if best == 0 {
		return breakAnywhere(text)
	}
	return strings.TrimRight(text[:best], " "), strings.TrimLeft(text[best:], " ")
}

// breakAnywhere is for what has no place to break: it is cut where the line is full.
func breakAnywhere(text string) (head, rest string) {
	width := 0
	for i, r := range text {
		if width += RuneWidth(r); width > titleWidth && i > 0 {
			return text[:i], text[i:]
		}
	}
	return text, ""
}

// liking is how much better a break is than one between any two characters.
func liking(before, after rune) int {
	switch {
	case strings.ContainsRune("年月日届次级", after):
		return -40 // belongs to the number before it
	case before == ' ', strings.ContainsRune("，、：；》）", before):
		return 24
	case strings.ContainsRune("的和与及年", before) || strings.ContainsRune("《（", after):
		return 12
	}
	return 0
}

func nesting(r rune) int {
	switch r {
	case '《', '（', '(', '〔', '“':
		return 1
	case '》', '）', ')', '〕', '”':
		return -1
	}
	return 0
}
