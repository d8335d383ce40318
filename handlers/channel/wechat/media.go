package wechat

import (
	"context"
	"fmt"
	"net/url"

	"mailbox/handlers/channel"
	"mailbox/workflow"
	"mailbox/workflow/intake"
)

// kinds of file that the platform sends.
var kinds = []string{"image/jpeg", "image/png", "image/gif", "audio/amr", "audio/mpeg", "audio/speex", "video/mp4", "application/octet-stream"}

// Fetch implements intake.Media: from the platform's own host, by the name it
// gave, with no redirect.
func (c *Client) Fetch(ctx context.Context, ref intake.MediaRef, limit int64) (intake.Fetched, error) {
	line, err := c.Lines.Line(ctx, workflow.WeChat)
	if err != nil {
		return intake.Fetched{}, err
	}
	token, err := c.token(ctx, line, "")
	if err != nil {
		return intake.Fetched{}, fmt.Errorf("fetch file: %w", channel.ErrToken)
	}
	query := url.Values{"access_token": {token}, "media_id": {ref.ID}}
	return channel.Download(ctx, c.API.Client, c.API.Base+"/cgi-bin/media/get?"+query.Encode(), ref, kinds, limit)
}
