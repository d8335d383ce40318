package rules

import (
	"context"
	"strconv"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

// Calendar returns a version of the calendar, 0 being the one in force.
func (r *Rules) Calendar(ctx context.Context, by workflow.Actor, id int64) (workflow.CalendarVersion, error) {
	if err := ruler(by); err != nil {
		return workflow.CalendarVersion{}, err
	}
	if id == 0 {
		return r.desk.Store.CurrentCalendar(ctx)
	}
	return r.desk.Store.Calendar(ctx, id)
}

// Calendars lists all versions, the newest first, without their days.
func (r *Rules) Calendars(ctx context.Context, by workflow.Actor) ([]workflow.CalendarVersion, error) {
	if err := ruler(by); err != nil {
		return nil, err
	}
	return r.desk.Store.CalendarHistory(ctx)
}

// Moved is a promise that falls due at another time under another calendar.
type Moved struct {
	Number     string // of its case
	Kind       workflow.ClockKind
	Department int64
	Old, New   time.Time
	Paused     bool
}

// Effect is what a calendar would do, or did, to what is under way.
type Effect struct {
	Looked int     // promises looked at
	Moved  int     // of them, those that move
	Late   int     // of those, how many are then over due at once
	Shown  []Moved // the first of them, by case
}

// shownMoves is how many moves an Effect lists.
const shownMoves = 50

// notYet stands for the version of a draft: no clock was made by it.
const notYet = 0

// Preview tells what would move if the draft were in force. Its ID names the
// version it was made from, which must still be the current one.
func (r *Rules) Preview(ctx context.Context, by workflow.Actor, draft workflow.CalendarVersion) (Effect, error) {
	if err := ruler(by); err != nil {
		return Effect{}, err
	}
	store := r.desk.Store
	if err := r.follows(ctx, store, draft); err != nil {
		return Effect{}, err
	}
	work, err := calendar.Of(draft, r.desk.Keeper.Zone)
	if err != nil {
		return Effect{}, err
	}
	p, err := r.plan(ctx, store, work, notYet)
	if err != nil {
		return Effect{}, err
	}
	return r.effect(ctx, store, p)
}

// follows checks that the draft was made from the calendar in force, and that
// it differs.
func (r *Rules) follows(ctx context.Context, store workflow.Store, draft workflow.CalendarVersion) error {
	current, err := store.CurrentCalendar(ctx)
	if err != nil {
		return err
	}
	if current.ID != draft.ID {
		return workflow.Stale()
	}
	return sameCalendar(current, draft)
}

// Apply puts the draft in force as a new version and moves every promise that
// is neither over nor broken, in one transaction. Verdicts stay what they were:
// a promise that was broken stays broken. The draft's Name says why.
func (r *Rules) Apply(ctx context.Context, by workflow.Actor, draft workflow.CalendarVersion) (Effect, error) {
	if err := ruler(by); err != nil {
		return Effect{}, err
	}
	if err := workflow.OneLine("reason", &draft.Name, workflow.MaxSubject, true); err != nil {
		return Effect{}, err
	}
	var effect Effect
	var turned []workflow.Clock
	err := r.keep(ctx, by, "calendar", calendarWords(draft), func(tx workflow.Store) (int64, error) {
		if err := r.follows(ctx, tx, draft); err != nil {
			return 0, err
		}
		v := draft
		v.ID, v.Created, v.CreatedBy = 0, r.desk.Now(), by.ID
		if err := tx.AddCalendar(ctx, &v); err != nil {
			return 0, err
		}
		work, err := calendar.Of(v, r.desk.Keeper.Zone)
		if err != nil {
			return 0, err
		}
		effect, turned, err = r.moveAll(ctx, tx, by, work, v)
		return v.ID, err
	})
	if err != nil {
		return Effect{}, err
	}
	if len(turned) > 0 {
		r.desk.Arm(ctx, turned...)
	}
	return effect, nil
}

func calendarWords(v workflow.CalendarVersion) map[string]string {
	return map[string]string{
		"name": v.Name, "known_until": v.KnownUntil,
		"days": strconv.Itoa(len(v.Days)), "vacations": strconv.Itoa(len(v.Vacations)),
	}
}

// Replan moves promises that were still made by an older calendar: another
// replica remembers the rules for a moment after they change. It returns how
// many moved, and is meant to be run from time to time.
func (r *Rules) Replan(ctx context.Context) (int, error) {
	var effect Effect
	var turned []workflow.Clock
	err := r.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		v, err := tx.CurrentCalendar(ctx)
		if err != nil {
			return err
		}
		work, err := calendar.Of(v, r.desk.Keeper.Zone)
		if err != nil {
			return err
		}
		effect, turned, err = r.moveAll(ctx, tx, workflow.BySystem(), work, v)
		return err
	})
	if err == nil && len(turned) > 0 {
		r.desk.Arm(ctx, turned...)
	}
	return effect.Moved, err
}
