package workflowtest

import (
	"context"
	"slices"

	"mailbox/workflow"
)

type answerVersion struct {
	Answer int64
	workflow.AnswerVersion
}

// AnswerOf implements workflow.Answers.
func (m *Memory) AnswerOf(ctx context.Context, caseID int64) (workflow.AnswerDraft, error) {
	return read(ctx, m, func(d *data) (workflow.AnswerDraft, error) {
		rounds := d.answers.where(func(a workflow.AnswerDraft) bool { return a.CaseID == caseID })
		slices.SortFunc(rounds, func(a, b workflow.AnswerDraft) int { return b.Round - a.Round })
		return only(rounds)
	})
}

// AddAnswer implements workflow.Answers. The first text is a version like the
// ones saved later.
func (m *Memory) AddAnswer(ctx context.Context, a *workflow.AnswerDraft) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(a.CaseID), d.accounts.has(a.Author)); err != nil {
			return err
		}
		if d.answers.any(func(o workflow.AnswerDraft) bool { return o.CaseID == a.CaseID && o.Round == a.Round }) {
			return conflict()
		}
		a.ID, a.Version = d.answers.next(), 1
		d.answers.put(a.ID, *a)
		d.keepVersion(*a, a.Author)
		return nil
	})
}

// SaveAnswer implements workflow.Answers.
func (m *Memory) SaveAnswer(ctx context.Context, a *workflow.AnswerDraft, by int64) error {
	return m.write(ctx, func(d *data) error {
		stored, err := d.answers.get(a.ID)
		if err != nil {
			return err
		}
		if stored.Version != a.Version {
			return conflict()
		}
		if err := need(d.accounts.has(by), d.account(a.SignedBy), d.account(a.CheckedBy)); err != nil {
			return err
		}
		a.Version++
		d.answers.put(a.ID, *a)
		d.keepVersion(*a, by)
		return nil
	})
}

func (d *data) keepVersion(a workflow.AnswerDraft, by int64) {
	d.versions.put(d.versions.next(), answerVersion{a.ID, workflow.AnswerVersion{Version: a.Version, Body: a.Body, Author: by, At: a.Updated}})
}

// AnswerVersions implements workflow.Answers.
func (m *Memory) AnswerVersions(ctx context.Context, answerID int64) ([]workflow.AnswerVersion, error) {
	return read(ctx, m, func(d *data) ([]workflow.AnswerVersion, error) {
		var out []workflow.AnswerVersion
		for _, v := range d.versions.where(func(v answerVersion) bool { return v.Answer == answerID }) {
			v.AuthorName = d.accountName(v.Author)
			out = append(out, v.AnswerVersion)
		}
		return out, nil
	})
}
