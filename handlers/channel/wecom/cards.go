package wecom

import (
	"context"
	"net/url"
	"strings"
	"time"

	"mailbox/handlers/channel"
	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/delivery"
)

var _ delivery.Board = (*Client)(nil)

// Show implements delivery.Board: a text card with a link that lets its reader in.
func (c *Client) Show(ctx context.Context, card delivery.Carded) (workflow.SendResult, string) {
	say := func(key string, args ...any) string { return c.Words.Words.Text(card.Locale, key, args...) }
	return c.send(ctx, func(line channels.Line) map[string]any {
		return map[string]any{
			"touser": card.To, "msgtype": "textcard", "agentid": agent(line),
			"textcard": map[string]string{
				"title": say("notice." + string(card.Kind)), "description": c.describe(card), "btntxt": say("card.open"),
				"url": c.Words.URL + loginPath + "?next=" + url.QueryEscape(web.CasePath(card.Number)),
			},
		}
	})
}

// describe says which case, and by when.
func (c *Client) describe(card delivery.Carded) string {
	lines := []string{c.Words.Words.Text(card.Locale, "card.case", card.Number)}
	if clock := card.Args["clock"]; clock != "" {
		lines = append(lines, c.Words.Words.Text(card.Locale, "clock."+clock))
	}
	due := card.Due
	if told, err := time.Parse(time.RFC3339, card.Args["due"]); err == nil {
		due = told
	}
	if !due.IsZero() {
		lines = append(lines, c.Words.Words.Text(card.Locale, "card.due", c.Words.Moment(card.Locale, due)))
	}
	return strings.Join(lines, "\n")
}

// TakeBack implements delivery.Board. The platform takes a message back within 24
// hours; afterwards, or when it is gone, it says no.
func (c *Client) TakeBack(ctx context.Context, external string) workflow.SendResult {
	line, err := c.Lines.Line(ctx, workflow.WeCom)
	if err != nil || !line.Enabled {
		return workflow.SendResult{State: workflow.Queued, Reason: delivery.ChannelOff}
	}
	var got fault
	err = c.call(ctx, line, "/cgi-bin/message/recall", nil, map[string]string{"msgid": external}, &got)
	r := result(err, sent{fault: got})
	switch r.State {
	case workflow.Sent:
		c.News(ctx, workflow.ChannelNews{Alive: true})
	case workflow.Uncertain: // a card that is gone already is refused, and that is an answer
		return workflow.SendResult{State: workflow.Queued, Reason: channel.Unreachable}
	case workflow.Queued, workflow.Failed, workflow.Sending:
	}
	return r
}
