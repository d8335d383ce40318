package public

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"mailbox/handlers/web"
)

// box seals what a browser keeps for us and may not read: a receipt for a
// quarter of an hour, and which case a writer has opened. Nothing of it is
// stored anywhere else.
type box struct{ aead cipher.AEAD }

func newBox(key []byte) (box, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return box{}, fmt.Errorf("public pages: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return box{}, fmt.Errorf("public pages: %w", err)
	}
	return box{aead}, nil
}

// sealed is what lies in the box: a value and until when it is good. The
// browser forgets it as well, but its word is not taken for that.
type sealed[T any] struct {
	Until time.Time `json:"u"`
	Value T         `json:"v"`
}

// cookie is a kind of sealed cookie: its name is also the purpose it is sealed
// for, so that no cookie can stand in for another.
type cookie struct {
	name, path string
	lasts      time.Duration
	site       http.SameSite
}

var (
	receiptCookie = cookie{"mailbox-receipt", "/receipt", 15 * time.Minute, http.SameSiteLaxMode}
	sentCookie    = cookie{"mailbox-sent", "/write", 15 * time.Minute, http.SameSiteLaxMode}
	trackCookie   = cookie{"mailbox-track", "/track", 2 * time.Hour, http.SameSiteStrictMode}
)

// put gives the browser a value to keep.
func put[T any](c *web.Context, b box, k cookie, value T) error {
	plain, err := json.Marshal(sealed[T]{Until: c.Now.Add(k.lasts), Value: value})
	if err != nil {
		return fmt.Errorf("seal %s: %w", k.name, err)
	}
	text := base64.RawURLEncoding.EncodeToString(b.aead.Seal(nil, nil, plain, []byte(k.name)))
	k.set(c, text, int(k.lasts.Seconds()))
	return nil
}

// take returns the value the browser kept; ok is false when there is none that
// is ours and still good.
func take[T any](c *web.Context, b box, k cookie) (value T, ok bool) {
	kept, err := c.Request.Cookie(k.name)
	if err != nil {
		return value, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(kept.Value)
	if err != nil {
		return value, false
	}
	plain, err := b.aead.Open(nil, nil, raw, []byte(k.name))
	if err != nil {
		return value, false
	}
	var s sealed[T]
	if err := json.Unmarshal(plain, &s); err != nil || !c.Now.Before(s.Until) {
		return value, false
	}
	return s.Value, true
}

// drop makes the browser forget.
func (k cookie) drop(c *web.Context) { k.set(c, "", -1) }

// set sends the cookie. Secure follows from the public address: plain http has
// no use for it.
func (k cookie) set(c *web.Context, value string, maxAge int) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: k.name, Value: value, Path: k.path, MaxAge: maxAge,
		HttpOnly: true, SameSite: k.site, Secure: strings.HasPrefix(c.URL("/"), "https:"),
	})
}
