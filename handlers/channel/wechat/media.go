package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"

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
		return intake.Fetched{}, fmt.Errorf("fetch file: %w", errToken)
	}
	query := url.Values{"access_token": {token}, "media_id": {ref.ID}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.API.Base+"/cgi-bin/media/get?"+query.Encode(), nil)
	if err != nil {
		return intake.Fetched{}, errors.New("fetch file: bad address")
	}
	resp, err := c.API.Client.Do(r)
	if err != nil {
		return intake.Fetched{}, errors.New("fetch file: cannot be reached")
	}
	return content(resp, ref, limit)
}

func content(resp *http.Response, ref intake.MediaRef, limit int64) (intake.Fetched, error) {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || resp.StatusCode != http.StatusOK || !slices.Contains(kinds, kind) {
		_, _ = io.CopyN(io.Discard, resp.Body, channel.MaxBody)
		_ = resp.Body.Close()                                                             // nothing of it is wanted
		if resp.StatusCode >= 500 || kind == "text/plain" || kind == "application/json" { // a fault in words: it may pass
			return intake.Fetched{}, fmt.Errorf("fetch file: status %d", resp.StatusCode)
		}
		return intake.Fetched{}, workflow.Fail(workflow.Invalid, "chat.no_media")
	}
	if resp.ContentLength > limit {
		_ = resp.Body.Close() // nothing of it is wanted
		return intake.Fetched{}, workflow.Fail(workflow.Invalid, "file.too_large", limit>>20)
	}
	return intake.Fetched{Name: ref.Name, MediaType: kind, Content: resp.Body}, nil
}
