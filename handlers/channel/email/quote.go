package email

import (
	"regexp"
	"strings"
)

// Delimiter is the line our own letters begin with: what stands below it in an
// answer is ours.
const Delimiter = "——请在此线以上回复——"

var (
	delimiter = regexp.MustCompile(`请在此线以上回复|(?i:reply above this line)`)
	// separator stands between an answer and the mail it answers.
	separator = regexp.MustCompile(`^[> \t|]*[-—－_=*]{2,}[ \t\x{a0}]*(?i:原始邮件|原始郵件|原邮件|原郵件|原始信息|回复的邮件|回复的原邮件|回复的郵件|回覆的郵件|original message|original email|original mail|replied message|urspr.ngliche nachricht|message d'origine|mensaje original)[ \t\x{a0}]*[-—－_=*]{2,}[ \t]*$`)
	forwarded = regexp.MustCompile(`(?i)^[> \t]*(?:[-—]{2,}\s*)?(?:转发邮件信息|转发的邮件|转发的原邮件|轉寄郵件|forwarded message|begin forwarded message|forwarded mail)`)
	// heading is a line of the block that Outlook, QQ and Foxmail put above the
	// mail they quote.
	fromLine = regexp.MustCompile(`^[> \t|*]*(?i:发件人|發件人|寄件者|寄件人|发送人|from|von|de)[ \t*|\x{a0}]*[:：|]`)
	heading  = regexp.MustCompile(`^[> \t|*]*(?i:发送时间|發送時間|发送日期|日期|时间|傳送時間|寄件日期|收件人|收件者|抄送|抄送人|副本|主题|主題|主旨|sent|date|to|cc|subject|gesendet|an|betreff|envoyé|objet|à)[ \t*|\x{a0}]*[:：|]`)
	// attribution introduces a quotation: "在 … 写道：", "On … wrote:".
	attributionEnd = regexp.MustCompile(`(?i)(?:写道|寫道|写到|寫到|wrote|schrieb|a écrit|escribió|ha scritto)[ \t\x{a0}]*[:：][ \t]*$`)
	attributionHas = regexp.MustCompile(`(?i)(?:[0-9]{1,4}[-/.年][0-9]{1,2}|[0-9]{1,2}[:：][0-9]{2}|@|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? [0-9]{1,2}|[0-9]{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))`)
	sureOfReply    = regexp.MustCompile(`[0-9]{1,2}[:：][0-9]{2}|[^ \t<]+@[^ \t>]+`)
	rule           = regexp.MustCompile(`^[> \t]*(?:[_]{10,}|[-]{10,}|[*]{10,})[ \t]*$`)
)

// splitQuoted parts what a person wrote from the history below it. Nothing is
// dropped: each line is in one of the two. When in doubt a line is the
// person's. reply says that the mail answers another.
func splitQuoted(full string, reply bool) (text, quoted string) {
	lines := strings.Split(full, "\n")
	cut, prefixed := findCut(lines)
	if cut < 0 && reply {
		cut, prefixed = firstMarked(lines), true
	}
	if cut < 0 {
		return full, ""
	}
	own, history := lines[:cut], lines[cut:]
	if prefixed {
		own, history = partMarked(lines, cut)
	}
	text = trimLines(strings.Join(own, "\n"))
	if blankText(text) {
		return full, "" // only history: a forwarded mail, or an answer below it
	}
	return text, trimLines(strings.Join(history, "\n"))
}

// findCut finds the line where the history begins, or -1. prefixed says that
// its lines are marked by ">", so that others below it are the person's.
func findCut(lines []string) (cut int, prefixed bool) {
	for i, l := range lines {
		if forwarded.MatchString(l[:min(len(l), 200)]) {
			return -1, false // what is passed on is part of the letter
		}
		if cut, prefixed := cutAt(lines, i); cut >= 0 {
			return cut, prefixed
		}
	}
	return -1, false
}

// cutAt returns where the history begins that line i announces, or -1.
func cutAt(lines []string, i int) (cut int, prefixed bool) {
	l := lines[i]
	const longest = 600 // of what programs write between letters
	switch {
	case len(l) > longest:
	case delimiter.MatchString(l):
		return introduction(lines, i), false
	case ruled(l) && separator.MatchString(l):
		return i, false
	case fromLine.MatchString(l) && headed(lines[i+1:]):
		return above(lines, i), false
	case endsInColon(l) && attributionEnd.MatchString(l):
		start := attribution(lines, i)
		if start < 0 {
			return -1, false
		}
		if markedBelow(lines, i+1) {
			return start, true
		}
		if sureOfReply.MatchString(strings.Join(lines[start:i+1], " ")) {
			return start, false
		}
	}
	return -1, false
}

// ruled and endsInColon are quick looks before the costly ones.
func ruled(l string) bool {
	l = strings.TrimLeft(l, "> \t|")
	return strings.IndexAny(l, "-—－_=*") == 0
}

func endsInColon(l string) bool {
	l = strings.TrimRight(l, " \t")
	return strings.HasSuffix(l, ":") || strings.HasSuffix(l, "：")
}

// headed tells whether at least two lines of a quoted mail's heading follow.
func headed(lines []string) bool {
	found, seen := 0, 0
	for _, l := range lines {
		if blankText(l) {
			continue
		}
		if seen++; seen > 7 {
			break
		}
		if heading.MatchString(l) {
			found++
		}
	}
	return found >= 2
}

// above takes in the ruled line over a heading.
func above(lines []string, i int) int {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		if rule.MatchString(lines[j]) {
			return j
		}
		if !blankText(lines[j]) {
			break
		}
	}
	return i
}

// introduction walks up from our delimiter over the lines with which a mail
// program introduced it.
func introduction(lines []string, i int) int {
	for j := i - 1; j >= 0 && j >= i-12; j-- {
		l := lines[j]
		switch {
		case blankText(strings.Trim(l, "> |")):
			continue
		case separator.MatchString(l), rule.MatchString(l), fromLine.MatchString(l), heading.MatchString(l), strings.HasPrefix(l, ">"):
			i = j
			continue
		case attributionEnd.MatchString(l):
			if start := attribution(lines, j); start >= 0 {
				return start
			}
		}
		break
	}
	return i
}

// attribution returns the first line of the sentence that ends at line i, or -1
// when it is not one that a mail program writes.
func attribution(lines []string, i int) int {
	const most = 4
	start := -1
	for j := i; j >= 0 && j > i-most; j-- {
		if blankText(lines[j]) {
			break
		}
		sentence := strings.Join(lines[j:i+1], " ")
		if len(sentence) > 600 {
			break
		}
		if dated.MatchString(lines[j]) {
			return j
		}
		if start < 0 && attributionHas.MatchString(sentence) && attributionStart.MatchString(lines[j]) {
			start = j
		}
	}
	return start
}

var attributionStart = regexp.MustCompile(`(?i)^[> \t]*(?:on |在|于|於|le |am |el |il |[0-9"“'<]|[^ \t].{0,80}(?:<[^>]+@|于|於|[0-9]{4}))`)

// dated begins an attribution beyond doubt, though it be cut into lines.
var dated = regexp.MustCompile(`(?i)^[> \t]*(?:on|在|于|於|le|am|el|il) ?.{0,12}(?:[0-9]{4}[-/.年]|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? [0-9]{1,2}|[0-9]{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))`)

// markedBelow tells whether the first text below is marked by ">".
func markedBelow(lines []string, i int) bool {
	for ; i < len(lines); i++ {
		if !blankText(lines[i]) {
			return strings.HasPrefix(strings.TrimLeft(lines[i], " "), ">")
		}
	}
	return false
}

func firstMarked(lines []string) int {
	for i, l := range lines {
		if strings.HasPrefix(l, ">") {
			return i
		}
	}
	return -1
}

// partMarked puts the introduction and the lines marked by ">" aside and keeps
// all others, wherever they stand.
func partMarked(lines []string, cut int) (own, history []string) {
	own = append(own, lines[:cut]...)
	i := cut
	for ; i < len(lines) && !strings.HasPrefix(strings.TrimLeft(lines[i], " "), ">"); i++ {
		history = append(history, lines[i])
	}
	for ; i < len(lines); i++ {
		start, marked := cutAt(lines, i)
		switch {
		case strings.HasPrefix(strings.TrimLeft(lines[i], " "), ">"), start == i && marked:
			history = append(history, lines[i])
		case start == i:
			return own, append(history, lines[i:]...)
		default:
			own = append(own, lines[i])
		}
	}
	return own, history
}
