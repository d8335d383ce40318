package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"mailbox/migrations"
	"mailbox/templates"
	"mailbox/workflow"
)

// startQuietly starts without a word, beside a program that serves if one does.
func startQuietly(ctx context.Context, c *Config, w world) (*app, error) {
	words, err := templates.Parse()
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	beside := *c
	beside.join = true
	return start(ctx, &beside, w, slog.New(slog.DiscardHandler), newSayer(io.Discard, words))
}

// quietly opens everything for a command that is not serving.
func quietly(ctx context.Context, c *Config, w world, do func(*app) error) error {
	a, err := startQuietly(ctx, c, w)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.close())
}

func migrate(ctx context.Context, s *servers) error {
	if err := s.store.Migrate(ctx, migrations.FS); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

type migrateCommand struct{}

// Run brings the schema up to date, which opening does.
func (migrateCommand) Run(ctx context.Context, w world, c *Config) error {
	return quietly(ctx, c, w, func(*app) error {
		_, err := fmt.Fprintln(w.Out, "schema", migrations.Latest())
		return err
	})
}

type versionCommand struct{}

// Run prints what this program is.
func (versionCommand) Run(w world) error {
	_, err := fmt.Fprintf(w.Out, "mailbox %s\ncommit %s\nschema %s\n", version, commit, migrations.Latest())
	return err
}

type userCommand struct {
	Add      userAdd      `cmd:"" help:"Add an account; the password is read from standard input."`
	Password userPassword `cmd:"" help:"Set an account's password, read from standard input."`
	Disable  userDisable  `cmd:"" help:"Disable an account and end its sessions."`
	Reset    userReset    `cmd:"" name:"reset-second-factor" help:"Forget an account's second step of signing in, for who has lost the phone and the recovery codes."`
}

// terminal is who acts at the command line: whoever can run the program there
// can do what an administrator can.
var terminal = workflow.Actor{Roles: []workflow.Role{workflow.Admin}}

type userAdd struct {
	Username   string   `arg:"" help:"Name to sign in with."`
	Name       string   `help:"Name as people read it." required:""`
	Role       []string `help:"Roles: clerk, office_head, leader, principal, reviewer, discipline, admin, dept_clerk, dept_head." required:""`
	Department string   `help:"Code of the department."`
	Email      string   `help:"Address for notices."`
}

// Run adds the account.
func (u *userAdd) Run(ctx context.Context, w world, c *Config) error {
	return quietly(ctx, c, w, func(a *app) error {
		acc := workflow.Account{Username: u.Username, Name: u.Name, Email: u.Email, Locale: "zh-CN"}
		for _, r := range u.Role {
			acc.Roles = append(acc.Roles, workflow.Role(r))
		}
		if u.Department != "" {
			all, err := a.store.Departments(ctx)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(all, func(d workflow.Department) bool { return d.Code == u.Department })
			if i < 0 {
				return fmt.Errorf("no department %q", u.Department)
			}
			acc.Department = all[i].ID
		}
		return a.saveAccount(ctx, w, acc)
	})
}

func (a *app) saveAccount(ctx context.Context, w world, acc workflow.Account) error {
	password, err := readPassword(w)
	if err != nil {
		return err
	}
	_, err = a.door.SaveAccount(ctx, terminal, acc, password)
	return a.inWords(err)
}

func readPassword(w world) (string, error) {
	fmt.Fprint(w.Err, "password: ")
	line, err := bufio.NewReader(w.In).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.Join(errors.New("no password on standard input"), err)
	}
	return line, nil
}

// inWords makes an error for people of one the workflow gave.
func (a *app) inWords(err error) error {
	e, ok := errors.AsType[*workflow.Error](err)
	if !ok {
		return err
	}
	words := a.words.Text("en", e.Key, e.Args...)
	if e.Field == "" {
		return errors.New(words)
	}
	return fmt.Errorf("%s: %s", e.Field, words)
}

type userPassword struct {
	Username string `arg:""`
}

// Run sets the password.
func (u *userPassword) Run(ctx context.Context, w world, c *Config) error {
	return quietly(ctx, c, w, func(a *app) error {
		acc, err := a.store.AccountByName(ctx, u.Username)
		if err != nil {
			return fmt.Errorf("account %q: %w", u.Username, err)
		}
		return a.saveAccount(ctx, w, acc)
	})
}

type userDisable struct {
	Username string `arg:""`
}

// Run disables the account.
func (u *userDisable) Run(ctx context.Context, w world, c *Config) error {
	return quietly(ctx, c, w, func(a *app) error {
		acc, err := a.store.AccountByName(ctx, u.Username)
		if err != nil {
			return fmt.Errorf("account %q: %w", u.Username, err)
		}
		acc.Disabled = w.Now().UTC()
		_, err = a.door.SaveAccount(ctx, terminal, acc, "")
		return a.inWords(err)
	})
}

type userReset struct {
	Username string `arg:""`
}

// Run forgets the second step.
func (u *userReset) Run(ctx context.Context, w world, c *Config) error {
	return quietly(ctx, c, w, func(a *app) error {
		acc, err := a.store.AccountByName(ctx, u.Username)
		if err != nil {
			return fmt.Errorf("account %q: %w", u.Username, err)
		}
		err = a.factors.Reset(ctx, terminal, acc.ID)
		if err != nil && workflow.KindOf(err) == workflow.NotFound {
			return fmt.Errorf("account %q has no second step", u.Username)
		}
		return a.inWords(err)
	})
}
