package password_test

import (
	"testing"

	"mailbox/repository/password"
)

func TestFits(t *testing.T) {
	t.Parallel()
	a, err := password.New()
	if err != nil {
		t.Fatal(err)
	}
	hash, err := a.Hash("十个字以上的口令")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, password, hash string
		want                 bool
	}{
		{"the right one", "十个字以上的口令", hash, true},
		{"a wrong one", "十个字以上的口号", hash, false},
		{"an account without a password", "", "", false},
		{"a guess at the stand-in", "nobody signs in with this", "", false},
	} {
		if got, err := a.Fits(tt.password, tt.hash); err != nil || got != tt.want {
			t.Errorf("%s: %v, %v; want %v", tt.name, got, err, tt.want)
		}
	}
}
