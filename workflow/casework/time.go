package casework

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailbox/workflow"
)

// Limits of more time: how often, and how many working days at once.
const (
	MaxExtensions    = 1
	MaxExtensionDays = 10
	OfficeDays       = 5 // more than this is granted by the head of the office or a leader
)

// AskMoreTime asks the office for more working days, before the clock runs out.
func (w *Casework) AskMoreTime(ctx context.Context, by workflow.Actor, caseID int64, days int, reason string) error {
	reason = strings.TrimSpace(reason)
	switch {
	case days < 1 || days > MaxExtensionDays:
		return workflow.Wrong("days", "time.days", MaxExtensionDays)
	case reason == "":
		return workflow.Wrong("reason", "case.note_required")
	case utf8.RuneCountInString(reason) > workflow.MaxNote:
		return workflow.Wrong("reason", "invalid.too_long", workflow.MaxNote)
	}
	roles := []workflow.Role{workflow.DeptClerk, workflow.DeptHead}
	_, err := w.mark(ctx, by, caseID, roles, func(s *workflow.Step, as workflow.Role) error {
		if err := own(s, by); err != nil {
			return err
		}
		if err := mayExtend(s); err != nil {
			return err
		}
		x := workflow.Extension{CaseID: caseID, Days: days, Reason: reason, AskedBy: by.ID, Asked: s.At}
		if err := s.Tx.AddExtension(ctx, &x); err != nil {
			return err
		}
		s.Mark(workflow.MarkMoreTime, by, as, reason, map[string]string{"days": strconv.Itoa(days)})
		return s.TellOffice(ctx, workflow.NoticeMoreTime, map[string]string{"days": strconv.Itoa(days)})
	})
	return err
}

func mayExtend(s *workflow.Step) error {
	if s.Case.Extensions >= MaxExtensions {
		return workflow.Fail(workflow.Conflict, "time.often", MaxExtensions)
	}
	for _, k := range s.Clocks {
		if k.Kind != workflow.ToAnswer || !k.Running() {
			continue
		}
		if s.At.After(k.Due) {
			return workflow.Fail(workflow.Conflict, "time.too_late")
		}
		return nil
	}
	return workflow.Fail(workflow.Conflict, "time.no_clock")
}

// DecideMoreTime grants or denies the open wish. Granting moves the answer
// clock and the overall clock, and tells the writer by how much; once the answer
// is signed there is nothing left to grant.
func (w *Casework) DecideMoreTime(ctx context.Context, by workflow.Actor, caseID int64, grant bool, remark string) error {
	if err := short(remark); err != nil {
		return err
	}
	roles := append([]workflow.Role{workflow.Clerk, workflow.OfficeHead}, leaders...)
	_, err := w.mark(ctx, by, caseID, roles, func(s *workflow.Step, as workflow.Role) error {
		x, err := s.Tx.OpenExtension(ctx, caseID)
		switch {
		case workflow.KindOf(err) == workflow.NotFound && err != nil:
			return workflow.Fail(workflow.Conflict, "case.changed_meanwhile") // somebody has decided
		case err != nil:
			return err
		case grant && !slices.ContainsFunc(s.Clocks, waitsForAnswer):
			return workflow.Fail(workflow.Conflict, "time.no_clock")
		}
		if grant && x.Days > OfficeDays && !by.Is(workflow.OfficeHead, workflow.Leader, workflow.Principal) {
			return workflow.Fail(workflow.Forbidden, "time.head_only", OfficeDays)
		}
		x.Decided, x.By, x.Granted, x.Remark = s.At, by.ID, grant, strings.TrimSpace(remark)
		if err := s.Tx.SaveExtension(ctx, x); err != nil {
			return err
		}
		args := map[string]string{"days": strconv.Itoa(x.Days), "granted": strconv.FormatBool(grant)}
		if !grant {
			s.Mark(workflow.MarkDeny, by, as, x.Remark, args)
			return s.TellDepartment(ctx, workflow.NoticeDecided, args)
		}
		s.Mark(workflow.MarkGrant, by, as, x.Remark, args)
		return extend(ctx, s, x.Days, args)
	})
	return err
}

func waitsForAnswer(k workflow.Clock) bool { return k.Kind == workflow.ToAnswer && !k.Over() }

func extend(ctx context.Context, s *workflow.Step, days int, args map[string]string) error {
	s.Case.Extensions++
	var changed []workflow.Clock
	for _, k := range s.Clocks {
		if !k.Over() && (k.Kind == workflow.ToAnswer || k.Kind == workflow.Overall) {
			k.Grant(days, s.Work, s.At)
			changed = append(changed, k)
		}
	}
	if err := s.SaveClocks(ctx, changed...); err != nil {
		return err
	}
	if err := s.TellDepartment(ctx, workflow.NoticeDecided, args); err != nil {
		return err
	}
	return s.TellWriter(ctx, workflow.NoticeExtended, 0, args)
}
