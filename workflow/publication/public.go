package publication

import (
	"context"
	"encoding/hex"
	"strconv"
	"time"

	"mailbox/workflow"
)

// Public lists what everybody may read now.
func (a *Answers) Public(ctx context.Context, q workflow.PublicQuery) (workflow.PublicListing, error) {
	q.At = a.desk.Now()
	return a.desk.Store.Public(ctx, q)
}

// CountPublic counts what Public lists without pages.
func (a *Answers) CountPublic(ctx context.Context, q workflow.PublicQuery) (int, error) {
	q.At = a.desk.Now()
	return a.desk.Store.CountPublic(ctx, q)
}

// One is one public answer, or NotFound. What is withdrawn, under embargo or
// unknown is one answer.
func (a *Answers) One(ctx context.Context, slug string) (workflow.Publication, error) {
	return a.desk.Store.PublicBySlug(ctx, slug, a.desk.Now())
}

// List returns publications for the office, newest first.
func (a *Answers) List(ctx context.Context, by workflow.Actor, q workflow.PublicationQuery) ([]workflow.Publication, error) {
	if !by.Office() {
		return nil, workflow.Absent()
	}
	q.NotAbout = by.Department
	return a.desk.Store.Publications(ctx, q)
}

// Count counts what List returns without pages.
func (a *Answers) Count(ctx context.Context, by workflow.Actor, q workflow.PublicationQuery) (int, error) {
	if !by.Office() {
		return 0, workflow.Absent()
	}
	q.NotAbout = by.Department
	return a.desk.Store.CountPublications(ctx, q)
}

// SealDays computes the root hash of every day that is over and on which
// something became public, each chained to the one before, and notes it in the
// journal. It may run in any number of processes.
func (a *Answers) SealDays(ctx context.Context) (int, error) {
	for n := 0; ; n++ {
		sealed, err := a.sealNext(ctx)
		if err != nil || !sealed {
			return n, err
		}
	}
}

func (a *Answers) sealNext(ctx context.Context) (sealed bool, err error) {
	err = a.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		sealed = false
		d, from, to, err := a.nextDay(ctx, tx)
		if err != nil || d.Day == "" {
			return err
		}
		if d.Leaves, err = tx.BecamePublic(ctx, from, to); err != nil {
			return err
		}
		d.Root = d.RootOf()
		if err := tx.AddProofDay(ctx, d); err != nil {
			return err
		}
		sealed = true
		e := workflow.JournalEntry{
			At: a.desk.Now(), Action: "publication.day", Subject: "day:" + d.Day,
			Detail: map[string]string{"root": hex.EncodeToString(d.Root), "answers": strconv.Itoa(len(d.Leaves))},
		}
		return tx.AddJournal(ctx, e, a.desk.Keeper.Chain.LinkJournal)
	})
	if err != nil && workflow.KindOf(err) == workflow.Conflict {
		return false, nil // another process was faster
	}
	return sealed, err
}

// settle is how long after midnight a day is left alone: what was published
// just before may still be on its way into the database.
const settle = 10 * time.Minute

// nextDay is the first day after the last one sealed on which something became
// public, if it is over.
func (a *Answers) nextDay(ctx context.Context, tx workflow.Store) (d workflow.ProofDay, from, to time.Time, err error) {
	last, err := tx.ProofDays(ctx, "", 1)
	if err != nil {
		return d, from, to, err
	}
	var after time.Time
	if len(last) > 0 {
		d.Prev = last[0].Root
		if after, err = a.midnight(last[0].Day); err != nil {
			return d, from, to, err
		}
		after = after.AddDate(0, 0, 1)
	}
	first, err := tx.FirstVisible(ctx, after)
	if err != nil || first.IsZero() {
		return d, from, to, err
	}
	day := a.desk.Keeper.Day(first)
	if from, err = a.midnight(day); err != nil {
		return d, from, to, err
	}
	to = from.AddDate(0, 0, 1)
	if a.desk.Now().Before(to.Add(settle)) {
		return workflow.ProofDay{}, from, to, nil
	}
	d.Day = day
	return d, from, to, nil
}

func (a *Answers) midnight(day string) (time.Time, error) {
	return time.ParseInLocation(time.DateOnly, day, a.desk.Keeper.Zone)
}

// Days lists the days' roots, latest first.
func (a *Answers) Days(ctx context.Context, before string, limit int) ([]workflow.ProofDay, error) {
	return a.desk.Store.ProofDays(ctx, before, limit)
}
