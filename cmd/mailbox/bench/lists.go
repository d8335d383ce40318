package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

// What lists and figures are held to.
const (
	mostAsked  = 400
	warming    = 20
	mostList   = 20  // milliseconds at p95 of the largest
	mostGrowth = 1.5 // times p95 of the smallest
	mostFigure = 50  // milliseconds at p95
)

var (
	officeHead = workflow.Actor{ID: 2, Roles: []workflow.Role{workflow.OfficeHead}}
	searched   = []string{"宿舍", "热水", "门禁", "食堂", "漏水", "收据", "图书", "排队"}
)

// question is something people ask all day.
type question struct {
	name string
	ask  func(context.Context, *archive) error
}

var listQuestions = []question{
	{"desk list", deskList},
	{"office board", board},
	{"one case", oneCase},
	{"search, two characters", search},
}

func deskList(ctx context.Context, a *archive) error {
	by := workflow.Actor{ID: 3, Roles: []workflow.Role{workflow.DeptClerk}, Department: 1 + rand.Int64N(34)}
	_, err := a.Cases.List(ctx, by, workflow.Query{Open: true, Order: workflow.DueFirst})
	return err
}

func board(ctx context.Context, a *archive) error {
	_, _, err := a.Cases.Board(ctx, officeHead)
	return err
}

func oneCase(ctx context.Context, a *archive) error {
	var number string
	if err := a.db.QueryRowContext(ctx, `SELECT number FROM cases WHERE id = $1`, 1+rand.Int64N(int64(a.cases))).Scan(&number); err != nil {
		return err
	}
	_, err := a.Cases.Open(ctx, officeHead, number)
	if workflow.KindOf(err) == workflow.NotFound {
		return nil // a sealed one: it is not for the office
	}
	return err
}

func search(ctx context.Context, a *archive) error {
	_, err := a.Cases.List(ctx, officeHead, workflow.Query{Search: searched[rand.IntN(len(searched))], Order: workflow.NewestFirst})
	return err
}

// lists measures at three sizes what people look at all day.
func lists(ctx context.Context, r *run) error {
	a, err := r.openArchive(ctx)
	if err != nil {
		return err
	}
	first := map[string]float64{}
	sizes := []int{r.Cases / 100, r.Cases / 10, r.Cases}
	for i, size := range sizes {
		if err := a.grow(ctx, r, size); err != nil {
			return err
		}
		if err := a.prove(ctx, i == 0); err != nil {
			return err
		}
		for _, q := range listQuestions {
			took, err := a.asked(ctx, r.questions(), q)
			if err != nil {
				return err
			}
			if i == 0 {
				first[q.name] = took.at(.95)
			}
			r.addList(q.name, size, took, first[q.name], i == len(sizes)-1)
		}
	}
	return nil
}

func (r *run) addList(name string, size int, took sample, first float64, last bool) {
	p95, limit := took.at(.95), (*Limit)(nil)
	if last {
		limit = atMost(mostList)
	}
	r.add("lists", name+", "+number(float64(size))+" cases", p95, "ms", limit, "p50 "+number(took.at(.5))+" ms")
	if last {
		r.add("lists", "  times the smallest", p95/first, "", atMost(mostGrowth), "")
	}
}

// questions is how often each question is asked.
func (r *run) questions() int { return min(mostAsked, 20*r.Seconds) }

// asked asks one question n times.
func (a *archive) asked(ctx context.Context, n int, q question) (sample, error) {
	var took sample
	for i := range n + warming {
		begun := time.Now()
		if err := q.ask(ctx, a); err != nil {
			return nil, fmt.Errorf("%s: %w", q.name, err)
		}
		if i >= warming {
			took = append(took, time.Since(begun))
		}
	}
	return took, nil
}

// prove makes sure that what was made in SQL counts as it would have counted
// had it happened.
func (a *archive) prove(ctx context.Context, first bool) error {
	if !first {
		return nil
	}
	differences, err := a.Figures.Recount(ctx, func(int, int) {})
	if err == nil && len(differences) > 0 {
		err = fmt.Errorf("%d figures of the archive differ from a recount, for example %+v", len(differences), differences[0])
	}
	return err
}

// figures measures the figures of one year.
func figures(ctx context.Context, r *run) error {
	a, err := r.openArchive(ctx)
	if err != nil {
		return err
	}
	if err := a.grow(ctx, r, r.Cases); err != nil {
		return err
	}
	year := report.Period{From: a.now.AddDate(-1, 0, 0).Format(time.DateOnly), To: a.now.Format(time.DateOnly)}
	for _, by := range []workflow.Dimension{workflow.ByMonth, workflow.ByDepartment, workflow.ByCategory} {
		took, err := a.asked(ctx, r.questions(), question{"figures", func(ctx context.Context, a *archive) error {
			_, err := a.Figures.Figures(ctx, officeHead, report.Ask{Period: year, By: by})
			return err
		}})
		if err != nil {
			return err
		}
		r.add("figures", "figures of a year by "+string(by), took.at(.95), "ms", atMost(mostFigure),
			fmt.Sprintf("p50 %s ms, %s cases; with two periods to compare", number(took.at(.5)), number(float64(a.cases))))
	}
	return nil
}
