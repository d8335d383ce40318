package report

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// Bulletins makes the monthly bulletin (通报): drafted by the clock, written on
// by the office, approved by its head, and then told to the heads of
// departments and the leaders, once.
type Bulletins struct {
	office *Office
	desk   *workflow.Desk
}

// NewBulletins returns Bulletins.
func NewBulletins(o *Office, desk *workflow.Desk) *Bulletins { return &Bulletins{o, desk} }

// bulletinHour is when the bulletin is drafted on the first working day.
const bulletinHour = 9

// BulletinConflict says that somebody else saved the bulletin first: Theirs is
// what stands there now, and nothing was overwritten.
type BulletinConflict struct{ Theirs workflow.Bulletin }

func (*BulletinConflict) Error() string { return "bulletin changed meanwhile" }

// Unwrap makes it a Conflict for whoever does not know it.
func (*BulletinConflict) Unwrap() error { return workflow.Fail(workflow.Conflict, "bulletin.changed") }

// Prepare drafts the bulletin of the month before, from nine on the first
// working day of this one. It may be called at any time and by any number of
// processes: a month has one bulletin, of which the office is told once. A month
// in which nothing came and nothing was in hand has none.
func (b *Bulletins) Prepare(ctx context.Context) (made bool, err error) {
	now := b.desk.Now()
	month, ready, err := b.due(ctx, now)
	if err != nil || !ready {
		return false, err
	}
	if _, err := b.desk.Store.Bulletin(ctx, month); workflow.KindOf(err) != workflow.NotFound {
		return false, err // it is there, or cannot be read
	}
	values, err := b.values(ctx, month)
	if err != nil || values.Total.Numbers["received"].N == 0 && values.Total.Numbers["in_hand"].N == 0 {
		return false, err
	}
	err = b.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		draft := workflow.Bulletin{Month: month, State: workflow.BulletinDraft, Created: now}
		if err := tx.AddBulletin(ctx, &draft); err != nil {
			return err
		}
		return b.tell(ctx, tx, workflow.NoticeDrafted, month, isOffice)
	})
	if workflow.KindOf(err) == workflow.Conflict {
		return false, nil // another process has just made it
	}
	return err == nil, err
}

// due is the month whose bulletin is to be there now, and whether it is time.
func (b *Bulletins) due(ctx context.Context, now time.Time) (month string, ready bool, err error) {
	work, _, err := b.desk.Rules.Working(ctx)
	if err != nil {
		return "", false, fmt.Errorf("read calendar: %w", err)
	}
	y, m, _ := now.In(b.office.Zone).Date()
	begin := time.Date(y, m, 1, 0, 0, 0, 0, b.office.Zone)
	fy, fm, fd := work.NextOpen(begin).In(b.office.Zone).Date()
	from := time.Date(fy, fm, fd, bulletinHour, 0, 0, 0, b.office.Zone)
	return begin.AddDate(0, -1, 0).Format(time.DateOnly), !now.Before(from), nil
}

// values are the figures of a month as they are now.
func (b *Bulletins) values(ctx context.Context, month string) (workflow.BulletinValues, error) {
	ask := Ask{Period: Period{month, text(day(month).AddDate(0, 1, 0))}, By: workflow.ByMonth}
	total, err := b.office.Figures(ctx, workflow.BySystem(), ask)
	if err != nil {
		return workflow.BulletinValues{}, err
	}
	departments, err := b.office.Departments(ctx, workflow.BySystem(), ask)
	if err != nil {
		return workflow.BulletinValues{}, err
	}
	now := b.desk.Now()
	board, err := b.desk.Store.Board(ctx, workflow.Scope{}, workflow.BoardMarks{Now: now, Today: now, Soon: now})
	if err != nil {
		return workflow.BulletinValues{}, fmt.Errorf("read board: %w", err)
	}
	out := workflow.BulletinValues{AsOf: now, Total: bulletinLine(total.Figures, total.Total)}
	for _, l := range departments.Rows {
		if l.ID != 0 {
			out.Lines = append(out.Lines, bulletinLine(departments.Figures, l))
		}
	}
	return out, b.addOverdue(ctx, &out, board)
}

// addOverdue adds what is late now; a department that has nothing else to show
// gets a line for it.
func (b *Bulletins) addOverdue(ctx context.Context, v *workflow.BulletinValues, board []workflow.BoardRow) error {
	names, err := b.office.departments(ctx)
	if err != nil {
		return err
	}
	lines := map[int64]int{}
	for i, l := range v.Lines {
		lines[l.Department] = i
	}
	for _, r := range board {
		v.Total.Overdue += r.Overdue
		if r.Department == 0 || r.Overdue == 0 {
			continue
		}
		i, known := lines[r.Department]
		if !known {
			w := names[strconv.FormatInt(r.Department, 10)]
			i = len(v.Lines)
			v.Lines = append(v.Lines, bulletinLine(DepartmentFigures, b.office.compareable(Ask{}, row{id: r.Department, zh: w.zh, en: w.en}, newAccount())))
		}
		v.Lines[i].Overdue = r.Overdue
	}
	return nil
}

func bulletinLine(figures []Figure, l Line) workflow.BulletinLine {
	out := workflow.BulletinLine{Department: l.ID, NameZH: l.NameZH, NameEN: l.NameEN, Numbers: map[string]workflow.BulletinNumber{}}
	for i, f := range figures {
		v := l.Cells[i].Value
		out.Numbers[f.Key] = workflow.BulletinNumber{None: v.None, Few: v.Few, N: v.N, Of: v.Of, Days: v.Days}
	}
	return out
}

// BulletinValue is a number of a bulletin as a figure's value. A figure that a
// line does not have is None.
func BulletinValue(l workflow.BulletinLine, key string) Value {
	n, known := l.Numbers[key]
	return Value{None: n.None || !known, Few: n.Few, N: n.N, Of: n.Of, Days: n.Days}
}

func isOffice(a workflow.Account) bool { return a.Actor().Office() }

// hears reports whether an account is told of bulletins.
func hears(a workflow.Account) bool {
	return a.Actor().Is(workflow.DeptHead, workflow.Leader, workflow.Principal, workflow.OfficeHead)
}

// tell tells accounts of a bulletin: on their pages at once, by mail when the
// office is open; each once, however often it is tried.
func (b *Bulletins) tell(ctx context.Context, tx workflow.Store, kind workflow.NoticeKind, month string, whom func(workflow.Account) bool) error {
	accounts, err := tx.Accounts(ctx)
	if err != nil {
		return fmt.Errorf("list accounts: %w", err)
	}
	var to []workflow.Account
	for _, a := range accounts {
		if a.Disabled.IsZero() && whom(a) {
			to = append(to, a)
		}
	}
	args := map[string]string{"title": month[:len("2006-01")], "href": "/office/bulletins/" + month}
	return b.desk.TellAccounts(ctx, tx, "bulletin:"+month+":"+string(kind), kind, args, to)
}

// mayRead reports what an actor may know: the office everything, whoever is told of
// bulletins those that were sent.
func mayRead(by workflow.Actor, b workflow.Bulletin) bool {
	return by.Office() || b.State == workflow.BulletinSent && by.Is(workflow.DeptHead, workflow.Leader, workflow.Principal)
}

// List lists bulletins of months before (all when it is ""), newest first.
func (b *Bulletins) List(ctx context.Context, by workflow.Actor, before string, limit int) ([]workflow.Bulletin, error) {
	all, err := b.desk.Store.Bulletins(ctx, before, limit)
	if err != nil {
		return nil, fmt.Errorf("list bulletins: %w", err)
	}
	var out []workflow.Bulletin
	for _, one := range all {
		if mayRead(by, one) {
			out = append(out, one)
		}
	}
	return out, nil
}

// Open is the bulletin of a month; of a draft with the figures of this moment.
// One that the actor may not know of is NotFound.
func (b *Bulletins) Open(ctx context.Context, by workflow.Actor, month string) (workflow.Bulletin, error) {
	if _, err := time.Parse(time.DateOnly, month); err != nil {
		return workflow.Bulletin{}, workflow.Absent()
	}
	one, err := b.desk.Store.Bulletin(ctx, month)
	if err != nil {
		return workflow.Bulletin{}, err
	}
	if !mayRead(by, one) {
		return workflow.Bulletin{}, workflow.Absent()
	}
	if one.State == workflow.BulletinDraft {
		one.Values, err = b.values(ctx, month)
	}
	return one, err
}

// Save keeps what the office says to the figures. version is that of the text
// the person began from; if somebody saved another since, it is a
// *BulletinConflict.
func (b *Bulletins) Save(ctx context.Context, by workflow.Actor, month, words string, version int64) error {
	if utf8.RuneCountInString(words) > workflow.MaxBulletinText {
		return workflow.Wrong("text", "invalid.too_long", workflow.MaxBulletinText)
	}
	return b.change(ctx, by, month, version, func(_ workflow.Store, one *workflow.Bulletin) error {
		one.Text = strings.TrimSpace(words)
		return nil
	})
}

// Approve freezes the bulletin with its figures and tells everybody it is for.
// Only the head of the office may; approving twice is approving once.
func (b *Bulletins) Approve(ctx context.Context, by workflow.Actor, month string, version int64) error {
	if !by.Is(workflow.OfficeHead) {
		return workflow.Fail(workflow.Forbidden, "bulletin.head_only")
	}
	one, err := b.desk.Store.Bulletin(ctx, month)
	if err != nil {
		return err
	}
	if one.State == workflow.BulletinSent {
		return nil
	}
	values, err := b.values(ctx, month)
	if err != nil {
		return err
	}
	return b.change(ctx, by, month, version, func(tx workflow.Store, one *workflow.Bulletin) error {
		one.State, one.Approved, one.By, one.Values = workflow.BulletinSent, b.desk.Now(), by.ID, values
		if err := b.note(ctx, tx, by, "bulletin.approve", month, ""); err != nil {
			return err
		}
		return b.tell(ctx, tx, workflow.NoticeBulletin, month, hears)
	})
}

func (b *Bulletins) change(ctx context.Context, by workflow.Actor, month string, version int64, do func(workflow.Store, *workflow.Bulletin) error) error {
	if !by.Office() {
		return workflow.Absent()
	}
	return b.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		one, err := tx.Bulletin(ctx, month)
		if err != nil {
			return err
		}
		if one.Version != version || one.State == workflow.BulletinSent {
			return &BulletinConflict{Theirs: one}
		}
		one.Edited, one.EditedBy = b.desk.Now(), by.ID
		if err := do(tx, &one); err != nil {
			return err
		}
		return tx.SaveBulletin(ctx, &one)
	})
}

// Export is Open for somebody who takes the bulletin away as a file; it is noted
// in the journal.
func (b *Bulletins) Export(ctx context.Context, by workflow.Actor, month, format string) (workflow.Bulletin, error) {
	one, err := b.Open(ctx, by, month)
	if err != nil {
		return one, err
	}
	return one, b.note(ctx, b.desk.Store, by, "export", month, format)
}

func (b *Bulletins) note(ctx context.Context, tx workflow.Store, by workflow.Actor, action, month, format string) error {
	e := workflow.JournalEntry{
		At: b.desk.Now(), Account: by.ID, Action: action, Subject: "bulletin", Detail: map[string]string{"month": month},
	}
	if format != "" {
		e.Detail["format"] = format
	}
	if err := tx.AddJournal(ctx, e, b.office.Chain.LinkJournal); err != nil {
		return fmt.Errorf("note %s: %w", action, err)
	}
	return nil
}
