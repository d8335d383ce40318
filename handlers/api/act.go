package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// deed is what a program is answered: the same, however often it sends the same
// under its key.
type deed struct {
	Number  string          `json:"number"`
	Action  workflow.Action `json:"action"`
	State   workflow.State  `json:"state"`
	Version int64           `json:"version"`
	At      time.Time       `json:"at"`
}

// act does something to a case: what the owner of the token may do on the pages,
// on the version of the case that the program has read. What they may not do is
// not there.
func (a *API) act(c *web.Context) error {
	does, ok := acts[workflow.Action(c.Param("action"))]
	if !ok {
		return workflow.Absent()
	}
	call, f, err := readCall(c, does)
	if err != nil {
		return err
	}
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	by := c.User.Actor()
	done, again, err := a.Staff.Cases.Once(c.Context(), by, call, func(inside *casework.Casework, k workflow.Case) error {
		return does.do(acting{c.Context(), inside, by, k, o, f})
	})
	if err != nil {
		return refusal(err)
	}
	if again {
		c.SetHeader("Idempotency-Replayed", "true")
	}
	c.SetVersion(done.Version)
	return c.JSON(http.StatusOK, deed{done.Number, done.Action, done.State, done.Version, moment(c, done.At)})
}

// readCall reads everything that a program says of an act.
func readCall(c *web.Context, does act) (call casework.Call, f actFields, err error) {
	call = casework.Call{Number: c.Param("number"), Action: workflow.Action(c.Param("action"))}
	if call.Version, err = c.IfMatch(); err != nil {
		return call, f, err
	}
	if c.Header("Idempotency-Key") != "" {
		if call.Key, err = idempotencyKey(c); err != nil {
			return call, f, err
		}
	}
	if c.Request.ContentLength != 0 || c.MediaType() != "" {
		if err := c.ReadJSON(&f); err != nil {
			return call, f, err
		}
	}
	if err := f.only(does.fields); err != nil {
		return call, f, err
	}
	content, err := encode(f)
	sum := sha256.Sum256(content)
	call.Digest = sum[:]
	return call, f, err
}

// refusal is what a program is told: a right it does not have is a thing that
// is not there, and a case that has changed a failed condition.
func refusal(err error) error {
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Key == "case.changed_meanwhile" {
		return web.Changed(err)
	}
	return web.Hide(err)
}

// acting is an act under way.
type acting struct {
	ctx   context.Context
	cases *casework.Casework
	by    workflow.Actor
	k     workflow.Case
	o     offered
	f     actFields
}

// act is one thing programs can do to a case, and what they say for it.
type act struct {
	fields []string
	do     func(acting) error
}

// acts is everything that programs can do, by its name in the path. Identities
// are opened and secrets checked by people, on the pages.
var acts = map[workflow.Action]act{
	workflow.Accept:    {[]string{"note", "department"}, move(workflow.Accept)},
	workflow.Decline:   {[]string{"ground", "note"}, move(workflow.Decline)},
	workflow.Merge:     {[]string{"into", "note"}, move(workflow.Merge)},
	workflow.Ask:       {[]string{"note"}, move(workflow.Ask)},
	workflow.GoOn:      {[]string{"note"}, move(workflow.GoOn)},
	workflow.Route:     {[]string{"department", "note"}, move(workflow.Route)},
	workflow.SignFor:   {nil, move(workflow.SignFor)},
	workflow.Refuse:    {[]string{"note"}, move(workflow.Refuse)},
	workflow.HandIn:    {[]string{"note"}, move(workflow.HandIn)},
	workflow.SendBack:  {[]string{"note"}, move(workflow.SendBack)},
	workflow.Approve:   {[]string{"note"}, move(workflow.Approve)},
	workflow.Answer:    {[]string{"note", "traces"}, move(workflow.Answer)},
	workflow.CloseCase: {[]string{"note"}, move(workflow.CloseCase)},
	workflow.Reopen:    {[]string{"note"}, move(workflow.Reopen)},
	workflow.Archive:   {nil, move(workflow.Archive)},

	workflow.MarkDraft:    {[]string{"body"}, acting.saveDraft},
	workflow.MarkNote:     {[]string{"note"}, acting.note},
	workflow.MarkInstruct: {[]string{"note"}, acting.instruct},
	workflow.MarkClassify: {[]string{"kind", "category", "about", "concern"}, acting.classify},
	workflow.MarkUrgent:   {[]string{"note"}, acting.urgent},
	workflow.MarkRemind:   {[]string{"note"}, acting.remind},
	workflow.MarkAssist:   {[]string{"department", "helps"}, acting.assist},
	workflow.MarkSplit:    {[]string{"subject", "body", "kind", "category"}, acting.split},
	workflow.MarkMoreTime: {[]string{"days", "reason"}, acting.moreTime},
	workflow.MarkGrant:    {[]string{"note"}, acting.grant},
	workflow.MarkDeny:     {[]string{"note"}, acting.deny},
	workflow.MarkDecide:   {[]string{"decision", "ground", "referral", "fee", "waived"}, acting.decide},
	workflow.MarkConcern:  {[]string{"concern"}, acting.concern},
	workflow.MarkSeal:     {[]string{"note"}, acting.seal},
}

// actionsOf lists what the reader may do to the case by program.
func actionsOf(d casework.Dossier) []workflow.Action {
	out := []workflow.Action{}
	for _, a := range slices.Concat(d.Actions, d.Marks) {
		if _, ok := acts[a]; ok {
			out = append(out, a)
		}
		if a == workflow.MarkGrant {
			out = append(out, workflow.MarkDeny)
		}
	}
	return out
}
