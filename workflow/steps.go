package workflow

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// Desk is what every use case that changes cases works with.
type Desk struct {
	Store  Store
	Keeper Keeper
	Rules  *Rulebook
	// Arm lets timers ring for clocks that began, moved or ended. It is called
	// after the commit and may fail: the clocks are rows, and the reconciliation
	// arms what was missed.
	Arm func(ctx context.Context, clocks ...Clock)
	Now func() time.Time
}

// Step is one case on its way through a transaction: what it was, what it has
// become, and what happened between.
type Step struct {
	Tx     Store
	Before Case
	Case   Case
	Clocks []Clock
	Work   WorkingTime
	At     time.Time

	desk     *Desk
	calendar int64
	promises Promises
	events   []Event
	saved    []Clock // that were there before and changed
	told     []Notice
	turned   []Clock
}

// Step locks the case and lets do change it; history, clocks, figures and
// notices are kept together or not at all. Timers are armed afterwards.
func (d *Desk) Step(ctx context.Context, caseID int64, do func(*Step) error) (Case, error) {
	var out Case
	var turned []Clock
	err := d.Store.Atomic(ctx, func(tx Store) error {
		s, err := d.begin(ctx, tx, caseID)
		if err != nil {
			return err
		}
		if err := do(s); err != nil {
			return err
		}
		if err := keepAll(ctx, tx, []*Step{s}); err != nil {
			return err
		}
		out, turned = s.Case, s.turned
		return nil
	})
	if err != nil {
		return Case{}, err
	}
	if len(turned) > 0 {
		d.Arm(ctx, turned...)
	}
	return out, nil
}

func (d *Desk) begin(ctx context.Context, tx Store, caseID int64) (*Step, error) {
	c, err := tx.LockCase(ctx, caseID)
	if err != nil {
		return nil, err
	}
	clocks, err := tx.ClocksOf(ctx, caseID)
	if err != nil {
		return nil, err
	}
	return d.step(ctx, tx, c, clocks)
}

func (d *Desk) step(ctx context.Context, tx Store, c Case, clocks []Clock) (*Step, error) {
	rules := d.Rules.In(tx)
	work, calendar, err := rules.Working(ctx)
	if err != nil {
		return nil, err
	}
	policy, err := rules.PolicyVersion(ctx, c.Policy)
	if err != nil {
		return nil, err
	}
	return &Step{
		Tx: tx, Before: c, Case: c, Clocks: clocks, Work: work, At: d.Now(),
		desk: d, calendar: calendar, promises: policy.Promises,
	}, nil
}

// Move moves the case and turns its clocks. set, which may be nil, changes the
// case between the two, so that new clocks know the new department.
func (s *Step) Move(ctx context.Context, m Move, detail map[string]string, set func(*Case)) (Event, error) {
	m.At = s.At
	from := s.Case.State
	ev, err := s.Case.Do(m)
	if err != nil {
		return Event{}, err
	}
	ev.Detail = detail
	if set != nil {
		set(&s.Case)
	}
	if err := s.turn(ctx, m.Action, from); err != nil {
		return Event{}, err
	}
	s.events = append(s.events, ev)
	return ev, nil
}

func (s *Step) turn(ctx context.Context, action Action, from State) error {
	t := TurnClocks(&s.Case, action, from, s.Clocks, s.promises, s.Work, s.calendar, s.At)
	for i := range t.Add {
		if err := s.Tx.AddClock(ctx, &t.Add[i]); err != nil {
			return err
		}
	}
	s.turned = append(s.turned, t.Add...)
	s.Clocks = append(s.Clocks, t.Add...)
	s.keepClocks(t.Save)
	return nil
}

// keepClocks notes clocks that are to be stored as they have become.
func (s *Step) keepClocks(changed []Clock) {
	for _, k := range changed {
		same := func(o Clock) bool { return o.ID == k.ID }
		if i := slices.IndexFunc(s.Clocks, same); i >= 0 {
			s.Clocks[i] = k
		}
		s.saved = append(slices.DeleteFunc(s.saved, same), k)
	}
	s.turned = append(s.turned, changed...)
}

// SaveClocks keeps changed clocks and computes anew what is due first.
func (s *Step) SaveClocks(changed ...Clock) {
	s.keepClocks(changed)
	s.Case.Due, s.Case.DueClock = DueFirstOf(s.Clocks)
}

// Mark notes something that does not move the case.
func (s *Step) Mark(action Action, by Actor, as Role, note string, detail map[string]string) {
	s.events = append(s.events, Mark(s.Case, action, by, as, note, detail, s.At))
}

// Name is a name for what is told in this step, the same however often the
// transaction is tried.
func (s *Step) Name(what string) string {
	return "case:" + s.Case.Number + ":" + strconv.Itoa(s.Before.ChainSeq+len(s.events)) + ":" + what
}

// TellWriter tells the writer of the case.
func (s *Step) TellWriter(ctx context.Context, kind NoticeKind, message int64, args map[string]string) error {
	return s.TellWriterOf(ctx, Telling{Name: s.Name(string(kind)), Kind: kind, Case: s.Case, Message: message, Args: args, At: s.At})
}

// TellWriterOf tells the writer of the case that is told of.
func (s *Step) TellWriterOf(ctx context.Context, t Telling) error {
	n, known, err := s.desk.Keeper.ForWriterOf(ctx, s.Tx, t)
	if err == nil && known {
		s.told = append(s.told, n)
	}
	return err
}

// TellAccount tells an account.
func (s *Step) TellAccount(a Account, t Telling) {
	s.told = append(s.told, s.desk.Keeper.ForAccount(a, t)...)
}

// TellDepartment tells the people of the department that has the case; with no
// department, the office. Nobody is told about a case complaining of them.
func (s *Step) TellDepartment(ctx context.Context, kind NoticeKind, args map[string]string, roles ...Role) error {
	if s.Case.Department == 0 || s.Case.Sealed {
		return s.TellOffice(ctx, kind, args)
	}
	if len(roles) == 0 {
		roles = []Role{DeptClerk, DeptHead}
	}
	return s.tell(ctx, kind, args, s.Case.Department, roles)
}

// TellOffice tells the office; of a sealed case, the discipline officer.
func (s *Step) TellOffice(ctx context.Context, kind NoticeKind, args map[string]string) error {
	roles := []Role{Clerk, OfficeHead}
	if s.Case.Sealed {
		roles = []Role{Discipline}
	}
	return s.tell(ctx, kind, args, 0, roles)
}

func (s *Step) tell(ctx context.Context, kind NoticeKind, args map[string]string, department int64, roles []Role) error {
	accounts, err := s.Tx.AccountsFor(ctx, department, roles...)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if !ScopeOf(a.Actor()).Sees(s.Case, false) {
			continue
		}
		t := Telling{Name: s.Name(string(kind)), Kind: kind, Case: s.Case, Args: args, At: s.At}
		if !s.Case.Urgent {
			t.MailAt = s.Work.NextOpen(s.At)
		}
		s.TellAccount(a, t)
	}
	return nil
}

// Beside lets do change another case in the same transaction, at the same
// moment. The database gives one of two transactions up that wait for each
// other's cases, and it is tried again.
func (s *Step) Beside(ctx context.Context, caseID int64, do func(*Step) error) error {
	desk := *s.desk
	desk.Store, desk.Now = s.Tx, func() time.Time { return s.At }
	desk.Arm = func(_ context.Context, clocks ...Clock) { s.turned = append(s.turned, clocks...) }
	_, err := desk.Step(ctx, caseID, do)
	return err
}

// Joined lists the cases merged into this one, directly or by way of others.
func (s *Step) Joined(ctx context.Context) ([]Case, error) { return joined(ctx, s.Tx, s.Case.ID) }

func joined(ctx context.Context, tx Store, caseID int64) ([]Case, error) {
	parts, err := tx.Parts(ctx, caseID)
	if err != nil {
		return nil, err
	}
	var out []Case
	for _, p := range parts {
		if p.MergedInto != caseID {
			continue
		}
		behind, err := joined(ctx, tx, p.ID)
		if err != nil {
			return nil, err
		}
		out = append(append(out, p), behind...)
	}
	return out, nil
}

// deserted reports whether the case has just ended by its own writer's word or
// silence, before anybody was answered.
func (s *Step) deserted() bool {
	c := s.Case
	return (c.State == Withdrawn || c.State == Closed) && c.State != s.Before.State && c.Answered.IsZero()
}

// release lets the letters of others that were joined to the case go on by
// themselves: they were promised an answer too.
func (s *Step) release(ctx context.Context) error {
	parts, err := s.Tx.Parts(ctx, s.Case.ID)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if p.MergedInto != s.Case.ID {
			continue
		}
		err := s.Beside(ctx, p.ID, func(other *Step) error {
			_, err := other.Move(ctx, Move{Action: Reopen, By: BySystem()}, nil, nil)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// AddBirth stores a further case in this step; its timers are armed with the
// others.
func (s *Step) AddBirth(ctx context.Context, b *Birth) error {
	if err := s.Tx.AddBirth(ctx, b); err != nil {
		return err
	}
	s.turned = append(s.turned, b.Clocks...)
	return nil
}

// Pass gives the writer of a joined case a copy of what the writer of this one
// is told: an answer, or why there will be none.
func (s *Step) Pass(ctx context.Context, joined Case, m Message, kind NoticeKind, args map[string]string) error {
	copied := m
	copied.ID, copied.CaseID, copied.Files, copied.At = 0, joined.ID, nil, s.At
	files := make([]NewFile, 0, len(m.Files))
	for _, f := range m.Files {
		files = append(files, NewFile{SHA256: f.SHA256, Name: f.Name, MediaType: f.MediaType, Size: f.Size})
	}
	if m.ID != 0 {
		if err := s.Tx.AddMessage(ctx, &copied, files); err != nil {
			return err
		}
	}
	t := Telling{Name: s.Name("joined:" + joined.Number), Kind: kind, Case: joined, Message: copied.ID, Args: args, At: s.At}
	return s.TellWriterOf(ctx, t)
}
