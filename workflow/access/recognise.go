package access

import (
	"context"
	"strings"

	"mailbox/workflow"
)

// Recognise says whose account somebody's is whom another house has vouched for:
// by is the house. Nobody we know, and an account that is disabled, are one
// answer. Whoever may come in then has Entered.
func (d *Door) Recognise(ctx context.Context, by workflow.Channel, person string) (workflow.Account, error) {
	stranger := workflow.Fail(workflow.Unauthenticated, "login.stranger")
	if by != workflow.WeCom || person == "" {
		return workflow.Account{}, stranger
	}
	a, err := d.store.AccountByWeCom(ctx, WeComName(person))
	switch {
	case err != nil && workflow.KindOf(err) == workflow.NotFound, err == nil && !a.Disabled.IsZero():
		return workflow.Account{}, stranger
	case err != nil:
		return workflow.Account{}, err
	}
	return a, nil
}

// WeComName is a user id in WeCom as we keep it: the platform does not tell
// capitals apart.
func WeComName(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// wecomName reports whether s can be a user id, or is none: 1 to 64 letters,
// digits and the signs _-@. .
func wecomName(s string) bool {
	return len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-@.") == ""
}

// freeWeCom refuses a user id that is somebody else's.
func freeWeCom(ctx context.Context, tx workflow.Store, a workflow.Account) error {
	if a.WeCom == "" {
		return nil
	}
	other, err := tx.AccountByWeCom(ctx, a.WeCom)
	if err != nil && workflow.KindOf(err) != workflow.NotFound {
		return err
	}
	if err == nil && other.ID != a.ID {
		return workflow.Wrong("wecom", "access.wecom_taken")
	}
	return nil
}
