package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

// What counting is held to.
const (
	mostDrilled    = 20     // milliseconds at p95
	leastProjected = 2000   // closes a second
	projectedCases = 50_000 // at most
	factsAtOnce    = 2000   // as the program takes them
	mostRecount    = 60     // seconds, of a million cases
	mostReport     = 2      // seconds
)

// drilling opens the lists behind the numbers of a table, as people do who do
// not believe one.
func (r *run) drilling(ctx context.Context, a *archive, year report.Period, by workflow.Dimension) error {
	table, err := a.Figures.Figures(ctx, officeHead, report.Ask{Period: year, By: by})
	if err != nil {
		return err
	}
	var behind []workflow.Query
	for _, line := range append(table.Rows, table.Total) {
		for _, c := range line.Cells {
			if c.Behind != nil && c.N > 0 {
				behind = append(behind, *c.Behind)
			}
		}
	}
	if len(behind) == 0 {
		return errors.New("a table without a number")
	}
	q := question{"cases behind a figure", func(ctx context.Context, a *archive) error {
		_, err := a.Cases.List(ctx, officeHead, behind[rand.IntN(len(behind))])
		return err
	}}
	took, err := askedInTurn(ctx, r.questions(), q, a)
	if err != nil {
		return err
	}
	r.add("figures", "cases behind a figure by "+string(by), took[0].at(.95), "ms", atMost(mostDrilled), "p50 "+number(took[0].at(.5))+" ms, one of "+number(float64(len(behind)))+" numbers")
	return nil
}

// reported lets the program write the annual report of a busy college: every
// number in it keeps the cases behind it.
func reported(ctx context.Context, r *run) error {
	a, err := r.openArchive(ctx, r.Cases/100)
	if err != nil {
		return err
	}
	out := filepath.Join(r.Dir, "report.docx")
	year := a.now.Year()
	p := &program{}
	//nolint:gosec // ourselves
	p.cmd = exec.CommandContext(ctx, r.Program, "report", "--template", "hubei", "--from", fmt.Sprintf("%d-01-01", year),
		"--to", a.now.AddDate(0, 0, -1).Format(time.DateOnly), "--out", out)
	p.cmd.Env = append(p.environment(filepath.Join(r.Dir, "report"), a.College), r.Env...)
	begun := time.Now()
	if said, err := p.cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	r.add("report", "annual report as DOCX", time.Since(begun).Seconds(), "s", atMost(mostReport),
		"of "+number(float64(a.cases))+" cases; with the start of the program")
	return errors.Join(os.Remove(out), os.RemoveAll(filepath.Join(r.Dir, "report")))
}

// projection measures how fast closes are added to the figures: of a college
// with an archive of its own, all closed cases are closed today.
func projection(ctx context.Context, r *run) error {
	dir := filepath.Join(r.Dir, "projection")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	a, err := r.openIn(ctx, dir, min(r.Cases, projectedCases))
	if err != nil {
		return err
	}
	if err = settle(ctx, a.db, sqlArchive); err == nil {
		err = a.fill(ctx, r)
	}
	if err == nil {
		err = r.projecting(ctx, a)
	}
	return errors.Join(err, a.close(), os.RemoveAll(dir))
}

func (r *run) projecting(ctx context.Context, a *archive) error {
	if err := settle(ctx, a.db, `UPDATE facts SET projected = false, day = now()::date WHERE measure IN ('closed', 'rated', 'satisfied', 'solved')`, "VACUUM ANALYZE"); err != nil {
		return err
	}
	var closes, facts int
	if err := a.db.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE measure = 'closed'), count(*) FROM facts WHERE NOT projected`).Scan(&closes, &facts); err != nil {
		return err
	}
	begun := time.Now()
	for {
		n, err := a.Store.Project(ctx, factsAtOnce)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	r.add("projection", "closes added to the figures", float64(closes)/time.Since(begun).Seconds(), "/s", atLeast(leastProjected),
		fmt.Sprintf("%s closes, %s facts, %d at once", number(float64(closes)), number(float64(facts)), factsAtOnce))
	return nil
}

// recount counts everything anew.
func recount(ctx context.Context, r *run) error {
	a, err := r.openArchive(ctx, r.Cases)
	if err != nil {
		return err
	}
	begun := time.Now()
	told := 0
	differences, err := a.Figures.Recount(ctx, func(done, total int) {
		if tenth := 10 * done / total; tenth > told {
			told = tenth
			r.say("  %d %% after %s", 10*tenth, time.Since(begun).Round(time.Second))
		}
	})
	if err != nil {
		return err
	}
	if len(differences) > 0 {
		return fmt.Errorf("%d figures differ from a recount, for example %+v", len(differences), differences[0])
	}
	limit := atMost(mostRecount)
	if r.Cases < 1_000_000 {
		limit = nil
	}
	r.add("recount", "recount of "+number(float64(r.Cases))+" cases", time.Since(begun).Seconds(), "s", limit, "every stored figure compared")
	return nil
}
