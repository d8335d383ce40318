package main

import (
	"context"
	"crypto/rand"
	"sync"

	"mailbox/workflow"
	"mailbox/workflow/delivery"
	"mailbox/workflow/intake"
)

// reply is an answer that a platform does not take with the acknowledgement.
type reply struct {
	to    workflow.Conversation
	name  string
	words string
}

const (
	// mostReplies is how many of them may wait. They are about no case: what is
	// one too many is not said.
	mostReplies = 256
	mouths      = 4
)

// speak queues a reply, so that the platform need not wait for its own answer.
func (a *app) speak(ctx context.Context, h intake.Heard, words string) {
	select {
	case a.chats.replies <- reply{a.chats.chat.With(h), h.External, words}:
	default:
		a.log.WarnContext(ctx, "too many replies wait; one was left out", "channel", h.Channel)
	}
}

// sayReplies says what is queued until ctx ends.
func (a *app) sayReplies(ctx context.Context) error {
	var all sync.WaitGroup
	for range mouths {
		all.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case r := <-a.chats.replies:
					a.sayReply(ctx, r)
				}
			}
		})
	}
	all.Wait()
	return nil
}

func (a *app) sayReply(ctx context.Context, r reply) {
	got, err := a.courier.Say(context.WithoutCancel(ctx), r.to, r.name, r.words)
	if err != nil || got.State != workflow.Sent {
		a.log.InfoContext(ctx, "a reply was not said", "channel", r.to.Channel, "state", got.State, "reason", got.Reason, "err", err)
	}
}

// testReply tests a platform on which one can but reply: to somebody who wrote
// not long ago.
func (a *app) testReply(ctx context.Context, c workflow.Channel, to workflow.PlatformID) workflow.SendResult {
	line, err := a.chats.board.Line(ctx, c)
	if err != nil {
		return workflow.SendResult{State: workflow.Failed, Reason: delivery.OurFault}
	}
	whom := a.chats.chat.With(intake.Heard{Channel: c, Account: line.Config["app_id"], Person: to})
	r, err := a.courier.Say(ctx, whom, rand.Text(), a.words.Text(whom.Locale, "chat.test"))
	if err != nil {
		return workflow.SendResult{State: workflow.Failed, Reason: delivery.OurFault}
	}
	return r
}
