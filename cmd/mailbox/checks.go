package main

import (
	"context"
	"fmt"

	"mailbox/handlers/web"
)

// checks is what the program depends on.
func (a *app) checks() []web.Check {
	return []web.Check{
		{Name: "postgres", Run: a.store.Ping},
		{Name: "redis", Run: a.redis.Ping},
		{Name: "calendar", Run: func(ctx context.Context) error {
			_, _, err := a.desk.Rules.Working(ctx)
			return err
		}},
		{Name: "channels", Soft: true, Run: a.chats.board.Check},
	}
}

type doctorCommand struct{}

// Run prints one line for each check and fails if one does.
func (doctorCommand) Run(ctx context.Context, w world, c *Config) error {
	return quietly(ctx, c, w, func(a *app) error {
		bad := 0
		for _, check := range a.checks() {
			if err := check.Run(ctx); err != nil {
				bad++
				fmt.Fprintf(w.Out, "%-10s FAILED  %v\n", check.Name, err)
				continue
			}
			fmt.Fprintf(w.Out, "%-10s ok\n", check.Name)
		}
		if bad > 0 {
			return fmt.Errorf("%d of %d checks failed", bad, len(a.checks()))
		}
		return nil
	})
}
