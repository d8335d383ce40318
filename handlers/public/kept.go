package public

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"mailbox/workflow"
)

// fileSigner signs files that have been taken in already, so that a form which
// comes back with a mistake keeps them. A signature is good for the one form it
// was made for: a writer can hand in again only what this very form brought,
// never a file whose hash they know from elsewhere.
type fileSigner struct{ key []byte }

// sign returns the file as the value of a hidden field.
func (s fileSigner) sign(token string, f workflow.NewFile) string {
	b, _ := json.Marshal(f) // strings and a number always marshal
	text := base64.RawURLEncoding.EncodeToString(b)
	return text + "." + base64.RawURLEncoding.EncodeToString(s.mac(token, text))
}

// open returns the files of the values that were signed for this form; others
// are passed over.
func (s fileSigner) open(token string, values []string) []workflow.NewFile {
	var out []workflow.NewFile
	for _, v := range values {
		text, mac, _ := strings.Cut(v, ".")
		raw, err := base64.RawURLEncoding.DecodeString(mac)
		if err != nil || token == "" || !hmac.Equal(raw, s.mac(token, text)) {
			continue
		}
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			continue
		}
		var f workflow.NewFile
		if json.Unmarshal(b, &f) == nil {
			out = append(out, f)
		}
	}
	return out
}

func (s fileSigner) mac(token, text string) []byte {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte(token + "\x00" + text))
	return m.Sum(nil)
}
