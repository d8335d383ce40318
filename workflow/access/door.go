package access

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// The limits of signing in: by user name, and by where it comes from.
var (
	limitName   = workflow.Limit{Name: "signin-name", Rate: 5, Burst: 10, Per: 5 * time.Minute}
	limitClient = workflow.Limit{Name: "signin-client", Rate: 20, Burst: 30, Per: 5 * time.Minute}
)

// Lengths of passwords, in characters. There are no rules about which.
const (
	MinPassword = 10
	MaxPassword = 256
)

// Passwords hashes passwords slowly.
type Passwords interface {
	Hash(password string) (string, error)
	// Fits takes as long for a hash that is "" as for a real one.
	Fits(password, hash string) (bool, error)
}

// Door lets staff in, and administrators say who they are.
type Door struct {
	store     workflow.Store
	sessions  workflow.Sessions
	limiter   workflow.Limiter
	passwords Passwords
	chain     workflow.Chain
	now       func() time.Time
}

// NewDoor returns a Door. All arguments are required.
func NewDoor(store workflow.Store, sessions workflow.Sessions, limiter workflow.Limiter, passwords Passwords, chain workflow.Chain, now func() time.Time) *Door {
	return &Door{store: store, sessions: sessions, limiter: limiter, passwords: passwords, chain: chain, now: now}
}

// Entry is what somebody shows at the door.
type Entry struct {
	Username, Password string
	ClientKey          string // keyed hash of where it comes from, for the limit
}

// Prove says who it is. An unknown name, a wrong password and a disabled account
// are one answer, in one time. When the limits cannot be asked nobody gets in.
// Whoever may come in then has Entered.
func (d *Door) Prove(ctx context.Context, e Entry) (workflow.Account, error) {
	name := strings.ToLower(strings.TrimSpace(e.Username))
	if err := d.allow(ctx, limitName, name); err != nil {
		return workflow.Account{}, err
	}
	if err := d.allow(ctx, limitClient, e.ClientKey); err != nil {
		return workflow.Account{}, err
	}
	return d.known(ctx, name, e.Password)
}

// Entered notes that somebody came in, and by which way.
func (d *Door) Entered(ctx context.Context, account int64, way workflow.Way) error {
	var detail map[string]string
	if way != workflow.Local {
		detail = map[string]string{"way": string(way)}
	}
	return d.note(ctx, account, "sign_in", account, detail)
}

// allow counts an attempt. Limits that are away close the door and nothing
// else, and it says so.
func (d *Door) allow(ctx context.Context, limit workflow.Limit, key string) error {
	err := d.limiter.Allow(ctx, limit, key)
	if err == nil || workflow.KindOf(err) != workflow.Unavailable {
		return err
	}
	return &workflow.Error{Kind: workflow.Unavailable, Key: "request.staff_waits", Err: err}
}

func (d *Door) known(ctx context.Context, name, password string) (workflow.Account, error) {
	a, err := d.store.AccountByName(ctx, name)
	if err != nil && workflow.KindOf(err) != workflow.NotFound {
		return workflow.Account{}, err
	}
	if utf8.RuneCountInString(password) > MaxPassword {
		password = ""
	}
	fits, hashErr := d.passwords.Fits(password, a.PasswordHash)
	if hashErr != nil {
		return workflow.Account{}, fmt.Errorf("check password: %w", hashErr)
	}
	if err != nil || !fits || !a.Disabled.IsZero() {
		return workflow.Account{}, workflow.Fail(workflow.Unauthenticated, "login.refused")
	}
	return a, nil
}

// Sessions lists where the account is signed in.
func (d *Door) Sessions(ctx context.Context, by workflow.Actor) ([]workflow.Session, error) {
	return d.sessions.List(ctx, by.ID)
}

// EndSessions ends every session of the actor's own account and returns how
// many there were. Whoever calls it starts a new one for this browser.
func (d *Door) EndSessions(ctx context.Context, by workflow.Actor) (int, error) {
	n, err := d.sessions.CloseAll(ctx, by.ID)
	if err != nil {
		return 0, err
	}
	return n, d.note(ctx, by.ID, "end_sessions", by.ID, nil)
}

// ChangePassword sets the actor's own password, which needs the old one, and
// ends every session of the account.
func (d *Door) ChangePassword(ctx context.Context, by workflow.Actor, old, fresh string) error {
	if err := d.allow(ctx, limitName, fmt.Sprint("change-", by.ID)); err != nil {
		return err
	}
	a, err := d.store.Account(ctx, by.ID)
	if err != nil {
		return err
	}
	fits, err := d.passwords.Fits(old, a.PasswordHash)
	switch {
	case err != nil:
		return fmt.Errorf("check password: %w", err)
	case !fits:
		return workflow.Wrong("old", "login.old_wrong")
	}
	return d.setPassword(ctx, by, a, fresh)
}

func (d *Door) setPassword(ctx context.Context, by workflow.Actor, a workflow.Account, fresh string) error {
	hash, err := d.hash(a.Username, fresh)
	if err != nil {
		return err
	}
	_, err = d.change(ctx, d.entry(by.ID, "password", a.ID, nil), a.ID, func(now workflow.Account) workflow.Account {
		now.PasswordHash = hash
		return now
	})
	if err != nil {
		return err
	}
	_, err = d.sessions.CloseAll(ctx, a.ID)
	return err
}

func (d *Door) hash(username, password string) (string, error) {
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword:
		return "", workflow.Wrong("password", "login.password_short", MinPassword)
	case n > MaxPassword:
		return "", workflow.Wrong("password", "login.password_long", MaxPassword)
	case strings.Contains(strings.ToLower(password), username) || weak(password):
		return "", workflow.Wrong("password", "login.password_weak")
	}
	hash, err := d.passwords.Hash(password)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// weak refuses what guessing programs try first among passwords long enough:
// one character, runs and the keyboard's rows.
func weak(password string) bool {
	p := strings.ToLower(password)
	if len(strings.Trim(p, p[:1])) == 0 {
		return true
	}
	for _, row := range []string{"01234567890123456789", "98765432109876543210", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1q2w3e4r5t6y7u8i9o0p", "passwordpassword123", "password1234567890"} {
		if strings.Contains(row, p) {
			return true
		}
	}
	return false
}

// SaveAccount adds or changes an account as an administrator wishes; password
// is set when it is not "". Disabling ends every session and every token at once.
func (d *Door) SaveAccount(ctx context.Context, by workflow.Actor, a workflow.Account, password string) (workflow.Account, error) {
	if !by.Is(workflow.Admin) {
		return a, workflow.Absent()
	}
	if err := check(&a); err != nil {
		return a, err
	}
	hash := ""
	if password != "" {
		var err error
		if hash, err = d.hash(a.Username, password); err != nil {
			return a, err
		}
	}
	if a.ID == 0 {
		return d.add(ctx, by, a, hash)
	}
	var before workflow.Account
	wished := a
	a, err := d.change(ctx, d.entry(by.ID, "account", a.ID, words(a)), a.ID, func(now workflow.Account) workflow.Account {
		before = now
		fresh := wished
		fresh.Created, fresh.PasswordHash = now.Created, cmp.Or(hash, now.PasswordHash)
		return fresh
	})
	if err != nil {
		return a, err
	}
	if hash != "" || !a.Disabled.IsZero() || !slices.Equal(before.Roles, a.Roles) || before.Department != a.Department || before.WeCom != a.WeCom {
		_, err = d.sessions.CloseAll(ctx, a.ID)
	}
	return a, err
}

// words are what the journal says of an account.
func words(a workflow.Account) map[string]string {
	return map[string]string{"username": a.Username, "disabled": strconv.FormatBool(!a.Disabled.IsZero())}
}

// add stores a new account.
func (d *Door) add(ctx context.Context, by workflow.Actor, a workflow.Account, hash string) (workflow.Account, error) {
	a.Created, a.PasswordHash = d.now(), hash
	var fresh workflow.Account
	err := d.store.Atomic(ctx, func(tx workflow.Store) error {
		fresh = a
		if err := free(ctx, tx, fresh); err != nil {
			return err
		}
		if err := tx.SaveAccount(ctx, &fresh); err != nil {
			return err
		}
		return tx.AddJournal(ctx, d.entry(by.ID, "account", fresh.ID, words(fresh)), d.chain.LinkJournal)
	})
	return fresh, err
}

// change turns an account as it is now into what it is to be, unless nobody
// would be left who administers. The journal is written first: it keeps other
// changes of accounts waiting until this one is over, so that none is made from
// what is no longer so.
func (d *Door) change(ctx context.Context, e workflow.JournalEntry, id int64, to func(now workflow.Account) workflow.Account) (workflow.Account, error) {
	var fresh workflow.Account
	err := d.store.Atomic(ctx, func(tx workflow.Store) error {
		if err := tx.AddJournal(ctx, e, d.chain.LinkJournal); err != nil {
			return err
		}
		now, err := tx.Account(ctx, id)
		if err != nil {
			return err
		}
		fresh = to(now)
		if err := free(ctx, tx, fresh); err != nil {
			return err
		}
		if rules(now) && !rules(fresh) {
			admins, err := tx.AccountsFor(ctx, 0, workflow.Admin)
			if err != nil {
				return err
			}
			if len(admins) < 2 {
				return workflow.Wrong("roles", "access.last_admin")
			}
		}
		if now.Disabled.IsZero() && !fresh.Disabled.IsZero() {
			if err := tx.RevokeTokens(ctx, id, cmp.Or(e.Account, id), d.now()); err != nil {
				return err
			}
		}
		return tx.SaveAccount(ctx, &fresh)
	})
	return fresh, err
}

// free refuses a user name that somebody else has.
func free(ctx context.Context, tx workflow.Store, a workflow.Account) error {
	other, err := tx.AccountByName(ctx, a.Username)
	if err != nil && workflow.KindOf(err) != workflow.NotFound {
		return err
	}
	if err == nil && other.ID != a.ID {
		return workflow.Wrong("username", "access.username_taken")
	}
	return freeWeCom(ctx, tx, a)
}

// rules reports whether the account can administer.
func rules(a workflow.Account) bool { return a.Disabled.IsZero() && a.Actor().Is(workflow.Admin) }

func check(a *workflow.Account) error {
	a.Username, a.Name, a.Email = strings.ToLower(strings.TrimSpace(a.Username)), strings.TrimSpace(a.Name), strings.TrimSpace(a.Email)
	a.WeCom = WeComName(a.WeCom)
	switch {
	case !username(a.Username):
		return workflow.Wrong("username", "invalid.username")
	case a.Name == "" || utf8.RuneCountInString(a.Name) > workflow.MaxName:
		return workflow.Wrong("name", "invalid.required")
	case !wecomName(a.WeCom):
		return workflow.Wrong("wecom", "access.wecom_invalid")
	case len(a.Roles) == 0:
		return workflow.Wrong("roles", "invalid.required")
	case a.Department == 0 && a.Actor().Is(workflow.DeptClerk, workflow.DeptHead):
		return workflow.Wrong("department", "invalid.required")
	}
	for _, r := range a.Roles {
		if !slices.Contains(workflow.StaffRoles, r) {
			return workflow.Wrong("roles", "invalid.choice")
		}
	}
	return nil
}

func username(s string) bool {
	if len(s) < 2 || len(s) > 40 {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

func (d *Door) entry(by int64, action string, account int64, detail map[string]string) workflow.JournalEntry {
	return workflow.JournalEntry{At: d.now(), Account: by, Action: action, Subject: fmt.Sprint("account:", account), Detail: detail}
}

func (d *Door) note(ctx context.Context, by int64, action string, account int64, detail map[string]string) error {
	return d.store.AddJournal(ctx, d.entry(by, action, account, detail), d.chain.LinkJournal)
}

// FreshPassword makes a password for somebody who is to change it: four groups
// that can be read out and typed, 80 random bits.
func FreshPassword() string {
	return strings.ToLower(workflow.NewCode().Groups())
}
