package intake

import (
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// slipSpan is how long the office may print the slip of a letter it entered;
// afterwards only the writer has the code.
const slipSpan = 15 * time.Minute

// Slip is the receipt of a letter that somebody of the office has just entered
// for its writer. It is known by the form it was entered with; once the time
// is over, and to everybody else, there is none.
func (in *Intake) Slip(ctx context.Context, by workflow.Actor, channel workflow.Channel, external string) (Receipt, error) {
	if !by.Office() || external == "" || !slices.Contains(workflow.ByHand, channel) {
		return Receipt{}, workflow.Absent()
	}
	r, err := in.again(ctx, workflow.Letter{Channel: channel, External: external})
	if err != nil {
		return Receipt{}, err
	}
	if in.desk.Now().Sub(r.Received) > slipSpan {
		return Receipt{}, workflow.Absent()
	}
	return r, nil
}
