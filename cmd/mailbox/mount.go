package main

import (
	"context"
	"errors"
	"fmt"

	"mailbox/handlers/admin"
	"mailbox/handlers/annual"
	"mailbox/handlers/api"
	"mailbox/handlers/desk"
	"mailbox/handlers/developers"
	"mailbox/handlers/disclosure"
	"mailbox/handlers/document"
	"mailbox/handlers/matters"
	"mailbox/handlers/office"
	"mailbox/handlers/open311"
	"mailbox/handlers/public"
	"mailbox/handlers/publication"
	"mailbox/handlers/signin"
	"mailbox/handlers/switchboard"
	"mailbox/handlers/todos"
	"mailbox/handlers/web"
	"mailbox/handlers/webhook"
	"mailbox/workflow/audit"
	"mailbox/workflow/delivery"
)

// audiences are the pages of everybody, ready to be mounted.
type audiences struct {
	public *public.Pages
	desk   *desk.Pages
	office *office.Pages
	admin  *admin.Pages
	api    *api.API
	matter *matters.Pages
	signin *signin.Pages

	publication *publication.Pages
	switchboard *switchboard.Pages
	todos       *todos.Pages
	callbacks   []web.Route
	webhooks    *webhook.Pages
	open311     *open311.View
	developers  *developers.Pages
	annual      *annual.Pages
	disclosure  *disclosure.Pages
}

// audiences makes the pages.
func (a *app) audiences(demo bool) (audiences, error) {
	outbox := a.outbox
	if !demo {
		outbox = nil // an administrator does not read letters
	}
	programmers, err := developers.New(api.Description(), open311.Description())
	if err != nil {
		return audiences{}, fmt.Errorf("page for developers: %w", err)
	}
	everybody, err := public.New(public.Deps{
		Intake: a.intake, Cases: a.cases, College: a.store, Rules: a.desk.Rules, Blobs: a.blobs, Door: a.door, Factors: a.factors, Ways: a.ways, Roster: a.roster,
		Figures: a.figures, Answers: a.answers, Tokens: a.tokens, Key: a.keys.derive("public"),
	})
	return audiences{
		public: everybody,
		signin: signin.New(a.signIns(everybody)),
		desk:   desk.New(a.cases, a.vault, a.blobs, a.answers),
		office: office.New(office.Deps{
			Cases: a.cases, Figures: a.figures, Monthly: a.monthly, Intake: a.intake, Mail: a.mailroom, Failures: delivery.NewFailures(a.desk),
			Files: document.Files{}, Blobs: a.blobs, College: a.store, Rules: a.desk.Rules,
		}),
		admin: admin.New(admin.Deps{
			Rules: a.rules, Door: a.door, Tokens: a.tokens, Factors: a.factors, Campus: a.campus, Words: a.words, Proof: a.audit, Checks: a.checks(), Outbox: outbox,
			Forgetful: func() bool { return a.warning != "" },
		}),
		switchboard: a.switchboard(), callbacks: append(a.callbacks(), a.wecomDoor(everybody)...),
		webhooks:   webhook.New(a.hooks),
		open311:    open311.New(a.store, a.answers),
		developers: programmers,
		todos:      todos.New(a.chats.board, a.chats.todos),
		disclosure: disclosure.New(disclosure.Deps{Ledger: a.ledger, Imports: a.imports, Feeds: a.feeds, Blobs: a.blobs, College: a.store, People: a.store}),
		matter:     matters.New(matters.Deps{Matters: a.matters, Cases: a.cases, Blobs: a.blobs}),
		publication: publication.New(publication.Deps{
			Reviews: a.reviews, Answers: a.answers, College: a.store, Blobs: a.blobs, Files: document.Files{},
		}),
		api: api.New(api.Deps{
			Intake: a.intake, Cases: a.cases, College: a.store, Figures: a.figures, Answers: a.answers, Blobs: a.blobs,
			Words: func(locale, key string) string { return a.words.Text(locale, key) },
			Staff: api.Staff{Cases: a.cases, Ledger: a.ledger, Reports: a.annual, Files: document.Files{}},
		}),
		annual: annual.New(annual.Deps{Bureau: a.annual, Files: document.Files{}}),
	}, err
}

// signIns is what the ways to sign in work with.
func (a *app) signIns(door signin.Door) signin.Deps {
	return signin.Deps{Ways: a.ways, Campus: a.campus, Door: door, Sealer: a.vault, Sessions: a.redis.Sessions(), Once: a.redis, Factors: a.factors, Roster: a.roster}
}

// mount joins every audience's routes to the server.
func (p audiences) mount(server *web.Server) error {
	return errors.Join(
		server.Mount(p.public.Routes()...),
		server.Mount(p.desk.Routes()...),
		server.Mount(p.office.Routes()...),
		server.Mount(p.admin.Routes()...),
		server.Mount(p.api.Routes()...),
		server.Mount(p.matter.Routes()...),
		server.Mount(p.signin.Routes()...),
		server.Mount(p.publication.Routes()...),
		server.Mount(p.switchboard.Routes()...),
		server.Mount(p.todos.Routes()...),
		server.Mount(p.callbacks...),
		server.Mount(p.webhooks.Routes()...),
		server.Mount(p.open311.Routes()...),
		server.Mount(p.developers.Routes()...),
		server.Mount(p.annual.Routes()...),
		server.Mount(p.disclosure.Routes()...),
	)
}

// counts are what stands beside the entries of the staff's navigation.
func (p audiences) counts() []func(*web.Context) (map[string]web.NavCount, error) {
	return []func(*web.Context) (map[string]web.NavCount, error){p.desk.Counts, p.office.Counts, p.publication.Counts}
}

// audit reads the journal and lists what is wrong with it.
func (a *app) audit(ctx context.Context) (audit.Extent, []audit.Fault, error) {
	var faults []audit.Fault
	extent, err := audit.VerifyJournal(ctx, a.store, a.desk.Keeper.Chain, func(f audit.Fault) { faults = append(faults, f) })
	return extent, faults, err
}
