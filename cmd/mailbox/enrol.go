package main

import (
	"context"
	"fmt"

	"mailbox/handlers/channel/simulator"
)

// enrol makes the staff of a demonstration members of the simulated corporation,
// under their user names, so that what they have to do is shown to them there.
func (a *app) enrol(ctx context.Context, corporation *simulator.WeCom) error {
	accounts, err := a.store.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, one := range accounts {
		if one.WeCom == "" && one.Disabled.IsZero() {
			one.WeCom = one.Username
			if err := a.store.SaveAccount(ctx, &one); err != nil {
				return fmt.Errorf("enrol %s: %w", one.Username, err)
			}
		}
		if one.WeCom != "" {
			corporation.Join(one.WeCom)
		}
	}
	return nil
}
