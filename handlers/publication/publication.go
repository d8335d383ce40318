// Package publication is the pages about what becomes public: confidentiality
// reviews for those who ask and those who decide, the redaction of selected
// answers for the office, and the answers themselves for everybody.
package publication

import (
	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/publication"
	"mailbox/workflow/report"
)

// Deps is what the pages work with. All of it is required.
type Deps struct {
	Reviews *publication.Reviews
	Answers *publication.Answers
	College workflow.College
	Blobs   workflow.Blobs
	Files   report.Files // tables as files
}

// Pages are the pages about what becomes public.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Views lists every page with its data, for the check that they fit.
var Views = map[string]any{
	"office/reviews.html":      reviewsPage{},
	"office/review.html":       reviewPage{},
	"office/review.print.html": reviewPage{},
	"office/publications.html": publicationsPage{},
	"office/publication.html":  publicationPage{},
	"public/answers.html":      answersPage{},
	"public/answer.html":       answerPage{},
	"public/proofs.html":       proofsPage{},
}

// Counts is what stands beside the entries of the navigation.
func (p *Pages) Counts(c *web.Context) (map[string]web.NavCount, error) {
	n, err := p.Reviews.Count(c.Context(), c.User.Actor(), publication.Filter{Wanted: publication.Waiting})
	if err != nil || !c.User.Actor().Office() {
		return map[string]web.NavCount{"/office/reviews": {N: n}}, err
	}
	ready, err := p.Answers.Count(c.Context(), c.User.Actor(), workflow.PublicationQuery{State: workflow.PublicationReviewed})
	return map[string]web.NavCount{"/office/reviews": {N: n}, "/office/publications": {N: ready}}, err
}
