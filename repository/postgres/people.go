package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

const accountColumns = `
		id, username, name, email, department_id, roles, password_hash, locale, wecom, disabled_at, created_at, version`

type accountRow struct {
	ID           int64          `db:"id"`
	Username     string         `db:"username"`
	Name         string         `db:"name"`
	Email        string         `db:"email"`
	Department   ref            `db:"department_id"`
	Roles        pq.StringArray `db:"roles"`
	PasswordHash string         `db:"password_hash"`
	Locale       string         `db:"locale"`
	WeCom        string         `db:"wecom"`
	Disabled     instant        `db:"disabled_at"`
	Created      instant        `db:"created_at"`
	Version      int64          `db:"version"`
}

func (r accountRow) toAccount() workflow.Account {
	a := workflow.Account{
		ID: r.ID, Username: r.Username, Name: r.Name, Email: r.Email, Department: int64(r.Department),
		PasswordHash: r.PasswordHash, Locale: r.Locale, WeCom: r.WeCom, Disabled: time.Time(r.Disabled), Created: time.Time(r.Created), Version: r.Version,
	}
	for _, role := range r.Roles {
		a.Roles = append(a.Roles, workflow.Role(role))
	}
	return a
}

// array is a list of words as PostgreSQL has it, never NULL.
func array[T ~string](words []T) pq.StringArray {
	out := make(pq.StringArray, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}

const sqlAccount = `SELECT` + accountColumns + ` FROM accounts WHERE id = $1`

// Account implements workflow.People.
func (s *Store) Account(ctx context.Context, id int64) (workflow.Account, error) {
	r, err := one[accountRow](ctx, s, "read account", sqlAccount, id)
	return r.toAccount(), err
}

const sqlAccountByName = `SELECT` + accountColumns + ` FROM accounts WHERE username = $1`

// AccountByName implements workflow.People.
func (s *Store) AccountByName(ctx context.Context, username string) (workflow.Account, error) {
	r, err := one[accountRow](ctx, s, "read account by name", sqlAccountByName, username)
	return r.toAccount(), err
}

const sqlAccountByWeCom = `SELECT` + accountColumns + ` FROM accounts WHERE wecom = $1 AND $1 <> ''`

// AccountByWeCom implements workflow.People.
func (s *Store) AccountByWeCom(ctx context.Context, userID string) (workflow.Account, error) {
	r, err := one[accountRow](ctx, s, "read account by WeCom", sqlAccountByWeCom, userID)
	return r.toAccount(), err
}

const sqlAccounts = `SELECT` + accountColumns + ` FROM accounts ORDER BY username`

// Accounts implements workflow.People.
func (s *Store) Accounts(ctx context.Context) ([]workflow.Account, error) {
	return many(ctx, s, "list accounts", accountRow.toAccount, sqlAccounts)
}

const sqlAccountsFor = `SELECT` + accountColumns + `
	FROM accounts
	WHERE disabled_at IS NULL AND roles && $2 AND ($1::bigint = 0 OR department_id = $1)
	ORDER BY username`

// AccountsFor implements workflow.People.
func (s *Store) AccountsFor(ctx context.Context, department int64, roles ...workflow.Role) ([]workflow.Account, error) {
	return many(ctx, s, "list accounts by role", accountRow.toAccount, sqlAccountsFor, department, array(roles))
}

const sqlAddAccount = `
	INSERT INTO accounts (username, name, email, department_id, roles, password_hash, locale, wecom, disabled_at, created_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
	RETURNING id`

const sqlSaveAccount = `
	UPDATE accounts SET username = $3, name = $4, email = $5, department_id = $6, roles = $7, password_hash = $8, locale = $9,
		wecom = $10, disabled_at = $11, version = version + 1
	WHERE id = $1 AND version = $2`

const sqlAccountExists = `SELECT EXISTS (SELECT FROM accounts WHERE id = $1)`

// SaveAccount implements workflow.People.
func (s *Store) SaveAccount(ctx context.Context, a *workflow.Account) error {
	values := []any{a.Username, a.Name, a.Email, ref(a.Department), array(a.Roles), a.PasswordHash, a.Locale, a.WeCom, instant(a.Disabled)}
	if a.ID != 0 {
		err := s.save(ctx, "save account", sqlSaveAccount, sqlAccountExists, a.ID, append([]any{a.Version}, values...)...)
		if err == nil {
			a.Version++
		}
		return err
	}
	created := instant(a.Created).or(s.now())
	id, err := one[int64](ctx, s, "add account", sqlAddAccount, append(values, created)...)
	if err == nil {
		a.ID, a.Version, a.Created = id, 1, time.Time(created)
	}
	return err
}

const sqlOpenCasesOf = `SELECT count(*) FROM cases WHERE department_id = $1 AND ended_at IS NULL`

// OpenCasesOf implements workflow.People.
func (s *Store) OpenCasesOf(ctx context.Context, department int64) (int, error) {
	return one[int](ctx, s, "count open cases of department", sqlOpenCasesOf, department)
}
