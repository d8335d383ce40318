package workflow

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"unicode"
)

// codeAlphabet is Crockford's base32: no I, L, O or U to be misread.
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Code is a query code: 16 characters, 80 random bits. It is shown to the
// writer and stored nowhere in the clear.
type Code string

// NewCode returns a random code.
func NewCode() Code {
	var b [16]byte
	rand.Read(b[:]) // never fails; see crypto/rand
	for i := range b {
		b[i] = codeAlphabet[b[i]&31]
	}
	return Code(b[:])
}

// ParseCode reads what a person typed: case, width, spaces and dashes of any
// kind do not matter, O is 0, I and L are 1. ok is false when it cannot be a code.
func ParseCode(s string) (c Code, ok bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(s) {
		switch r = narrow(r); {
		case unicode.IsSpace(r) || unicode.Is(unicode.Dash, r):
			continue
		case r == 'O':
			r = '0'
		case r == 'I' || r == 'L':
			r = '1'
		}
		if r > 127 || !strings.ContainsRune(codeAlphabet, r) || b.Len() == 16 {
			return "", false
		}
		b.WriteRune(r)
	}
	return Code(b.String()), b.Len() == 16
}

// Groups is the code as people read it: 7K3M-9QXR-2FTV-8WDN.
func (c Code) Groups() string {
	if len(c) != 16 {
		return ""
	}
	return string(c[:4] + "-" + c[4:8] + "-" + c[8:12] + "-" + c[12:])
}

// String keeps a code out of logs.
func (c Code) String() string { return "•••" }

// GoString keeps a code out of %#v.
func (c Code) GoString() string { return "•••" }

// MarshalText keeps a code out of every text encoder; whoever must show it
// says so with Groups.
func (c Code) MarshalText() ([]byte, error) { return []byte("•••"), nil }

// Codes hashes and seals query codes with keys that are not in the database.
type Codes struct{ key []byte }

// NewCodes returns a Codes with a secret key of at least 32 bytes.
func NewCodes(key []byte) Codes { return Codes{key: key} }

// Hash is what the database keeps of a code.
func (k Codes) Hash(c Code) []byte {
	mac := hmac.New(sha256.New, k.key)
	mac.Write([]byte(c))
	return mac.Sum(nil)
}

// Fits reports in constant time whether c is the code with that hash.
func (k Codes) Fits(c Code, hash []byte) bool { return hmac.Equal(k.Hash(c), hash) }

// Seal locks the code with the token of the form it was sent by, so that the
// same form sent again shows the same receipt: only that browser has the token.
func (k Codes) Seal(c Code, token string) ([]byte, error) {
	aead, err := k.lock(token)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, []byte(c), nil), nil
}

// Unseal opens what Seal locked, or fails as if there were nothing.
func (k Codes) Unseal(sealed []byte, token string) (Code, error) {
	aead, err := k.lock(token)
	if err != nil {
		return "", err
	}
	b, err := aead.Open(nil, nil, sealed, nil)
	if err != nil {
		return "", Absent()
	}
	return Code(b), nil
}

func (k Codes) lock(token string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, k.key, []byte(token), "mailbox receipt", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// ReplyToken is the unguessable part of the address that a case's mails are
// answered to: whoever writes there was written to.
func (k Codes) ReplyToken(caseID int64) string {
	id := strconv.FormatInt(caseID, 36)
	mac := hmac.New(sha256.New, k.key)
	mac.Write([]byte("reply " + id))
	return id + "." + strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:15]))
}

// CaseOfReply is the case a reply token was made for.
func (k Codes) CaseOfReply(token string) (caseID int64, ok bool) {
	token = strings.ToLower(token)
	id, _, _ := strings.Cut(token, ".")
	n, err := strconv.ParseInt(id, 36, 64)
	if err != nil || n <= 0 {
		return 0, false
	}
	return n, hmac.Equal([]byte(k.ReplyToken(n)), []byte(token))
}
