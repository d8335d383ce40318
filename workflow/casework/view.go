package casework

import (
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// Dossier is a case with everything around it that its reader may see.
type Dossier struct {
	Case       workflow.Case
	Category   workflow.Category
	Messages   []workflow.Message
	Clocks     []workflow.Clock
	Draft      workflow.AnswerDraft // the round being written; Version 0: nothing yet
	DraftFiles []workflow.File
	Versions   []workflow.AnswerVersion
	Extensions []workflow.Extension
	Parts      []workflow.Case // joined to it or split off it
	Into       workflow.Case   // the case it was joined to, when there is one
	Assisting  []int64
	Notices    []workflow.Notice    // what the writer was told
	Tries      []workflow.NoticeTry // and the ways it was tried on
	Events     []workflow.Event
	Campaigns  []workflow.Campaign
	// Application is what an application for disclosure says and what was decided
	// of it; Secure says that its answer as it stands was checked for secrets.
	Application workflow.Application
	Secure      bool
	MayReveal   bool
	Actions     []workflow.Action // moves this reader may make now
	Marks       []workflow.Action // what else they may do: marks that move nothing
}

// May reports whether the reader may do this now.
func (d Dossier) May(a workflow.Action) bool {
	return slices.Contains(d.Actions, a) || slices.Contains(d.Marks, a)
}

// Wish is the wish for more time that waits for an answer, or nil.
func (d Dossier) Wish() *workflow.Extension { return openWish(d.Extensions) }

// Open returns the dossier of a case for a member of staff, or NotFound when it
// is outside their scope.
func (w *Casework) Open(ctx context.Context, by workflow.Actor, number string) (Dossier, error) {
	c, err := w.Find(ctx, by, number)
	if err != nil {
		return Dossier{}, err
	}
	d := Dossier{Case: c, MayReveal: workflow.MayReveal(by, c), Actions: w.actions(by, c)}
	if err := w.fill(ctx, by, &d); err != nil {
		return Dossier{}, err
	}
	d.Marks = w.marks(by, &d)
	if c.Mode == workflow.Anonymous && !by.Office() {
		d.blur()
	}
	return d, nil
}

// actions lists the moves the reader may make; departments only on cases they have.
func (w *Casework) actions(by workflow.Actor, c workflow.Case) []workflow.Action {
	var out []workflow.Action
	at := w.desk.Now()
	mine := by.Office() || by.Is(workflow.Discipline) || by.Department == c.Department
	for _, a := range workflow.Actions {
		if mine && c.May(a, by, at) {
			out = append(out, a)
		}
	}
	return out
}

func (w *Casework) fill(ctx context.Context, by workflow.Actor, d *Dossier) error {
	store, id := w.desk.Store, d.Case.ID
	var err error
	keep := func(e error) {
		if err == nil {
			err = e
		}
	}
	var e error
	d.Category, e = store.CategoryVersion(ctx, d.Case.CategoryVersion)
	keep(e)
	d.Messages, e = store.MessagesOf(ctx, id, true)
	keep(e)
	d.Clocks, e = store.ClocksOf(ctx, id)
	keep(e)
	d.Extensions, e = store.ExtensionsOf(ctx, id)
	keep(e)
	d.Assisting, e = store.Assisting(ctx, id)
	keep(e)
	d.Events, e = store.EventsOf(ctx, id)
	keep(e)
	d.Campaigns, e = store.Campaigns(ctx)
	keep(e)
	keep(w.fillNotices(ctx, d))
	keep(w.fillDraft(ctx, d))
	keep(w.fillApplication(ctx, d))
	keep(w.fillParts(ctx, by, d))
	return err
}

// fillNotices keeps what the writer was told; what staff were told is theirs.
func (w *Casework) fillNotices(ctx context.Context, d *Dossier) error {
	all, err := w.desk.Store.NoticesOf(ctx, d.Case.ID)
	for _, n := range all {
		if n.Account == 0 {
			d.Notices = append(d.Notices, n)
		}
	}
	if err != nil {
		return err
	}
	d.Tries, err = tries(ctx, w.desk.Store, d.Notices)
	return err
}

// tries are the ways on which notices through platforms were tried.
func tries(ctx context.Context, store workflow.Store, notices []workflow.Notice) ([]workflow.NoticeTry, error) {
	var ids []int64
	for _, n := range notices {
		if workflow.Channel(n.Channel).Chat() {
			ids = append(ids, n.ID)
		}
	}
	if ids == nil {
		return nil, nil
	}
	return store.TriesOf(ctx, ids...)
}

func (w *Casework) fillDraft(ctx context.Context, d *Dossier) error {
	var err error
	if d.Draft, err = current(ctx, w.desk.Store, d.Case.ID); err != nil || d.Draft.ID == 0 {
		return err
	}
	if d.Versions, err = w.desk.Store.AnswerVersions(ctx, d.Draft.ID); err != nil {
		return err
	}
	d.DraftFiles, err = w.desk.Store.FilesOfAnswer(ctx, d.Draft.ID)
	return err
}

func (w *Casework) fillApplication(ctx context.Context, d *Dossier) error {
	var err error
	d.Application, err = application(ctx, w.desk.Store, d.Case)
	if err == nil && d.Draft.ID != 0 {
		d.Secure = d.Application.CheckedFor(workflow.AnswerHash(d.Draft.Body, d.DraftFiles))
	}
	return err
}

// fillParts shows joined and split cases the reader may see. A department knows
// of the letters joined to its case, as long as they do not complain about it
// and are not sealed.
func (w *Casework) fillParts(ctx context.Context, by workflow.Actor, d *Dossier) error {
	parts, err := w.desk.Store.Parts(ctx, d.Case.ID)
	if err != nil {
		return err
	}
	scope := workflow.ScopeOf(by)
	anyone := scope
	anyone.Department = 0
	for _, p := range parts {
		if scope.Sees(p, false) || p.MergedInto == d.Case.ID && anyone.Sees(p, false) {
			d.Parts = append(d.Parts, p)
		}
	}
	if d.Case.MergedInto == 0 {
		return nil
	}
	into, err := w.desk.Store.Case(ctx, d.Case.MergedInto)
	if err == nil && scope.Sees(into, false) {
		d.Into = into
	}
	return err
}

// Progress is what the writer sees of a case: no staff names, no internal words.
type Progress struct {
	Case     workflow.Case
	Category workflow.Category
	Messages []workflow.Message
	Told     []workflow.Notice
	Tries    []workflow.NoticeTry // the ways on which Told was tried
	Until    workflow.Clock       // the promise that runs for the writer; zero ID: none
	Events   []workflow.Event     // moves only, without names, notes or marks
	Into     workflow.Case        // where it is handled together with another; only its state is shown
	Parts    []workflow.Case      // further matters of the same letter
	Actions  []workflow.Action
	// Application is what an application asked for. How it was decided is the
	// writer's to know once it has been answered or has ended: see Decided.
	Application workflow.Application
}

// Decided is how the writer's application was decided, "" while that is not told.
func (p Progress) Decided() workflow.Decision {
	if p.Case.Answered.IsZero() && !p.Case.State.Ended() {
		return workflow.NoDecision
	}
	return p.Case.Decision
}

// Follow returns the writer's view of a case.
func (w *Casework) Follow(ctx context.Context, by workflow.Actor, caseID int64) (Progress, error) {
	if !by.Is(workflow.Writer) || by.Case != caseID {
		return Progress{}, workflow.Absent()
	}
	c, err := w.desk.Store.Case(ctx, caseID)
	if err != nil {
		return Progress{}, err
	}
	p := Progress{Case: c}
	for _, a := range workflow.Actions {
		if c.May(a, by, w.desk.Now()) {
			p.Actions = append(p.Actions, a)
		}
	}
	return p, w.follow(ctx, &p)
}

func (w *Casework) follow(ctx context.Context, p *Progress) error {
	store, id := w.desk.Store, p.Case.ID
	var err error
	if p.Category, err = store.CategoryVersion(ctx, p.Case.CategoryVersion); err != nil {
		return err
	}
	if p.Application, err = application(ctx, store, p.Case); err != nil {
		return err
	}
	if p.Messages, err = store.MessagesOf(ctx, id, false); err != nil {
		return err
	}
	for i := range p.Messages {
		p.Messages[i].Author, p.Messages[i].AuthorName = 0, ""
	}
	notices, err := store.NoticesOf(ctx, id)
	if err != nil {
		return err
	}
	for _, n := range notices {
		if n.Account == 0 {
			p.Told = append(p.Told, n)
		}
	}
	if p.Tries, err = tries(ctx, store, p.Told); err != nil {
		return err
	}
	if err := w.followMoves(ctx, p); err != nil {
		return err
	}
	return w.followParts(ctx, p)
}

func (w *Casework) followMoves(ctx context.Context, p *Progress) error {
	events, err := w.desk.Store.EventsOf(ctx, p.Case.ID)
	if err != nil {
		return err
	}
	for _, ev := range events {
		if ev.From != ev.To {
			p.Events = append(p.Events, workflow.Event{Action: ev.Action, From: ev.From, To: ev.To, Role: ev.Role, At: ev.At})
		}
	}
	clocks, err := w.desk.Store.ClocksOf(ctx, p.Case.ID)
	if err != nil {
		return err
	}
	for _, k := range clocks {
		if k.Kind == workflow.Overall && !k.Over() || k.Kind == workflow.ToSupply && k.Running() {
			p.Until = k
		}
	}
	return nil
}

func (w *Casework) followParts(ctx context.Context, p *Progress) error {
	parts, err := w.desk.Store.Parts(ctx, p.Case.ID)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if part.SplitFrom == p.Case.ID {
			p.Parts = append(p.Parts, part)
		}
	}
	for into := p.Case.MergedInto; into != 0; into = p.Into.MergedInto { // joined to one that was joined itself
		if p.Into, err = w.desk.Store.Case(ctx, into); err != nil {
			return err
		}
	}
	return nil
}

// List returns the cases q asks for that the actor may know of.
func (w *Casework) List(ctx context.Context, by workflow.Actor, q workflow.Query) (workflow.Listing, error) {
	q.Scope = workflow.ScopeOf(by)
	l, err := w.desk.Store.List(ctx, q)
	if !by.Office() {
		for i := range l.Rows {
			if l.Rows[i].Mode == workflow.Anonymous {
				l.Rows[i].Received = coarse(l.Rows[i].Received)
			}
		}
	}
	return l, err
}

// Count counts what List returns.
func (w *Casework) Count(ctx context.Context, by workflow.Actor, q workflow.Query) (int, error) {
	q.Scope = workflow.ScopeOf(by)
	return w.desk.Store.CountCases(ctx, q)
}

// Board counts open cases by department and by what is due.
func (w *Casework) Board(ctx context.Context, by workflow.Actor) ([]workflow.BoardRow, workflow.BoardMarks, error) {
	marks, err := w.Marks(ctx)
	if err != nil {
		return nil, marks, err
	}
	rows, err := w.desk.Store.Board(ctx, workflow.ScopeOf(by), marks)
	return rows, marks, err
}

// Marks are the moments that divide what is due: now, the end of today, the end
// of the third working day from today.
func (w *Casework) Marks(ctx context.Context) (workflow.BoardMarks, error) {
	work, _, err := w.desk.Rules.Working(ctx)
	if err != nil {
		return workflow.BoardMarks{}, err
	}
	now := w.desk.Now()
	y, m, d := now.In(w.desk.Keeper.Zone).Date()
	today := dayAfter(y, m, d, w.desk.Keeper.Zone)
	soon, _ := work.Due(now, workflow.Promise{Amount: 3, Unit: workflow.WorkingDays})
	y, m, d = soon.In(w.desk.Keeper.Zone).Date()
	return workflow.BoardMarks{Now: now, Today: today, Soon: dayAfter(y, m, d, w.desk.Keeper.Zone), Measured: now}, nil
}

// File returns a file of a case for whoever may see the case; internal files are
// for staff.
func (w *Casework) File(ctx context.Context, by workflow.Actor, caseID, fileID int64) (workflow.File, error) {
	c, err := w.desk.Store.Case(ctx, caseID)
	if err != nil {
		return workflow.File{}, err
	}
	assists, err := assisting(ctx, w.desk.Store, c.ID, by.Department)
	if err != nil {
		return workflow.File{}, err
	}
	if !workflow.ScopeOf(by).Sees(c, assists) {
		return workflow.File{}, workflow.Absent()
	}
	f, err := w.desk.Store.File(ctx, caseID, fileID)
	if err != nil || !by.Is(workflow.Writer) {
		return f, err
	}
	if f.Message == 0 {
		return workflow.File{}, workflow.Absent() // of a draft
	}
	m, err := w.desk.Store.Message(ctx, f.Message)
	if err == nil && m.Kind.Internal() {
		err = workflow.Absent()
	}
	if err != nil {
		return workflow.File{}, err
	}
	return f, nil
}

// AttachDraft adds a file to the answer being written.
func (w *Casework) AttachDraft(ctx context.Context, by workflow.Actor, caseID int64, file workflow.NewFile) error {
	_, err := w.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if err := w.enter(ctx, s, by, 0); err != nil {
			return err
		}
		if err := mayWrite(s, by); err != nil {
			return err
		}
		d, err := current(ctx, s.Tx, caseID)
		if err != nil {
			return err
		}
		if d.ID == 0 {
			if d, err = saveDraft(ctx, s, by, "", 0); err != nil {
				return err
			}
		}
		f := workflow.File{CaseID: caseID, Answer: d.ID, SHA256: file.SHA256, Name: file.Name, MediaType: file.MediaType, Size: file.Size, At: s.At}
		return s.Tx.AddFile(ctx, &f)
	})
	return err
}

// DetachDraft takes a file off the answer being written.
func (w *Casework) DetachDraft(ctx context.Context, by workflow.Actor, caseID, fileID int64) error {
	_, err := w.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if err := w.enter(ctx, s, by, 0); err != nil {
			return err
		}
		if err := mayWrite(s, by); err != nil {
			return err
		}
		f, err := s.Tx.File(ctx, caseID, fileID)
		if err != nil {
			return err
		}
		if f.Answer == 0 || f.Message != 0 {
			return workflow.Absent()
		}
		return s.Tx.RemoveFile(ctx, fileID)
	})
	return err
}

// coarse is a time as departments see it of an anonymous letter: the hour.
func coarse(t time.Time) time.Time { return t.Truncate(time.Hour) }

func dayAfter(y int, m time.Month, d int, zone *time.Location) time.Time {
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}
