package annual

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mailbox/workflow"
)

// Check is the signature of the head of the office under the snapshot.
func (b *Bureau) Check(ctx context.Context, by workflow.Actor, id int64) (workflow.AnnualReport, error) {
	return b.change(ctx, by, MayCheck, id, func(tx workflow.Store, r *workflow.AnnualReport) (string, map[string]string, error) {
		if err := mustBe(*r, workflow.AnnualFrozen); err != nil {
			return "", nil, err
		}
		r.State, r.CheckedBy, r.Checked, r.Updated = workflow.AnnualChecked, by.ID, b.now(), b.now()
		return "check", signed(*r), errors.Join(tx.SaveReport(ctx, r), b.tellRoles(ctx, tx, by, *r, workflow.Leader))
	})
}

// Sign is the leader's signature; the confidentiality review is asked for with it.
func (b *Bureau) Sign(ctx context.Context, by workflow.Actor, id int64) (workflow.AnnualReport, error) {
	return b.change(ctx, by, MaySign, id, func(tx workflow.Store, r *workflow.AnnualReport) (string, map[string]string, error) {
		if err := mustBe(*r, workflow.AnnualChecked); err != nil {
			return "", nil, err
		}
		v := workflow.Review{Subject: workflow.ReviewReport, SubjectID: r.ID, Title: r.Title, ContentHash: r.Hash}
		if err := b.Desk.AskReview(ctx, tx, by, &v); err != nil {
			return "", nil, fmt.Errorf("ask for review: %w", err)
		}
		r.State, r.SignedBy, r.Signed, r.Review, r.Updated = workflow.AnnualSigned, by.ID, b.now(), v.ID, b.now()
		return "sign", signed(*r), tx.SaveReport(ctx, r)
	})
}

func signed(r workflow.AnnualReport) map[string]string {
	return map[string]string{"sha256": hex.EncodeToString(r.Hash)}
}

// Return sends a frozen report back: whoever is to sign it next, or the head of
// the office, says what must change. A further revision can then be begun.
func (b *Bureau) Return(ctx context.Context, by workflow.Actor, id int64, note string) (workflow.AnnualReport, error) {
	if note = strings.TrimSpace(note); note == "" {
		return workflow.AnnualReport{}, workflow.Wrong("note", "invalid.required")
	}
	if err := longer("note", note, MaxReason); err != nil {
		return workflow.AnnualReport{}, err
	}
	may := func(a workflow.Actor) bool { return MayCheck(a) || MaySign(a) }
	return b.change(ctx, by, may, id, func(tx workflow.Store, r *workflow.AnnualReport) (string, map[string]string, error) {
		if err := mustBe(*r, workflow.AnnualFrozen, workflow.AnnualChecked, workflow.AnnualSigned); err != nil {
			return "", nil, err
		}
		return "return", map[string]string{"note": note}, b.sendBack(ctx, tx, r, by.ID, note)
	})
}

// sendBack ends a revision and tells who froze it.
func (b *Bureau) sendBack(ctx context.Context, tx workflow.Store, r *workflow.AnnualReport, by int64, note string) error {
	r.State, r.ReturnedBy, r.Returned, r.ReturnNote, r.Updated = workflow.AnnualReturned, by, b.now(), note, b.now()
	if err := tx.SaveReport(ctx, r); err != nil {
		return err
	}
	return b.tellFreezer(ctx, tx, by, *r, workflow.NoticeReportBack, note)
}

// tellRoles tells those whose turn it is with a report.
func (b *Bureau) tellRoles(ctx context.Context, tx workflow.Store, by workflow.Actor, r workflow.AnnualReport, roles ...workflow.Role) error {
	all, err := tx.AccountsFor(ctx, 0, roles...)
	if err != nil {
		return fmt.Errorf("list who signs: %w", err)
	}
	all = slices.DeleteFunc(all, func(a workflow.Account) bool { return a.ID == by.ID })
	return b.tell(ctx, tx, r, workflow.NoticeReport, "", all)
}

// tellFreezer tells who froze a report what has become of it.
func (b *Bureau) tellFreezer(ctx context.Context, tx workflow.Store, by int64, r workflow.AnnualReport, kind workflow.NoticeKind, reason string) error {
	if r.FrozenBy == by {
		return nil
	}
	a, err := tx.Account(ctx, r.FrozenBy)
	if err != nil {
		return fmt.Errorf("read who froze the report: %w", err)
	}
	return b.tell(ctx, tx, r, kind, reason, []workflow.Account{a})
}

// tell tells accounts of a report, once in each of its states.
func (b *Bureau) tell(ctx context.Context, tx workflow.Store, r workflow.AnnualReport, kind workflow.NoticeKind, reason string, to []workflow.Account) error {
	args := map[string]string{"title": r.Title, "href": fmt.Sprintf("/office/reports/%d", r.ID)}
	if reason != "" {
		args["reason"] = reason
	}
	return b.Desk.TellAccounts(ctx, tx, fmt.Sprintf("report:%d:%s:%t", r.ID, r.State, r.Passed), kind, args, to)
}

// Publish says that the report has gone out. The store refuses it without a
// review that passed of exactly this snapshot.
func (b *Bureau) Publish(ctx context.Context, by workflow.Actor, id int64) (workflow.AnnualReport, error) {
	return b.change(ctx, by, MayWrite, id, func(tx workflow.Store, r *workflow.AnnualReport) (string, map[string]string, error) {
		if err := mustBe(*r, workflow.AnnualSigned); err != nil {
			return "", nil, err
		}
		if !r.Passed {
			return "", nil, workflow.Fail(workflow.Conflict, "annual.not_reviewed")
		}
		r.State, r.PublishedBy, r.Published, r.Updated = workflow.AnnualPublished, by.ID, b.now(), b.now()
		return "publish", signed(*r), tx.SaveReport(ctx, r)
	})
}

// Revise begins a further revision of a report that was sent back or published,
// with the texts and overrides it had, and says why.
func (b *Bureau) Revise(ctx context.Context, by workflow.Actor, id int64, reason string) (workflow.AnnualReport, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return workflow.AnnualReport{}, workflow.Wrong("reason", "invalid.required")
	}
	if err := longer("reason", reason, MaxReason); err != nil {
		return workflow.AnnualReport{}, err
	}
	var next workflow.AnnualReport
	_, err := b.change(ctx, by, MayWrite, id, func(tx workflow.Store, r *workflow.AnnualReport) (string, map[string]string, error) {
		if err := mustBe(*r, workflow.AnnualReturned, workflow.AnnualPublished); err != nil {
			return "", nil, err
		}
		family, err := tx.ReportsBy(ctx, workflow.AnnualQuery{Family: r.Family, Limit: 1})
		if err != nil {
			return "", nil, err
		}
		if family[0].ID != r.ID {
			return "", nil, workflow.Fail(workflow.Conflict, "annual.revised_already")
		}
		next = *r
		if err := b.copyOf(ctx, tx, by, &next, reason); err != nil {
			return "", nil, err
		}
		return "revise", map[string]string{"reason": reason, "revision": strconv.Itoa(next.Revision)}, nil
	})
	return next, err
}

// copyOf makes r the next revision of itself.
func (b *Bureau) copyOf(ctx context.Context, tx workflow.Store, by workflow.Actor, r *workflow.AnnualReport, reason string) error {
	p, err := readParts(ctx, tx, *r)
	if err != nil {
		return err
	}
	*r = workflow.AnnualReport{
		Family: r.Family, Reason: reason, Form: r.Form, Year: r.Year, From: r.From, Last: r.Last, AsOf: r.AsOf, Title: r.Title,
		Addressee: r.Addressee, Notice: r.Notice, Day: r.Day, CreatedBy: by.ID, Created: b.now(),
	}
	if err := tx.AddReport(ctx, r, p.blocks); err != nil {
		return err
	}
	for _, o := range p.overrides {
		o.Report = r.ID
		if err := tx.SaveOverride(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// Reviewed is the annual report as the confidentiality review sees it.
type Reviewed struct{ *Bureau }

var _ workflow.Reviewed = Reviewed{}

// Exhibit implements workflow.Reviewed: the text as it will be public. The annex
// with its telephone numbers does not become public and is not part of it.
func (b Reviewed) Exhibit(ctx context.Context, tx workflow.Store, v workflow.Review) (workflow.Exhibit, error) {
	s, err := tx.Snapshot(ctx, v.SubjectID)
	if err != nil {
		return workflow.Exhibit{}, err
	}
	if !bytes.Equal(s.Hash, v.ContentHash) {
		return workflow.Exhibit{}, workflow.Fail(workflow.Conflict, "conflict.changed")
	}
	f, err := thaw(s)
	if err != nil {
		return workflow.Exhibit{}, err
	}
	return workflow.Exhibit{
		Parts: []workflow.ExhibitPart{{Key: "text", Text: f.plain()}},
		Href:  fmt.Sprintf("/office/reports/%d", v.SubjectID),
	}, nil
}

// Decided implements workflow.Reviewed: a report that passed may be published, one
// that was refused is sent back.
func (b Reviewed) Decided(ctx context.Context, tx workflow.Store, v workflow.Review) error {
	r, err := tx.LockReport(ctx, v.SubjectID)
	if err != nil {
		return err
	}
	if r.State != workflow.AnnualSigned || r.Review != v.ID {
		return nil // sent back meanwhile
	}
	if v.Passed() {
		r.Passed, r.Updated = true, b.now()
		return errors.Join(tx.SaveReport(ctx, &r), b.tellFreezer(ctx, tx, v.Reviewer, r, workflow.NoticeReport, ""))
	}
	note := v.Remark
	if note == "" {
		note = v.Basis
	}
	return b.sendBack(ctx, tx, &r, v.Reviewer, note)
}

// plain is the report as text.
func (f Frozen) plain() string {
	lines := []string{f.Report.Title, f.Report.Addressee + "："}
	for _, b := range f.Blocks {
		for _, p := range b.Paras {
			if p.Kind != workflow.TableIn {
				lines = append(lines, p.Text())
				continue
			}
			for _, t := range f.Tables {
				if t.Key == p.Table {
					lines = append(lines, plainTable(t))
				}
			}
		}
	}
	return strings.Join(append(lines, f.College, ChineseDay(f.Report.Day)), "\n")
}

func plainTable(t NamedSheet) string {
	lines := []string{t.Sheet.Title}
	for _, row := range Grid(t.Sheet).Rows {
		lines = append(lines, strings.Join(row, "\t"))
	}
	return strings.Join(lines, "\n")
}
