package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mailbox/handlers/channel/email"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/ledger"
	"mailbox/workflow/publication"
	"mailbox/workflow/report"
	"mailbox/workflow/report/annual"
)

// Year is the example year: what the college made public in 2023 up to the day
// of its annual report, the letters it closed, and that report. Its figures are
// those of a report that a college once printed; its words are invented.
type Year struct {
	Columns      []Top               `json:"columns"`
	Slots        map[string][]string `json:"slots"`
	Site         []Pattern           `json:"site"`
	Account      []Pattern           `json:"account"`
	Video        []Pattern           `json:"video"`
	Minutes      []Pattern           `json:"minutes"`
	Documents    []string            `json:"documents"`
	Inapplicable map[int]string      `json:"inapplicable"` // duties by number, and why
	Duties       map[int]string      `json:"duties"`       // and the columns of the others

	Letters []Letter `json:"-"`
}

// Top is a section of the site with those below it.
type Top struct {
	Name       string    `json:"name"`
	Department string    `json:"department"`
	Below      []Section `json:"below"`
}

// Section is a section below another, and the department that publishes in it.
type Section struct {
	Name       string `json:"name"`
	Department string `json:"department"`
}

// Pattern is some items of one place: how many in the example year, and what
// their titles are made of. A title that begins with 09-10| belongs to those
// months.
type Pattern struct {
	In     string   `json:"in"`
	N      int      `json:"n"`
	Titles []string `json:"titles"`
}

// The example year's period, half-open, and the moments of its last days.
const (
	yearBegins = "2023-01-01"
	yearLast   = "2023-11-17"
	yearEnds   = "2023-11-18"
)

// settingYear is up to when the happenings of the example year have been told.
const settingYear = "demo.year"

// work is the use cases beside those of letters, over one transaction.
type work struct {
	*player

	tx      workflow.Store
	ledger  *ledger.Ledger
	imports *ledger.Imports
	reviews *publication.Reviews
	bureau  *annual.Bureau
}

// deed is one happening that is no letter's. It is kept whole or not at all.
type deed struct {
	at   string // 2023-01-03 09:10
	name string
	do   func(ctx context.Context, w *work) error
}

// happenings are what the college did for its disclosure: in the example year,
// and lately.
func (y Year) happenings(now time.Time, cal calendar.Working) ([]happening, error) {
	var out []happening
	for _, d := range append(y.deeds(), y.lately(now, cal)...) {
		at, err := time.ParseInLocation("2006-01-02 15:04", d.at, cal.Location())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.name, err)
		}
		if !at.After(now) {
			out = append(out, happening{step: step{name: d.name, at: at.UTC(), do: d.once}, letter: "the year"})
		}
	}
	return append(out, bulletins(now, cal)...), nil
}

// once does the deed unless an interrupted demonstration did it before.
func (d deed) once(ctx context.Context, p *player, _ *subject) error {
	at := p.clock.Now().Format(time.RFC3339)
	return p.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		settings, err := tx.Settings(ctx)
		if err != nil || settings[settingYear] >= at {
			return err
		}
		w, err := p.over(tx)
		if err != nil {
			return err
		}
		return errors.Join(d.do(ctx, w), tx.SaveSetting(ctx, settingYear, at, 0, p.clock.Now()))
	})
}

// over joins the use cases to one transaction.
func (p *player) over(tx workflow.Store) (*work, error) {
	desk := *p.desk
	desk.Store = tx
	w := &work{player: p, tx: tx, ledger: ledger.New(&desk)}
	w.imports = ledger.NewImports(w.ledger, p.deps.Tables, email.Archive{}, p.deps.Blobs)
	var err error
	w.bureau, err = annual.New(annual.Deps{Desk: &desk, Figures: p.figures(tx), Text: p.deps.Text, Forms: p.deps.Forms})
	if err != nil {
		return nil, fmt.Errorf("annual report: %w", err)
	}
	w.reviews = publication.NewReviews(&desk, map[workflow.ReviewSubject]workflow.Reviewed{
		workflow.ReviewItem: w.ledger.Reviewed(), workflow.ReviewReport: annual.Reviewed{Bureau: w.bureau},
	})
	return w, nil
}

func (p *player) figures(store workflow.Store) report.Deps {
	return report.Deps{Store: store, Now: p.clock.Now, Zone: p.desk.Keeper.Zone, DayLength: p.work.DayLength, Chain: p.desk.Keeper.Chain}
}

// deeds are the example year, in order.
func (y Year) deeds() []deed {
	first := y.span(yearBegins, yearEnds)
	out := []deed{
		{"2022-09-01 09:00", "open the site's columns", y.openColumns},
		{"2022-12-30 15:00", "say which duties apply", y.sayDuties},
		{"2023-03-06 09:00", "close a column", closeColumn},
		{"2023-07-04 10:00", "enter half a year of the site", enter("官网信息2023年上半年.csv", first.site("", "2023-07-01"))},
		{"2023-11-17 16:10", "enter the site", enter("官网信息2023年7月至11月.csv", first.site("2023-07-01", ""))},
		{"2023-11-17 16:20", "enter the account's posts", enter("公众号推文2023.csv", first.account)},
		{"2023-11-17 16:30", "enter the videos", enter("视频号作品2023.csv", first.video)},
		{"2023-11-17 16:40", "enter the minutes", enter("会议纪要目录2023.csv", first.minutes)},
		{"2023-11-17 16:50", "enter the documents", enter("发文登记簿2023.csv", first.documents)},
	}
	out = append(out, byHand()...)
	return append(out, annualReport()...)
}

// actor is a member of staff by user name.
func (w *work) actor(username string) workflow.Actor { return w.people[username] }

// publish takes an item through its department: draft, the head's review,
// publication.
func (w *work) publish(ctx context.Context, i workflow.Item, department string) (workflow.Item, error) {
	i, err := w.handedIn(ctx, i, department)
	if err != nil {
		return i, err
	}
	open, err := w.tx.ReviewsBy(ctx, workflow.ReviewQuery{Subject: workflow.ReviewItem, SubjectID: i.ID, Open: true, Limit: 1})
	if err != nil {
		return i, err
	}
	for _, r := range open {
		if _, err := w.reviews.Decide(ctx, w.actor(department+"-head"), r.ID, harmless(r)); err != nil {
			return i, err
		}
	}
	if i, err = w.tx.Item(ctx, i.ID); err != nil {
		return i, err
	}
	if err := w.ledger.Publish(ctx, w.actor(department+"-head"), i.ID, i.Version); err != nil {
		return i, err
	}
	return w.tx.Item(ctx, i.ID)
}

// handedIn is an item that waits for its review.
func (w *work) handedIn(ctx context.Context, i workflow.Item, department string) (workflow.Item, error) {
	i, err := w.ledger.Save(ctx, w.actor(department+"-clerk"), i)
	if err != nil {
		return i, err
	}
	return i, w.ledger.HandIn(ctx, w.actor(department+"-clerk"), i.ID, i.Version, false)
}

// harmless is the decision that nothing in it is secret.
func harmless(r workflow.Review) publication.Decision {
	d := publication.Decision{
		Version: r.Version, Checklist: map[string]bool{}, Result: workflow.ReviewPublic, Basis: "《高等学校信息公开办法》第五条、第十条",
	}
	for _, q := range workflow.ReviewQuestions {
		d.Checklist[q] = false
	}
	return d
}

// column finds a section by its path, 新闻动态/学校要闻.
func (w *work) column(ctx context.Context, path string) (workflow.Column, error) {
	all, err := w.tx.Columns(ctx, "")
	if err != nil {
		return workflow.Column{}, err
	}
	top, name, below := strings.Cut(path, "/")
	var parent int64
	for _, c := range all {
		switch {
		case c.Parent == 0 && c.Name == top && !below, below && c.Parent == parent && parent != 0 && c.Name == name:
			return c, nil
		case c.Parent == 0 && c.Name == top:
			parent = c.ID
		}
	}
	return workflow.Column{}, fmt.Errorf("no column %s", path)
}
