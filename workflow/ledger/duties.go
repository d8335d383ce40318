package ledger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"mailbox/workflow"
)

// PublishWithin is how long the college has to publish what came into being,
// and to bring up to date what changed (教办函〔2014〕23号).
const PublishWithin = 20

// Duty is an item of the list with how it stands.
type Duty struct {
	workflow.Duty
	Due  string // the last day to bring it up to date; "" when nothing changed since
	Late bool
}

// Duties lists what the college must publish, by number.
func (l *Ledger) Duties(ctx context.Context, by workflow.Actor) ([]Duty, error) {
	if err := open(by); err != nil {
		return nil, err
	}
	return l.duties(ctx, l.desk.Store)
}

func (l *Ledger) duties(ctx context.Context, tx workflow.Store) ([]Duty, error) {
	all, err := tx.Duties(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Duty, 0, len(all))
	for _, d := range all {
		x := Duty{Duty: d}
		if d.Applies && d.Changed != "" && d.Brought() < d.Changed {
			if x.Due, err = l.dueAfter(ctx, d.Changed); err != nil {
				return nil, err
			}
			x.Late = l.Today() > x.Due
		}
		out = append(out, x)
	}
	return out, nil
}

// dueAfter is the last of the 20 working days after a day.
func (l *Ledger) dueAfter(ctx context.Context, from string) (string, error) {
	start, err := time.ParseInLocation(time.DateOnly, from, l.desk.Keeper.Zone)
	if err != nil {
		return "", workflow.Wrong("day", "invalid.date")
	}
	work, _, err := l.desk.Rules.Working(ctx)
	if err != nil {
		return "", err
	}
	due, _ := work.Due(start.Add(12*time.Hour), workflow.Promise{Amount: PublishWithin, Unit: workflow.WorkingDays})
	return l.desk.Keeper.Day(due), nil
}

// Duty returns one item of the list.
func (l *Ledger) Duty(ctx context.Context, by workflow.Actor, id int64) (Duty, error) {
	all, err := l.Duties(ctx, by)
	if err != nil {
		return Duty{}, err
	}
	for _, d := range all {
		if d.ID == id {
			return d, nil
		}
	}
	return Duty{}, workflow.Absent()
}

// MayUpdate reports whether the actor may say when a duty changed and was
// brought up to date: the office, and the department whose it is.
func MayUpdate(a workflow.Actor, d workflow.Duty) bool { return MayEdit(a, d.Department) }

// SaveDuty changes an item of the list, or adds one of the college's own when
// its ID is 0. Departments say when theirs changed, when it was brought up to
// date and where it stands; the rest is the office's.
func (l *Ledger) SaveDuty(ctx context.Context, by workflow.Actor, d workflow.Duty) (workflow.Duty, error) {
	if err := open(by); err != nil {
		return d, err
	}
	out := d
	err := l.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		out = d
		if err := l.mayBecome(ctx, tx, by, &out); err != nil {
			return err
		}
		if err := checkDuty(&out, l.Today()); err != nil {
			return err
		}
		if err := dutyTaken(tx.SaveDuty(ctx, &out)); err != nil {
			return err
		}
		detail := map[string]string{"no": strconv.Itoa(out.No), "changed": out.Changed, "updated": out.Updated, "applies": strconv.FormatBool(out.Applies)}
		return l.note(ctx, tx, by, "ledger.duty", fmt.Sprint("duty:", out.ID), detail)
	})
	return out, err
}

// mayBecome keeps what the actor may not change as it is stored.
func (l *Ledger) mayBecome(ctx context.Context, tx workflow.Store, by workflow.Actor, d *workflow.Duty) error {
	if d.ID == 0 {
		if !MayArrange(by) {
			return workflow.Absent()
		}
		return nil
	}
	all, err := tx.Duties(ctx)
	if err != nil {
		return err
	}
	for _, old := range all {
		if old.ID != d.ID {
			continue
		}
		return l.keepRest(by, d, old)
	}
	return workflow.Absent()
}

func (l *Ledger) keepRest(by workflow.Actor, d *workflow.Duty, old workflow.Duty) error {
	if !MayUpdate(by, old) {
		return workflow.Fail(workflow.Forbidden, "ledger.not_yours")
	}
	d.Told = old.Told
	if d.Changed != old.Changed {
		d.Told = ""
	}
	if !MayArrange(by) {
		d.No, d.Class, d.Title, d.Applies, d.WhyNot = old.No, old.Class, old.Title, old.Applies, old.WhyNot
		d.Department, d.Columns = old.Department, old.Columns
	}
	return nil
}

func checkDuty(d *workflow.Duty, today string) error {
	errs := []error{
		workflow.OneLine("title", &d.Title, maxTitle, true), workflow.OneLine("why_not", &d.WhyNot, maxReason, !d.Applies), address(&d.URL),
		day("changed", d.Changed, false), day("updated", d.Updated, false),
	}
	if d.No <= 0 {
		errs = append(errs, workflow.Wrong("no", "ledger.number"))
	}
	if d.Class < 1 || d.Class > 10 {
		errs = append(errs, workflow.Wrong("class", "invalid.choice"))
	}
	for field, value := range map[string]string{"changed": d.Changed, "updated": d.Updated} {
		if value > today {
			errs = append(errs, workflow.Wrong(field, "ledger.in_future"))
		}
	}
	return errors.Join(errs...)
}

func dutyTaken(err error) error {
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Key == "conflict.duties_no_key" {
		return &workflow.Error{Kind: workflow.Invalid, Field: "no", Key: "ledger.number_taken", Err: err}
	}
	return err
}

// TellLate tells the heads of departments and the office, once for each change
// that was not published in time, what is late. It returns how many were told.
func (l *Ledger) TellLate(ctx context.Context) (int, error) {
	n := 0
	err := l.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		n = 0
		all, err := l.duties(ctx, tx)
		if err != nil {
			return err
		}
		for _, d := range all {
			if !d.Late || d.Told != "" {
				continue
			}
			if err := l.tell(ctx, tx, d); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

func (l *Ledger) tell(ctx context.Context, tx workflow.Store, d Duty) error {
	to, err := tx.AccountsFor(ctx, 0, workflow.Clerk, workflow.OfficeHead)
	if err != nil {
		return err
	}
	if d.Department != 0 {
		heads, err := tx.AccountsFor(ctx, d.Department, workflow.DeptHead)
		if err != nil {
			return err
		}
		to = append(to, heads...)
	}
	args := map[string]string{"title": fmt.Sprintf("%d %s", d.No, d.Title), "href": fmt.Sprintf("/disclosure/duties/%d", d.ID)}
	name := fmt.Sprintf("duty:%d:%s", d.ID, d.Changed)
	if err := l.desk.TellAccounts(ctx, tx, name, workflow.NoticeDutyLate, args, to); err != nil {
		return err
	}
	d.Told = l.Today()
	return tx.SaveDuty(ctx, &d.Duty)
}
