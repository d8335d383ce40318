package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mailbox/workflow"
)

// Carded is a card on its way to a member of staff: what kind of thing, which
// case, by when, and nothing of the letter.
type Carded struct {
	To     string // what the platform calls them
	Kind   workflow.NoticeKind
	Locale string
	Number string
	Due    time.Time // of what is due first; zero: nothing
	Args   map[string]string
}

// Board shows cards to staff on one platform.
type Board interface {
	// Show sends a card, once, and says what became of it as Sender does.
	// external is the platform's name for it.
	Show(ctx context.Context, c Carded) (r workflow.SendResult, external string)
	// TakeBack takes a card back: Sent when it is gone, Queued when that may be
	// tried again, Failed when it stays.
	TakeBack(ctx context.Context, external string) workflow.SendResult
}

// Reasons why no card was sent, as catalogue keys.
const (
	NotNeeded = "card.done"    // what it asks for is done
	NoName    = "card.no_name" // the account has no name on the platform any more
)

const (
	stays = 24 * time.Hour   // how long a platform lets us take a card back
	grace = 10 * time.Minute // and how much of it is left for trying
)

// card shows a notice of an account on its platform. What is on the account's
// pages anyway is not shown where it cannot be: that is no failure.
func (c *Courier) card(ctx context.Context, n workflow.Notice) (workflow.SendResult, []workflow.NoticeTry, error) {
	channel := workflow.Channel(n.Channel)
	to, m, why, err := c.cardFor(ctx, n)
	board, known := c.Boards[channel]
	if err == nil && why == "" && known {
		var set workflow.ChannelSettings
		if set, err = c.Lines(ctx, channel); !set.Enabled {
			why = ChannelOff
		}
	}
	switch {
	case err != nil:
		return workflow.SendResult{State: workflow.Queued, Reason: OurFault}, nil, err
	case why == "" && !known:
		why = ChannelOff
	}
	one := workflow.NoticeTry{Step: workflow.StepCard, Outcome: workflow.TryPassed, Reason: why, At: c.Desk.Now()}
	if why != "" {
		return workflow.SendResult{State: workflow.Sent}, []workflow.NoticeTry{one}, nil
	}
	within, cancel := context.WithTimeout(ctx, SendWithin)
	defer cancel()
	m.To = to
	r, external := board.Show(within, m)
	one.Outcome, one.Reason, one.External = outcome(r, false), r.Reason, external
	return r, []workflow.NoticeTry{one}, nil
}

// cardFor makes the card, or says why there is none to be shown any more.
func (c *Courier) cardFor(ctx context.Context, n workflow.Notice) (to string, m Carded, why string, err error) {
	about, err := c.Desk.Store.Case(ctx, n.CaseID)
	if err != nil {
		return "", m, "", fmt.Errorf("read case: %w", err)
	}
	a, err := c.Desk.Store.Account(ctx, n.Account)
	if err != nil {
		return "", m, "", fmt.Errorf("read account: %w", err)
	}
	sees, err := c.sees(ctx, a, about)
	switch {
	case err != nil:
		return "", m, "", err
	case !a.Disabled.IsZero() || !sees:
		return "", m, NotAllowed, nil
	case a.WeCom == "":
		return "", m, NoName, nil
	case !workflow.CardStands(n, about, a):
		return "", m, NotNeeded, nil
	}
	return a.WeCom, Carded{Kind: n.Kind, Locale: a.Locale, Number: about.Number, Due: about.Due, Args: n.Args}, "", nil
}

// cardsAtOnce is how many cards are taken back in one turn.
const cardsAtOnce = 100

// Clear takes back the cards whose matter is done, and returns how many it has
// dealt with. Two processes that take back the same card do no harm.
func (c *Courier) Clear(ctx context.Context) (int, error) {
	now := c.Desk.Now()
	cards, err := c.Desk.Store.DoneCards(ctx, now.Add(grace-stays), cardsAtOnce)
	if err != nil {
		return 0, fmt.Errorf("list done cards: %w", err)
	}
	n := 0
	var errs []error
	for _, card := range cards {
		done, err := c.clear(ctx, card)
		if done {
			n++
		}
		if errs = append(errs, err); ctx.Err() != nil {
			break
		}
	}
	return n, errors.Join(errs...)
}

// clear takes one card back. What may be tried again is left for the next turn.
func (c *Courier) clear(ctx context.Context, card workflow.Card) (bool, error) {
	board, ok := c.Boards[card.Channel]
	if !ok {
		return false, nil
	}
	r := board.TakeBack(ctx, card.External)
	if r.State == workflow.Queued {
		return false, nil
	}
	one := workflow.NoticeTry{Step: workflow.StepRecall, Outcome: outcome(r, false), Reason: r.Reason, At: c.Desk.Now()}
	return true, c.Desk.Store.AddTries(context.WithoutCancel(ctx), card.Notice, []workflow.NoticeTry{one})
}
