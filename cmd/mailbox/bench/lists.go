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

// lists measures at three sizes what people look at all day. The sizes are
// asked in turn, so that all of them have the same quiet and the same noise.
func lists(ctx context.Context, r *run) error {
	var archives []*archive
	for _, size := range []int{r.Cases / 100, r.Cases / 10, r.Cases} {
		a, err := r.openArchive(ctx, size)
		if err != nil {
			return err
		}
		archives = append(archives, a)
	}
	if err := archives[0].prove(ctx); err != nil {
		return err
	}
	for _, q := range listQuestions {
		took, err := askedInTurn(ctx, r.questions(), q, archives...)
		if err != nil {
			return err
		}
		for i, a := range archives {
			limit := (*Limit)(nil)
			if i == len(archives)-1 {
				limit = atMost(mostList)
			}
			r.add("lists", q.name+", "+number(float64(a.cases))+" cases", took[i].at(.95), "ms", limit, "p50 "+number(took[i].at(.5))+" ms")
		}
		r.add("lists", "  the largest to the smallest", took[2].at(.95)/took[0].at(.95), "", atMost(mostGrowth), "of p95; of p50 "+number(took[2].at(.5)/took[0].at(.5)))
	}
	return nil
}

// questions is how often each question is asked.
func (r *run) questions() int { return min(mostAsked, 20*r.Seconds) }

// askedInTurn asks every archive the same kind of question n times.
func askedInTurn(ctx context.Context, n int, q question, archives ...*archive) ([]sample, error) {
	took := make([]sample, len(archives))
	for i := range n + warming {
		for j, a := range archives {
			begun := time.Now()
			if err := q.ask(ctx, a); err != nil {
				return nil, fmt.Errorf("%s: %w", q.name, err)
			}
			if i >= warming {
				took[j] = append(took[j], time.Since(begun))
			}
		}
	}
	return took, nil
}

// prove makes sure that what was made in SQL counts as it would have counted
// had it happened.
func (a *archive) prove(ctx context.Context) error {
	differences, err := a.Figures.Recount(ctx, func(int, int) {})
	if err == nil && len(differences) > 0 {
		err = fmt.Errorf("%d figures of the archive differ from a recount, for example %+v", len(differences), differences[0])
	}
	return err
}

// figures measures the figures of one year.
func figures(ctx context.Context, r *run) error {
	a, err := r.openArchive(ctx, r.Cases)
	if err != nil {
		return err
	}
	year := report.Period{From: a.now.AddDate(-1, 0, 0).Format(time.DateOnly), To: a.now.Format(time.DateOnly)}
	for _, by := range []workflow.Dimension{workflow.ByMonth, workflow.ByDepartment, workflow.ByCategory} {
		q := question{"figures", func(ctx context.Context, a *archive) error {
			_, err := a.Figures.Figures(ctx, officeHead, report.Ask{Period: year, By: by})
			return err
		}}
		took, err := askedInTurn(ctx, r.questions(), q, a)
		if err != nil {
			return err
		}
		r.add("figures", "figures of a year by "+string(by), took[0].at(.95), "ms", atMost(mostFigure),
			fmt.Sprintf("p50 %s ms, %s cases; with two periods to compare", number(took[0].at(.5)), number(float64(a.cases))))
		if err := r.drilling(ctx, a, year, by); err != nil {
			return err
		}
	}
	return nil
}
