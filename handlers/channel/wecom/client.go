package wecom

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
	"mailbox/workflow/intake"
)

// Host is the platform's.
const Host = "https://qyapi.weixin.qq.com"

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

var (
	_ delivery.Voice = (*Client)(nil)
	_ intake.Media   = (*Client)(nil)
)

// fault is how the platform says what went wrong.
type fault struct {
	Code int `json:"errcode"`
}

func (f fault) code() int { return f.Code }

// The platform's codes that mean something to us.
const (
	codeBusy         = -1
	codeTokenWrong   = 40001
	codeTokenInvalid = 40014
	codeTokenExpired = 42001
	codeNobody       = 81013 // none of those it is for can be written to
	codeTooOften     = 45009
	codeTooMany      = 45033
	codeNoMember     = 60111
)

// call calls with the app's token, and once more with a new one when the
// platform says that the token is none.
func (c *Client) call(ctx context.Context, line channels.Line, path string, query url.Values, body any, out interface{ code() int }) error {
	account := "wecom:" + line.Config["corp_id"] + ":" + line.Config["agent_id"]
	fresh := func(ctx context.Context) (string, time.Duration, error) { return c.fresh(ctx, line) }
	return c.Tokens.Use(ctx, account, fresh, func(token string, expires time.Time) (bool, error) {
		c.News(ctx, workflow.ChannelNews{TokenExpires: expires})
		q := url.Values{"access_token": {token}}
		for name, values := range query {
			q[name] = values
		}
		err := c.API.Call(ctx, path, q, nil, body, out)
		return refused(out.code()), err
	})
}

// refused reports whether a code means that the token is none.
func refused(code int) bool {
	return code == codeTokenWrong || code == codeTokenInvalid || code == codeTokenExpired
}

func (c *Client) fresh(ctx context.Context, line channels.Line) (string, time.Duration, error) {
	var got struct {
		fault
		Token string `json:"access_token"`
		Lasts int    `json:"expires_in"`
	}
	query := url.Values{"corpid": {line.Config["corp_id"]}, "corpsecret": {line.Secrets["app_secret"]}}
	if err := c.API.Call(ctx, "/cgi-bin/gettoken", query, nil, nil, &got); err != nil {
		return "", 0, err
	}
	if got.Token == "" {
		return "", 0, fmt.Errorf("platform gave no token: code %d", got.Code)
	}
	return got.Token, time.Duration(got.Lasts) * time.Second, nil
}

// Probe implements channels.Probe: it asks for the token that everything needs.
func (c *Client) Probe(ctx context.Context, _ workflow.Channel) error {
	line, err := c.Lines.Line(ctx, workflow.WeCom)
	if err != nil {
		return err
	}
	_, lasts, err := c.fresh(ctx, line)
	n := workflow.ChannelNews{Alive: err == nil}
	if err != nil {
		n.Error = channel.TokenFault
	} else {
		n.TokenExpires = c.Now().Add(lasts)
	}
	c.News(ctx, n)
	return err
}

// kinds of file that the platform sends.
var kinds = []string{
	"image/jpeg", "image/png", "image/gif", "audio/amr", "audio/mpeg", "audio/speex", "video/mp4", "application/octet-stream", "application/pdf",
}

// Fetch implements intake.Media: from the platform's own host, by the name it
// gave, with no redirect.
func (c *Client) Fetch(ctx context.Context, ref intake.MediaRef, limit int64) (intake.Fetched, error) {
	line, err := c.Lines.Line(ctx, workflow.WeCom)
	if err != nil {
		return intake.Fetched{}, err
	}
	account := "wecom:" + line.Config["corp_id"] + ":" + line.Config["agent_id"]
	token, _, err := c.Tokens.Get(ctx, account, "", func(ctx context.Context) (string, time.Duration, error) { return c.fresh(ctx, line) })
	if err != nil {
		return intake.Fetched{}, fmt.Errorf("fetch file: %w", channel.ErrToken)
	}
	query := url.Values{"access_token": {token}, "media_id": {ref.ID}}
	return channel.Download(ctx, c.API.Client, c.API.Base+"/cgi-bin/media/get?"+query.Encode(), ref, kinds, limit)
}

// agent is the number of our app; the settings let nothing else in.
func agent(line channels.Line) int {
	n, _ := strconv.Atoi(line.Config["agent_id"])
	return n
}
