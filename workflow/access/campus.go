package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailbox/workflow"
)

// Proven is somebody of whom the campus has said who it is.
type Proven struct {
	Way        workflow.Way
	User       string // what the way itself calls them
	Attributes map[string][]string
}

// String hides who it is.
func (Proven) String() string { return "•••" }

// first is the first value of an attribute, clean and short.
func (p Proven) first(name string) string {
	for _, v := range p.Attributes[name] {
		if v = tidy(v); v != "" {
			return v
		}
	}
	return ""
}

// number is the staff number: an attribute, or what the way itself says.
func (p Proven) number(w Way) string {
	if name := w.Get("number"); name != "" {
		return p.first(name)
	}
	return tidy(p.User)
}

const maxCampusName = 100

// tidy is one short line, or nothing.
func tidy(v string) string {
	v = strings.TrimSpace(v)
	if !utf8.ValidString(v) || utf8.RuneCountInString(v) > maxCampusName || strings.ContainsFunc(v, unicode.IsControl) {
		return ""
	}
	return v
}

// Campus makes people whom the campus knows staff of ours.
type Campus struct {
	door *Door
	ways *Ways
}

// NewCampus returns a Campus.
func NewCampus(door *Door, ways *Ways) *Campus { return &Campus{door: door, ways: ways} }

// Admit says which account it is. Who is unknown gets none, unless the way makes
// accounts; who has lost every role the campus gives is out everywhere.
func (c *Campus) Admit(ctx context.Context, p Proven) (workflow.Account, error) {
	w, err := c.ways.Way(ctx, p.Way)
	if err != nil {
		return workflow.Account{}, err
	}
	number := p.number(w)
	if !w.Enabled || number == "" {
		return workflow.Account{}, workflow.Fail(workflow.Unauthenticated, "way.nameless")
	}
	known, err := c.door.store.CampusName(ctx, number)
	if absent(err) {
		return c.newcomer(ctx, w, p, number)
	}
	if err != nil {
		return workflow.Account{}, err
	}
	a, err := c.renew(ctx, w, p, known.Account)
	if err != nil {
		return a, err
	}
	known.Way, known.Seen = p.Way, c.door.now()
	return a, c.door.store.SaveCampusName(ctx, known)
}

// newcomer is somebody who was never here.
func (c *Campus) newcomer(ctx context.Context, w Way, p Proven, number string) (workflow.Account, error) {
	unknown := workflow.Fail(workflow.Unauthenticated, "way.unknown")
	a, _, err := c.said(ctx, w, p, workflow.Account{Username: strings.ToLower(number), Locale: "zh-CN"})
	if err != nil {
		return a, err
	}
	if w.Get("create") == "" || !username(a.Username) || a.Name == "" {
		return workflow.Account{}, unknown
	}
	a, err = c.door.create(ctx, a, p.Way, workflow.CampusName{Name: number, Way: p.Way, Seen: c.door.now()})
	if workflow.KindOf(err) == workflow.Invalid || workflow.KindOf(err) == workflow.Conflict {
		return workflow.Account{}, unknown // somebody here has that name: an administrator says whether it is the same
	}
	return a, err
}

// create stores an account that the campus vouches for.
func (d *Door) create(ctx context.Context, a workflow.Account, way workflow.Way, name workflow.CampusName) (workflow.Account, error) {
	a.Created = d.now()
	var fresh workflow.Account
	err := d.store.Atomic(ctx, func(tx workflow.Store) error {
		fresh = a
		if err := free(ctx, tx, fresh); err != nil {
			return err
		}
		if err := tx.SaveAccount(ctx, &fresh); err != nil {
			return err
		}
		name.Account = fresh.ID
		if err := tx.SaveCampusName(ctx, name); err != nil {
			return err
		}
		detail := words(fresh)
		detail["way"] = string(way)
		return tx.AddJournal(ctx, d.entry(0, "account", fresh.ID, detail), d.chain.LinkJournal)
	})
	return fresh, err
}

// renew brings an account up to what the campus says now.
func (c *Campus) renew(ctx context.Context, w Way, p Proven, account int64) (workflow.Account, error) {
	a, err := c.door.store.Account(ctx, account)
	if err != nil {
		return a, err
	}
	if !a.Disabled.IsZero() {
		return workflow.Account{}, workflow.Fail(workflow.Unauthenticated, "way.unknown")
	}
	wished, mapped, err := c.said(ctx, w, p, a)
	if err != nil {
		return a, err
	}
	if a.Name != wished.Name || a.Email != wished.Email || a.Department != wished.Department || !slices.Equal(a.Roles, wished.Roles) {
		if a, err = c.door.follow(ctx, a, wished, p.Way); err != nil {
			return a, err
		}
	}
	if mapped && len(wished.Roles) == 0 {
		return workflow.Account{}, workflow.Fail(workflow.Unauthenticated, "way.unmapped")
	}
	return a, nil
}

// follow changes an account as the campus says. Other roles or another
// department end its sessions; without any role its tokens end too.
func (d *Door) follow(ctx context.Context, before, wished workflow.Account, way workflow.Way) (workflow.Account, error) {
	detail := map[string]string{"username": before.Username, "way": string(way)}
	fresh, err := d.change(ctx, d.entry(0, "account", before.ID, detail), before.ID, func(now workflow.Account) workflow.Account {
		now.Name, now.Email, now.Department, now.Roles = wished.Name, wished.Email, wished.Department, wished.Roles
		return now
	})
	if err != nil {
		return fresh, err
	}
	if slices.Equal(before.Roles, wished.Roles) && before.Department == wished.Department {
		return fresh, nil
	}
	if len(wished.Roles) == 0 {
		if err := d.store.RevokeTokens(ctx, before.ID, before.ID, d.now()); err != nil {
			return fresh, err
		}
	}
	_, err = d.sessions.CloseAll(ctx, before.ID)
	return fresh, err
}

// said is the account as the campus says it should be. mapped reports whether the
// campus gives roles at all; otherwise they stay as they are.
func (c *Campus) said(ctx context.Context, w Way, p Proven, a workflow.Account) (out workflow.Account, mapped bool, err error) {
	out = a
	if v := p.first(w.Get("name")); v != "" && utf8.RuneCountInString(v) <= workflow.MaxName {
		out.Name = v
	}
	if v := p.first(w.Get("mail")); strings.Count(v, "@") == 1 && !strings.ContainsAny(v, " ,;<>\"") {
		out.Email = v
	}
	if code := p.first(w.Get("department")); code != "" {
		if out.Department, err = c.department(ctx, code, a.Department); err != nil {
			return out, false, err
		}
	}
	rules, _ := readRoles(w.Get("roles"))
	if mapped = len(rules) > 0; mapped {
		out.Roles = rolesBy(rules, p, out)
	}
	return out, mapped, nil
}

// department finds a department by its code; one nobody knows changes nothing.
func (c *Campus) department(ctx context.Context, code string, now int64) (int64, error) {
	all, err := c.door.store.Departments(ctx)
	if err != nil {
		return now, err
	}
	for _, d := range all {
		if d.Code == strings.ToLower(code) && d.Active {
			return d.ID, nil
		}
	}
	return now, nil
}

// rolesBy are the roles that the rules give, in their usual order. Whoever was
// made an administrator here stays one; people of a department have one.
func rolesBy(rules []roleRule, p Proven, a workflow.Account) []workflow.Role {
	var out []workflow.Role
	for _, r := range workflow.StaffRoles {
		given := slices.ContainsFunc(rules, func(rule roleRule) bool {
			return rule.role == r && slices.Contains(p.Attributes[rule.attribute], rule.value)
		})
		placeless := a.Department == 0 && (r == workflow.DeptClerk || r == workflow.DeptHead)
		if given && !placeless || r == workflow.Admin && slices.Contains(a.Roles, r) {
			out = append(out, r)
		}
	}
	return out
}

// NameOf is what the campus calls an account, "" when it is not known there.
func (c *Campus) NameOf(ctx context.Context, by workflow.Actor, account int64) (workflow.CampusName, error) {
	if !by.Is(workflow.Admin) {
		return workflow.CampusName{}, workflow.Absent()
	}
	n, err := c.door.store.CampusNameOf(ctx, account)
	if absent(err) {
		n, err = workflow.CampusName{Account: account}, nil
	}
	return n, err
}

// Name says what the campus calls an account, for an administrator: whoever
// comes in under that name from now on is this account. "" closes the ways of the
// campus to it.
func (c *Campus) Name(ctx context.Context, by workflow.Actor, account int64, name string) error {
	if !by.Is(workflow.Admin) {
		return workflow.Absent()
	}
	if strings.TrimSpace(name) != tidy(name) {
		return workflow.Wrong("campus", "invalid.too_long", maxCampusName)
	}
	name = tidy(name)
	was, err := c.NameOf(ctx, by, account)
	if err != nil || was.Name == name {
		return err
	}
	err = c.door.store.Atomic(ctx, func(tx workflow.Store) error {
		if other, err := tx.CampusName(ctx, name); err == nil && other.Account != account {
			return workflow.Wrong("campus", "way.name_taken")
		}
		if err := tx.AddJournal(ctx, c.door.entry(by.ID, "campus_name", account, nil), c.door.chain.LinkJournal); err != nil {
			return err
		}
		if _, err := tx.Account(ctx, account); err != nil {
			return err
		}
		return tx.SaveCampusName(ctx, workflow.CampusName{Account: account, Name: name})
	})
	if err != nil || was.Way == "" {
		return err
	}
	_, err = c.door.sessions.CloseAll(ctx, account) // of whoever had the name before
	return err
}

// leaverEntry is what the journal says of somebody the campus no longer knows.
func (d *Door) leaverEntry(account int64, way workflow.Way) workflow.JournalEntry {
	return d.entry(0, "leaver", account, map[string]string{"way": string(way)})
}

// leave disables an account whose owner has left, and ends all it had.
func (d *Door) leave(ctx context.Context, account int64, way workflow.Way) error {
	_, err := d.change(ctx, d.leaverEntry(account, way), account, func(now workflow.Account) workflow.Account {
		if now.Disabled.IsZero() {
			now.Disabled = d.now()
		}
		return now
	})
	if err != nil {
		return fmt.Errorf("disable a leaver: %w", err)
	}
	_, err = d.sessions.CloseAll(ctx, account)
	return err
}

// Attempt counts a try to show a password of the campus. Limits that are away
// close the door.
func (c *Campus) Attempt(ctx context.Context, username, clientKey string) error {
	if err := c.door.allow(ctx, limitName, "campus-"+strings.ToLower(strings.TrimSpace(username))); err != nil {
		return err
	}
	return c.door.allow(ctx, limitClient, clientKey)
}

// SignedOut ends every session of somebody whom the campus has signed out; a name
// nobody has is no error.
func (c *Campus) SignedOut(ctx context.Context, name string) error {
	known, err := c.door.store.CampusName(ctx, tidy(name))
	if err == nil {
		_, err = c.door.sessions.CloseAll(ctx, known.Account)
	}
	if absent(err) {
		err = nil
	}
	return err
}
