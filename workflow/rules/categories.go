package rules

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"mailbox/workflow"
)

// Categories lists the versions in force now, in their order, with those that
// are not offered any more.
func (r *Rules) Categories(ctx context.Context, by workflow.Actor) ([]workflow.Category, error) {
	if err := ruler(by); err != nil {
		return nil, err
	}
	return r.desk.Store.Categories(ctx, r.desk.Now(), true)
}

// CategoryHistory lists the versions of a category, the newest first.
func (r *Rules) CategoryHistory(ctx context.Context, by workflow.Actor, id int64) ([]workflow.Category, error) {
	if err := ruler(by); err != nil {
		return nil, err
	}
	all, err := r.desk.Store.CategoryHistory(ctx, id)
	if err == nil && len(all) == 0 {
		err = workflow.Absent()
	}
	slices.Reverse(all)
	return all, err
}

// Choices is what a category is made of: departments that are in use, and
// policies.
func (r *Rules) Choices(ctx context.Context, by workflow.Actor) ([]workflow.Department, []workflow.Policy, error) {
	if err := ruler(by); err != nil {
		return nil, nil, err
	}
	departments, err := r.desk.Store.Departments(ctx)
	if err != nil {
		return nil, nil, err
	}
	policies, err := r.desk.Store.Policies(ctx, r.desk.Now())
	return slices.DeleteFunc(departments, func(d workflow.Department) bool { return !d.Active }), policies, err
}

// SaveCategory adds a category when its ID is 0; otherwise a version that holds
// from now on, made from the version c.Version. Letters that are there keep
// theirs. Saving what is in force already changes nothing.
func (r *Rules) SaveCategory(ctx context.Context, by workflow.Actor, c workflow.Category) (workflow.Category, error) {
	if err := ruler(by); err != nil {
		return c, err
	}
	if err := checkCategory(&c); err != nil {
		return c, err
	}
	saved := c
	detail := map[string]string{
		"name": c.NameZH, "active": yes(c.Active), "sealed": yes(c.Sealed),
		"department": strconv.FormatInt(c.Department, 10), "policy": strconv.FormatInt(c.Policy, 10),
	}
	err := r.keep(ctx, by, "category", detail, func(tx workflow.Store) (int64, error) {
		saved = c
		same, err := r.readyCategory(ctx, tx, &saved)
		if err != nil || same {
			return 0, err
		}
		saved.From = r.desk.Now()
		err = tx.SaveCategory(ctx, &saved, by.ID)
		return saved.ID, err
	})
	return saved, err
}

func checkCategory(c *workflow.Category) error {
	errs := []error{
		workflow.OneLine("name_zh", &c.NameZH, workflow.MaxName, true),
		workflow.OneLine("name_en", &c.NameEN, workflow.MaxName, true),
		workflow.OneLine("hint_zh", &c.HintZH, maxHint, false),
		workflow.OneLine("hint_en", &c.HintEN, maxHint, false),
	}
	if c.ID == 0 {
		errs = append(errs, code(&c.Code))
	}
	if c.Policy == 0 {
		errs = append(errs, workflow.Wrong("policy", "invalid.required"))
	}
	return errors.Join(errs...)
}

// readyCategory checks c against what is stored, and reports whether it says
// what is in force already.
func (r *Rules) readyCategory(ctx context.Context, tx workflow.Store, c *workflow.Category) (bool, error) {
	all, err := tx.Categories(ctx, r.desk.Now(), true)
	if err != nil {
		return false, err
	}
	if err := r.refers(ctx, tx, *c, all); err != nil {
		return false, err
	}
	if c.ID == 0 {
		if slices.ContainsFunc(all, func(o workflow.Category) bool { return o.Code == c.Code }) {
			return false, workflow.Wrong("code", "rules.code_taken")
		}
		return false, nil
	}
	i := slices.IndexFunc(all, func(o workflow.Category) bool { return o.ID == c.ID })
	switch {
	case i < 0:
		return false, workflow.Absent()
	case all[i].Version != c.Version:
		return false, workflow.Stale()
	}
	c.Code, c.From, c.To = all[i].Code, all[i].From, all[i].To
	return *c == all[i], nil
}

// refers checks that what the category points at is there and in use.
func (r *Rules) refers(ctx context.Context, tx workflow.Store, c workflow.Category, all []workflow.Category) error {
	if c.Department != 0 {
		departments, err := tx.Departments(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(departments, func(d workflow.Department) bool { return d.ID == c.Department && d.Active }) {
			return workflow.Wrong("department", "invalid.choice")
		}
	}
	policies, err := tx.Policies(ctx, r.desk.Now())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(policies, func(p workflow.Policy) bool { return p.ID == c.Policy }) {
		return workflow.Wrong("policy", "invalid.choice")
	}
	if c.Parent != 0 && !mayStandUnder(c, all) {
		return workflow.Wrong("parent", "invalid.choice")
	}
	return nil
}

// mayStandUnder reports whether c may stand under its parent: one level deep,
// as forms show them.
func mayStandUnder(c workflow.Category, all []workflow.Category) bool {
	for _, o := range all {
		if c.ID != 0 && o.Parent == c.ID {
			return false // it has categories under it itself
		}
	}
	i := slices.IndexFunc(all, func(o workflow.Category) bool { return o.ID == c.Parent })
	return i >= 0 && all[i].Parent == 0 && c.Parent != c.ID
}
