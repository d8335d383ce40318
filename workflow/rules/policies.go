package rules

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

// Promised lists what a policy can promise, in the order of a case's life.
var Promised = []workflow.ClockKind{
	workflow.Register, workflow.ToRoute, workflow.ToSign, workflow.ToAnswer, workflow.Rework, workflow.ToCheck,
	workflow.Overall, workflow.ToSupply, workflow.ToRate,
}

// needed are the promises without which a policy promises nothing: who answers
// by when, and when the writer has heard.
var needed = []workflow.ClockKind{workflow.ToAnswer, workflow.Overall}

// Units lists the units of a promise.
var Units = []workflow.Unit{workflow.WorkingDays, workflow.WorkingHours, workflow.Days, workflow.Hours}

// Policies lists the versions in force now.
func (r *Rules) Policies(ctx context.Context, by workflow.Actor) ([]workflow.Policy, error) {
	if err := ruler(by); err != nil {
		return nil, err
	}
	return r.desk.Store.Policies(ctx, r.desk.Now())
}

// PolicyHistory lists the versions of a policy, the newest first.
func (r *Rules) PolicyHistory(ctx context.Context, by workflow.Actor, id int64) ([]workflow.Policy, error) {
	if err := ruler(by); err != nil {
		return nil, err
	}
	all, err := r.desk.Store.PolicyHistory(ctx, id)
	if err == nil && len(all) == 0 {
		err = workflow.Absent()
	}
	slices.Reverse(all)
	return all, err
}

// SavePolicy adds a policy when its ID is 0; otherwise a version that holds for
// letters from now on, made from the version p.Version. Saving what is in
// force already changes nothing.
func (r *Rules) SavePolicy(ctx context.Context, by workflow.Actor, p workflow.Policy) (workflow.Policy, error) {
	if err := ruler(by); err != nil {
		return p, err
	}
	if err := checkPolicy(&p); err != nil {
		return p, err
	}
	saved := p
	err := r.keep(ctx, by, "policy", inWords(p), func(tx workflow.Store) (int64, error) {
		saved = p
		same, err := r.readyPolicy(ctx, tx, &saved)
		if err != nil || same {
			return 0, err
		}
		saved.From = r.desk.Now()
		err = tx.SavePolicy(ctx, &saved, by.ID)
		return saved.ID, err
	})
	return saved, err
}

// inWords is the policy as the journal keeps it.
func inWords(p workflow.Policy) map[string]string {
	detail := map[string]string{"name": p.NameZH}
	for kind, promise := range p.Promises {
		detail[string(kind)] = strconv.Itoa(promise.Amount) + " " + string(promise.Unit)
	}
	return detail
}

func checkPolicy(p *workflow.Policy) error {
	errs := []error{workflow.OneLine("name_zh", &p.NameZH, workflow.MaxName, true), workflow.OneLine("name_en", &p.NameEN, workflow.MaxName, true)}
	if p.ID == 0 {
		errs = append(errs, code(&p.Code))
	}
	return errors.Join(append(errs, CheckPromises(p.Promises))...)
}

// CheckPromises tells what is wrong with promises; the field of a mistake is
// "amount_" and the clock.
func CheckPromises(promises workflow.Promises) error {
	var errs []error
	for kind, promise := range promises {
		field := "amount_" + string(kind)
		switch {
		case !slices.Contains(Promised, kind), !slices.Contains(Units, promise.Unit):
			errs = append(errs, workflow.Wrong(field, "invalid.choice"))
		case promise.Amount > maxAmount[promise.Unit] || !calendar.LimitOf(promise).Valid():
			errs = append(errs, workflow.Wrong(field, "rules.amount", maxAmount[promise.Unit]))
		}
	}
	for _, kind := range needed {
		if _, ok := promises[kind]; !ok {
			errs = append(errs, workflow.Wrong("amount_"+string(kind), "invalid.required"))
		}
	}
	return errors.Join(errs...)
}

// maxAmount is a year, whatever it is counted in.
var maxAmount = map[workflow.Unit]int{
	workflow.WorkingDays: 250, workflow.WorkingHours: 2_000, workflow.Days: 366, workflow.Hours: 8_784,
}

func (r *Rules) readyPolicy(ctx context.Context, tx workflow.Store, p *workflow.Policy) (bool, error) {
	all, err := tx.Policies(ctx, r.desk.Now())
	if err != nil {
		return false, err
	}
	if p.ID == 0 {
		if slices.ContainsFunc(all, func(o workflow.Policy) bool { return o.Code == p.Code }) {
			return false, workflow.Wrong("code", "rules.code_taken")
		}
		return false, nil
	}
	i := slices.IndexFunc(all, func(o workflow.Policy) bool { return o.ID == p.ID })
	switch {
	case i < 0:
		return false, workflow.Absent()
	case all[i].Version != p.Version:
		return false, workflow.Stale()
	}
	p.Code, p.From, p.To = all[i].Code, all[i].From, all[i].To
	same := p.NameZH == all[i].NameZH && p.NameEN == all[i].NameEN && maps.Equal(p.Promises, all[i].Promises)
	return same, nil
}

// Example is when one promise would fall due.
type Example struct {
	Kind        workflow.ClockKind
	Promise     workflow.Promise
	Due         time.Time
	Provisional bool // rests on holidays that are not published yet
}

// Examples computes when the promises fall due for a letter that comes at from,
// by the current calendar.
func (r *Rules) Examples(ctx context.Context, promises workflow.Promises, from time.Time) ([]Example, error) {
	work, _, err := r.desk.Rules.Working(ctx)
	if err != nil {
		return nil, err
	}
	var out []Example
	for _, kind := range Promised {
		p, ok := promises[kind]
		if !ok || !calendar.LimitOf(p).Valid() {
			continue
		}
		due, provisional := work.Due(from, p)
		out = append(out, Example{Kind: kind, Promise: p, Due: due, Provisional: provisional})
	}
	return out, nil
}
