package workflow

import (
	"context"
	"sync"
	"time"
)

// rulesKept is how long a rule that was read stays good: a change in the pages
// counts for new letters after at most this time, on every replica.
const rulesKept = 2 * time.Second

// Rulebook reads categories, policies and the calendar, and remembers them for
// a moment, so that a letter costs no three questions for what seldom changes.
type Rulebook struct {
	store Store
	build func(CalendarVersion) (WorkingTime, error)
	now   func() time.Time
	*kept
}

// kept is what was read last; all views of a Rulebook share it.
type kept struct {
	mu         sync.Mutex
	read       time.Time
	categories map[int64]Category
	policies   map[int64]Policy // by policy, the version in force
	work       WorkingTime
	calendar   int64
	versions   map[int64]Policy // by version: what one promises never changes
}

// NewRulebook returns a Rulebook; build makes working time of a calendar version.
func NewRulebook(store Store, build func(CalendarVersion) (WorkingTime, error), now func() time.Time) *Rulebook {
	return &Rulebook{store: store, build: build, now: now, kept: &kept{versions: map[int64]Policy{}}}
}

// In is the Rulebook inside a transaction: it reads through tx. A transaction
// that asked for a connection besides its own could wait for ever, when all of
// them are held by transactions that wait for the same rules.
func (r *Rulebook) In(tx Store) *Rulebook {
	return &Rulebook{store: tx, build: r.build, now: r.now, kept: r.kept}
}

// Forget makes the next question read anew: after a change of the rules.
func (r *Rulebook) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read = time.Time{}
}

// Category is the version of a category in force now.
func (r *Rulebook) Category(ctx context.Context, id int64) (Category, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refresh(ctx); err != nil {
		return Category{}, err
	}
	c, ok := r.categories[id]
	if !ok {
		return Category{}, Wrong("category", "invalid.choice")
	}
	return c, nil
}

// Coded is the version of the category with that code in force now, or NotFound.
func (r *Rulebook) Coded(ctx context.Context, code string) (Category, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refresh(ctx); err != nil {
		return Category{}, err
	}
	for _, c := range r.categories {
		if c.Code == code {
			return c, nil
		}
	}
	return Category{}, Absent()
}

// Policy is the version of a policy in force now. Whatever its category says, an
// urgent case is held to the urgent one, and an application for disclosure to
// the one for applications.
func (r *Rulebook) Policy(ctx context.Context, id int64, kind CaseKind, urgent bool) (Policy, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refresh(ctx); err != nil {
		return Policy{}, err
	}
	if code := policyCode(kind, urgent); code != "" {
		for _, p := range r.policies {
			if p.Code == code {
				return p, nil
			}
		}
	}
	p, ok := r.policies[id]
	if !ok {
		return Policy{}, Absent()
	}
	return p, nil
}

// policyCode is the policy that does not depend on the category, or "".
func policyCode(kind CaseKind, urgent bool) string {
	switch {
	case urgent:
		return UrgentPolicy
	case kind == Disclosure:
		return DisclosurePolicy
	}
	return ""
}

// PolicyVersion is a version of a policy, in force or not; its dates may be
// those of when it was first read.
func (r *Rulebook) PolicyVersion(ctx context.Context, version int64) (Policy, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p, known := r.versions[version]; known {
		return p, nil
	}
	p, err := r.store.PolicyVersion(ctx, version)
	if err == nil {
		r.versions[version] = p
	}
	return p, err
}

// Working is the college's working time by the current calendar, and the id of
// that calendar version.
func (r *Rulebook) Working(ctx context.Context) (WorkingTime, int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refresh(ctx); err != nil {
		return nil, 0, err
	}
	return r.work, r.calendar, nil
}

func (r *Rulebook) refresh(ctx context.Context) error {
	now := r.now()
	if !r.read.IsZero() && now.Sub(r.read) < rulesKept && !now.Before(r.read) {
		return nil
	}
	categories, err := r.store.Categories(ctx, now, false)
	if err != nil {
		return err
	}
	policies, err := r.store.Policies(ctx, now)
	if err != nil {
		return err
	}
	if err := r.refreshCalendar(ctx); err != nil {
		return err
	}
	r.categories, r.policies = map[int64]Category{}, map[int64]Policy{}
	for _, c := range categories {
		r.categories[c.ID] = c
	}
	for _, p := range policies {
		r.policies[p.ID] = p
	}
	r.read = now
	return nil
}

func (r *Rulebook) refreshCalendar(ctx context.Context) error {
	v, err := r.store.CurrentCalendar(ctx)
	if err != nil || v.ID == r.calendar {
		return err
	}
	work, err := r.build(v)
	if err != nil {
		return err
	}
	r.work, r.calendar = work, v.ID
	return nil
}
