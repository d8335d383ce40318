package main

import (
	"context"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// pages makes the web server with every audience's routes.
func (a *app) pages(ctx context.Context, c *Config, metrics *web.Metrics, demo bool) (*web.Server, error) {
	all, err := a.audiences(demo)
	if err != nil {
		return nil, err
	}
	server, err := web.New(web.Deps{
		Log: a.log, Templates: a.words, Sessions: a.redis.Sessions(), Limiter: a.redis, Accounts: accounts{a},
		Now: a.collegeNow(c), Key: a.keys.derive("web"), PublicURL: c.PublicURL, College: a.college(ctx), CollegeIn: newNames(a).in, Demo: demo,
		TrustedProxies: strings.Fields(c.Proxies), LocalFree: true, Metrics: metrics, Checks: a.checks(), Counts: all.counts(),
	})
	if err != nil {
		return nil, err
	}
	return server, all.mount(server)
}

// accounts tells the web edge who is signed in.
type accounts struct{ *app }

// Account implements web.Accounts.
func (a accounts) Account(ctx context.Context, id int64) (web.User, error) {
	acc, err := a.store.Account(ctx, id)
	if err != nil {
		return web.User{}, err
	}
	return a.user(ctx, acc)
}

// Bearer implements web.Accounts.
func (a accounts) Bearer(ctx context.Context, token string) (web.User, error) {
	acc, known, err := a.tokens.Admit(ctx, token)
	if err != nil {
		return web.User{}, err
	}
	u, err := a.user(ctx, acc)
	u.Token, u.TokenWrites = known.ID, known.Write
	return u, err
}

func (a accounts) user(ctx context.Context, acc workflow.Account) (u web.User, err error) {
	u = web.User{AccountID: acc.ID, Name: acc.Name, Username: acc.Username, Department: acc.Department, Disabled: !acc.Disabled.IsZero()}
	for _, r := range acc.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	u.DepartmentName, u.DepartmentNameEN, err = a.departmentNames(ctx, acc.Department)
	return u, err
}

// departmentNames are "" for whoever belongs to none.
func (a *app) departmentNames(ctx context.Context, id int64) (zh, en string, err error) {
	if id == 0 {
		return "", "", nil
	}
	all, err := a.store.Departments(ctx)
	if err != nil {
		return "", "", err
	}
	for _, d := range all {
		if d.ID == id {
			return d.NameZH, d.NameEN, nil
		}
	}
	return "", "", nil
}

// collegeNow is the clock in the college's zone, as pages show it.
func (a *app) collegeNow(c *Config) func() time.Time {
	return func() time.Time { return a.desk.Now().In(c.zone) }
}
