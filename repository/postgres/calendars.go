package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

// Days and vacations come along as JSON lists.
const (
	calendarColumns = `
		v.id, v.name, v.hours, v.known_until, v.created_at, v.created_by, v.current,
		(SELECT coalesce(jsonb_agg(jsonb_build_object('First', a.first_day, 'Last', a.last_day, 'Name', a.name, 'Policy', a.policy)
			ORDER BY a.first_day), '[]') FROM calendar_vacations a WHERE a.version_id = v.id) AS vacations,`
	calendarDays = `
		(SELECT coalesce(jsonb_agg(jsonb_build_object('Day', d.day, 'Off', d.off, 'Name', d.name) ORDER BY d.day), '[]')
			FROM calendar_days d WHERE d.version_id = v.id) AS days`
)

type calendarRow struct {
	ID         int64                            `db:"id"`
	Name       string                           `db:"name"`
	Hours      document[[][2]string]            `db:"hours"`
	KnownUntil date                             `db:"known_until"`
	Created    instant                          `db:"created_at"`
	CreatedBy  ref                              `db:"created_by"`
	Current    bool                             `db:"current"`
	Vacations  document[[]workflow.Vacation]    `db:"vacations"`
	Days       document[[]workflow.CalendarDay] `db:"days"`
}

func (r calendarRow) toCalendar() workflow.CalendarVersion {
	v := workflow.CalendarVersion{
		ID: r.ID, Name: r.Name, Hours: r.Hours.v, KnownUntil: string(r.KnownUntil),
		Created: time.Time(r.Created), CreatedBy: int64(r.CreatedBy), Current: r.Current,
	}
	if len(r.Vacations.v) > 0 {
		v.Vacations = r.Vacations.v
	}
	if len(r.Days.v) > 0 {
		v.Days = r.Days.v
	}
	return v
}

const sqlCurrentCalendar = `SELECT` + calendarColumns + calendarDays + ` FROM calendar_versions v WHERE v.current`

// CurrentCalendar implements workflow.Rules.
func (s *Store) CurrentCalendar(ctx context.Context) (workflow.CalendarVersion, error) {
	r, err := one[calendarRow](ctx, s, "read current calendar", sqlCurrentCalendar)
	return r.toCalendar(), err
}

const sqlCalendar = `SELECT` + calendarColumns + calendarDays + ` FROM calendar_versions v WHERE v.id = $1`

// Calendar implements workflow.Rules.
func (s *Store) Calendar(ctx context.Context, id int64) (workflow.CalendarVersion, error) {
	r, err := one[calendarRow](ctx, s, "read calendar", sqlCalendar, id)
	return r.toCalendar(), err
}

const sqlCalendarHistory = `SELECT` + calendarColumns + ` '[]'::jsonb AS days FROM calendar_versions v ORDER BY v.id DESC`

// CalendarHistory implements workflow.Rules; the newest comes first.
func (s *Store) CalendarHistory(ctx context.Context) ([]workflow.CalendarVersion, error) {
	return many(ctx, s, "list calendars", calendarRow.toCalendar, sqlCalendarHistory)
}

const sqlRetireCalendar = `UPDATE calendar_versions SET current = false WHERE current`

const sqlAddCalendar = `
	WITH version AS (
		INSERT INTO calendar_versions (name, hours, known_until, created_at, created_by, current)
		VALUES ($1, $2, $3, $4, $5, true)
		RETURNING id
	), days AS (
		INSERT INTO calendar_days (version_id, day, off, name)
		SELECT version.id, d.day, d.off, d.name
		FROM version, unnest($6::date[], $7::boolean[], $8::text[]) AS d (day, off, name)
	), vacations AS (
		INSERT INTO calendar_vacations (version_id, first_day, last_day, name, policy)
		SELECT version.id, a.first_day, a.last_day, a.name, a.policy
		FROM version, unnest($9::date[], $10::date[], $11::text[], $12::text[]) AS a (first_day, last_day, name, policy)
	)
	SELECT id FROM version`

// AddCalendar implements workflow.Rules.
func (s *Store) AddCalendar(ctx context.Context, v *workflow.CalendarVersion) error {
	saved := *v
	saved.Created, saved.Current = time.Time(instant(v.Created).or(s.now())), true
	hours := v.Hours
	if hours == nil {
		hours = [][2]string{}
	}
	args := []any{saved.Name, document[[][2]string]{hours}, date(saved.KnownUntil), instant(saved.Created), ref(saved.CreatedBy)}
	args = append(args, dayArrays(saved.Days)...)
	args = append(args, vacationArrays(saved.Vacations)...)
	err := s.together(ctx, func(tx *Store) error {
		if _, err := tx.exec(ctx, "lock calendars", sqlLock, calendarLock); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, "retire calendar", sqlRetireCalendar); err != nil {
			return err
		}
		id, err := one[int64](ctx, tx, "add calendar", sqlAddCalendar, args...)
		saved.ID = id
		return err
	})
	if err == nil {
		*v = saved
	}
	return err
}

func dayArrays(days []workflow.CalendarDay) []any {
	on, off, names := pq.StringArray{}, pq.BoolArray{}, pq.StringArray{}
	for _, d := range days {
		on, off, names = append(on, d.Day), append(off, d.Off), append(names, d.Name)
	}
	return []any{on, off, names}
}

func vacationArrays(vacations []workflow.Vacation) []any {
	first, last, names, policies := pq.StringArray{}, pq.StringArray{}, pq.StringArray{}, pq.StringArray{}
	for _, a := range vacations {
		first, last = append(first, a.First), append(last, a.Last)
		names, policies = append(names, a.Name), append(policies, a.Policy)
	}
	return []any{first, last, names, policies}
}
