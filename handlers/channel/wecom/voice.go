package wecom

import (
	"context"

	"mailbox/handlers/channel"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/delivery"
)

// NoMember is a reason, as a catalogue key: the person is not in the corporation,
// or not among those who see the app.
const NoMember = "ladder.no_member"

// maxText is the longest text message, in bytes; the platform cuts what is longer.
const maxText = 2048

// sent is what the platform says of a message.
type sent struct {
	fault
	ID         string `json:"msgid"`
	Invalid    string `json:"invaliduser"`
	Unlicensed string `json:"unlicenseduser"`
}

// Speak implements delivery.Voice: a text to a member. Inside of the corporation
// there is no window.
func (c *Client) Speak(ctx context.Context, s delivery.Speech) (workflow.SendResult, string) {
	return c.send(ctx, func(line channels.Line) map[string]any {
		return map[string]any{
			"touser": string(s.Person), "msgtype": "text", "agentid": agent(line), "safe": 0,
			"text": map[string]string{"content": c.Words.Notice(s.Mail, maxText)},
		}
	})
}

// send sends one message to one member, and says truthfully what became of it.
func (c *Client) send(ctx context.Context, message func(channels.Line) map[string]any) (workflow.SendResult, string) {
	line, err := c.Lines.Line(ctx, workflow.WeCom)
	if err != nil || !line.Enabled {
		return workflow.SendResult{State: workflow.Queued, Reason: delivery.ChannelOff}, ""
	}
	var got sent
	err = c.call(ctx, line, "/cgi-bin/message/send", nil, message(line), &got)
	r := result(err, got)
	personal := r.Reason == NoMember
	news := workflow.ChannelNews{Out: r.State == workflow.Sent, Alive: r.State == workflow.Sent || personal}
	if !news.Alive {
		news.Error = r.Reason
	}
	c.News(ctx, news)
	if r.State != workflow.Sent {
		return r, ""
	}
	return r, got.ID
}

// result is what became of a message. One that the platform takes for nobody has
// reached nobody.
func result(err error, got sent) workflow.SendResult {
	switch {
	case err != nil:
		return channel.Unsent(err)
	case got.Code == codeNobody, got.Code == codeNoMember, got.Invalid != "", got.Unlicensed != "":
		return workflow.SendResult{State: workflow.Failed, Reason: NoMember}
	}
	switch got.Code {
	case 0:
		return workflow.SendResult{State: workflow.Sent}
	case codeBusy, codeTooMany:
		return workflow.SendResult{State: workflow.Queued, Reason: channel.Limited}
	case codeTokenWrong, codeTokenInvalid, codeTokenExpired:
		return workflow.SendResult{State: workflow.Queued, Reason: channel.TokenFault}
	case codeTooOften:
		return workflow.SendResult{State: workflow.Failed, Reason: channel.Limited}
	}
	return workflow.SendResult{State: workflow.Failed, Reason: channel.Refused}
}
