package casework

import (
	"slices"

	"mailbox/workflow"
)

// marks lists what the reader may do to the case without moving it. Pages show
// what is listed; the acts themselves check again.
func (w *Casework) marks(by workflow.Actor, d *Dossier) []workflow.Action {
	c := d.Case
	live := c.Open() && !c.State.Ended()
	desk := by.As(officeRoles) != ""
	may := map[workflow.Action]bool{
		workflow.MarkNote:     by.As(everybody) != "",
		workflow.MarkInstruct: by.As(leaders) != "",
		workflow.MarkClassify: desk && live,
		workflow.MarkUrgent:   desk && live && !c.Urgent,
		workflow.MarkSeal:     desk && live && !c.Sealed,
		workflow.MarkSplit:    desk && live,
		workflow.MarkAssist:   desk && live && !c.Sealed && c.Department != 0,
		workflow.MarkRemind:   (desk || by.As(leaders) != "") && live && c.Department != 0 && c.State != workflow.Answered,
		workflow.MarkDraft:    mayWrite(&workflow.Step{Case: c}, by) == nil,
		workflow.MarkReveal:   d.MayReveal,
		workflow.MarkMoreTime: w.mayAskMoreTime(by, d),
		workflow.MarkDecide:   workflow.MayDecide(by, c),
		workflow.MarkSecrecy:  workflow.MayCheckSecrecy(by, c) && !d.Secure,
		workflow.MarkConcern:  desk,
		workflow.MarkCampaign: workflow.MayTag(by, c) && len(d.Campaigns) > 0,
		workflow.MarkPropose:  workflow.MayPropose(by, c) && len(d.Campaigns) > 0,
		workflow.MarkGrant:    mayDecide(by) && openWish(d.Extensions) != nil,
	}
	return slices.DeleteFunc(slices.Clone(markOrder), func(a workflow.Action) bool { return !may[a] })
}

var markOrder = []workflow.Action{
	workflow.MarkDraft, workflow.MarkSecrecy, workflow.MarkDecide, workflow.MarkGrant, workflow.MarkMoreTime, workflow.MarkInstruct, workflow.MarkNote, workflow.MarkRemind, workflow.MarkClassify,
	workflow.MarkUrgent, workflow.MarkAssist, workflow.MarkSplit,
	workflow.MarkConcern, workflow.MarkCampaign, workflow.MarkPropose, workflow.MarkSeal, workflow.MarkReveal,
}

func (w *Casework) mayAskMoreTime(by workflow.Actor, d *Dossier) bool {
	if by.As([]workflow.Role{workflow.DeptClerk, workflow.DeptHead}) == "" || by.Department != d.Case.Department || openWish(d.Extensions) != nil {
		return false
	}
	return mayExtend(&workflow.Step{Case: d.Case, Clocks: d.Clocks, At: w.desk.Now()}) == nil
}

func mayDecide(by workflow.Actor) bool {
	return by.Office() || by.As(leaders) != ""
}

// openWish is the wish for more time nobody has decided, or nil.
func openWish(all []workflow.Extension) *workflow.Extension {
	for i := range all {
		if all[i].Decided.IsZero() {
			return &all[i]
		}
	}
	return nil
}

// blur makes the times of an anonymous letter as coarse as departments see
// them, wherever the dossier holds them.
func (d *Dossier) blur() {
	d.Case.Received = coarse(d.Case.Received)
	for i := range d.Messages {
		if d.Messages[i].Kind.FromWriter() {
			d.Messages[i].At = coarse(d.Messages[i].At)
		}
	}
	for i := range d.Events {
		if d.Events[i].By.ID == 0 && d.Events[i].Role != workflow.System {
			d.Events[i].At = coarse(d.Events[i].At)
		}
	}
}
