package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mailbox/cmd/mailbox/demo"
	"mailbox/cmd/mailbox/founding"
	"mailbox/handlers/channel/email"
	"mailbox/handlers/document"
	"mailbox/handlers/web"
	"mailbox/repository/postgres"
	"mailbox/templates"
)

// prepare makes sure that the store holds a college: the demonstration's, or a
// new one that is ready for its first letter.
func (s *serveCommand) prepare(ctx context.Context, a *app, c *Config, say *sayer) error {
	if s.Demo {
		if err := a.fillDemo(ctx, c, say); err != nil {
			return err
		}
	}
	return a.found(ctx)
}

// found gives a new college what it begins with.
func (a *app) found(ctx context.Context) error {
	if _, err := founding.Found(ctx, a.store, a.desk.Now().UTC()); err != nil {
		return err
	}
	a.desk.Rules.Forget()
	return nil
}

// fillDemo tells the demonstration's story into an empty store, and sees to it
// that its password is the one that is printed.
func (a *app) fillDemo(ctx context.Context, c *Config, say *sayer) error {
	password, fresh, err := demoPassword(c)
	if err != nil {
		return err
	}
	did, err := a.tellDemo(ctx, password, say)
	if err != nil {
		return err
	}
	if did {
		a.desk.Rules.Forget()
		return a.reconcile(ctx)
	}
	if fresh {
		return demo.SetPassword(ctx, a.store, a.passwords, password)
	}
	return nil
}

// tellDemo fills the store through connections that do not wait for the disk: a
// story that a power failure cuts short is told to its end at the next start.
func (a *app) tellDemo(ctx context.Context, password string, say *sayer) (bool, error) {
	store, err := postgres.OpenQuick(ctx, a.dsn, a.desk.Now)
	if err != nil {
		return false, fmt.Errorf("fill the demonstration: %w", err)
	}
	did, err := demo.Fill(ctx, demo.Deps{
		Store: store, Keeper: a.desk.Keeper, Vault: a.vault, Tracer: a.vault, Clean: web.WithoutMetadata, Codes: a.codes, Proof: a.proof, Limiter: a.redis,
		Blobs: a.blobs, Reader: email.Reader{Domain: a.desk.Keeper.Domain},
		Passwords: a.passwords, Now: a.desk.Now, Tables: document.Files{}, Forms: templates.ReportForms(), Text: a.inChinese,
	}, password, func(done, total int) { say.progress(say.text("server.demo.fill"), done, total) })
	return did, errors.Join(err, store.Close())
}

// demoPassword is the password of the demonstration's accounts: the one that is
// set, or else the one that was made at the first start and lies in a file that
// nobody else can read. fresh says that the accounts may still have another.
func demoPassword(c *Config) (password string, fresh bool, err error) {
	path := filepath.Join(c.Data, "demo-password")
	b, err := os.ReadFile(path) // whoever runs the program names its data directory
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", false, fmt.Errorf("demonstration's password: %w", err)
	}
	kept := strings.TrimSpace(string(b))
	password = string(c.DemoPassword)
	switch {
	case kept != "" && (password == "" || password == kept):
		return kept, false, nil
	case password == "":
		t := strings.ToLower(rand.Text())
		password = t[:4] + "-" + t[4:8] + "-" + t[8:12]
	}
	if err := os.WriteFile(path, []byte(password+"\n"), 0o600); err != nil {
		return "", false, fmt.Errorf("demonstration's password: %w", err)
	}
	return password, true, nil
}

// sayWho tells how to sign in: with the demonstration's accounts, or, while
// there are none, how to make the first.
func (s *serveCommand) sayWho(ctx context.Context, a *app, c *Config, say *sayer) error {
	if s.Demo {
		return a.sayLogins(ctx, c, say)
	}
	accounts, err := a.store.Accounts(ctx)
	if err == nil && len(accounts) == 0 {
		say.step("server.no_accounts")
	}
	return err
}

// sayLogins prints the accounts that are no department's, in the order of the
// contract, and a case that can be looked up.
func (a *app) sayLogins(ctx context.Context, c *Config, say *sayer) error {
	guide, err := demo.Show(ctx, a.store, a.codes)
	if err != nil || len(guide.People) == 0 {
		return err // a college of its own
	}
	password, _, err := demoPassword(c)
	if err != nil {
		return err
	}
	say.line("%s", say.text("server.demo.logins", password))
	for _, p := range guide.People {
		say.line("  %-12s %s", p.Username, p.TitleZh)
	}
	say.line("%s", say.text("server.demo.departments", "logistics-head", "academic-clerk"))
	if guide.Number != "" {
		say.line("%s", say.text("server.demo.track", guide.Number, guide.Code.Groups()))
	}
	return nil
}
