package api

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/intake"
)

// actFields is what programs say for acts; what is nil was not said.
type actFields struct {
	Note       *string `json:"note,omitempty"`
	Reason     *string `json:"reason,omitempty"`
	Ground     *string `json:"ground,omitempty"`
	Department *string `json:"department,omitempty"` // code
	Into       *string `json:"into,omitempty"`       // number
	Traces     *string `json:"traces,omitempty"`
	Body       *string `json:"body,omitempty"`
	Subject    *string `json:"subject,omitempty"`
	Kind       *string `json:"kind,omitempty"`
	Category   *string `json:"category,omitempty"` // code
	About      *string `json:"about,omitempty"`    // code
	Concern    *string `json:"concern,omitempty"`
	Helps      *bool   `json:"helps,omitempty"`
	Days       *int    `json:"days,omitempty"`
	Decision   *string `json:"decision,omitempty"`
	Referral   *string `json:"referral,omitempty"`
	Fee        *int    `json:"fee,omitempty"`    // fen
	Waived     *int    `json:"waived,omitempty"` // fen
}

// only refuses what an act has no use for: whoever says it means something else.
func (f actFields) only(names []string) error {
	v := reflect.ValueOf(f)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if !v.Field(i).IsNil() && !slices.Contains(names, name) {
			return workflow.Wrong(name, "request.field_unknown")
		}
	}
	return nil
}

// text is what was said, as it may be stored.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(intake.Text(*s))
}

// or is what was said, or what holds when nothing was.
func or[T any](said *T, otherwise T) T {
	if said == nil {
		return otherwise
	}
	return *said
}

// move carries out an act that moves the case.
func move(action workflow.Action) func(acting) error {
	return func(x acting) error {
		department, err := x.o.departmentAsked(text(x.f.Department))
		if err != nil {
			return err
		}
		_, err = x.cases.Do(x.ctx, x.by, x.k.ID, casework.Act{
			Action: action, Note: text(x.f.Note), Ground: workflow.Ground(text(x.f.Ground)), Department: department,
			Into: text(x.f.Into), Traces: text(x.f.Traces), Version: x.k.Version,
		})
		return err
	}
}

// saveDraft takes the place of the draft as the program has read it.
func (x acting) saveDraft() error {
	d, err := x.cases.Open(x.ctx, x.by, x.k.Number)
	if err != nil {
		return err
	}
	_, err = x.cases.SaveDraft(x.ctx, x.by, x.k.ID, text(x.f.Body), d.Draft.Version)
	return err
}

func (x acting) note() error {
	return asNote(x.cases.Note(x.ctx, x.by, x.k.ID, text(x.f.Note), nil))
}

func (x acting) instruct() error {
	return asNote(x.cases.Instruct(x.ctx, x.by, x.k.ID, text(x.f.Note)))
}

// asNote calls the field what programs call it.
func asNote(err error) error {
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Field == "body" {
		named := *e
		named.Field = "note"
		return &named
	}
	return err
}

// classify changes what is said and leaves the rest as it is.
func (x acting) classify() error {
	to := casework.Classes{Kind: workflow.CaseKind(or(x.f.Kind, string(x.k.Kind))), Category: x.k.Category, About: x.k.About, Version: x.k.Version}
	if x.f.Category != nil {
		category, err := x.o.category(text(x.f.Category))
		if err != nil {
			return err
		}
		to.Category = category.ID
	}
	if x.f.About != nil {
		about, err := x.o.about(text(x.f.About))
		if err != nil {
			return err
		}
		to.About = about
	}
	if x.f.Concern != nil {
		concern := workflow.Concern(*x.f.Concern)
		to.Concern = &concern
	}
	_, err := x.cases.Classify(x.ctx, x.by, x.k.ID, to)
	return err
}

func (x acting) urgent() error {
	_, err := x.cases.Urgent(x.ctx, x.by, x.k.ID, text(x.f.Note))
	return err
}

func (x acting) remind() error { return x.cases.Remind(x.ctx, x.by, x.k.ID, text(x.f.Note)) }

func (x acting) seal() error { return x.cases.Seal(x.ctx, x.by, x.k.ID, text(x.f.Note)) }

func (x acting) assist() error {
	department, err := x.o.departmentAsked(text(x.f.Department))
	if err != nil {
		return err
	}
	return x.cases.Assist(x.ctx, x.by, x.k.ID, department, or(x.f.Helps, true))
}

func (x acting) split() error {
	p := casework.Part{
		Subject: text(x.f.Subject), Body: text(x.f.Body), Kind: workflow.CaseKind(or(x.f.Kind, string(x.k.Kind))), Category: x.k.Category,
	}
	if x.f.Category != nil {
		category, err := x.o.category(text(x.f.Category))
		if err != nil {
			return err
		}
		p.Category = category.ID
	}
	_, err := x.cases.Split(x.ctx, x.by, x.k.ID, p)
	return err
}

func (x acting) moreTime() error {
	return x.cases.AskMoreTime(x.ctx, x.by, x.k.ID, or(x.f.Days, 0), text(x.f.Reason))
}

func (x acting) grant() error {
	return x.cases.DecideMoreTime(x.ctx, x.by, x.k.ID, true, text(x.f.Note))
}

func (x acting) deny() error {
	return x.cases.DecideMoreTime(x.ctx, x.by, x.k.ID, false, text(x.f.Note))
}

func (x acting) decide() error {
	_, err := x.cases.Decide(x.ctx, x.by, x.k.ID, casework.Deciding{
		Decision: workflow.Decision(text(x.f.Decision)), Ground: workflow.ReviewGround(text(x.f.Ground)), Referral: text(x.f.Referral),
		Fee: or(x.f.Fee, 0), Waived: or(x.f.Waived, 0), Version: x.k.Version,
	})
	return err
}

func (x acting) concern() error {
	if x.f.Concern == nil {
		return workflow.Wrong("concern", "invalid.required")
	}
	_, err := x.cases.Concern(x.ctx, x.by, x.k.ID, workflow.Concern(*x.f.Concern), x.k.Version)
	return err
}
