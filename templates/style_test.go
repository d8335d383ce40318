package templates

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// grounds are the words on grounds that the style sheet really uses, by token.
var grounds = []struct{ words, ground string }{
	{"ink", "paper"},
	{"ink", "paper-2"},
	{"ink", "paper-3"},
	{"ink", "act-bg"},
	{"ink", "note"},
	{"ink-2", "paper"},
	{"ink-2", "paper-2"},
	{"ink-2", "paper-3"},
	{"ink-2", "act-bg"},
	{"ink-2", "note"},
	{"ink-3", "paper"},
	{"ink-3", "paper-2"},
	{"ink-3", "note"},
	{"ink-3", "act-bg"},
	{"seal", "act-bg"},
	{"warn", "act-bg"},
	{"good", "act-bg"},
	{"info", "act-bg"},
	{"act", "paper"},
	{"act", "paper-2"},
	{"act", "act-bg"},
	{"act-2", "paper"},
	{"act-2", "paper-2"},
	{"act-ink", "act"},
	{"act-ink", "act-2"},
	{"seal", "paper"},
	{"seal", "paper-2"},
	{"seal", "seal-bg"},
	{"seal-ink", "seal"},
	{"seal-ink", "seal-2"},
	{"paper", "seal"},
	{"warn", "paper"},
	{"warn", "paper-2"},
	{"warn", "warn-bg"},
	{"good", "paper"},
	{"good", "paper-2"},
	{"good", "good-bg"},
	{"info", "paper"},
	{"info", "paper-2"},
	{"info", "info-bg"},
	{"paper", "ink"},
}

func TestWordsStandOutFromTheirGround(t *testing.T) {
	t.Parallel()
	for theme, tokens := range themes(t) {
		for _, p := range grounds {
			if got := contrast(t, tokens[p.words], tokens[p.ground]); got < 4.5 {
				t.Errorf("%s: %s on %s is %.2f, want 4.5", theme, p.words, p.ground, got)
			}
		}
		for _, ground := range []string{"paper", "paper-2"} {
			if got := contrast(t, tokens["edge"], tokens[ground]); got < 3 {
				t.Errorf("%s: the edge of controls on %s is %.2f, want 3", theme, ground, got)
			}
		}
	}
}

// TestDarkIsOneTheme wants what the device asks for and what the reader
// chooses to be the same dark, and every colour to have both.
func TestDarkIsOneTheme(t *testing.T) {
	t.Parallel()
	all := themes(t)
	if device, chosen := fmt.Sprint(all["dark by device"]), fmt.Sprint(all["dark by choice"]); device != chosen {
		t.Errorf("dark differs: by device %s, by choice %s", device, chosen)
	}
	for name := range all["light"] {
		if _, ok := all["dark by choice"][name]; !ok {
			t.Errorf("%s has no dark", name)
		}
	}
}

var (
	blockRE = regexp.MustCompile(`(?s):root[^{]*\{([^}]*)\}`)
	tokenRE = regexp.MustCompile(`--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b`)
	strayRE = regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(`)
)

func stylesheet(t *testing.T) string {
	t.Helper()
	var css strings.Builder
	for _, name := range []string{"static/app.css", "static/desk.css", "static/admin.css", "static/public.css"} {
		b, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		css.Write(b)
	}
	return css.String()
}

func themes(t *testing.T) map[string]map[string]string {
	t.Helper()
	blocks := blockRE.FindAllStringSubmatch(stylesheet(t), 3)
	out := map[string]map[string]string{}
	for i, name := range []string{"light", "dark by device", "dark by choice"} {
		out[name] = map[string]string{}
		for _, m := range tokenRE.FindAllStringSubmatch(blocks[i][1], -1) {
			out[name][m[1]] = m[2]
		}
		if len(out[name]) < 20 {
			t.Fatalf("%s has only %d colours", name, len(out[name]))
		}
	}
	return out
}

// TestColoursAreTokens keeps colours where they can be changed: in the tokens.
func TestColoursAreTokens(t *testing.T) {
	t.Parallel()
	_, rules, ok := strings.Cut(stylesheet(t), "/* ---- base ---- */")
	if !ok {
		t.Fatal("the style sheet has no base section")
	}
	for i, line := range strings.Split(rules, "\n") {
		if stray := strayRE.FindString(line); stray != "" {
			t.Errorf("line %d after the tokens has the colour %s: %s", i, stray, line)
		}
	}
}

// TestVariablesExist catches a misspelt var(), which CSS would swallow.
func TestVariablesExist(t *testing.T) {
	t.Parallel()
	css := stylesheet(t)
	for _, m := range regexp.MustCompile(`var\(--([a-z0-9-]+)\)`).FindAllStringSubmatch(css, -1) {
		if !strings.Contains(css, "--"+m[1]+":") {
			t.Errorf("var(--%s) is not defined", m[1])
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatalf("colour %q: %v", colour, err)
	}
	channel := func(shift int) float64 {
		c := float64(n>>shift&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}
