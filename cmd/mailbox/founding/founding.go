package founding

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailbox/workflow"
)

// Keys of the settings that a college begins with. The emergency numbers are
// one a line: name|name in English|number.
const (
	SettingName      = "college.name"
	SettingEmergency = "college.emergency"
	SettingCrisis    = "crisis.words" // one a line
)

// office is the department that keeps the mailbox.
var office = workflow.Department{Code: "office", NameZH: "学校办公室", NameEN: "College Office", Sort: 1, Active: true}

// Emergency is whom anybody in the country rings when waiting is dangerous.
const Emergency = "报警|Police|110\n急救|Ambulance|120\n心理援助|Crisis line|12356"

// defaults are settings of a college that has not said otherwise.
func defaults(c Crisis) map[string]string {
	return map[string]string{
		SettingName:      "学校",
		SettingEmergency: Emergency,
		SettingCrisis:    strings.Join(slices.Concat(c.Zh, c.En), "\n"),
	}
}

// Found gives a store without policies what a college begins with, in force
// from since, and reports whether it did. Departments that are there lead the
// categories that are theirs; the other categories are routed by hand. All of
// it is kept or nothing, and of two programs that found at once one does.
func Found(ctx context.Context, store workflow.Store, since time.Time) (bool, error) {
	there, err := founded(ctx, store, since)
	if err != nil || there {
		return false, err
	}
	rules, err := Load()
	if err != nil {
		return false, err
	}
	days, err := official()
	if err != nil {
		return false, err
	}
	err = store.Atomic(ctx, func(tx workflow.Store) error {
		f := founder{tx: tx, since: since, policies: map[string]int64{}, categories: map[string]int64{}}
		return f.all(ctx, rules, days)
	})
	if workflow.KindOf(err) == workflow.Conflict && err != nil {
		if there, e := founded(ctx, store, since); e == nil && there {
			return false, nil
		}
	}
	if err != nil {
		return false, fmt.Errorf("found the college: %w", err)
	}
	return true, nil
}

func founded(ctx context.Context, store workflow.Store, at time.Time) (bool, error) {
	policies, err := store.Policies(ctx, at)
	if err != nil {
		return false, fmt.Errorf("read policies: %w", err)
	}
	return len(policies) > 0, nil
}

// founder writes everything in one transaction.
type founder struct {
	tx          workflow.Store
	since       time.Time
	departments map[string]int64
	policies    map[string]int64
	categories  map[string]int64
}

func (f *founder) all(ctx context.Context, r Rules, cal workflow.CalendarVersion) error {
	if err := f.findDepartments(ctx); err != nil {
		return err
	}
	cal.Created = f.since
	if err := f.tx.AddCalendar(ctx, &cal); err != nil {
		return err
	}
	for _, do := range []func(context.Context, Rules) error{f.savePolicies, f.saveCategories, f.saveTemplates, f.saveSettings} {
		if err := do(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (f *founder) findDepartments(ctx context.Context) error {
	all, err := f.tx.Departments(ctx)
	if err != nil {
		return err
	}
	f.departments = map[string]int64{}
	for _, d := range all {
		f.departments[d.Code] = d.ID
	}
	if f.departments[office.Code] != 0 {
		return nil
	}
	d := office
	err = f.tx.SaveDepartment(ctx, &d)
	f.departments[d.Code] = d.ID
	return err
}

func (f *founder) savePolicies(ctx context.Context, r Rules) error {
	for _, p := range r.Policies {
		v := workflow.Policy{Code: p.Code, NameZH: p.Zh, NameEN: p.En, Promises: p.Promised(), From: f.since}
		if err := f.tx.SavePolicy(ctx, &v, 0); err != nil {
			return err
		}
		f.policies[p.Code] = v.ID
	}
	return nil
}

// Promised is what the policy promises, by clock.
func (p Policy) Promised() workflow.Promises {
	out := workflow.Promises{}
	for _, pr := range p.Promises {
		out[workflow.ClockKind(pr.Clock)] = workflow.Promise{Amount: pr.Amount, Unit: workflow.Unit(pr.Unit)}
	}
	return out
}

func (f *founder) saveCategories(ctx context.Context, r Rules) error {
	for i, c := range r.Categories {
		v := workflow.Category{
			Code: c.Code, NameZH: c.Zh, NameEN: c.En, HintZH: c.HintZh, HintEN: c.HintEn, Department: f.departments[c.Lead],
			Policy: f.policies[c.Policy], Sealed: c.Sealed, Sort: i + 1, Active: true, From: f.since,
		}
		if err := f.tx.SaveCategory(ctx, &v, 0); err != nil {
			return err
		}
		f.categories[c.Code] = v.ID
	}
	return nil
}

func (f *founder) saveTemplates(ctx context.Context, r Rules) error {
	for _, t := range r.Templates {
		v := workflow.AnswerTemplate{
			Title: t.TitleZh, Body: t.BodyZh, Purpose: t.Purpose, Category: f.categories[t.Category], Active: true, Updated: f.since,
		}
		if err := f.tx.SaveAnswerTemplate(ctx, &v); err != nil {
			return err
		}
	}
	return nil
}

func (f *founder) saveSettings(ctx context.Context, r Rules) error {
	there, err := f.tx.Settings(ctx)
	if err != nil {
		return err
	}
	for key, value := range defaults(r.Crisis) {
		if there[key] != "" {
			continue
		}
		if err := f.tx.SaveSetting(ctx, key, value, 0, f.since); err != nil {
			return err
		}
	}
	return nil
}
