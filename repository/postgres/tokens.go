package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

const tokenColumns = `
		id, account_id, name, hash, roles, may_write, created_at, expires_at, used_on, revoked_at, revoked_by`

type tokenRow struct {
	ID        int64          `db:"id"`
	Account   int64          `db:"account_id"`
	Name      string         `db:"name"`
	Hash      []byte         `db:"hash"`
	Roles     pq.StringArray `db:"roles"`
	Write     bool           `db:"may_write"`
	Created   instant        `db:"created_at"`
	Expires   instant        `db:"expires_at"`
	Used      date           `db:"used_on"`
	Revoked   instant        `db:"revoked_at"`
	RevokedBy ref            `db:"revoked_by"`
}

func (r tokenRow) toToken() workflow.Token {
	t := workflow.Token{
		ID: r.ID, Account: r.Account, Name: r.Name, Hash: r.Hash, Write: r.Write, Created: time.Time(r.Created),
		Expires: time.Time(r.Expires), Used: string(r.Used), Revoked: time.Time(r.Revoked), RevokedBy: int64(r.RevokedBy),
	}
	for _, role := range r.Roles {
		t.Roles = append(t.Roles, workflow.Role(role))
	}
	return t
}

const sqlAddToken = `
	INSERT INTO tokens (account_id, name, hash, roles, may_write, created_at, expires_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7)
	RETURNING id`

// AddToken implements workflow.Tokens.
func (s *Store) AddToken(ctx context.Context, t *workflow.Token) error {
	id, err := one[int64](ctx, s, "add token", sqlAddToken,
		t.Account, t.Name, t.Hash, array(t.Roles), t.Write, instant(t.Created), instant(t.Expires))
	if err == nil {
		t.ID = id
	}
	return err
}

const sqlTokenBy = `SELECT` + tokenColumns + ` FROM tokens WHERE hash = $1`

// TokenBy implements workflow.Tokens.
func (s *Store) TokenBy(ctx context.Context, hash []byte) (workflow.Token, error) {
	r, err := one[tokenRow](ctx, s, "find token", sqlTokenBy, hash)
	return r.toToken(), err
}

const sqlTokensOf = `SELECT` + tokenColumns + ` FROM tokens WHERE account_id = $1 AND revoked_at IS NULL ORDER BY id DESC`

// TokensOf implements workflow.Tokens.
func (s *Store) TokensOf(ctx context.Context, account int64) ([]workflow.Token, error) {
	return many(ctx, s, "list tokens", tokenRow.toToken, sqlTokensOf, account)
}

const sqlRevokeToken = `
	UPDATE tokens SET revoked_at = $4, revoked_by = $3 WHERE account_id = $1 AND id = $2 AND revoked_at IS NULL
	RETURNING` + tokenColumns

// RevokeToken implements workflow.Tokens.
func (s *Store) RevokeToken(ctx context.Context, account, id, by int64, at time.Time) (workflow.Token, error) {
	r, err := one[tokenRow](ctx, s, "revoke token", sqlRevokeToken, account, id, by, instant(at))
	return r.toToken(), err
}

const sqlRevokeTokens = `UPDATE tokens SET revoked_at = $3, revoked_by = $2 WHERE account_id = $1 AND revoked_at IS NULL`

// RevokeTokens implements workflow.Tokens.
func (s *Store) RevokeTokens(ctx context.Context, account, by int64, at time.Time) error {
	_, err := s.exec(ctx, "revoke tokens", sqlRevokeTokens, account, by, instant(at))
	return err
}

const sqlUseToken = `UPDATE tokens SET used_on = $2::date WHERE id = $1 AND used_on IS DISTINCT FROM $2::date`

// UseToken implements workflow.Tokens.
func (s *Store) UseToken(ctx context.Context, id int64, day string) error {
	_, err := s.exec(ctx, "note use of token", sqlUseToken, id, date(day))
	return err
}
