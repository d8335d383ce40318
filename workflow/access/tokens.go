package access

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// TokenPrefix begins every token, so that one that got loose is recognised.
const TokenPrefix = "mbx_"

// What a token may be: this many for each account, this long its name, and no
// longer good than a year.
const (
	MaxTokens    = 20
	MaxTokenName = 60
	MaxTokenDays = 365
)

// tokenLength is how many characters stand behind the prefix: 240 random bits.
const tokenLength = 48

// Tokens gives tokens to staff and knows whom one speaks for.
type Tokens struct {
	store workflow.Store
	key   []byte
	chain workflow.Chain
	now   func() time.Time
	zone  *time.Location
}

// NewTokens returns Tokens that hash with a secret key of at least 32 bytes and
// note days in the college's zone.
func NewTokens(desk *workflow.Desk, key []byte) *Tokens {
	return &Tokens{store: desk.Store, key: key, chain: desk.Keeper.Chain, now: desk.Now, zone: desk.Keeper.Zone}
}

// TokenWish is what a token is to be.
type TokenWish struct {
	Name  string
	Roles []workflow.Role // none: all the account has
	Write bool
	Days  int // how long it is good
}

// hash is what the database keeps of a token.
func (t *Tokens) hash(token string) []byte {
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte(token))
	return mac.Sum(nil)
}

// freshToken makes a token.
func freshToken() string {
	return TokenPrefix + strings.ToLower(string(workflow.NewCode()+workflow.NewCode()+workflow.NewCode()))
}

// Create gives the actor a token of their own account. It is returned this once
// and can never be read again.
func (t *Tokens) Create(ctx context.Context, by workflow.Actor, wish TokenWish) (string, workflow.Token, error) {
	out := workflow.Token{Account: by.ID, Name: strings.TrimSpace(wish.Name), Roles: wish.Roles, Write: wish.Write}
	if len(out.Roles) == 0 {
		out.Roles = by.Roles
	}
	if err := checkWish(by, out, wish.Days); err != nil {
		return "", out, err
	}
	token := freshToken()
	out.Hash = t.hash(token)
	out.Created = t.now().UTC()
	out.Expires = out.Created.AddDate(0, 0, wish.Days)
	err := t.store.Atomic(ctx, func(tx workflow.Store) error { return t.add(ctx, tx, &out) })
	if err != nil {
		return "", out, err
	}
	return token, out, nil
}

// checkWish tells everything that is wrong with a wish.
func checkWish(by workflow.Actor, t workflow.Token, days int) error {
	switch {
	case t.Name == "":
		return workflow.Wrong("name", "invalid.required")
	case utf8.RuneCountInString(t.Name) > MaxTokenName:
		return workflow.Wrong("name", "invalid.too_long", MaxTokenName)
	case days < 1 || days > MaxTokenDays:
		return workflow.Wrong("days", "invalid.choice")
	}
	for _, r := range t.Roles {
		if !by.Is(r) {
			return workflow.Wrong("roles", "invalid.choice")
		}
	}
	return nil
}

// add stores a token. The journal comes first: it keeps others waiting, so that
// nobody gets one token too many, or one after the account was disabled.
func (t *Tokens) add(ctx context.Context, tx workflow.Store, token *workflow.Token) error {
	detail := map[string]string{"token": token.Name, "write": strconv.FormatBool(token.Write), "expires": token.Expires.In(t.zone).Format(time.DateOnly)}
	if err := t.note(ctx, tx, token.Account, "token_add", token.Account, detail); err != nil {
		return err
	}
	a, err := tx.Account(ctx, token.Account)
	if err == nil && !a.Disabled.IsZero() {
		err = workflow.Fail(workflow.Unauthenticated, "request.unauthenticated")
	}
	if err != nil {
		return err
	}
	all, err := tx.TokensOf(ctx, token.Account)
	switch {
	case err != nil:
		return err
	case slices.ContainsFunc(all, func(o workflow.Token) bool { return o.Name == token.Name }):
		return workflow.Wrong("name", "token.name_taken")
	case len(all) >= MaxTokens:
		return workflow.Wrong("name", "token.too_many", MaxTokens)
	}
	return tx.AddToken(ctx, token)
}

func (t *Tokens) note(ctx context.Context, tx workflow.Store, by int64, action string, account int64, detail map[string]string) error {
	e := workflow.JournalEntry{At: t.now(), Account: by, Action: action, Subject: fmt.Sprint("account:", account), Detail: detail}
	return tx.AddJournal(ctx, e, t.chain.LinkJournal)
}

// Of lists the tokens of an account that are not revoked, newest first: one's
// own, and anybody's for an administrator.
func (t *Tokens) Of(ctx context.Context, by workflow.Actor, account int64) ([]workflow.Token, error) {
	if err := mayManage(by, account); err != nil {
		return nil, err
	}
	return t.store.TokensOf(ctx, account)
}

// Revoke ends a token at once.
func (t *Tokens) Revoke(ctx context.Context, by workflow.Actor, account, id int64) (workflow.Token, error) {
	var out workflow.Token
	if err := mayManage(by, account); err != nil {
		return out, err
	}
	err := t.store.Atomic(ctx, func(tx workflow.Store) (err error) {
		if out, err = tx.RevokeToken(ctx, account, id, by.ID, t.now()); err != nil {
			return err
		}
		return t.note(ctx, tx, by.ID, "token_revoke", account, map[string]string{"token": out.Name})
	})
	return out, err
}

func mayManage(by workflow.Actor, account int64) error {
	if by.ID != account && !by.Is(workflow.Admin) {
		return workflow.Absent()
	}
	return nil
}

// Admit says whom a token speaks for, as the account is now: with those of the
// token's roles that it still has. Unknown, revoked and expired tokens, those of
// disabled accounts and those whose roles are all gone are one answer.
func (t *Tokens) Admit(ctx context.Context, token string) (workflow.Account, workflow.Token, error) {
	if !strings.HasPrefix(token, TokenPrefix) || len(token) != len(TokenPrefix)+tokenLength {
		return workflow.Account{}, workflow.Token{}, refused()
	}
	known, err := t.store.TokenBy(ctx, t.hash(token))
	if err != nil {
		return workflow.Account{}, workflow.Token{}, hidden(err)
	}
	a, err := t.store.Account(ctx, known.Account)
	if err != nil {
		return workflow.Account{}, workflow.Token{}, hidden(err)
	}
	a.Roles = slices.DeleteFunc(a.Roles, func(r workflow.Role) bool { return !slices.Contains(known.Roles, r) })
	now := t.now()
	if !known.Alive(now) || !a.Disabled.IsZero() || len(a.Roles) == 0 {
		return workflow.Account{}, workflow.Token{}, refused()
	}
	if day := now.In(t.zone).Format(time.DateOnly); known.Used != day {
		if err := t.store.UseToken(ctx, known.ID, day); err != nil {
			return workflow.Account{}, workflow.Token{}, err
		}
	}
	return a, known, nil
}

func refused() error { return workflow.Fail(workflow.Unauthenticated, "request.token_refused") }

// hidden makes what is not there one answer with what is refused.
func hidden(err error) error {
	if workflow.KindOf(err) == workflow.NotFound {
		return refused()
	}
	return err
}
