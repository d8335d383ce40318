package workflow

import (
	"context"
	"fmt"
	"time"
)

// Exhibit is what a review is about, exactly as it will be public: nothing is
// left out of it, and nothing stands in it that will not be public.
type Exhibit struct {
	Parts []ExhibitPart
	Files []File
	Href  string // where its owners work on it; "": there is no page of its own
}

// ExhibitPart is one text under a heading. Key names the heading in the
// catalogue: "review.part." + Key.
type ExhibitPart struct{ Key, Text string }

// Reviewed is one subject of reviews as the review sees it. Every subject has
// one; the program joins them.
type Reviewed interface {
	// Exhibit shows what r is about. It is a Conflict error when the content is
	// not that of r any more.
	Exhibit(ctx context.Context, tx Store, r Review) (Exhibit, error)
	// Decided lets the thing know of the decision, in its transaction.
	Decided(ctx context.Context, tx Store, r Review) error
}

// AskReview asks for a review inside the transaction in which the thing is
// handed in: it is stored, noted in the journal, and told to those who may
// decide. Subject, SubjectID, Title, ContentHash, Department and Doubtful are
// the asker's; the rest is set here.
func (d *Desk) AskReview(ctx context.Context, tx Store, by Actor, r *Review) error {
	r.AskedBy, r.Asked = by.ID, d.Now()
	if err := tx.AddReview(ctx, r); err != nil {
		return err
	}
	if err := d.NoteReview(ctx, tx, by, "review.ask", *r, nil); err != nil {
		return err
	}
	deciders, err := decidersOf(ctx, tx, *r)
	if err != nil {
		return err
	}
	return d.TellReview(ctx, tx, NoticeReview, *r, deciders)
}

// decidersOf lists who may decide: the heads of the department where they may,
// and the reviewers where there is no such head.
func decidersOf(ctx context.Context, tx Store, r Review) ([]Account, error) {
	if r.Subject == ReviewItem && !r.Doubtful && r.Department != 0 {
		heads, err := tx.AccountsFor(ctx, r.Department, DeptHead)
		if err != nil {
			return nil, err
		}
		if fit := mayReview(heads, r); len(fit) > 0 {
			return fit, nil
		}
	}
	reviewers, err := tx.AccountsFor(ctx, 0, Reviewer)
	return mayReview(reviewers, r), err
}

func mayReview(all []Account, r Review) []Account {
	r.Result = Undecided
	var out []Account
	for _, a := range all {
		if MayReview(a.Actor(), r) {
			out = append(out, a)
		}
	}
	return out
}

// NoteReview writes what happened to a review into the journal.
func (d *Desk) NoteReview(ctx context.Context, tx Store, by Actor, action string, r Review, detail map[string]string) error {
	all := map[string]string{"subject": fmt.Sprintf("%s:%d", r.Subject, r.SubjectID)}
	for k, v := range detail {
		all[k] = v
	}
	e := JournalEntry{At: d.Now(), Account: by.ID, Action: action, Subject: fmt.Sprintf("review:%d", r.ID), Detail: all}
	return tx.AddJournal(ctx, e, d.Keeper.Chain.LinkJournal)
}

// TellReview tells accounts of a review: on their pages at once, by mail when
// the office is open.
func (d *Desk) TellReview(ctx context.Context, tx Store, kind NoticeKind, r Review, to []Account) error {
	args := map[string]string{"href": fmt.Sprintf("/office/reviews/%d", r.ID), "title": r.Title}
	if kind == NoticeReviewed {
		args["result"] = string(r.Result)
	}
	return d.TellAccounts(ctx, tx, fmt.Sprintf("review:%d:%s", r.ID, kind), kind, args, to)
}

// TellAccounts tells accounts of something that is no case: args has "title",
// its name, and "href", the path of its page. Under the same name nothing is
// told twice.
func (d *Desk) TellAccounts(ctx context.Context, tx Store, name string, kind NoticeKind, args map[string]string, to []Account) error {
	at := d.Now()
	mail, err := d.nextOpen(ctx, tx, at)
	if err != nil {
		return err
	}
	for _, a := range to {
		t := Telling{Name: name, Kind: kind, Args: args, At: at, MailAt: mail}
		for _, n := range d.Keeper.ForAccount(a, t) {
			if err := tx.AddNotice(ctx, &n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) nextOpen(ctx context.Context, tx Store, at time.Time) (time.Time, error) {
	work, _, err := d.Rules.In(tx).Working(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return work.NextOpen(at), nil
}
