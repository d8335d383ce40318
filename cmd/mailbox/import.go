package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/ledger"
)

// importCommand is the import of the pages, at the command line. Nothing of it
// is public before somebody else has confirmed it there.
type importCommand struct {
	File       string `arg:"" help:"A table (.xlsx, .csv) with a title and a day in each row, or an archive of mail (.mbox, .eml)."`
	By         string `help:"Account of the office in whose name it is done; another person confirms it." required:""`
	Basis      string `help:"By what the entries were reviewed when they were published." required:""`
	ReviewedBy string `name:"reviewed-by" help:"Who reviewed them then." required:""`
	Channel    string `help:"Channel of what does not say it." default:"site" enum:"site,account,video,minutes,document,board,oa,group,screen,meeting,other"`
	Column     string `help:"Section of what does not say it, by its name or with those above it: 新闻动态/通知公告."`
}

// importing is one import on its way.
type importing struct {
	*importCommand
	*app
	w  world
	by workflow.Actor
	id int64
}

// Run imports the file. A file that was imported before adds nothing.
func (i *importCommand) Run(ctx context.Context, w world, c *Config) error {
	return quietly(ctx, c, w, func(a *app) error {
		account, err := a.store.AccountByName(ctx, i.By)
		if err != nil {
			return fmt.Errorf("account %q: %w", i.By, err)
		}
		if !account.Disabled.IsZero() || !ledger.MayArrange(account.Actor()) {
			return fmt.Errorf("account %q is not of the office", i.By)
		}
		x := &importing{importCommand: i, app: a, w: w, by: account.Actor()}
		return a.inWords(x.run(ctx, c))
	})
}

func (x *importing) run(ctx context.Context, c *Config) error {
	if err := x.begin(ctx); err != nil {
		return err
	}
	some, err := x.preview(ctx)
	if err == nil && some {
		err = x.imports.Queue(ctx, x.by, x.id, x.Basis, x.ReviewedBy)
	}
	if err != nil || !some {
		_, dropped := x.imports.Undo(context.WithoutCancel(ctx), x.by, x.id)
		return errors.Join(err, dropped)
	}
	return x.follow(ctx, c)
}

// begin keeps the file and says how it is to be read.
func (x *importing) begin(ctx context.Context) error {
	var column int64
	if x.Column != "" {
		var err error
		if column, err = x.ledger.ColumnNamed(ctx, x.by, x.Column); err != nil {
			return err
		}
	}
	file, err := os.Open(x.File)
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	sum, _, err := x.blobs.Put(ctx, file, ledger.MaxArchive)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	m, err := x.imports.Begin(ctx, x.by, filepath.Base(x.File), sum)
	if err != nil {
		return err
	}
	x.id = m.ID
	p, err := x.imports.Preview(ctx, x.by, m.ID)
	if err != nil {
		return err
	}
	p.Plan.Channel, p.Plan.Column = x.Channel, column
	return x.imports.SavePlan(ctx, x.by, m.ID, p.Plan)
}

// preview prints what is wrong and reports whether there is anything new. That
// nothing at all could be taken is an error.
func (x *importing) preview(ctx context.Context) (some bool, err error) {
	p, err := x.imports.Preview(ctx, x.by, x.id)
	if err != nil {
		return false, err
	}
	for _, f := range p.Missing {
		fmt.Fprintf(x.w.Out, "no column is the %s\n", x.words.Text("en", "ledger.field."+string(f)))
	}
	for _, e := range p.Errors {
		fmt.Fprintf(x.w.Out, "line %d: %s\n", e.Row, x.words.Text("en", e.Key, e.Args...))
	}
	if more := p.Wrong - len(p.Errors); more > 0 {
		fmt.Fprintf(x.w.Out, "and %d more lines\n", more)
	}
	if p.Good+p.Known == 0 {
		return false, fmt.Errorf("%s: nothing in it can be imported", x.File)
	}
	if p.Good == 0 {
		fmt.Fprintf(x.w.Out, "nothing new: %d in the ledger already, %d wrong\n", p.Known, p.Wrong)
	}
	return p.Good > 0, nil
}

// follow stores what was queued, or watches a running server store it.
func (x *importing) follow(ctx context.Context, c *Config) error {
	stored := make(chan error, 1)
	go func() {
		_, err := x.imports.Run(ctx)
		stored <- err
	}()
	say, turn := newSayer(onTerminal(x.w.Err), x.words), time.NewTicker(300*time.Millisecond)
	defer turn.Stop()
	for {
		select {
		case err := <-stored:
			if err != nil {
				return err
			}
			stored = nil
		case <-turn.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		m, err := x.imports.Import(ctx, x.by, x.id)
		if err != nil {
			return err
		}
		if m.State != workflow.ImportQueued {
			say.progress(x.File, m.Rows, m.Rows)
			return x.summary(m, c)
		}
		say.progress(x.File, m.Done, max(m.Rows, m.Done+1))
	}
}

func (x *importing) summary(m workflow.Import, c *Config) error {
	if m.State == workflow.ImportFailed {
		return workflow.Wrong("file", m.Fault)
	}
	_, err := fmt.Fprintf(x.w.Out, "%d lines: %d added, %d known already, %d wrong\nnot public yet: a reviewer or head of the office, not %s, confirms them at %s/disclosure/imports/%d\n",
		m.Rows, m.Added, m.Known, m.Wrong, x.By, c.PublicURL, m.ID)
	return err
}
