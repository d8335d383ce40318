package web

import "net/http"

// cookie returns the value of a cookie, or "".
func (c *Context) cookie(name string) string {
	ck, err := c.Request.Cookie(name)
	if err != nil {
		return ""
	}
	return ck.Value
}

// setCookie sends a cookie that scripts and other sites do not see.
func (c *Context) setCookie(ck http.Cookie) {
	ck.Path = "/"
	ck.HttpOnly = true
	ck.Secure = c.server.secure
	ck.SameSite = http.SameSiteLaxMode
	http.SetCookie(c.Writer, &ck)
}

func (c *Context) dropCookie(name string) {
	c.setCookie(http.Cookie{Name: name, MaxAge: -1})
}

// hostCookie is the name of a cookie that only this host may set. Browsers
// take the prefix over https alone, so it is left out on plain http.
func (s *Server) hostCookie(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}
