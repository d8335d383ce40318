package delivery

import (
	"context"
	"errors"
	"time"

	"mailbox/workflow"
)

// Rung is one step of a ladder and what it needs. Zero fields need nothing.
type Rung struct {
	Step workflow.LadderStep
	// Window is how long after the person's last word the platform lets us
	// write, and Most how often; EventWindow and EventMost the same after they
	// only pressed something, RoomWindow in a group.
	Window, EventWindow, RoomWindow time.Duration
	Most, EventMost                 int
	// Setting must be set for the channel.
	Setting string
	// Grant uses up one notice that the person has allowed.
	Grant bool
}

// Ladders are the ways to a reader by channel, the best first. Every ladder ends
// on the page. What is promised here is what the platforms promise: see the
// sources beside each adapter.
var Ladders = map[workflow.Channel][]Rung{
	workflow.WeChat: {
		{Step: workflow.StepChat, Window: 48 * time.Hour, Most: 5, EventWindow: time.Minute, EventMost: 3},
		{Step: workflow.StepTemplate, Setting: "template_id"},
		{Step: workflow.StepSubscribe, Setting: "subscribe_id", Grant: true},
		{Step: workflow.StepMail},
		{Step: workflow.StepPage},
	},
	workflow.WeCom: {{Step: workflow.StepChat}, {Step: workflow.StepMail}, {Step: workflow.StepPage}},
	workflow.QQ: {
		{Step: workflow.StepChat, Window: time.Hour, Most: 5, RoomWindow: 5 * time.Minute},
		{Step: workflow.StepMail},
		{Step: workflow.StepPage},
	},
	workflow.OA: {{Step: workflow.StepChat, Setting: "message_path"}, {Step: workflow.StepMail}, {Step: workflow.StepPage}},
}

// Why a step was passed over, as catalogue keys.
const (
	ChannelOff    = "ladder.channel_off"
	WindowClosed  = "ladder.window_closed"
	UsedUp        = "ladder.used_up"
	NoGrant       = "ladder.no_grant"
	NotConfigured = "ladder.not_configured"
	Unfollowed    = "ladder.unfollowed"
	Unbound       = "ladder.unbound" // the case was bound to another channel since
)

// Passes says why the rung cannot be tried now, or "".
func (r Rung) Passes(set workflow.ChannelSettings, v workflow.Conversation, now time.Time) string {
	if r.Step == workflow.StepMail || r.Step == workflow.StepPage {
		return ""
	}
	window, most := r.Window, r.Most
	switch {
	case v.HeardBy == workflow.ByEvent && r.EventWindow > 0:
		window, most = r.EventWindow, r.EventMost
	case v.Room != "" && r.RoomWindow > 0:
		window = r.RoomWindow
	}
	switch {
	case !set.Enabled:
		return ChannelOff
	case !v.Gone.IsZero():
		return Unfollowed
	case r.Setting != "" && set.Config[r.Setting] == "":
		return NotConfigured
	case window > 0 && now.Sub(v.Heard) >= window:
		return WindowClosed
	case most > 0 && v.Used >= most:
		return UsedUp
	case r.Grant && v.Grants == 0:
		return NoGrant
	}
	return ""
}

// Speech is one notice on its way through a platform.
type Speech struct {
	Step    workflow.LadderStep
	Account string
	Person  workflow.PlatformID
	Room    string
	ReplyTo string // the platform's name of what is answered
	Seq     int    // the how-manieth message since then, from 1
	// Dedup is the same for every attempt: a platform that knows it again sends
	// nothing twice.
	Dedup string
	Mail  Mail
	Words string // said as they are instead of the Mail; "": none
}

// Voice speaks through one platform. Speak sends once and says what became of it
// as Sender does; Failed with a reason lets the ladder go on to the next step.
// external is the platform's name for what was sent, when it gives one.
type Voice interface {
	Speak(ctx context.Context, s Speech) (r workflow.SendResult, external string)
}

// patience is on which attempt a platform that is away is passed over for the
// next step.
const patience = 3

// climb tries one step of the ladder after the other until one has reached the
// reader, or nobody knows whether it has.
func (c *Courier) climb(ctx context.Context, n workflow.Notice) (workflow.SendResult, []workflow.NoticeTry, error) {
	again := workflow.SendResult{State: workflow.Queued, Reason: OurFault}
	v, err := c.Desk.Store.ConversationOf(ctx, n.CaseID)
	bound := err == nil
	if err != nil && workflow.KindOf(err) != workflow.NotFound {
		return again, nil, err
	}
	m, _, err := c.prepare(ctx, n)
	if err != nil {
		return again, nil, err
	}
	channel := workflow.Channel(n.Channel)
	before, err := c.Desk.Store.TriesOf(ctx, n.ID)
	if err != nil {
		return again, nil, err
	}
	var tries []workflow.NoticeTry
	for _, rung := range below(Ladders[channel], before) {
		one := workflow.NoticeTry{Step: rung.Step, At: c.Desk.Now()}
		r := workflow.SendResult{State: workflow.Failed, Reason: Unbound}
		passed := true
		if bound && v.Channel == channel || rung.Step == workflow.StepMail || rung.Step == workflow.StepPage {
			r, passed, err = c.tryRung(ctx, n, m, v, rung, &one)
		}
		if err != nil {
			return again, tries, err
		}
		if r.State == workflow.Queued && n.Attempt >= patience && rung.Step != workflow.StepMail {
			r.State = workflow.Failed // there are other ways
		}
		one.Outcome, one.Reason = outcome(r, passed), r.Reason
		tries = append(tries, one)
		if r.State != workflow.Failed {
			return r, tries, nil
		}
	}
	return again, tries, nil
}

func outcome(r workflow.SendResult, passed bool) workflow.TryOutcome {
	switch r.State {
	case workflow.Sent:
		return workflow.TrySent
	case workflow.Queued:
		return workflow.TryLater
	case workflow.Uncertain, workflow.Sending:
		return workflow.TryUncertain
	case workflow.Failed:
	}
	if passed {
		return workflow.TryPassed
	}
	return workflow.TryRefused
}

// tryRung tries one step. passed says that it was not even tried.
func (c *Courier) tryRung(ctx context.Context, n workflow.Notice, m Mail, v workflow.Conversation, rung Rung, one *workflow.NoticeTry) (r workflow.SendResult, passed bool, err error) {
	switch rung.Step {
	case workflow.StepPage:
		return workflow.SendResult{State: workflow.Sent}, false, nil
	case workflow.StepMail:
		return c.byMail(ctx, n, m)
	default:
		return c.byVoice(ctx, n, m, v, rung, one)
	}
}

func (c *Courier) byMail(ctx context.Context, n workflow.Notice, m Mail) (r workflow.SendResult, passed bool, err error) {
	stop, err := c.writer(ctx, n, &m)
	if stop != "" || err != nil {
		return workflow.SendResult{State: workflow.Failed, Reason: stop}, true, err
	}
	return c.hand(ctx, m), false, nil
}

func (c *Courier) byVoice(ctx context.Context, n workflow.Notice, m Mail, v workflow.Conversation, rung Rung, one *workflow.NoticeTry) (r workflow.SendResult, passed bool, err error) {
	voice, ok := c.Voices[v.Channel]
	if !ok {
		return workflow.SendResult{State: workflow.Failed, Reason: ChannelOff}, true, nil
	}
	set, err := c.Lines(ctx, v.Channel)
	if err != nil {
		return r, false, err
	}
	held, why, err := c.reserve(ctx, set, v, rung)
	if why != "" || err != nil {
		return workflow.SendResult{State: workflow.Failed, Reason: why}, true, err
	}
	person, err := c.Person(held)
	if err != nil {
		return r, false, err
	}
	within, cancel := context.WithTimeout(ctx, SendWithin)
	defer cancel()
	r, one.External = voice.Speak(within, Speech{
		Step: rung.Step, Account: held.Account, Person: person, Room: held.Room, ReplyTo: held.ReplyTo, Seq: held.Used,
		Dedup: n.MessageID, Mail: m,
	})
	untaken := r.State == workflow.Queued || r.State == workflow.Failed
	if untaken && r.Reason != NoGrant { // who has allowed none, has none left
		err = c.giveBack(ctx, held, rung)
	}
	return r, false, err
}

// Say answers somebody in words, as far as the platform lets us. What is not
// said is not said again: it was about no case.
func (c *Courier) Say(ctx context.Context, v workflow.Conversation, dedup, words string) (workflow.SendResult, error) {
	voice, ok := c.Voices[v.Channel]
	if !ok {
		return workflow.SendResult{State: workflow.Failed, Reason: ChannelOff}, nil
	}
	set, err := c.Lines(ctx, v.Channel)
	if err != nil {
		return workflow.SendResult{}, err
	}
	rung := Ladders[v.Channel][0]
	held, why, err := c.reserve(ctx, set, v, rung)
	if why != "" || err != nil {
		return workflow.SendResult{State: workflow.Failed, Reason: why}, err
	}
	person, err := c.Person(held)
	if err != nil {
		return workflow.SendResult{}, err
	}
	r, _ := voice.Speak(ctx, Speech{
		Step: rung.Step, Account: held.Account, Person: person, Room: held.Room, ReplyTo: held.ReplyTo, Seq: held.Used,
		Dedup: dedup, Mail: Mail{Locale: held.Locale}, Words: words,
	})
	if r.State == workflow.Queued || r.State == workflow.Failed {
		err = c.giveBack(ctx, held, rung)
	}
	return r, err
}

// reserve counts the message before it is sent, so that of two couriers only one
// has the last one that is left.
func (c *Courier) reserve(ctx context.Context, set workflow.ChannelSettings, v workflow.Conversation, rung Rung) (held workflow.Conversation, why string, err error) {
	err = c.Desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		held = v
		if err := tx.LockConversation(ctx, &held); err != nil {
			return err
		}
		if why = rung.Passes(set, held, c.Desk.Now()); why != "" {
			return errPassed // and nobody is remembered who never spoke
		}
		count(&held, rung, 1)
		return tx.SaveConversation(ctx, held)
	})
	if errors.Is(err, errPassed) {
		err = nil
	}
	return held, why, err
}

var errPassed = errors.New("the step cannot be tried now")

// giveBack takes back what reserve counted.
func (c *Courier) giveBack(ctx context.Context, v workflow.Conversation, rung Rung) error {
	return c.Desk.Store.Atomic(context.WithoutCancel(ctx), func(tx workflow.Store) error {
		now := v
		if err := tx.LockConversation(ctx, &now); err != nil {
			return err
		}
		if !rung.Grant && now.Heard != v.Heard { // the person has spoken since: counted anew
			return nil
		}
		count(&now, rung, -1)
		return tx.SaveConversation(ctx, now)
	})
}

func count(v *workflow.Conversation, rung Rung, n int) {
	switch {
	case rung.Grant:
		v.Grants = max(v.Grants-n, 0)
	case rung.Step == workflow.StepChat:
		v.Used = max(v.Used+n, 0)
	}
}
