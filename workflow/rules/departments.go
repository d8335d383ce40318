package rules

import (
	"context"
	"errors"
	"slices"

	"mailbox/workflow"
)

// Department is a department with what hangs on it.
type Department struct {
	workflow.Department
	Open   int // cases it has in hand
	People int // enabled accounts that can work on them
	Heads  int // of those, who can sign
}

// Departments lists all departments in their order, for administrators.
func (r *Rules) Departments(ctx context.Context, by workflow.Actor) ([]Department, error) {
	if err := admin(by); err != nil {
		return nil, err
	}
	all, err := r.desk.Store.Departments(ctx)
	if err != nil {
		return nil, err
	}
	accounts, err := r.desk.Store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Department, 0, len(all))
	for _, d := range all {
		s := Department{Department: d}
		s.People, s.Heads = staff(accounts, d.ID)
		if s.Open, err = r.desk.Store.OpenCasesOf(ctx, d.ID); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// staff counts the enabled people of a department, and those who can sign.
func staff(accounts []workflow.Account, department int64) (people, heads int) {
	for _, a := range accounts {
		if a.Department != department || !a.Disabled.IsZero() || !a.Actor().Is(workflow.DeptClerk, workflow.DeptHead) {
			continue
		}
		people++
		if a.Actor().Is(workflow.DeptHead) {
			heads++
		}
	}
	return people, heads
}

// SaveDepartment adds a department when its ID is 0, and changes it otherwise;
// its code stays what it was. One that has cases in hand, or that categories
// lead to, cannot be put out of use.
func (r *Rules) SaveDepartment(ctx context.Context, by workflow.Actor, d workflow.Department) (workflow.Department, error) {
	if err := admin(by); err != nil {
		return d, err
	}
	if err := checkDepartment(&d); err != nil {
		return d, err
	}
	saved := d
	detail := map[string]string{"name": d.NameZH, "active": yes(d.Active)}
	err := r.keep(ctx, by, "department", detail, func(tx workflow.Store) (int64, error) {
		saved = d
		if err := r.mayBecome(ctx, tx, &saved); err != nil {
			return 0, err
		}
		err := tx.SaveDepartment(ctx, &saved)
		return saved.ID, err
	})
	return saved, err
}

func checkDepartment(d *workflow.Department) error {
	errs := []error{
		workflow.OneLine("name_zh", &d.NameZH, workflow.MaxName, true),
		workflow.OneLine("name_en", &d.NameEN, workflow.MaxName, true),
		workflow.OneLine("phone", &d.Phone, maxPhone, false),
	}
	if d.ID == 0 {
		errs = append(errs, code(&d.Code))
	}
	return errors.Join(errs...)
}

// mayBecome compares the department with what is stored.
func (r *Rules) mayBecome(ctx context.Context, tx workflow.Store, d *workflow.Department) error {
	all, err := tx.Departments(ctx)
	if err != nil {
		return err
	}
	if d.ID == 0 {
		if slices.ContainsFunc(all, func(o workflow.Department) bool { return o.Code == d.Code }) {
			return workflow.Wrong("code", "rules.code_taken")
		}
		return nil
	}
	i := slices.IndexFunc(all, func(o workflow.Department) bool { return o.ID == d.ID })
	if i < 0 {
		return workflow.Absent()
	}
	d.Code = all[i].Code
	if d.Active || !all[i].Active {
		return nil
	}
	return r.mayRest(ctx, tx, d.ID)
}

// mayRest refuses to put a department out of use that letters still go to.
func (r *Rules) mayRest(ctx context.Context, tx workflow.Store, id int64) error {
	open, err := tx.OpenCasesOf(ctx, id)
	if err != nil {
		return err
	}
	if open > 0 {
		return workflow.Wrong("active", "rules.department_busy", open)
	}
	categories, err := tx.Categories(ctx, r.desk.Now(), false)
	if err != nil {
		return err
	}
	for _, c := range categories {
		if c.Department == id {
			return workflow.Wrong("active", "rules.department_leads", c.NameZH)
		}
	}
	return nil
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
