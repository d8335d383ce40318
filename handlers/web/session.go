package web

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"mailbox/workflow"
)

// A session ends after two hours without a request and after twelve hours in
// any case: a working day.
const (
	sessionIdle     = 2 * time.Hour
	sessionAbsolute = 12 * time.Hour
)

const sessionCookie = "mailbox"

// identify finds out who is asking. Pages for anyone are served without an
// answer, so that they work while the sessions are away; all others are closed
// then.
func (c *Context) identify() error {
	if c.route.API {
		return c.identifyBearer()
	}
	token := c.cookie(c.server.hostCookie(sessionCookie))
	if token == "" {
		return nil
	}
	err := c.resume(token)
	if c.route.Who.anyone || workflow.KindOf(err) == workflow.Unauthenticated {
		return nil
	}
	return err
}

// resume makes c the session's: the account is read anew each time.
func (c *Context) resume(token string) error {
	sess, err := c.server.Sessions.Find(c.Context(), token, c.Now)
	if err != nil {
		return sessionsAway(err)
	}
	user, err := c.server.Accounts.Account(c.Context(), sess.AccountID)
	gone := workflow.KindOf(err) == workflow.NotFound
	if err != nil && !gone {
		return err
	}
	if gone || user.Disabled || !c.Now.Before(sess.Since.Add(sessionAbsolute)) {
		return c.expel(token)
	}
	c.User, c.Session, c.token = &user, sess, token
	return nil
}

func (c *Context) expel(token string) error {
	if err := c.server.Sessions.Close(c.Context(), token); err != nil {
		return sessionsAway(err)
	}
	return workflow.Fail(workflow.Unauthenticated, "request.unauthenticated")
}

func (c *Context) identifyBearer() error {
	token, ok := strings.CutPrefix(c.Request.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil
	}
	user, err := c.server.Accounts.Bearer(c.Context(), token)
	if workflow.KindOf(err) == workflow.Unauthenticated {
		return cmp.Or(c.wrongToken(), err)
	}
	if err != nil {
		return err
	}
	if user.Disabled {
		return workflow.Fail(workflow.Unauthenticated, "request.unauthenticated")
	}
	c.User = &user
	return nil
}

// limitWrongTokens is how often one network may come with a token that opens
// nothing.
var limitWrongTokens = workflow.Limit{Name: "api-token", Rate: 30, Burst: 30, Per: time.Minute}

// wrongToken counts one more of them and says when there were too many.
func (c *Context) wrongToken() error {
	if err := c.Allow(limitWrongTokens, c.ClientKey()); workflow.KindOf(err) == workflow.Limited {
		return err
	}
	return nil
}

// SignIn starts a session for an account whose owner has proved who she is.
// The browser gets a new token; the one it came with is dead.
func (c *Context) SignIn(accountID int64) error { return c.SignInWith(accountID, "") }

// SignInWith is SignIn for who comes from the campus, which may end the session
// under the ticket it gave.
func (c *Context) SignInWith(accountID int64, ticket string) error {
	if old := c.cookie(c.server.hostCookie(sessionCookie)); old != "" {
		if err := c.server.Sessions.Close(c.Context(), old); err != nil {
			return sessionsAway(err)
		}
	}
	sess := workflow.Session{
		AccountID: accountID, Since: c.Now, Seen: c.Now, Client: browserWords(c.Request.UserAgent()), Ticket: ticket,
	}
	token, err := c.server.Sessions.Open(c.Context(), sess, sessionIdle, sessionAbsolute)
	if err != nil {
		return sessionsAway(err)
	}
	c.setCookie(c.server.hostCookie(sessionCookie), token, 0)
	c.dropCookie(c.server.hostCookie(loginCookie))
	return nil
}

// SignOut ends the session and asks the browser to forget what it kept. When
// the sessions are away it fails: a session that lives on was not signed out.
func (c *Context) SignOut() error {
	if token := c.cookie(c.server.hostCookie(sessionCookie)); token != "" {
		if err := c.server.Sessions.Close(c.Context(), token); err != nil {
			return sessionsAway(err)
		}
	}
	c.User, c.token = nil, ""
	c.dropCookie(c.server.hostCookie(sessionCookie))
	c.SetHeader("Clear-Site-Data", `"cache", "storage"`)
	return nil
}

// sessionsAway makes an error of the sessions one that says what is closed,
// staff's pages, and what is not.
func sessionsAway(err error) error {
	if k := workflow.KindOf(err); err == nil || k != workflow.Internal && k != workflow.Unavailable {
		return err
	}
	wait := retryAfter
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.RetryAfter > 0 {
		wait = e.RetryAfter
	}
	return &workflow.Error{Kind: workflow.Unavailable, Key: staffWaits, RetryAfter: wait, Err: err}
}

// unavailable makes an error of a helper that is away one that says so.
func unavailable(err error) error {
	if _, ok := errors.AsType[*workflow.Error](err); ok || err == nil {
		return err
	}
	return &workflow.Error{
		Kind: workflow.Unavailable, Key: "request.unavailable", RetryAfter: retryAfter, Err: err,
	}
}

// browserWords is what the owner of a session recognises it by: a family of
// browsers and one of systems, nothing finer.
func browserWords(userAgent string) string {
	browser := firstIn(userAgent, "MicroMessenger", "Edg", "Firefox", "Chrome", "Safari")
	system := firstIn(userAgent, "Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
	return strings.TrimSpace(browser + " " + system)
}

func firstIn(s string, words ...string) string {
	for _, w := range words {
		if strings.Contains(s, w) {
			return w
		}
	}
	return ""
}
