package web

import (
	"net/http"
	"time"
)

// cookie returns the value of a cookie, or "".
func (c *Context) cookie(name string) string {
	ck, err := c.Request.Cookie(name)
	if err != nil {
		return ""
	}
	return ck.Value
}

// setCookie sends a cookie that scripts and other sites do not see. With a
// maxAge of 0 it ends with the browser, below 0 at once.
func (c *Context) setCookie(name, value string, maxAge int) {
	http.SetCookie(c.Writer, &http.Cookie{ // Secure follows from PublicURL: plain http has no use for it
		Name: name, Value: value, MaxAge: maxAge, Path: "/",
		Secure: c.server.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func (c *Context) dropCookie(name string) { c.setCookie(name, "", -1) }

// Hold gives the browser a value to hold for a while, under a name that only
// this host may set. It comes back with visits from other sites too.
func (c *Context) Hold(name, value string, lasts time.Duration) {
	c.setCookie(c.server.hostCookie(name), value, int(lasts/time.Second))
}

// Held returns what the browser holds under a name, or "".
func (c *Context) Held(name string) string { return c.cookie(c.server.hostCookie(name)) }

// LetGo makes the browser forget it.
func (c *Context) LetGo(name string) { c.dropCookie(c.server.hostCookie(name)) }

// hostCookie is the name of a cookie that only this host may set. Browsers
// take the prefix over https alone, so it is left out on plain http.
func (s *Server) hostCookie(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}
