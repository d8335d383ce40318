package postgres

import (
	"context"
	"strconv"
	"strings"
)

// Bounds of PostgreSQL's tsvector: a longer word is refused, a later place is
// not told from the last.
const (
	longestWord = 2000
	lastPlace   = 16383
)

const sqlIndex = `
	INSERT INTO case_search (case_id, words) VALUES ($1, $2::tsvector)
	ON CONFLICT (case_id) DO UPDATE SET words = EXCLUDED.words`

// Index implements workflow.Cases. The words are divided already; they are
// stored as they are, with their places, and no dictionary has a say in it.
func (s *Store) Index(ctx context.Context, caseID int64, words string) error {
	_, err := s.exec(ctx, "index case", sqlIndex, caseID, tokens(words))
	return err
}

// tokens writes words that are separated by spaces as a tsvector.
func tokens(words string) string { return lexemes(strings.Fields(strings.ToValidUTF8(words, " "))) }

// lexemes writes words as a tsvector.
func lexemes(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if len(w) > longestWord {
			continue
		}
		b.WriteString(quoteWord(w))
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(min(i+1, lastPlace)))
		b.WriteByte(' ')
	}
	return b.String()
}

// phrases writes what SearchQuery made of a typed text as a tsquery: words of a
// phrase follow each other, and all phrases must be found.
func phrases(query [][]string) string {
	all := make([]string, len(query))
	for i, words := range query {
		quoted := make([]string, len(words))
		for j, w := range words {
			quoted[j] = quoteWord(w)
		}
		all[i] = "(" + strings.Join(quoted, " <-> ") + ")"
	}
	return strings.Join(all, " & ")
}

var wordQuotes = strings.NewReplacer(`'`, `''`, `\`, `\\`, "\x00", "")

func quoteWord(w string) string { return "'" + wordQuotes.Replace(w) + "'" }
