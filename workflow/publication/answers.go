package publication

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mailbox/workflow"
)

// Answers makes selected answers public (选登): a version of letter and answer
// in which nothing points at anybody, with the writer's consent, the school's
// decision and a confidentiality review of exactly that version.
type Answers struct {
	desk   *workflow.Desk
	tracer workflow.Tracer
	blobs  workflow.Blobs
	clean  Cleaner
}

// Cleaner passes a file through without its metadata. It is asked for pictures
// only.
type Cleaner func(r io.Reader, mediaType string) io.Reader

// NewAnswers returns Answers. All arguments are required.
func NewAnswers(desk *workflow.Desk, tracer workflow.Tracer, blobs workflow.Blobs, clean Cleaner) *Answers {
	return &Answers{desk: desk, tracer: tracer, blobs: blobs, clean: clean}
}

// officeRoles are those who select answers.
var officeRoles = []workflow.Role{workflow.Clerk, workflow.OfficeHead}

// mayPublish lets the office at the case, as far as it may see it.
func mayPublish(by workflow.Actor, c workflow.Case) error {
	if !by.Office() || !workflow.ScopeOf(by).Sees(c, false) {
		return workflow.Absent()
	}
	return nil
}

// Of is the last publication of a case for the office; ok is false when there
// is none. The rule says whether there may be one.
func (a *Answers) Of(ctx context.Context, by workflow.Actor, c workflow.Case) (p workflow.Publication, ok bool, rule workflow.PublicationRule, err error) {
	if err := mayPublish(by, c); err != nil {
		return p, false, rule, err
	}
	rule = workflow.MayPublish(c)
	p, err = a.desk.Store.PublicationOf(ctx, c.ID)
	if err != nil && workflow.KindOf(err) == workflow.NotFound {
		return workflow.Publication{}, false, rule, nil
	}
	return p, err == nil, rule, err
}

// Begin starts a public version of a case from its letter and its last answer,
// with everything that may point at a person marked to be hidden. A second
// click finds the first one's.
func (a *Answers) Begin(ctx context.Context, by workflow.Actor, number string) (workflow.Publication, error) {
	found, err := a.desk.Store.CaseByNumber(ctx, number)
	if err != nil {
		return workflow.Publication{}, err
	}
	var out workflow.Publication
	_, err = a.desk.Step(ctx, found.ID, func(s *workflow.Step) error {
		if err := mayPublish(by, s.Case); err != nil {
			return err
		}
		if rule := workflow.MayPublish(s.Case); rule.Why != "" {
			return workflow.Fail(workflow.Conflict, rule.Why)
		}
		last, err := s.Tx.PublicationOf(ctx, s.Case.ID)
		if err == nil && last.State != workflow.PublicationWithdrawn {
			out = last
			return nil
		}
		if err != nil && workflow.KindOf(err) != workflow.NotFound {
			return err
		}
		out, err = a.begin(ctx, s, by)
		return err
	})
	return out, err
}

func (a *Answers) begin(ctx context.Context, s *workflow.Step, by workflow.Actor) (workflow.Publication, error) {
	r, err := a.propose(ctx, s.Tx, s.Case)
	if err != nil {
		return workflow.Publication{}, err
	}
	p := workflow.Publication{
		CaseID: s.Case.ID, Slug: newSlug(), State: workflow.PublicationDraft, Kind: s.Case.Kind, Category: s.Case.Category,
		Department: s.Case.Department, CreatedBy: by.ID, Created: s.At, Updated: s.At,
	}
	if err := a.write(ctx, s.Tx, s.Case, &p, r, nil); err != nil {
		return p, err
	}
	if err := s.Tx.AddPublication(ctx, &p, r); err != nil {
		return p, err
	}
	return p, s.Journal(ctx, by, "publication.begin", subjectOf(p), map[string]string{"case": s.Case.Number, "slug": p.Slug})
}

func subjectOf(p workflow.Publication) string { return fmt.Sprintf("publication:%d", p.ID) }

// newSlug names a publication: random, so that it tells nothing of the case.
func newSlug() string { return strings.ToLower(rand.Text())[:12] }

// propose takes letter and answer as they are and marks what may point at a
// person.
func (a *Answers) propose(ctx context.Context, tx workflow.Store, c workflow.Case) (workflow.Redaction, error) {
	question, answer, err := texts(ctx, tx, c.ID)
	if err != nil {
		return workflow.Redaction{}, err
	}
	r := workflow.Redaction{Subject: unmarked(c.Subject), Question: unmarked(question), Answer: unmarked(answer)}
	found, err := a.find(ctx, tx, c, r)
	if err != nil {
		return r, err
	}
	var words []string
	for _, t := range found {
		words = append(words, t.Words)
	}
	r.Subject, r.Question, r.Answer = Hide(r.Subject, words...), Hide(r.Question, words...), Hide(r.Answer, words...)
	return r, nil
}

// texts are the letter and the last answer.
func texts(ctx context.Context, tx workflow.Store, caseID int64) (question, answer string, err error) {
	messages, err := tx.MessagesOf(ctx, caseID, false)
	if err != nil {
		return "", "", err
	}
	for _, m := range messages {
		switch {
		case m.Kind == workflow.LetterMessage && question == "":
			question = m.Body
		case m.Kind == workflow.AnswerMessage:
			answer = m.Body
		}
	}
	return question, answer, nil
}

// find lists what in the texts may point at a person: the writer's identity,
// and what looks like anybody's.
func (a *Answers) find(ctx context.Context, tx workflow.Store, c workflow.Case, r workflow.Redaction) ([]workflow.Trace, error) {
	text := strings.Join([]string{Plain(r.Subject), Plain(r.Question), Plain(r.Answer)}, "\n\n")
	own, err := a.tracer.Traces(ctx, tx, c, text)
	if err != nil {
		return nil, err
	}
	return workflow.Distinct(own, workflow.FindTraces(text)), nil
}

// write makes the public content of an edited text.
func (a *Answers) write(ctx context.Context, tx workflow.Store, c workflow.Case, p *workflow.Publication, r workflow.Redaction, files []workflow.PublicFile) error {
	content, err := content(*p, c, a.desk.Keeper, r)
	if err != nil {
		return err
	}
	if content.Category, content.Department, err = a.codes(ctx, tx, *p); err != nil {
		return err
	}
	content.Files = files
	p.Subject, p.Content = content.Subject, content.Bytes()
	p.ContentHash = workflow.HashOf(p.Content)
	return nil
}

// content is the public content but for its codes and files.
func content(p workflow.Publication, c workflow.Case, k workflow.Keeper, r workflow.Redaction) (workflow.PublicAnswer, error) {
	out := workflow.PublicAnswer{Slug: p.Slug, Kind: p.Kind, Received: k.Day(c.Received), Answered: k.Day(c.Answered)}
	var err error
	if out.Subject, err = redacted("subject", r.Subject, workflow.MaxSubject+len(Block)); err != nil {
		return out, err
	}
	if out.Question, err = redacted("question", r.Question, 2*workflow.MaxBody); err != nil {
		return out, err
	}
	out.Answer, err = redacted("answer", r.Answer, 2*workflow.MaxAnswer)
	return out, err
}

// codes are what category and department go by in public.
func (a *Answers) codes(ctx context.Context, tx workflow.Store, p workflow.Publication) (category, department string, err error) {
	categories, err := tx.Categories(ctx, a.desk.Now(), true)
	if err != nil {
		return "", "", err
	}
	departments, err := tx.Departments(ctx)
	if err != nil {
		return "", "", err
	}
	if i := slices.IndexFunc(categories, func(c workflow.Category) bool { return c.ID == p.Category }); i >= 0 {
		category = categories[i].Code
	}
	if i := slices.IndexFunc(departments, func(d workflow.Department) bool { return d.ID == p.Department }); i >= 0 {
		department = departments[i].Code
	}
	return category, department, nil
}

// changeable lets the office at a publication, and says in which states.
func (a *Answers) changeable(by workflow.Actor, s *workflow.Step, p workflow.Publication, version int64, states ...workflow.PublicationState) error {
	if err := mayPublish(by, s.Case); err != nil {
		return err
	}
	if version != p.Version {
		return workflow.Fail(workflow.Conflict, "publication.changed_meanwhile")
	}
	if !slices.Contains(states, p.State) {
		return workflow.Fail(workflow.Conflict, "publication.not_now")
	}
	return nil
}

// step lets do change a publication with its case locked.
func (a *Answers) step(ctx context.Context, by workflow.Actor, id int64, do func(*workflow.Step, *workflow.Publication) error) (workflow.Publication, error) {
	p, err := a.desk.Store.Publication(ctx, id)
	if err != nil {
		return p, err
	}
	_, err = a.desk.Step(ctx, p.CaseID, func(s *workflow.Step) error {
		if err := mayPublish(by, s.Case); err != nil {
			return err
		}
		fresh, err := s.Tx.Publication(ctx, id)
		if err != nil {
			return err
		}
		fresh.Updated = s.At
		if err := do(s, &fresh); err != nil {
			return err
		}
		p = fresh
		return nil
	})
	return p, err
}

// Publish makes a reviewed answer public: at once, or from a moment on.
func (a *Answers) Publish(ctx context.Context, by workflow.Actor, id, version int64, from time.Time) (workflow.Publication, error) {
	return a.step(ctx, by, id, func(s *workflow.Step, p *workflow.Publication) error {
		if err := a.changeable(by, s, *p, version, workflow.PublicationReviewed); err != nil {
			return err
		}
		if rule := workflow.MayPublish(s.Case); rule.Why != "" {
			return workflow.Fail(workflow.Conflict, rule.Why)
		}
		public, err := p.Answer()
		if err != nil {
			return fmt.Errorf("read public answer: %w", err)
		}
		p.State, p.Published, p.PublishedBy, p.Visible = workflow.PublicationPublished, s.At, by.ID, s.At
		if from.After(s.At) {
			p.Visible = from
		}
		p.Words = workflow.SearchWords(public.Subject + "\n" + public.Question + "\n" + public.Answer)
		if err := s.Tx.SavePublication(ctx, p); err != nil {
			return err
		}
		if err := s.Tx.DropRedaction(ctx, p.ID); err != nil {
			return err
		}
		s.Mark(workflow.MarkPublish, by, by.As(officeRoles), "", map[string]string{"publication": p.Slug})
		return s.Journal(ctx, by, PublishedEntry, subjectOf(*p), publishedDetail(*p))
	})
}

// PublishedEntry is the journal's word for an answer that became public; its
// detail has the hash of what did.
const PublishedEntry = "publication.publish"

func publishedDetail(p workflow.Publication) map[string]string {
	return map[string]string{"slug": p.Slug, "hash": hex.EncodeToString(p.ContentHash), "visible": p.Visible.UTC().Format(time.RFC3339)}
}

// Withdraw takes an answer back, from the public or from its way there. It is
// gone from every page, list and search at once.
func (a *Answers) Withdraw(ctx context.Context, by workflow.Actor, id int64, reason string) (workflow.Publication, error) {
	reason = strings.TrimSpace(reason)
	return a.step(ctx, by, id, func(s *workflow.Step, p *workflow.Publication) error {
		switch {
		case p.State == workflow.PublicationWithdrawn:
			return nil
		case reason == "":
			return workflow.Wrong("reason", "case.note_required")
		case len([]rune(reason)) > workflow.MaxNote:
			return workflow.Wrong("reason", "invalid.too_long", workflow.MaxNote)
		}
		if err := s.Unpublish(ctx, by, by.As(officeRoles), reason); err != nil {
			return err
		}
		var err error
		*p, err = s.Tx.Publication(ctx, p.ID)
		return err
	})
}

// Consent keeps what the writer wishes. Taking consent back takes the answer
// back in the same act.
func (a *Answers) Consent(ctx context.Context, by workflow.Actor, caseID int64, agrees bool) (workflow.Case, error) {
	if !by.Is(workflow.Writer) || by.Case != caseID {
		return workflow.Case{}, workflow.Absent()
	}
	return a.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if s.Case.PublishWish == agrees {
			return nil // a second click
		}
		if s.Case.Sealed {
			return workflow.Fail(workflow.Conflict, "publication.never.sealed")
		}
		action := workflow.MarkConsent
		if !agrees {
			action = workflow.MarkDissent
			if err := s.Unpublish(ctx, by, workflow.Writer, ""); err != nil {
				return err
			}
		}
		s.Case.PublishWish = agrees
		s.Mark(action, by, workflow.Writer, "", nil)
		return nil
	})
}

// OfWriter is what became of a writer's answer, as far as the writer may know:
// its public address, or that it waits.
func (a *Answers) OfWriter(ctx context.Context, by workflow.Actor, caseID int64) (p workflow.Publication, public bool, err error) {
	if !by.Is(workflow.Writer) || by.Case != caseID {
		return p, false, workflow.Absent()
	}
	p, err = a.desk.Store.PublicationOf(ctx, caseID)
	if err != nil && workflow.KindOf(err) == workflow.NotFound {
		return workflow.Publication{}, false, nil
	}
	return p, err == nil && p.PublicAt(a.desk.Now()), err
}
