package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"mailbox/handlers/channel/email"
	"mailbox/handlers/channel/email/receive"
	"mailbox/handlers/channel/site"
	"mailbox/handlers/document"
	"mailbox/handlers/web"
	"mailbox/repository/onetime"
	"mailbox/repository/password"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/calendar"
	"mailbox/workflow/casework"
	"mailbox/workflow/delivery"
	"mailbox/workflow/intake"
	"mailbox/workflow/ledger"
	"mailbox/workflow/matters"
	"mailbox/workflow/publication"
	"mailbox/workflow/report"
	"mailbox/workflow/report/annual"
	"mailbox/workflow/rules"
	"mailbox/workflow/sla"
	"mailbox/workflow/webhooks"
)

// app is every use case, joined to its memory.
type app struct {
	*servers
	keys     keys
	log      *slog.Logger
	desk     *workflow.Desk
	codes    workflow.Codes
	vault    *access.Vault
	door     *access.Door
	tokens   *access.Tokens
	factors  *access.Factors
	ways     *access.Ways
	campus   *access.Campus
	roster   *access.Roster
	intake   *intake.Intake
	mailroom *intake.Mailroom
	cases    *casework.Casework
	watch    *sla.Watch
	figures  *report.Office
	matters  *matters.Matters
	monthly  *report.Bulletins
	annual   *annual.Bureau
	courier  *delivery.Courier
	rules    *rules.Rules
	reviews  *publication.Reviews
	answers  *publication.Answers
	ledger   *ledger.Ledger
	imports  *ledger.Imports
	feeds    *ledger.Feeds
	hooks    *webhooks.Hooks

	passwords access.Passwords
	proof     intake.Proof
	chats     *chats
	words     *templates.Set
	followers []*receive.Follower
	mailDoor  *mailDoor
	outbox    func(messageID string) ([]byte, error) // mails as files; nil when they are sent
}

// join makes the use cases. The clock is an argument so that the demonstration
// can live through a year in a minute.
func join(c *Config, s *servers, k keys, log *slog.Logger, w world, words *templates.Set) (*app, error) {
	a := &app{servers: s, keys: k, log: log, words: words, codes: workflow.NewCodes(k.derive("codes"))}
	build := func(v workflow.CalendarVersion) (workflow.WorkingTime, error) { return calendar.Of(v, c.zone) }
	a.desk = &workflow.Desk{
		Store:  s.store,
		Keeper: workflow.Keeper{Chain: workflow.NewChain(k.derive("chain")), Zone: c.zone, Domain: c.mailDomain()},
		Rules:  workflow.NewRulebook(s.store, build, w.Now),
		Now:    w.Now,
	}
	a.watch = sla.New(a.desk, s.redis)
	a.desk.Arm = a.arm
	var err error
	if a.vault, err = access.NewVault(k.secret, a.desk); err != nil {
		return nil, err
	}
	if a.passwords, err = password.New(); err != nil {
		return nil, fmt.Errorf("passwords: %w", err)
	}
	a.door = access.NewDoor(s.store, s.redis.Sessions(), s.redis, a.passwords, a.desk.Keeper.Chain, w.Now)
	a.tokens = access.NewTokens(a.desk, k.derive("tokens"))
	a.factors = access.NewFactors(a.door, a.vault, onetime.Codes{}, k.derive("recovery codes"), access.Need(cmp.Or(c.SecondFactor, string(access.NeedOffice))))
	a.ways = access.NewWays(a.desk, a.vault)
	a.campus = access.NewCampus(a.door, a.ways)
	if a.proof, err = intake.NewProof(k.secret); err != nil {
		return nil, err
	}
	a.roster = access.NewRoster(a.door, a.ways, rosterTables, k.derive("roster"), c.zone)
	a.intake = intake.New(a.desk, a.vault, a.codes, a.proof)
	a.intake.Signers = a.roster
	a.rules = rules.New(a.desk)
	a.matters = matters.New(a.desk)
	a.answers = publication.NewAnswers(a.desk, a.vault, s.blobs, web.WithoutMetadata)
	a.cases = casework.New(a.desk, a.codes, s.redis, a.vault)
	a.figures = report.New(a.figureDeps(c, w))
	a.monthly = report.NewBulletins(a.figures, a.desk)
	if a.annual, err = annual.New(annual.Deps{Desk: a.desk, Figures: a.figureDeps(c, w), Text: a.inChinese, Forms: templates.ReportForms()}); err != nil {
		return nil, fmt.Errorf("annual report: %w", err)
	}
	a.ledger = ledger.New(a.desk)
	a.feeds = ledger.NewFeeds(a.ledger, site.New())
	a.imports = ledger.NewImports(a.ledger, document.Files{}, email.Archive{}, s.blobs)
	a.reviews = publication.NewReviews(a.desk, a.reviewed())
	if err := a.joinHooks(c); err != nil {
		return nil, err
	}
	if err := a.joinMail(c, w); err != nil {
		return nil, err
	}
	return a, a.joinChats(c)
}

func (a *app) figureDeps(c *Config, w world) report.Deps {
	return report.Deps{Store: a.store, Now: w.Now, Zone: c.zone, DayLength: a.dayLength, Chain: a.desk.Keeper.Chain}
}

// rosterTables reads tables as the roster does: words alone.
func rosterTables(name string, content []byte, take func(row int, cells []string) error) error {
	return document.Files{}.Rows(name, content, func(row int, cells []ledger.Cell) error {
		words := make([]string, len(cells))
		for i, c := range cells {
			words[i] = c.Text
		}
		return take(row, words)
	})
}

// inChinese is the words of a key in the language of official documents.
func (a *app) inChinese(key string, args ...any) string { return a.words.Text("zh-CN", key, args...) }

// reviewed is everything that a confidentiality review can be about.
func (a *app) reviewed() map[workflow.ReviewSubject]workflow.Reviewed {
	return map[workflow.ReviewSubject]workflow.Reviewed{
		workflow.ReviewAnswer: a.answers,
		workflow.ReviewReport: annual.Reviewed{Bureau: a.annual},
		workflow.ReviewItem:   a.ledger.Reviewed(),
	}
}

// dayLength is the office hours of a working day, by the current calendar.
func (a *app) dayLength() time.Duration {
	work, _, err := a.desk.Rules.Working(context.Background())
	if w, ok := work.(calendar.Working); ok && err == nil {
		return w.DayLength()
	}
	return 7 * time.Hour
}

// college is the name of the college.
func (a *app) college(ctx context.Context) string {
	settings, err := a.store.Settings(ctx)
	if err != nil {
		return ""
	}
	return settings["college.name"]
}

// arm lets timers ring; when Redis is away the reconciliation does it later.
func (a *app) arm(ctx context.Context, clocks ...workflow.Clock) {
	if err := a.watch.Arm(ctx, clocks...); err != nil {
		a.log.WarnContext(ctx, "timers not armed; the reconciliation will", "clocks", len(clocks), "err", err)
	}
}
