package templates

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"text/template/parse"
)

// dynamicPrefixes are the beginnings of keys that are put together when a page
// is made, so that no test can see them used. Name here what you build.
var dynamicPrefixes = []string{
	"login.by.", "way.cas", "way.oidc", "way.ldap", "way.field.", "way.invalid.", "way.need.",
	// The domain's vocabulary: prefix + value.
	"state.", "progress.", "kind.", "channel.", "mode.", "status.", "ground.", "role.", "outcome.", "clock.", "unit.",
	"action.", "event.", "notice.", "mail.reason.", "conflict.",
	"figure.", "figures.by.", // the table of figures
	"decision.", "concern.", "purpose.", "delivery.", "withheld.", "appraisal.kind.",
	"figures.nature.", "figures.source.", "figures.term.", "figures.fate.", "figures.mark.", "figures.weekday.", "figures.did.",
	"figures.nature.", "figures.source.", "figures.term.", "figures.fate.", "figures.mark.", "figures.weekday.", "figures.did.", "check.", "bulletin.column.", "bulletin.part.",
	"annual.", // fields, states, steps, tables of the annual report

	"figure.", "figures.by.", "office.column.", "office.due.", "office.filter.", "office.mail.", "office.mailbox.column.",
	"office.measure.", "office.new.", "office.figures.span.", "office.tray.",

	"error.status.",                                                                                                        // ErrorPage.Case
	"track.now.", "track.act.", "track.step.", "track.said.", "track.told.", "track.day.", "rate.mark.", "write.identity.", // handlers/public
	"figures.of.", "figures.how.", "figures.unit.", "figures.by_",
	"due.left.", // remains
	"due.late.",
	"styleguide.",   // Set.Styleguide
	"admin.health.", // what the program depends on

	"developers.part.", "developers.op.", "developers.feed.", // handlers/developers
	"webhook.event.", "webhook.state.", "webhook.error.", // handlers/webhook
	"chat.say.", "chat.notice.", "ladder.step.", "ladder.outcome.", "simulator.person.", // handlers/channel, handlers/switchboard
	"todo.", "channel.oa.", // handlers/channel/oa, handlers/todos

	// The desk: prefix + name of an act, a queue, a kind, a reason.
	"desk.application.", "track.fact.", "desk.queue.", "desk.none.", "desk.act.", "desk.field.", "desk.done.", "desk.identity.", "desk.step.", "message.", "why.", "address.",

	// The disclosure ledger.
	"ledger.place.", "ledger.waits.", "ledger.filter.", "ledger.import.state.", "ledger.source.", "ledger.field.", "ledger.duties.show.",
	"item.", "duty.class.", "journal.ledger.", "journal.review.",

	// Reviews and selected answers.
	"review.tab.", "review.subject.", "review.none.", "review.result.", "review.ground.", "review.question.", "review.part.",
	"publication.state.", "publication.step.", "publication.trace.", "publication.never.", "answers.column.",
}

// keyArguments says which arguments of a template function are catalogue keys.
var keyArguments = map[string][]int{
	"t": {0}, "plural": {0}, "field": {1}, "textarea": {1}, "password": {1}, "dateof": {1}, "finder": {1},
	"radios": {1}, "selectof": {1}, "checks": {1}, "tick": {1}, "filesof": {1}, "hint": {0}, "prompt": {0},
	"primary": {0}, "plain": {0}, "quiet": {0}, "danger": {0}, "badge": {1}, "dialog": {1},
	"confirm": {0, 1, 2}, "empty": {1, 2}, "progress": {0}, "choice": {1}, "because": {0}, "tab": {0},
}

func catalogues(t *testing.T) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	for _, locale := range Locales {
		words, err := readWords(files, locale)
		if err != nil {
			t.Fatal(err)
		}
		out[locale] = words
	}
	return out
}

func TestLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	all := catalogues(t)
	first := all[Locales[0]]
	for _, locale := range Locales[1:] {
		for key, msg := range first {
			other, ok := all[locale][key]
			if !ok {
				t.Errorf("%s: no %q", locale, key)
			} else if a, b := placeholders(msg), placeholders(other); !slices.Equal(a, b) {
				t.Errorf("%s: %q takes %v, %s takes %v", locale, key, b, Locales[0], a)
			}
		}
		for key := range all[locale] {
			if _, ok := first[key]; !ok {
				t.Errorf("%s: %q is not in %s", locale, key, Locales[0])
			}
		}
	}
}

// TestAreasAreShared wants the same areas in every language and no catalogue
// outside them, where nobody would read it.
func TestAreasAreShared(t *testing.T) {
	t.Parallel()
	areas := func(locale string) []string {
		names, _ := fs.Glob(files, "locale/"+locale+"/*.json")
		for i := range names {
			names[i] = filepath.Base(names[i])
		}
		return names
	}
	for _, locale := range Locales[1:] {
		if a, b := areas(Locales[0]), areas(locale); !slices.Equal(a, b) {
			t.Errorf("%s has %v, %s has %v", Locales[0], a, locale, b)
		}
	}
	if stray, _ := fs.Glob(files, "locale/*.json"); len(stray) > 0 {
		t.Errorf("%v: words live in locale/<locale>/<area>.json", stray)
	}
}

var (
	placeholderRE = regexp.MustCompile(`%(?:\[(\d)\])?([sdv])`)
	slipRE        = regexp.MustCompile(`\p{Han}[,;:!?(]|[,;:!?)]\p{Han}|\p{Han}\.(?:\s|$)|\.\.\.|\p{Han}"|"\p{Han}`)
	toneRE        = regexp.MustCompile(`[!！]|请务必|你`)
)

// placeholders lists what a message is given, in the order of the arguments.
func placeholders(msg string) []string {
	var out []string
	for i, m := range placeholderRE.FindAllStringSubmatch(strings.ReplaceAll(msg, "%%", ""), -1) {
		n := m[1]
		if n == "" {
			n = string(rune('1' + i))
		}
		if at := n + m[2]; !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return out
}

func TestWordsAreWellSet(t *testing.T) {
	t.Parallel()
	for locale, words := range catalogues(t) {
		for key, msg := range words {
			if strings.TrimSpace(msg) == "" || msg != strings.TrimSpace(msg) {
				t.Errorf("%s: %q is empty or has spaces around it", locale, key)
			}
			if strings.Contains(msg, "...") || strings.Contains(msg, "!") {
				t.Errorf("%s: %q: %s", locale, key, msg)
			}
			if locale != "zh-CN" {
				continue
			}
			if slip := slipRE.FindString(msg); slip != "" {
				t.Errorf("%q has %q in a Chinese sentence: %s", key, slip, msg)
			}
			if tone := toneRE.FindString(msg); tone != "" {
				t.Errorf("%q says %q: %s", key, tone, msg)
			}
		}
	}
}

func TestSlipsAreSeen(t *testing.T) {
	t.Parallel()
	for msg, want := range map[string]bool{
		"您好,请稍候": true, "请稍候...": true, "已完成.": true, "他说\"好\"": true, "注意(重要)": true,
		"第 1,208 件，完": false, "17:30 前": false, "见 answers.html 一页": false, "“好”": false,
	} {
		if got := slipRE.MatchString(msg); got != want {
			t.Errorf("%s: slip = %v", msg, got)
		}
	}
}

func TestPagesUseWordsThatExist(t *testing.T) {
	t.Parallel()
	set, err := Parse()
	if err != nil {
		t.Fatal(err)
	}
	words := catalogues(t)[Locales[0]]
	for name, page := range set.pages {
		for _, define := range page.Templates() {
			for _, key := range keysIn(define.Tree) {
				if !known(words, key) {
					t.Errorf("%s: no words for %q", name, key)
				}
			}
		}
	}
	for name, m := range set.mails {
		for _, define := range m.text.Templates() {
			for _, key := range keysIn(define.Tree) {
				if !known(words, key) {
					t.Errorf("mail %s: no words for %q", name, key)
				}
			}
		}
	}
}

// known reports whether key has words; keys of plural have two.
func known(words map[string]string, key string) bool {
	_, one := words[key+".one"]
	_, many := words[key+".many"]
	_, ok := words[key]
	return ok || one && many
}

// keysIn finds the literal keys a template hands to the functions above.
func keysIn(tree *parse.Tree) []string {
	if tree == nil || tree.Root == nil {
		return nil
	}
	var keys []string
	walk(tree.Root, func(c *parse.CommandNode) {
		fn, ok := c.Args[0].(*parse.IdentifierNode)
		if !ok {
			return
		}
		for _, i := range keyArguments[fn.Ident] {
			if i+1 < len(c.Args) {
				if s, ok := c.Args[i+1].(*parse.StringNode); ok && s.Text != "" {
					keys = append(keys, s.Text)
				}
			}
		}
	})
	return keys
}

func walk(node parse.Node, see func(*parse.CommandNode)) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, child := range n.Nodes {
				walk(child, see)
			}
		}
	case *parse.ActionNode:
		walk(n.Pipe, see)
	case *parse.TemplateNode:
		walk(n.Pipe, see)
	case *parse.IfNode:
		walkBranch(&n.BranchNode, see)
	case *parse.RangeNode:
		walkBranch(&n.BranchNode, see)
	case *parse.WithNode:
		walkBranch(&n.BranchNode, see)
	case *parse.PipeNode:
		if n != nil {
			for _, c := range n.Cmds {
				walk(c, see)
			}
		}
	case *parse.CommandNode:
		see(n)
		for _, arg := range n.Args {
			walk(arg, see)
		}
	}
}

func walkBranch(b *parse.BranchNode, see func(*parse.CommandNode)) {
	walk(b.Pipe, see)
	walk(b.List, see)
	walk(b.ElseList, see)
}

// TestEveryWordIsUsed looks for each key as a quoted string in the pages, the
// mails and the program.
func TestEveryWordIsUsed(t *testing.T) {
	t.Parallel()
	text := sources(t)
	for key := range catalogues(t)[Locales[0]] {
		if slices.ContainsFunc(dynamicPrefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			continue
		}
		stem := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".many")
		if !strings.Contains(text, `"`+key+`"`) && !strings.Contains(text, `"`+stem+`"`) {
			t.Errorf("nothing uses %q", key)
		}
	}
}

func sources(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		ext := filepath.Ext(path)
		if !slices.Contains([]string{".go", ".html", ".txt"}, ext) || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		b.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRepeatedWordsAreRefused(t *testing.T) {
	t.Parallel()
	for name, fsys := range map[string]fstest.MapFS{
		"in two areas":  {"locale/en/a.json": {Data: []byte(`{"x.y":"1"}`)}, "locale/en/b.json": {Data: []byte(`{"x.y":"2"}`)}},
		"in one area":   {"locale/en/a.json": {Data: []byte(`{"x.y":"1","x.y":"2"}`)}},
		"not an object": {"locale/en/a.json": {Data: []byte(`["x"]`)}},
		"not a string":  {"locale/en/a.json": {Data: []byte(`{"x":1}`)}},
		"cut short":     {"locale/en/a.json": {Data: []byte(`{"x":"1"`)}},
	} {
		if _, err := readWords(fsys, "en"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
