package access

import (
	"context"
	"strings"
	"unicode/utf8"

	"mailbox/workflow"
)

var _ workflow.Tracer = (*Vault)(nil)

// Traces tells where the writer's identity stands in a text, and nothing that
// is not in the text already: whoever asks learns no name, number or address.
// An anonymous letter has no identity to be found.
func (v *Vault) Traces(ctx context.Context, tx workflow.Store, c workflow.Case, text string) ([]workflow.Trace, error) {
	if c.Writer == "" || c.Mode == workflow.Anonymous {
		return nil, nil
	}
	sealed, err := tx.Writer(ctx, c.Writer)
	if err != nil {
		return nil, err
	}
	who, err := v.open(sealed)
	if err != nil {
		return nil, err
	}
	var out []workflow.Trace
	for _, part := range partsOf(who) {
		for _, words := range workflow.FindWords(text, part.Words) {
			out = append(out, workflow.Trace{Kind: part.Kind, Words: words})
		}
	}
	return workflow.Distinct(out), nil
}

// partsOf lists what of an identity gives it away: the whole name, and of a name
// of three signs or more the given name; numbers and the address, and the
// address's own name when that is long enough to be somebody's.
func partsOf(who workflow.Identity) []workflow.Trace {
	parts := []workflow.Trace{
		{Kind: workflow.TraceName, Words: who.Name},
		{Kind: workflow.TraceName, Words: given(who.Name)},
		{Kind: workflow.TracePhone, Words: who.Phone},
		{Kind: workflow.TraceNumber, Words: who.Number},
		{Kind: workflow.TraceMail, Words: who.Email},
	}
	if name, _, ok := strings.Cut(who.Email, "@"); ok && utf8.RuneCountInString(name) >= 5 {
		parts = append(parts, workflow.Trace{Kind: workflow.TraceMail, Words: name})
	}
	return parts
}

// given is a Chinese name without its surname, when that is two signs or more.
func given(name string) string {
	signs := []rune(strings.TrimSpace(name))
	if n := len(signs); (n == 3 || n == 4) && signs[0] >= '一' && signs[0] <= '鿿' && !title(string(signs[1:])) {
		return string(signs[n-2:])
	}
	return ""
}

// title reports words that stand where a given name would: 林同学.
func title(words string) bool {
	switch words {
	case "同学", "老师", "女士", "先生", "家长", "师傅", "教授":
		return true
	}
	return false
}
