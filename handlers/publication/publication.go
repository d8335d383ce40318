// Package publication is the pages about what becomes public: confidentiality
// reviews for those who ask and those who decide.
package publication

import (
	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/publication"
)

// Deps is what the pages work with.
type Deps struct {
	Reviews *publication.Reviews
	College workflow.College
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
}

// Counts is what stands beside the entries of the navigation.
func (p *Pages) Counts(c *web.Context) (map[string]web.NavCount, error) {
	n, err := p.Reviews.Count(c.Context(), c.User.Actor(), publication.Filter{Wanted: publication.Waiting})
	return map[string]web.NavCount{"/office/reviews": {N: n}}, err
}
