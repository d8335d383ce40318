package rules

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// Purposes lists what an answer template can be for.
var Purposes = []string{"answer", "decline", "ask", "note"}

// Variables lists what a template may hold in braces; each is replaced, as
// plain text, when the template is taken.
var Variables = []string{"来信人", "编号", "部门", "日期"}

var braces = regexp.MustCompile(`\{([^{}\n]{1,20})\}`)

// Templates lists all answer templates.
func (r *Rules) Templates(ctx context.Context, by workflow.Actor) ([]workflow.AnswerTemplate, error) {
	if err := ruler(by); err != nil {
		return nil, err
	}
	return r.desk.Store.AnswerTemplates(ctx, true)
}

// Template returns one answer template.
func (r *Rules) Template(ctx context.Context, by workflow.Actor, id int64) (workflow.AnswerTemplate, error) {
	all, err := r.Templates(ctx, by)
	if err != nil {
		return workflow.AnswerTemplate{}, err
	}
	i := slices.IndexFunc(all, func(t workflow.AnswerTemplate) bool { return t.ID == id })
	if i < 0 {
		return workflow.AnswerTemplate{}, workflow.Absent()
	}
	return all[i], nil
}

// SaveTemplate adds an answer template when its ID is 0, and changes it
// otherwise, if it is still at t.Version.
func (r *Rules) SaveTemplate(ctx context.Context, by workflow.Actor, t workflow.AnswerTemplate) (workflow.AnswerTemplate, error) {
	if err := ruler(by); err != nil {
		return t, err
	}
	if err := r.checkTemplate(ctx, &t); err != nil {
		return t, err
	}
	t.Updated = r.desk.Now()
	saved := t
	detail := map[string]string{"name": t.Title, "active": yes(t.Active)}
	err := r.keep(ctx, by, "template", detail, func(tx workflow.Store) (int64, error) {
		saved = t
		err := tx.SaveAnswerTemplate(ctx, &saved)
		return saved.ID, err
	})
	return saved, err
}

func (r *Rules) checkTemplate(ctx context.Context, t *workflow.AnswerTemplate) error {
	errs := []error{workflow.OneLine("title", &t.Title, maxTitle, true), checkBody(t.Body)}
	if !slices.Contains(Purposes, t.Purpose) {
		errs = append(errs, workflow.Wrong("purpose", "invalid.choice"))
	}
	if t.ReviewOn != "" {
		if _, err := time.Parse(time.DateOnly, t.ReviewOn); err != nil {
			errs = append(errs, workflow.Wrong("review_on", "invalid.date"))
		}
	}
	if t.Category != 0 {
		all, err := r.desk.Store.Categories(ctx, r.desk.Now(), true)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(c workflow.Category) bool { return c.ID == t.Category }) {
			errs = append(errs, workflow.Wrong("category", "invalid.choice"))
		}
	}
	return errors.Join(errs...)
}

func checkBody(body string) error {
	switch {
	case strings.TrimSpace(body) == "":
		return workflow.Wrong("body", "invalid.required")
	case utf8.RuneCountInString(body) > maxTemplate:
		return workflow.Wrong("body", "invalid.too_long", maxTemplate)
	}
	for _, m := range braces.FindAllStringSubmatch(body, -1) {
		if !slices.Contains(Variables, m[1]) {
			return workflow.Wrong("body", "rules.variable", m[0])
		}
	}
	return nil
}

// FillTemplate puts values in the places of the variables. Braces that are no
// variable stay as they are.
func FillTemplate(body string, values map[string]string) string {
	return braces.ReplaceAllStringFunc(body, func(m string) string {
		if v, ok := values[strings.Trim(m, "{}")]; ok {
			return v
		}
		return m
	})
}
