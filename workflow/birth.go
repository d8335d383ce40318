package workflow

import "context"

// Birth is a new case and everything it begins with, so that a store can keep
// it in one go. Only the case must be there; parts left zero are not stored.
// All of them are the case's: they need not say so.
type Birth struct {
	Case    Case
	Event   Event // the first of its history
	Facts   []FactChange
	Clocks  []Clock      // running, as they were started
	Writer  SealedWriter // one that is not known yet
	Letter  StoredLetter
	Message Message
	Files   []NewFile  // of the message
	Words   string     // what the case is found by, see SearchWords
	Notices []Notice   // none of them carries the message
	Told    []Dispatch // to webhooks; one or none
}

// Birth makes a new case with its number, its first event, its facts and its
// clocks: what Step is for a case that is there already. The caller adds what
// else it begins with and stores it with AddBirth.
func (d *Desk) Birth(ctx context.Context, tx Store, c Case, by Actor, as Role, detail map[string]string) (Birth, error) {
	rules := d.Rules.In(tx)
	work, calendar, err := rules.Working(ctx)
	if err != nil {
		return Birth{}, err
	}
	policy, err := rules.PolicyVersion(ctx, c.Policy)
	if err != nil {
		return Birth{}, err
	}
	if c.ID, c.Number, err = tx.NameCase(ctx, d.Keeper.Day(c.Received)); err != nil {
		return Birth{}, err
	}
	c.State, c.Worked = Received, -1
	t := TurnClocks(&c, Receive, "", nil, policy.Promises, work, calendar, c.Received)
	b := d.Keeper.Begin(c, Event{Action: Receive, To: Received, By: by, Role: as, Detail: detail, At: c.Received})
	b.Clocks = t.Add
	return b, nil
}

// Begin gives a new case its first event and what it counts.
func (k Keeper) Begin(c Case, ev Event) Birth {
	ev = k.Chain.Append(&c, ev)
	c.Updated = ev.At
	return Birth{Case: c, Event: ev, Facts: FactsBetween(Case{}, c, k.Zone), Told: DispatchesOf(c, ev)}
}
