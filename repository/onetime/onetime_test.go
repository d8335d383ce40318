package onetime_test

import (
	"encoding/base32"
	"net/url"
	"testing"
	"time"

	"mailbox/repository/onetime"
)

// The vectors of RFC 6238, appendix B, cut to six digits.
func TestCodes_fitTheStandard(t *testing.T) {
	t.Parallel()
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if step, ok := (onetime.Codes{}).Step(secret, code, time.Unix(at, 0)); !ok || step != at/30 {
			t.Errorf("%s at %d: step %d, %v", code, at, step, ok)
		}
	}
}

func TestCodes_areGoodForAStepMore(t *testing.T) {
	t.Parallel()
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for shift, want := range map[time.Duration]bool{-30 * time.Second: true, 30 * time.Second: true, 61 * time.Second: false, -61 * time.Second: false} {
		if _, ok := (onetime.Codes{}).Step(secret, "050471", time.Unix(1111111111, 0).Add(shift)); ok != want {
			t.Errorf("%s: %v", shift, ok)
		}
	}
	for _, code := range []string{"", "05047", "0504711", "abcdef", "０５０４７１", "050472"} {
		if _, ok := (onetime.Codes{}).Step(secret, code, time.Unix(1111111111, 0)); ok {
			t.Errorf("%q fits", code)
		}
	}
}

func TestCodes_areAskedForByQR(t *testing.T) {
	t.Parallel()
	c := onetime.Codes{}
	one, two := c.Secret(), c.Secret()
	if len(one) != 32 || one == two {
		t.Errorf("secrets %q and %q", one, two)
	}
	u, err := url.Parse(c.Address(one, "校长信箱 · 学校", "clerk"))
	if err != nil || u.Scheme != "otpauth" || u.Path != "/校长信箱 · 学校:clerk" || u.Query().Get("secret") != one || u.Query().Get("issuer") != "校长信箱 · 学校" {
		t.Errorf("%v %v", u, err)
	}
}
