package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"mailbox/workflow/webhooks"
)

// Sign is the signature of a request: HMAC-SHA256, in lower-case hexadecimal,
// over the lines timestamp, nonce, method, path with its query, and the SHA-256
// of the body in hexadecimal.
func Sign(secret, timestamp, nonce, method, path string, body []byte) string {
	sum := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(strings.Join([]string{timestamp, nonce, method, path, hex.EncodeToString(sum[:])}, "\n")))
	return hex.EncodeToString(mac.Sum(nil))
}

// signatures are the names of the keys and what they sign, in the same order,
// separated by commas: while a secret takes the place of another, both hold.
func signatures(keys []webhooks.Key, timestamp, nonce, method, path string, body []byte) (names, signs string) {
	var n, s []string
	for _, k := range keys {
		n, s = append(n, k.ID), append(s, Sign(k.Secret, timestamp, nonce, method, path, body))
	}
	return strings.Join(n, ","), strings.Join(s, ",")
}
