package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
)

// mac signs parts for one purpose. Parts are told apart by their lengths, so
// that ("ab","c") and ("a","bc") have different signatures.
func (s *Server) mac(purpose string, parts ...string) string {
	h := hmac.New(sha256.New, s.Key)
	for _, p := range append([]string{"web", purpose}, parts...) {
		sum := sha256.Sum256([]byte(p))
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// sameMAC compares without telling how much was right.
func sameMAC(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// randomHex returns n random bytes in hex.
func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: see its documentation
	return hex.EncodeToString(b)
}
