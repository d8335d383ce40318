package channel

import (
	"errors"

	"mailbox/workflow"
	"mailbox/workflow/delivery"
)

// Reasons why a platform has not sent, as catalogue keys.
const (
	Unreachable = "ladder.unreachable"
	Refused     = "ladder.platform_refused"
	Limited     = "ladder.platform_limited"
	TokenFault  = "ladder.token"
)

// ErrToken is a call for which there was no access token.
var ErrToken = errors.New("no access token")

// Unsent is what became of a message whose call failed on the way: it never got
// there, or nobody knows. Without a token it was not even begun, however the call
// for the token ended.
func Unsent(err error) workflow.SendResult {
	switch {
	case errors.Is(err, ErrToken):
		return workflow.SendResult{State: workflow.Queued, Reason: TokenFault}
	case errors.Is(err, ErrUnsure):
		return workflow.SendResult{State: workflow.Uncertain, Reason: delivery.NoAnswer}
	}
	return workflow.SendResult{State: workflow.Queued, Reason: Unreachable}
}
