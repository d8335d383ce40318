package main

import (
	"context"
	"time"

	"mailbox/handlers/schedule"
	"mailbox/handlers/signin"
	"mailbox/repository/postgres"
	"mailbox/workflow"
)

// How many rows one run of a job takes at most; a full run is followed by the
// next at once.
const (
	mailsAtOnce = 100
	factsAtOnce = 2000
)

// jobs is what happens by itself. Every job may run in any number of processes.
func (s *serveCommand) jobs(ctx context.Context, a *app) []schedule.Job {
	var out []schedule.Job
	if s.has("web") {
		out = append(out, schedule.Job{Name: "count callbacks", Every: 5 * time.Second, Run: a.saveTally})
	}
	if s.has("channels") {
		out = append(out,
			schedule.Job{Name: "sort mail", Every: 500 * time.Millisecond, Run: a.sortMail},
			schedule.Job{Name: "take calls", Every: time.Second, Run: a.takeCalls},
			schedule.Job{Name: "watch channels", Every: time.Minute, Run: a.watchChannels},
			schedule.Job{Name: "note mailboxes", Every: time.Minute, Run: a.mailDoor.note})
	}
	if s.has("timers") {
		out = append(out,
			schedule.Job{Name: "ring clocks", Every: 200 * time.Millisecond, Run: a.ring},
			schedule.Job{Name: "reconcile timers", Every: s.ReconcileEvery, Run: a.reconcile},
			schedule.Job{Name: "project figures", Every: time.Second, Run: a.project},
			schedule.Job{Name: "fold open work", Every: 5 * time.Second, Run: a.store.FoldOpenWork},
			schedule.Job{Name: "draft bulletin", Every: 5 * time.Minute, Run: a.draftBulletin},
			schedule.Job{Name: "store imports", Every: 2 * time.Second, Run: a.storeImports},
			schedule.Job{Name: "follow the site", Every: time.Hour, Run: a.followSite},
			schedule.Job{Name: "tell late duties", Every: time.Hour, Run: a.tellLateDuties},
			schedule.Job{Name: "ask the directory", Every: time.Minute, Run: a.askDirectory},
			schedule.Job{Name: "see out leavers", Every: time.Hour, Run: a.seeOut},
			schedule.Job{Name: "replan clocks", Every: time.Hour, Run: a.replan},
			schedule.Job{Name: "prove answers", Every: time.Minute, Run: a.proveAnswers},
			schedule.Job{Name: "forget programs", Every: 24 * time.Hour, Run: a.forgetPrograms},
			schedule.Job{Name: "sweep files", Every: 24 * time.Hour, Run: a.sweepFiles})
	}
	if s.has("delivery") {
		out = append(out,
			schedule.Job{Name: "clear cards", Every: 5 * time.Second, Run: a.clearCards},
			schedule.Job{Name: "deliver", Every: 2 * time.Second, Run: a.deliverer(postgres.Listen(ctx, a.dsn))},
			schedule.Job{Name: "tell webhooks", Every: time.Second, Run: a.tellHooks},
			schedule.Job{Name: "follow to-dos", Every: time.Second, Run: a.followTodos},
			schedule.Job{Name: "sweep to-dos", Every: 5 * time.Minute, Run: a.sweepTodos})
	}
	return out
}

func (a *app) sortMail(ctx context.Context) error {
	for {
		n, err := a.mailroom.Sort(ctx, mailsAtOnce)
		if err != nil || n < mailsAtOnce {
			return err
		}
	}
}

// ring rings what timers say is due; without Redis it looks itself.
func (a *app) ring(ctx context.Context) error {
	_, err := a.watch.Tick(ctx, a.desk.Now())
	if workflow.KindOf(err) != workflow.Unavailable {
		return err
	}
	_, err = a.watch.Sweep(ctx)
	return err
}

func (a *app) reconcile(ctx context.Context) error {
	_, err := a.watch.Reconcile(ctx)
	if workflow.KindOf(err) == workflow.Unavailable {
		return nil // ring sweeps until Redis is back, and then this arms
	}
	return err
}

func (a *app) project(ctx context.Context) error {
	for {
		n, err := a.store.Project(ctx, factsAtOnce)
		if err != nil || n < factsAtOnce {
			return err
		}
	}
}

// draftBulletin drafts the bulletin of the month before when it is time.
func (a *app) draftBulletin(ctx context.Context) error {
	_, err := a.monthly.Prepare(ctx)
	return err
}

// askDirectory disables who has left the campus's directory. One that is away is
// no fault of ours; who is in it stays.
func (a *app) askDirectory(ctx context.Context) error {
	n, err := signin.New(a.signIns(nil)).Sweep(ctx)
	if n > 0 {
		a.log.InfoContext(ctx, "leavers disabled", "accounts", n)
	}
	if workflow.KindOf(err) == workflow.Unavailable {
		a.log.WarnContext(ctx, "the directory cannot be asked who has left", "err", err)
		return nil
	}
	return err
}

// seeOut disables staff whose last day on the roster has come.
func (a *app) seeOut(ctx context.Context) error {
	n, err := a.roster.SeeOut(ctx)
	if n > 0 {
		a.log.InfoContext(ctx, "leavers disabled", "accounts", n)
	}
	return err
}

// replan moves clocks that another process began under the calendar before.
func (a *app) replan(ctx context.Context) error {
	_, err := a.rules.Replan(ctx)
	return err
}

// proveAnswers computes the fingerprints of the days that are over.
func (a *app) proveAnswers(ctx context.Context) error {
	_, err := a.answers.SealDays(ctx)
	return err
}

// storeImports brings tables that were handed in into the ledger.
func (a *app) storeImports(ctx context.Context) error {
	for {
		some, err := a.imports.Run(ctx)
		if err != nil || !some {
			return err
		}
	}
}

// followSite brings what the college's site has published into the ledger, when
// its address is known.
func (a *app) followSite(ctx context.Context) error {
	_, err := a.feeds.Follow(ctx)
	return err
}

// tellLateDuties tells once of each change that was not published in time.
func (a *app) tellLateDuties(ctx context.Context) error {
	_, err := a.ledger.TellLate(ctx)
	return err
}

// sweepFiles forgets the files of forms that were never sent.
func (a *app) sweepFiles(ctx context.Context) error {
	_, err := a.blobs.Sweep(ctx, a.desk.Now().Add(-workflow.Unsent), a.store.FilesInUse)
	return err
}

// deliverer sends until nothing waits, and then waits for the bell: a new
// notice goes out at once and not at the next turn.
func (a *app) deliverer(bell <-chan struct{}) func(context.Context) error {
	return func(ctx context.Context) error {
		for {
			n, err := a.courier.Deliver(ctx)
			if err != nil {
				return err
			}
			if n > 0 {
				continue
			}
			select {
			case <-ctx.Done():
				return nil
			case _, ok := <-bell:
				if !ok {
					return nil
				}
			case <-time.After(2 * time.Second):
				return nil
			}
		}
	}
}

// sweepTodos looks at all cases whose turn could have been missed.
func (a *app) sweepTodos(ctx context.Context) error { return a.chats.todos.Sweep(ctx) }

// followTodos brings to-dos up to date and tells the office system of them.
func (a *app) followTodos(ctx context.Context) error {
	for {
		followed, err := a.chats.todos.Follow(ctx)
		if err != nil {
			return err
		}
		told, err := a.chats.todos.Tell(ctx)
		if err != nil || followed+told == 0 {
			return err
		}
	}
}
