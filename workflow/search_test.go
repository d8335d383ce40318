package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"mailbox/workflow"
)

// finds reports whether every phrase stands in the indexed words.
func finds(words []string, phrases [][]string) bool {
	for _, phrase := range phrases {
		found := false
		for i := 0; i+len(phrase) <= len(words) && !found; i++ {
			found = slices.Equal(words[i:i+len(phrase)], phrase)
		}
		if !found {
			return false
		}
	}
	return true
}

func index(text string) []string { return strings.Fields(workflow.SearchWords(text)) }

// letters make up texts as people write them: Chinese, with words, numbers and
// signs between.
var letters = rapid.StringOfN(rapid.OneOf(
	rapid.RuneFrom([]rune("三号宿舍楼的热水已经停了天请学校尽快安排後勤處維修〇々㐀")),
	rapid.RuneFrom([]rune("ABCxyz0129ＡＢ１２éüЖ")),
	rapid.RuneFrom([]rune("，。！？、 \n\t　\"<>'&|!:*()%_🙂")),
), 20, 60, -1)

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

func wordy(r rune) bool { return !han(r) && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// TestSearchFindsNeighbours: any part of a text that stands together and cuts
// no word is found.
func TestSearchFindsNeighbours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := letters.Draw(t, "text")
		words, runes := index(text), []rune(text)
		for i := range runes {
			for j := i + 2; j <= min(i+6, len(runes)); j++ {
				if !searchablePart(runes, i, j) {
					continue
				}
				if part := string(runes[i:j]); !finds(words, workflow.SearchQuery(part)) {
					t.Fatalf("%q in %q is not found: %q in %q", part, text, workflow.SearchQuery(part), words)
				}
			}
		}
	})
}

func searchablePart(runes []rune, i, j int) bool {
	for _, r := range runes[i:j] {
		if !han(r) && !wordy(r) {
			return false // signs cut a part in two; see TestSearchPhrases
		}
	}
	cutWord := func(k int) bool { return k > 0 && k < len(runes) && wordy(runes[k-1]) && wordy(runes[k]) }
	return !cutWord(i) && !cutWord(j)
}

func TestSearchPhrases(t *testing.T) {
	for _, tt := range []struct {
		text, typed string
		want        bool
	}{
		{"三号楼热水", "热水", true},
		{"3号楼热水", "3号", true},
		{"3号楼热水", "3号楼", true},
		{"3号楼热水", "号楼", true},
		{"一号3楼", "号3", true},
		{"教室A201坏了", "A201坏", true},
		{"教室A201坏了", "室a201", true},
		{"ＷｉＦｉ很慢", "wifi", true},
		{"wifi很慢", "WIFI很", true},
		{"热水，停了", "热水停了", false},
		{"热水，停了", "热水 停了", true},
		{"热水，停了", "停了　热水", true},
		{"热水停了", "热水 电梯", false},
		{"热 水", "热水", false},
		{"水热", "热水", false},
		{"abc def", "abc", true},
		{"abcdef", "abc", false}, // words are whole
	} {
		if got := finds(index(tt.text), workflow.SearchQuery(tt.typed)); got != tt.want {
			t.Errorf("%q in %q: found %v, want %v", tt.typed, tt.text, got, tt.want)
		}
	}
}

func TestSearchQueryOfNothing(t *testing.T) {
	for _, typed := range []string{"", " \n", "，。", "\xff", "'\"&|!:*()"} {
		if q := workflow.SearchQuery(typed); len(q) != 0 {
			t.Errorf("%q asks for %q", typed, q)
		}
	}
	if q := workflow.SearchQuery(strings.Repeat("热水 ", 100)); len(q) != 8 {
		t.Errorf("a hundred phrases are %d", len(q))
	}
}

func TestSearchWordsOfLongTexts(t *testing.T) {
	for _, text := range []string{strings.Repeat("热", 100_000), strings.Repeat("a", 100_000), strings.Repeat("栋楼1", 50_000), strings.Repeat("a栋", 50_000)} {
		words := index(text)
		if len(words) > 16_383 {
			t.Errorf("%.12q… makes %d words, more than an index has places for", text, len(words))
		}
	}
	long := strings.Repeat("abcdefgh", 8)
	if !finds(index(long), workflow.SearchQuery(long)) {
		t.Error("a long word is not found")
	}
}

func FuzzSearchWords(f *testing.F) {
	for _, s := range []string{"", "热水停了", "3号楼WiFi", "ＡＢＣ１２３", "a\x00b", "\xff热\xfe水", "İıſK", "がぎぐ한국어", strings.Repeat("水", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := workflow.SearchWords(text)
		if !utf8.ValidString(words) || words != strings.Join(strings.Fields(words), " ") {
			t.Fatalf("%q makes %q", text, words)
		}
		for _, w := range strings.Fields(words) {
			if n := utf8.RuneCountInString(w); n > 32 {
				t.Fatalf("a word of %d characters", n)
			}
			for _, r := range w {
				if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
					t.Fatalf("%q has the sign %q in it", w, r)
				}
			}
		}
		all := strings.Fields(words)
		for _, part := range strings.Fields(strings.ToValidUTF8(text, " ")) {
			if utf8.RuneCountInString(part) <= 64 && utf8.RuneCountInString(text) < 12_000 && !finds(all, workflow.SearchQuery(part)) {
				t.Fatalf("%q does not find itself in %q", part, text)
			}
		}
	})
}
