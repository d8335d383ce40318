package intake

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Proof signs receipts, so that a writer can prove when which text was handed
// in, and nobody can without the text.
type Proof struct{ key ed25519.PrivateKey }

// NewProof returns a Proof whose key is derived from secret.
func NewProof(secret []byte) (Proof, error) {
	seed, err := hkdf.Key(sha256.New, secret, nil, "mailbox receipt proof", ed25519.SeedSize)
	if err != nil {
		return Proof{}, fmt.Errorf("derive proof key: %w", err)
	}
	return Proof{key: ed25519.NewKeyFromSeed(seed)}, nil
}

// Sign returns the proof of a letter (version.number.seconds.hash.signature)
// and the short mark that the seal of the receipt shows.
func (p Proof) Sign(number string, at time.Time, content []byte) (proof, mark string) {
	head := fmt.Sprintf("1.%s.%d.%s", number, at.Unix(), base64.RawURLEncoding.EncodeToString(content))
	sig := ed25519.Sign(p.key, []byte(head))
	return head + "." + base64.RawURLEncoding.EncodeToString(sig), strings.ToUpper(hex.EncodeToString(content[:4]))
}

// Verify reports whether a proof was signed by this mailbox.
func (p Proof) Verify(proof string) bool {
	head, sig, ok := cutLast(proof, ".")
	if !ok {
		return false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sig)
	if err != nil {
		return false
	}
	public, ok := p.key.Public().(ed25519.PublicKey)
	return ok && ed25519.Verify(public, []byte(head), raw)
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
