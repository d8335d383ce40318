package publication

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"mailbox/workflow"
)

var _ workflow.Reviewed = (*Answers)(nil)

// Exhibit implements workflow.Reviewed: the public version, and nothing of the
// case behind it.
func (a *Answers) Exhibit(ctx context.Context, tx workflow.Store, r workflow.Review) (workflow.Exhibit, error) {
	p, err := tx.Publication(ctx, r.SubjectID)
	if err != nil {
		return workflow.Exhibit{}, err
	}
	gone := r.Result == workflow.Undecided && p.State != workflow.PublicationInReview
	if gone || !bytes.Equal(p.ContentHash, r.ContentHash) {
		return workflow.Exhibit{}, workflow.Fail(workflow.Conflict, "review.changed")
	}
	public, err := p.Answer()
	if err != nil {
		return workflow.Exhibit{}, fmt.Errorf("read public answer: %w", err)
	}
	category, department, err := a.names(ctx, tx, p)
	if err != nil {
		return workflow.Exhibit{}, err
	}
	x := workflow.Exhibit{Href: fmt.Sprintf("/office/publications/%d", p.ID), Parts: []workflow.ExhibitPart{
		{Key: "subject", Text: public.Subject},
		{Key: "question", Text: public.Question},
		{Key: "answer", Text: public.Answer},
		{Key: "facts", Text: strings.Join([]string{public.Received, public.Answered, category, department}, " · ")},
	}}
	for i, f := range public.Files {
		x.Files = append(x.Files, workflow.File{ID: int64(i + 1), Name: f.Name, MediaType: f.MediaType, Size: f.Size, SHA256: f.SHA256})
	}
	return x, nil
}

// Decided implements workflow.Reviewed: what passed waits for the school's
// decision, what did not is a draft again.
func (a *Answers) Decided(ctx context.Context, tx workflow.Store, r workflow.Review) error {
	p, err := tx.Publication(ctx, r.SubjectID)
	if err != nil {
		return err
	}
	p.State, p.Updated = workflow.PublicationDraft, r.Decided
	if r.Passed() {
		p.State, p.Review, p.Passed = workflow.PublicationReviewed, r.ID, true
	}
	return tx.SavePublication(ctx, &p)
}

// names are what category and department are called in public.
func (a *Answers) names(ctx context.Context, tx workflow.Store, p workflow.Publication) (category, department string, err error) {
	categories, err := tx.Categories(ctx, a.desk.Now(), true)
	if err != nil {
		return "", "", err
	}
	departments, err := tx.Departments(ctx)
	if i := slices.IndexFunc(categories, func(c workflow.Category) bool { return c.ID == p.Category }); i >= 0 {
		category = categories[i].NameZH
	}
	if i := slices.IndexFunc(departments, func(d workflow.Department) bool { return d.ID == p.Department }); i >= 0 {
		department = departments[i].NameZH
	}
	return category, department, err
}
