package todos

import (
	"net/http"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// interfacePage explains to whoever runs the office system how letters are
// handed to us.
type interfacePage struct {
	templates.Page
	Tabs            []templates.Tab
	Headers, Fields []templates.Fact
	Script          string
	Vector          []templates.Fact
}

// Vector is one call, signed: whoever computes the same signature has
// understood the scheme.
var Vector = struct{ Key, Secret, Stamp, Nonce, Body, Signature string }{
	"campusoa", "example-secret-0001", "1795397400", "7f3a9c", `{"person":"2023001","type":"letter","text":"东区路灯坏了。"}`,
	"3c4d027c495e6cb90eb1de88e973da33210d97d48a64310dcdbaaf17f98f6bcd",
}

// script signs and sends a letter with what every server has.
const script = `KEY=$KEY$
SECRET=…
BODY='{"person":"2023001","type":"letter","text":"东区路灯坏了。"}'
STAMP=$(date +%s)
NONCE=$(openssl rand -hex 12)
SUM=$(printf %s "$BODY" | openssl dgst -sha256 -r | cut -d' ' -f1)
SIGN=$(printf '%s\n%s\nPOST\n/callback/oa\n%s' "$STAMP" "$NONCE" "$SUM" |
  openssl dgst -sha256 -hmac "$SECRET" -r | cut -d' ' -f1)
curl -sS $URL$ \
  -H "Content-Type: application/json" -H "Idempotency-Key: oa-20261123-001" \
  -H "X-Key: $KEY" -H "X-Timestamp: $STAMP" -H "X-Nonce: $NONCE" -H "X-Signature: $SIGN" \
  --data-binary "$BODY"`

// Script is the example for a key and an address.
func Script(key, url string) string {
	return strings.NewReplacer("$KEY$", key, "$URL$", url).Replace(script)
}

var (
	headerNames = []string{"X-Key", "X-Timestamp", "X-Nonce", "X-Signature", "Idempotency-Key"}
	fieldNames  = []string{"person", "type", "text", "files", "at", "locale"}
)

func (p *Pages) explain(c *web.Context) error {
	s, err := p.board.Show(c.Context(), c.User.Actor(), workflow.OA)
	if err != nil {
		return err
	}
	key := s.Config["key_id"]
	if key == "" {
		key = Vector.Key
	}
	view := interfacePage{Page: page(c, "todo.interface"), Tabs: tabs(c, interfacePath), Script: Script(key, c.URL("/callback/oa"))}
	for _, name := range headerNames {
		view.Headers = append(view.Headers, templates.Fact{Label: name, Value: c.Text("todo.header." + strings.ToLower(name))})
	}
	for _, name := range fieldNames {
		view.Fields = append(view.Fields, templates.Fact{Label: name, Value: c.Text("todo.letter." + name)})
	}
	for _, one := range [][2]string{
		{"secret", Vector.Secret}, {"X-Timestamp", Vector.Stamp}, {"X-Nonce", Vector.Nonce}, {"body", Vector.Body}, {"X-Signature", Vector.Signature},
	} {
		view.Vector = append(view.Vector, templates.Fact{Label: one[0], Value: one[1]})
	}
	return c.Render(http.StatusOK, "admin/oa.html", view)
}
