package publication

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"mailbox/workflow"
)

// Finding is something in the texts that may point at a person, and whether it
// is hidden.
type Finding struct {
	workflow.Trace
	Hidden bool // in every place where it stands
}

// Editor is a publication with all that its editor needs.
type Editor struct {
	workflow.Publication
	Case      workflow.Case
	Rule      workflow.PublicationRule
	Redaction workflow.Redaction
	Public    workflow.PublicAnswer // exactly as everybody will read it
	Findings  []Finding
	Extra     []string // hidden besides
	Pictures  []Picture
	Review    workflow.Review // the last; zero when none was asked for
}

// Picture is a file of the case that may be shown with the answer.
type Picture struct {
	workflow.File
	Chosen bool
}

// Editing reports whether the texts may be changed now.
func (e Editor) Editing() bool { return e.State == workflow.PublicationDraft }

// Open returns a publication for its editors.
func (a *Answers) Open(ctx context.Context, by workflow.Actor, id int64) (Editor, error) {
	p, err := a.desk.Store.Publication(ctx, id)
	if err != nil {
		return Editor{}, err
	}
	e := Editor{Publication: p}
	if e.Case, err = a.desk.Store.Case(ctx, p.CaseID); err != nil {
		return Editor{}, err
	}
	if err := mayPublish(by, e.Case); err != nil {
		return Editor{}, err
	}
	e.Rule = workflow.MayPublish(e.Case)
	if e.Public, err = p.Answer(); err != nil {
		return Editor{}, fmt.Errorf("read public answer: %w", err)
	}
	if err := a.lastReview(ctx, &e); err != nil {
		return Editor{}, err
	}
	if p.State == workflow.PublicationPublished || p.State == workflow.PublicationWithdrawn {
		return e, nil
	}
	return e, a.fillEditor(ctx, &e)
}

func (a *Answers) lastReview(ctx context.Context, e *Editor) error {
	last, err := a.desk.Store.ReviewsBy(ctx, workflow.ReviewQuery{Subject: workflow.ReviewAnswer, SubjectID: e.ID, Limit: 1})
	if len(last) > 0 {
		e.Review = last[0]
	}
	return err
}

func (a *Answers) fillEditor(ctx context.Context, e *Editor) error {
	var err error
	if e.Redaction, err = a.desk.Store.Redaction(ctx, e.ID); err != nil {
		return err
	}
	found, err := a.find(ctx, a.desk.Store, e.Case, e.Redaction)
	if err != nil {
		return err
	}
	e.Findings, e.Extra = findings(e.Redaction, found)
	e.Pictures, err = a.pictures(ctx, e.CaseID, e.Public.Files)
	return err
}

// findings says of everything found whether it is hidden, and what is hidden
// besides.
func findings(r workflow.Redaction, found []workflow.Trace) (all []Finding, extra []string) {
	public := openText(r)
	for _, t := range found {
		all = append(all, Finding{t, !strings.Contains(public, t.Words)})
	}
	for _, text := range []string{r.Subject, r.Question, r.Answer} {
		for _, w := range Hidden(text) {
			known := slices.ContainsFunc(found, func(t workflow.Trace) bool { return t.Words == w })
			if !known && !slices.Contains(extra, w) {
				extra = append(extra, w)
			}
		}
	}
	return all, extra
}

// openText is what of the texts is not hidden.
func openText(r workflow.Redaction) string {
	var b strings.Builder
	for _, text := range []string{r.Subject, r.Question, r.Answer} {
		parts, err := split(text)
		if err != nil {
			parts = []part{{text: text}}
		}
		for _, p := range parts {
			if !p.hidden {
				b.WriteString(p.text)
			} else {
				b.WriteString(Block)
			}
		}
		b.WriteString("\n\n")
	}
	return b.String()
}

// Edit is what an editor sends: the texts with their marks, what to hide and to
// show besides, and which pictures go with the answer.
type Edit struct {
	Version int64
	workflow.Redaction
	Hide  []string
	Show  []string
	Files []int64
}

// Save keeps an edit. What was under review or reviewed is a draft again: the
// review was of other words.
func (a *Answers) Save(ctx context.Context, by workflow.Actor, id int64, e Edit) (workflow.Publication, error) {
	e.apply()
	return a.step(ctx, by, id, func(s *workflow.Step, p *workflow.Publication) error {
		err := a.changeable(by, s, *p, e.Version, workflow.PublicationDraft, workflow.PublicationInReview, workflow.PublicationReviewed)
		if err != nil {
			return err
		}
		files, err := a.chosen(ctx, s.Tx, p.CaseID, e.Files)
		if err != nil {
			return err
		}
		p.State, p.Review, p.Passed = workflow.PublicationDraft, 0, false
		p.Kind, p.Category, p.Department = s.Case.Kind, s.Case.Category, s.Case.Department
		if err := a.write(ctx, s.Tx, s.Case, p, e.Redaction, files); err != nil {
			return err
		}
		if err := s.Tx.SaveRedaction(ctx, p.ID, e.Redaction); err != nil {
			return err
		}
		return s.Tx.SavePublication(ctx, p)
	})
}

func (e *Edit) apply() {
	for _, text := range []*string{&e.Subject, &e.Question, &e.Answer} {
		*text = Hide(Show(strings.TrimSpace(*text), e.Show...), e.Hide...)
	}
}

// HandIn asks for the confidentiality review of exactly this version. What may
// still point at a person holds it back until it is hidden or somebody says why
// it may stay.
func (a *Answers) HandIn(ctx context.Context, by workflow.Actor, id, version int64, reason string) (workflow.Publication, error) {
	reason = strings.TrimSpace(reason)
	if utf8.RuneCountInString(reason) > workflow.MaxNote {
		return workflow.Publication{}, workflow.Wrong("traces", "invalid.too_long", workflow.MaxNote)
	}
	return a.step(ctx, by, id, func(s *workflow.Step, p *workflow.Publication) error {
		if err := a.changeable(by, s, *p, version, workflow.PublicationDraft); err != nil {
			return err
		}
		rule := workflow.MayPublish(s.Case)
		if rule.Why != "" {
			return workflow.Fail(workflow.Conflict, rule.Why)
		}
		if err := a.checkTraces(ctx, s, by, *p, reason); err != nil {
			return err
		}
		p.State = workflow.PublicationInReview
		if err := s.Tx.SavePublication(ctx, p); err != nil {
			return err
		}
		r := workflow.Review{
			Subject: workflow.ReviewAnswer, SubjectID: p.ID, Title: p.Subject, ContentHash: p.ContentHash,
			Department: p.Department, Doubtful: rule.Doubtful || reason != "",
		}
		return a.desk.AskReview(ctx, s.Tx, by, &r)
	})
}

// checkTraces looks once more at what will be public.
func (a *Answers) checkTraces(ctx context.Context, s *workflow.Step, by workflow.Actor, p workflow.Publication, reason string) error {
	public, err := p.Answer()
	if err != nil {
		return fmt.Errorf("read public answer: %w", err)
	}
	text := strings.Join([]string{public.Subject, public.Question, public.Answer}, "\n\n")
	own, err := a.tracer.Traces(ctx, s.Tx, s.Case, text)
	if err != nil {
		return err
	}
	found := workflow.Distinct(own, workflow.FindTraces(text))
	if len(found) == 0 {
		return nil
	}
	if reason == "" {
		return workflow.Wrong("traces", "publication.traces", wordsOf(found))
	}
	detail := map[string]string{"kinds": kindsOf(found), "slug": p.Slug}
	s.Mark(workflow.MarkTraces, by, by.As(officeRoles), reason, detail)
	return s.Journal(ctx, by, "traces.override", subjectOf(p), detail)
}

func wordsOf(found []workflow.Trace) string {
	var words []string
	for _, t := range found {
		words = append(words, t.Words)
	}
	return strings.Join(words, "、")
}

// kindsOf names what was found without saying it.
func kindsOf(found []workflow.Trace) string {
	var kinds []string
	for _, t := range found {
		if !slices.Contains(kinds, string(t.Kind)) {
			kinds = append(kinds, string(t.Kind))
		}
	}
	slices.Sort(kinds)
	return strings.Join(kinds, ",")
}

// pictures lists the files of letter and answer that can be shown without their
// metadata. Other files stay with the case: nobody can say what is in them.
func (a *Answers) pictures(ctx context.Context, caseID int64, chosen []workflow.PublicFile) ([]Picture, error) {
	files, err := shownFiles(ctx, a.desk.Store, caseID)
	if err != nil {
		return nil, err
	}
	var out []Picture
	for i, f := range files {
		name := publicName(i, f)
		out = append(out, Picture{f, slices.ContainsFunc(chosen, func(p workflow.PublicFile) bool { return p.Name == name })})
	}
	return out, nil
}

func shownFiles(ctx context.Context, tx workflow.Store, caseID int64) ([]workflow.File, error) {
	messages, err := tx.MessagesOf(ctx, caseID, false)
	if err != nil {
		return nil, err
	}
	var out []workflow.File
	for _, m := range messages {
		if m.Kind != workflow.LetterMessage && m.Kind != workflow.AnswerMessage {
			continue
		}
		for _, f := range m.Files {
			if extensions[f.MediaType] != "" {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

// extensions are those of the pictures whose metadata can be taken off.
var extensions = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}

// publicName tells nothing of the file's own name.
func publicName(i int, f workflow.File) string {
	return path.Clean(fmt.Sprintf("picture-%d%s", i+1, extensions[f.MediaType]))
}

// chosen stores clean copies of the chosen pictures.
func (a *Answers) chosen(ctx context.Context, tx workflow.Store, caseID int64, ids []int64) ([]workflow.PublicFile, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	files, err := shownFiles(ctx, tx, caseID)
	if err != nil {
		return nil, err
	}
	var out []workflow.PublicFile
	for i, f := range files {
		if !slices.Contains(ids, f.ID) {
			continue
		}
		clean, err := a.copyClean(ctx, f)
		if err != nil {
			return nil, err
		}
		clean.Name = publicName(i, f)
		out = append(out, clean)
	}
	if len(out) != len(ids) {
		return nil, workflow.Wrong("files", "invalid.choice")
	}
	return out, nil
}

func (a *Answers) copyClean(ctx context.Context, f workflow.File) (workflow.PublicFile, error) {
	content, err := a.blobs.Open(ctx, f.SHA256)
	if err != nil {
		return workflow.PublicFile{}, fmt.Errorf("open picture %d: %w", f.ID, err)
	}
	defer func() { _ = content.Close() }() // it was only read
	sha, size, err := a.blobs.Put(ctx, a.clean(content, f.MediaType), workflow.MaxFileSize)
	if err != nil {
		return workflow.PublicFile{}, fmt.Errorf("copy picture %d: %w", f.ID, err)
	}
	return workflow.PublicFile{MediaType: f.MediaType, Size: size, SHA256: sha}, nil
}
