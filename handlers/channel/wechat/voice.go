package wechat

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"mailbox/handlers/channel"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/delivery"
)

// Host is the platform's.
const Host = "https://api.weixin.qq.com"

// maxText is the longest text message, in bytes.
const maxText = 2000

// Client calls the platform.
type Client struct {
	API    *channel.API
	Lines  channel.Lines
	Tokens *channel.Tokens
	Words  channel.Phrases
	Now    func() time.Time
	// News notes what the platform did for us.
	News func(ctx context.Context, n workflow.ChannelNews)
}

var _ delivery.Voice = (*Client)(nil)

// fault is how the platform says what went wrong.
type fault struct {
	Code int    `json:"errcode"`
	Text string `json:"errmsg"`
}

// The platform's codes that mean something to us.
const (
	codeBusy         = -1
	codeTokenInvalid = 40001
	codeTokenMissing = 40014
	codeTokenExpired = 42001
	codeUnfollowed   = 43004
	codeRefused      = 43101 // the person has not allowed a notice
	codeTooOften     = 45009
	codeOutside      = 45015
	codeUsedUp       = 45047
)

// Speak implements delivery.Voice.
func (c *Client) Speak(ctx context.Context, s delivery.Speech) (workflow.SendResult, string) {
	line, err := c.Lines.Line(ctx, workflow.WeChat)
	if err != nil || !line.Enabled {
		return workflow.SendResult{State: workflow.Queued, Reason: delivery.ChannelOff}, ""
	}
	path, body := c.message(line, s)
	var got struct {
		fault
		MsgID int64 `json:"msgid"`
	}
	err = c.call(ctx, line, path, body, &got, &got.fault)
	r := result(err, got.Code)
	c.News(ctx, workflow.ChannelNews{Out: r.State == workflow.Sent, Alive: err == nil && (r.State == workflow.Sent || personal(got.Code)), Error: platformFault(err, got.Code)})
	external := ""
	if got.MsgID != 0 && r.State == workflow.Sent {
		external = strconv.FormatInt(got.MsgID, 10)
	}
	return r, external
}

// message is the call that says a notice.
func (c *Client) message(line channels.Line, s delivery.Speech) (path string, body any) {
	to := string(s.Person)
	switch s.Step {
	case workflow.StepTemplate:
		return "/cgi-bin/message/template/send", map[string]any{
			"touser": to, "template_id": line.Config["template_id"], "url": c.Words.URL + "/track", "client_msg_id": clientID(s.Dedup),
			"data": c.data(s, "character_string1", "thing2"),
		}
	case workflow.StepSubscribe:
		return "/cgi-bin/message/subscribe/bizsend", map[string]any{
			"touser": to, "template_id": line.Config["subscribe_id"], "page": c.Words.URL + "/track", "data": c.data(s, "character_string1", "thing2"),
		}
	default:
		return "/cgi-bin/message/custom/send", map[string]any{
			"touser": to, "msgtype": "text", "text": map[string]string{"content": c.Words.Notice(s.Mail, maxText)},
		}
	}
}

// data fills a template: the number of the case, and what happened.
func (c *Client) data(s delivery.Speech, number, what string) map[string]map[string]string {
	words := []rune(c.Words.Words.Text(s.Mail.Locale, "chat.notice.short."+string(s.Mail.Kind)))
	return map[string]map[string]string{
		number: {"value": s.Mail.Number},
		what:   {"value": string(words[:min(len(words), 20)])}, // thing: at most 20 characters
	}
}

// clientID is a name of at most 32 characters by which the platform knows a
// message again.
func clientID(dedup string) string { return dedup[:min(len(dedup), 32)] }

// call calls with the account's token, and once more with a new one when the
// platform says that the token is none.
func (c *Client) call(ctx context.Context, line channels.Line, path string, body, out any, f *fault) error {
	token, err := c.token(ctx, line, "")
	for try := 0; err == nil; try++ {
		*f = fault{}
		err = c.API.Call(ctx, path, url.Values{"access_token": {token}}, nil, body, out)
		if err != nil || try > 0 || f.Code != codeTokenInvalid && f.Code != codeTokenExpired && f.Code != codeTokenMissing {
			return err
		}
		token, err = c.token(ctx, line, token)
	}
	return fmt.Errorf("%w: %w", channel.ErrToken, err)
}

func (c *Client) token(ctx context.Context, line channels.Line, stale string) (string, error) {
	account := line.Config["app_id"]
	value, expires, err := c.Tokens.Get(ctx, "wechat:"+account, stale, func(ctx context.Context) (string, time.Duration, error) {
		return c.fresh(ctx, line, stale != "")
	})
	if err == nil {
		c.News(ctx, workflow.ChannelNews{TokenExpires: expires})
	}
	return value, err
}

// fresh asks for the stable token; force makes the platform give another one.
func (c *Client) fresh(ctx context.Context, line channels.Line, force bool) (string, time.Duration, error) {
	var got struct {
		fault
		Token string `json:"access_token"`
		Lasts int    `json:"expires_in"`
	}
	err := c.API.Call(ctx, "/cgi-bin/stable_token", nil, nil, map[string]any{
		"grant_type": "client_credential", "appid": line.Config["app_id"], "secret": line.Secrets["app_secret"], "force_refresh": force,
	}, &got)
	if err != nil {
		return "", 0, err
	}
	if got.Token == "" {
		return "", 0, fmt.Errorf("platform gave no token: code %d", got.Code)
	}
	return got.Token, time.Duration(got.Lasts) * time.Second, nil
}

// Probe implements channels.Probe: it asks for the token that everything needs.
func (c *Client) Probe(ctx context.Context, _ workflow.Channel) error {
	line, err := c.Lines.Line(ctx, workflow.WeChat)
	if err != nil {
		return err
	}
	_, lasts, err := c.fresh(ctx, line, false)
	n := workflow.ChannelNews{Alive: err == nil}
	if err != nil {
		n.Error = channel.TokenFault
	} else {
		n.TokenExpires = c.Now().Add(lasts)
	}
	c.News(ctx, n)
	return err
}

// result is what became of a message.
func result(err error, code int) workflow.SendResult {
	if err != nil {
		return channel.Unsent(err)
	}
	switch code {
	case 0:
		return workflow.SendResult{State: workflow.Sent}
	case codeBusy, codeTokenInvalid, codeTokenExpired, codeTokenMissing:
		return workflow.SendResult{State: workflow.Queued, Reason: channel.TokenFault}
	case codeOutside:
		return workflow.SendResult{State: workflow.Failed, Reason: delivery.WindowClosed}
	case codeUsedUp:
		return workflow.SendResult{State: workflow.Failed, Reason: delivery.UsedUp}
	case codeUnfollowed:
		return workflow.SendResult{State: workflow.Failed, Reason: delivery.Unfollowed}
	case codeRefused:
		return workflow.SendResult{State: workflow.Failed, Reason: delivery.NoGrant}
	case codeTooOften:
		return workflow.SendResult{State: workflow.Failed, Reason: channel.Limited}
	}
	return workflow.SendResult{State: workflow.Failed, Reason: channel.Refused}
}

// personal reports whether a code is about one person and not about us.
func personal(code int) bool {
	return code == codeOutside || code == codeUsedUp || code == codeUnfollowed || code == codeRefused
}

// platformFault is what is noted against the platform, or "".
func platformFault(err error, code int) string {
	if err == nil && (code == 0 || personal(code)) {
		return ""
	}
	return result(err, code).Reason
}
