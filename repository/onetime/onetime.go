// Package onetime makes and reads the six digits of authenticator apps: TOTP of
// RFC 6238, with SHA-1 and steps of thirty seconds, which every app knows.
package onetime

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

const (
	step   = 30 * time.Second
	spread = 1 // how many steps a clock may be wrong by, each way
	digits = otp.DigitsSix
)

// Codes implements access.OneTime.
type Codes struct{}

// Secret is 160 random bits, as RFC 4226 wants them.
func (Codes) Secret() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b) // never fails
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// Step is the step whose code it is, near a moment; ok is false when it is none's.
func (Codes) Step(secret, code string, at time.Time) (found int64, ok bool) {
	now := at.Unix() / int64(step/time.Second)
	for n := now - spread; n <= now+spread; n++ {
		fits, err := hotp.ValidateCustom(code, uint64(n), secret, hotp.ValidateOpts{Digits: digits, Algorithm: otp.AlgorithmSHA1}) //nolint:gosec // steps since 1970 are positive
		if err == nil && fits {
			return n, true
		}
	}
	return 0, false
}

// Address is what the QR code says to an app.
func (Codes) Address(secret, issuer, account string) string {
	label := url.PathEscape(issuer) + ":" + url.PathEscape(account)
	name := strings.ReplaceAll(url.QueryEscape(issuer), "+", "%20") // apps show a plus as it is
	return fmt.Sprintf("otpauth://totp/%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d&period=%d",
		label, secret, name, digits.Length(), int(step/time.Second))
}
