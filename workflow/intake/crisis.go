package intake

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode"
)

// CrisisWords are words that may mean that somebody is in danger. They never
// keep a letter back: they show where help is to be had at once, and make the
// letter an urgent one.
type CrisisWords []string

// usualCrisisWords stand in until the college has a list of its own.
var usualCrisisWords = CrisisWords{
	"不想活", "活不下去", "想死", "自杀", "轻生", "跳楼", "割腕", "自残", "遗书", "结束生命", "性侵", "强奸", "猥亵", "被打", "绑架", "持刀",
	"suicide", "kill myself", "end my life", "self-harm", "want to die", "rape", "raped", "sexual assault", "kidnap",
}

// ParseCrisisWords reads the college's list: words divided by line ends, commas
// or semicolons of any width. An empty list means the usual one.
func ParseCrisisWords(list string) CrisisWords {
	var words CrisisWords
	for _, w := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune("\r\n,，;；、", r) }) {
		if w = strings.TrimSpace(w); letters(w) != "" {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return usualCrisisWords
	}
	return words
}

// In reports whether any of the texts holds one of the words. Chinese words are
// found across blanks and marks put between their characters, others as whole
// words alone: "grape" is no cry for help.
func (words CrisisWords) In(texts ...string) bool {
	for _, text := range texts {
		together, apart := letters(text), sentence(text)
		for _, w := range words {
			if han(w) && strings.Contains(together, letters(w)) || !han(w) && strings.Contains(apart, sentence(w)) {
				return true
			}
		}
	}
	return false
}

// letters is s in small letters without anything that is neither letter nor digit.
func letters(s string) string { return strings.Join(strings.FieldsFunc(strings.ToLower(s), mark), "") }

// sentence is s in small letters with one blank around every word.
func sentence(s string) string {
	return " " + strings.Join(strings.FieldsFunc(strings.ToLower(s), mark), " ") + " "
}

func mark(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// crisisKept is how long a list that was read stays good.
const crisisKept = 2 * time.Second

// crisisList remembers the college's list for a moment, so that a letter costs
// no question for it.
type crisisList struct {
	mu   sync.Mutex
	read time.Time
	list CrisisWords
}

func (l *crisisList) words(ctx context.Context, ask func(context.Context) (CrisisWords, error), now time.Time) (CrisisWords, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.list != nil && now.Sub(l.read) < crisisKept && !now.Before(l.read) {
		return l.list, nil
	}
	list, err := ask(ctx)
	if err == nil {
		l.list, l.read = list, now
	}
	return list, err
}
