package channel

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Signer is the scheme by which programs of the college's own sign their calls,
// to us and from us, in the headers X-Key, X-Timestamp (seconds since 1970),
// X-Nonce and X-Signature: the hex HMAC-SHA256, with the secret, of
//
//	timestamp \n nonce \n METHOD \n path \n hex SHA-256 of the body
//
// The path has no query, and a call with one is refused: nothing unsigned is
// read.
type Signer struct {
	Key    string
	Secret string
}

// maxNonce is the longest nonce.
const maxNonce = 64

// Signature is the signature of a call.
func (s Signer) Signature(stamp, nonce, method, path string, body []byte) string {
	sum := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(s.Secret))
	mac.Write([]byte(strings.Join([]string{stamp, nonce, method, path, hex.EncodeToString(sum[:])}, "\n")))
	return hex.EncodeToString(mac.Sum(nil))
}

// Header is the headers of a call of ours, with a nonce of its own.
func (s Signer) Header(now time.Time, method, path string, body []byte) http.Header {
	stamp, nonce := strconv.FormatInt(now.Unix(), 10), rand.Text()
	return s.signed(stamp, nonce, s.Signature(stamp, nonce, method, path, body))
}

func (s Signer) signed(stamp, nonce, signature string) http.Header {
	h := http.Header{}
	h.Set("X-Key", s.Key)
	h.Set("X-Timestamp", stamp)
	h.Set("X-Nonce", nonce)
	h.Set("X-Signature", signature)
	return h
}

// Open verifies a call and returns its body and its nonce. Whatever is wrong is
// ErrRefused.
func (s Signer) Open(c *Callback) (body []byte, nonce string, err error) {
	stamp, nonce := c.Header.Get("X-Timestamp"), c.Header.Get("X-Nonce")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	ours := subtle.ConstantTimeCompare([]byte(c.Header.Get("X-Key")), []byte(s.Key)) == 1
	if err != nil || !ours || s.Secret == "" || !c.Fresh(seconds) || !plainWord(nonce, maxNonce) || len(c.Query) > 0 {
		return nil, "", ErrRefused
	}
	if body, err = c.Body(); err != nil {
		return nil, "", err
	}
	want := s.Signature(stamp, nonce, c.Method, c.Path, body)
	if subtle.ConstantTimeCompare([]byte(want), []byte(c.Header.Get("X-Signature"))) != 1 {
		return nil, "", ErrRefused
	}
	return body, nonce, nil
}

// plainWord reports whether s is 1 to most visible ASCII characters.
func plainWord(s string, most int) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != "" && len(s) <= most
}
