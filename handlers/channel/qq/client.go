package qq

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbox/handlers/channel"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/delivery"
	"mailbox/workflow/intake"
)

// The platform's hosts: for messages, for tokens, and where files lie.
const (
	Host     = "https://api.sgroup.qq.com"
	AuthHost = "https://bots.qq.com"
)

// FileHosts are where the platform keeps what people send.
var FileHosts = []string{"https://multimedia.nt.qq.com.cn", "https://gchat.qpic.cn", "https://grouptalk.c2c.qq.com"}

// Client calls the platform.
type Client struct {
	API, Auth *channel.API
	FileHosts []string
	Lines     channel.Lines
	Tokens    *channel.Tokens
	Words     channel.Phrases
	Now       func() time.Time
	// News notes what the platform did for us.
	News func(ctx context.Context, n workflow.ChannelNews)
}

var (
	_ delivery.Voice = (*Client)(nil)
	_ intake.Media   = (*Client)(nil)
)

// fault is how the platform says what went wrong.
type fault struct {
	Code int `json:"code"`
}

// refused reports whether a code means that the token is none.
func refused(code int) bool { return slices.Contains([]int{11241, 11242, 11243, 11244, 11251}, code) }

// call posts with the bot's token, and once more with a new one when the
// platform says that the token is none.
func (c *Client) call(ctx context.Context, line channels.Line, path string, body any, got *answer) error {
	fresh := func(ctx context.Context) (string, time.Duration, error) { return c.fresh(ctx, line) }
	return c.Tokens.Use(ctx, "qq:"+line.Config["app_id"], fresh, func(token string, expires time.Time) (bool, error) {
		c.News(ctx, workflow.ChannelNews{TokenExpires: expires})
		header := http.Header{"Authorization": {"QQBot " + token}, "X-Union-Appid": {line.Config["app_id"]}}
		*got = answer{}
		err := c.API.Call(ctx, path, nil, header, body, got)
		return refused(got.Code), err
	})
}

func (c *Client) fresh(ctx context.Context, line channels.Line) (string, time.Duration, error) {
	var got struct {
		fault
		Token string          `json:"access_token"`
		Lasts json.RawMessage `json:"expires_in"` // a number, or one in quotes
	}
	err := c.Auth.Call(ctx, "/app/getAppAccessToken", nil, nil, map[string]string{
		"appId": line.Config["app_id"], "clientSecret": line.Secrets["app_secret"],
	}, &got)
	if err != nil {
		return "", 0, err
	}
	seconds, err := strconv.Atoi(strings.Trim(string(got.Lasts), `"`))
	if err != nil || got.Token == "" {
		return "", 0, fmt.Errorf("platform gave no token: code %d", got.Code)
	}
	return got.Token, time.Duration(seconds) * time.Second, nil
}

// Probe implements channels.Probe: it asks for the token that everything needs.
func (c *Client) Probe(ctx context.Context, _ workflow.Channel) error {
	line, err := c.Lines.Line(ctx, workflow.QQ)
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
	"image/jpeg", "image/png", "image/gif", "image/webp", "audio/amr", "audio/mpeg", "audio/wav", "audio/x-wav", "video/mp4", "application/octet-stream", "application/pdf",
}

var errElsewhere = errors.New("fetch file: not on the platform's hosts")

// Fetch implements intake.Media: from the platform's own hosts, with no redirect.
func (c *Client) Fetch(ctx context.Context, ref intake.MediaRef, limit int64) (intake.Fetched, error) {
	at, err := url.Parse(ref.URL)
	if err != nil || at.User != nil || !slices.Contains(c.FileHosts, at.Scheme+"://"+at.Host) {
		return intake.Fetched{}, &workflow.Error{Kind: workflow.Invalid, Key: "chat.no_media", Err: errElsewhere}
	}
	return channel.Download(ctx, c.API.Client, at.String(), ref, kinds, limit)
}
