package intake

import (
	"context"
	"time"

	"mailbox/workflow"
)

// How much one person may send through a chat: more than anybody with a matter
// needs, and too little to bury the tray. Words belong to one letter.
const (
	lettersAnHour = 6
	lettersADay   = 20
	wordsAnHour   = 60
)

// tooMany is the reason of what was not taken for being too much.
const tooMany = "chat.reason.limited"

// flood reports whether the person has begun as many letters as one may. The
// conversation is held, so that two calls at once do not both begin the last.
func (t *talk) flood(ctx context.Context) (bool, error) {
	if t.v.CaseID == 0 { // never wrote, and was never bound
		return false, nil
	}
	now := t.desk.Now()
	day, err := t.tx.LettersSince(ctx, t.v.ID, now.Add(-24*time.Hour))
	if err != nil || day < lettersAnHour || day >= lettersADay {
		return day >= lettersADay, err
	}
	hour, err := t.tx.LettersSince(ctx, t.v.ID, now.Add(-time.Hour))
	return hour >= lettersAnHour, err
}

// full reports whether as much was added to the case as one may.
func (t *talk) full(ctx context.Context, c workflow.Case) (bool, error) {
	n, err := t.tx.WordsSince(ctx, c.ID, t.desk.Now().Add(-time.Hour))
	return n >= wordsAnHour, err
}

// enough ends a call that is too much. While the person reads the answer they
// are told that it was not taken; a call that was acknowledged without words is
// kept for the office, who can take it up again.
func (t *talk) enough() Reply {
	t.end(workflow.CallJunk, 0)
	if !t.inline {
		t.end(workflow.CallFailed, 0)
	}
	t.call.Reason = tooMany
	return t.say(SayEnough)
}
