package workflow_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"mailbox/workflow"
)

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func TestNewCode(t *testing.T) {
	seen := map[workflow.Code]bool{}
	used := map[rune]int{}
	for range 2000 {
		c := workflow.NewCode()
		if len(c) != 16 || seen[c] {
			t.Fatalf("code of %d characters, given before: %v", len(c), seen[c])
		}
		seen[c] = true
		for _, r := range string(c) {
			used[r]++
		}
	}
	for r := range used {
		if !strings.ContainsRune(alphabet, r) {
			t.Errorf("%q is not in the alphabet", r)
		}
	}
	// 32 characters, 16 places: 80 bits. Each comes about a thousand times.
	for _, r := range alphabet {
		if used[r] < 800 || used[r] > 1200 {
			t.Errorf("%q came %d times of 32000", r, used[r])
		}
	}
}

func TestParseCode(t *testing.T) {
	const code = workflow.Code("7K3M9QXR2FTV8WDN")
	for typed, want := range map[string]workflow.Code{
		"7K3M-9QXR-2FTV-8WDN":      code,
		"7k3m9qxr2ftv8wdn":         code,
		"7K3M 9QXR\t2FTV 8WDN\r\n": code,
		"７Ｋ３Ｍ－９ｑｘｒ－２ＦＴＶ－８ＷＤＮ":                     code,
		"7K3M—9QXR–2FTV‐8WDN":                     code,
		"7K3M　9QXR　2FTV　8WDN":                     code,
		"7K3M\u00a09QXR\u00a02FTV\u00a08WDN":      code,
		"oOiIlL0011223344":                        "0011110011223344",
		"ＯｏＩｌ00000000-0000":                       "0011000000000000",
		"":                                        "",
		"7K3M-9QXR-2FTV-8WD":                      "",
		"7K3M-9QXR-2FTV-8WDNN":                    "",
		"7K3M-9QXR-2FTV-8WDU":                     "", // U is in no code
		"7K3M-9QXR-2FTV-8WD好":                     "",
		"7K3M-9QXR-2FTV-8WD\x00":                  "",
		"7K3M-9QXR-2FTV-8WD\xff":                  "",
		"XZ20261123-0042":                         "",
		strings.Repeat("7K3M-9QXR-2FTV-8WDN", 99): "",
	} {
		got, ok := workflow.ParseCode(typed)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q reads as %q, %v", typed, string(got), ok)
		}
	}
	for range 100 {
		c := workflow.NewCode()
		if got, ok := workflow.ParseCode(c.Groups()); !ok || got != c {
			t.Fatalf("%q does not read back", c.Groups())
		}
	}
	if g := workflow.Code("short").Groups(); g != "" {
		t.Errorf("what is no code shows as %q", g)
	}
}

func TestCodeHash(t *testing.T) {
	codes, others := workflow.NewCodes(bytes.Repeat([]byte{1}, 32)), workflow.NewCodes(bytes.Repeat([]byte{2}, 32))
	c := workflow.NewCode()
	hash := codes.Hash(c)
	if !codes.Fits(c, hash) || len(hash) != 32 || bytes.Contains(hash, []byte(c)) {
		t.Errorf("a hash of %d bytes does not fit its code", len(hash))
	}
	for i := range hash { // a difference anywhere is a difference
		near := bytes.Clone(hash)
		near[i] ^= 1
		if codes.Fits(c, near) {
			t.Errorf("fits a hash that differs in byte %d", i)
		}
	}
	if codes.Fits(workflow.NewCode(), hash) || others.Fits(c, hash) || codes.Fits(c, nil) || codes.Fits(c, hash[:31]) || codes.Fits("", hash) {
		t.Error("fits what it must not fit")
	}
}

func TestSeal(t *testing.T) {
	codes, others := workflow.NewCodes(bytes.Repeat([]byte{1}, 32)), workflow.NewCodes(bytes.Repeat([]byte{2}, 32))
	c := workflow.NewCode()
	sealed, err := codes.Seal(c, "token")
	if err != nil {
		t.Fatal(err)
	}
	again, err := codes.Seal(c, "token")
	if err != nil || bytes.Equal(sealed, again) || bytes.Contains(sealed, []byte(c)) {
		t.Errorf("sealing shows something, %v", err)
	}
	if got, err := codes.Unseal(sealed, "token"); err != nil || got != c {
		t.Errorf("does not open with its token: %v", err)
	}
	broken := bytes.Clone(sealed)
	broken[len(broken)-1] ^= 1
	for name, try := range map[string]func() (workflow.Code, error){
		"another token": func() (workflow.Code, error) { return codes.Unseal(sealed, "token2") },
		"no token":      func() (workflow.Code, error) { return codes.Unseal(sealed, "") },
		"another key":   func() (workflow.Code, error) { return others.Unseal(sealed, "token") },
		"a changed bit": func() (workflow.Code, error) { return codes.Unseal(broken, "token") },
		"nothing":       func() (workflow.Code, error) { return codes.Unseal(nil, "token") },
	} {
		if got, err := try(); workflow.KindOf(err) != workflow.NotFound || got != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// printed is v as every printer that a careless line might use shows it.
func printed(t *testing.T, v any) string {
	t.Helper()
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	fmt.Fprintln(&b, v)
	out, err := json.Marshal(map[string]any{"v": v})
	if err != nil {
		t.Fatal(err)
	}
	b.Write(out)
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(h).Info("careless", "v", v, slog.Group("in", slog.Any("a", v)))
	}
	fmt.Fprintln(io.Writer(&b), workflow.Fail(workflow.Invalid, "key", v).Error())
	return b.String()
}

func TestSecretsNeverPrint(t *testing.T) {
	who := workflow.Identity{Name: "张三丰", Phone: "13800000000", Email: "zhang@example.com", Number: "20230001"}
	code := workflow.Code("7K3M9QXR2FTV8WDN")
	secrets := []string{"张三丰", "13800000000", "zhang", "20230001", "7K3M", "e5bca0", fmt.Sprintf("%x", "7K3M"), fmt.Sprintf("%q", "张")[1:4]}
	for name, v := range map[string]any{
		"identity": who, "pointer": &who, "list": []workflow.Identity{who}, "map": map[string]workflow.Identity{"a": who},
		"letter": workflow.Letter{Identity: who, Subject: "热水"}, "pointer to letter": &workflow.Letter{Identity: who},
		"code": code, "codes": []workflow.Code{code}, "struct": struct{ Code workflow.Code }{code},
	} {
		out := printed(t, v)
		for _, secret := range secrets {
			if strings.Contains(out, secret) {
				t.Errorf("%s prints %q:\n%s", name, secret, out)
			}
		}
		if !strings.Contains(out, "•••") {
			t.Errorf("%s prints no dots", name)
		}
	}
	if who.Empty() || !(workflow.Identity{}).Empty() {
		t.Error("Empty says the wrong thing")
	}
}
