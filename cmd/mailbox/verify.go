package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"mailbox/workflow"
	"mailbox/workflow/audit"
	"mailbox/workflow/report"
	"mailbox/workflow/report/annual"
)

type verifyCommand struct{}

// Run proves the chains, what was made public, frozen reports and every figure;
// one line a fault.
func (verifyCommand) Run(ctx context.Context, w world, c *Config) error {
	return quietly(ctx, c, w, func(a *app) error {
		p := &prover{app: a, out: w.Out, say: newSayer(onTerminal(w.Err), a.words)}
		for _, prove := range []func(context.Context) error{p.history, p.board, p.answers, p.ledger, p.reports, p.figures} {
			if err := prove(ctx); err != nil {
				return err
			}
		}
		fmt.Fprintf(w.Out, "%d cases, %d events, %d answers, %d items, %d reports, %d journal entries, head %x\n",
			p.extent.Cases, p.extent.Events, p.public, p.items, p.frozen, p.extent.Entries, p.extent.Head)
		if p.faults > 0 {
			return fmt.Errorf("%d faults", p.faults)
		}
		return nil
	})
}

// prover prints what is wrong, and counts it.
type prover struct {
	*app
	out    io.Writer
	say    *sayer
	faults int

	extent                audit.Extent
	public, items, frozen int
}

func (p *prover) fault(f fmt.Stringer) {
	p.faults++
	fmt.Fprintln(p.out, f)
}

func (p *prover) history(ctx context.Context) (err error) {
	p.extent, err = audit.Verify(ctx, p.store, p.desk.Keeper.Chain, func(f audit.Fault) { p.fault(f) }, p.say.telling("server.verify.history"))
	return err
}

// board counts the open cases anew.
func (p *prover) board(ctx context.Context) error {
	n, err := p.store.OpenWorkDiffers(ctx)
	if n > 0 {
		p.faults += n
		fmt.Fprintf(p.out, "open work: %d numbers are not those of the open cases\n", n)
	}
	return err
}

func (p *prover) answers(ctx context.Context) (err error) {
	p.public, err = audit.VerifyPublic(ctx, p.store, p.desk.Keeper, func(f audit.PublicFault) { p.fault(f) })
	return err
}

func (p *prover) ledger(ctx context.Context) (err error) {
	p.items, err = audit.VerifyLedger(ctx, p.store, func(f audit.LedgerFault) { p.fault(f) })
	return err
}

func (p *prover) reports(ctx context.Context) (err error) {
	p.frozen, err = annual.Verify(ctx, p.store, func(f annual.Fault) { p.fault(f) })
	return err
}

// figures recounts the cases, and then whether the coarser sums add up.
func (p *prover) figures(ctx context.Context) error {
	differences, err := p.app.figures.Recount(ctx, p.say.telling("server.verify.figures"))
	if err != nil {
		return err
	}
	for _, d := range differences {
		p.fault(figureFault(d))
	}
	uneven, err := p.app.figures.Uneven(ctx)
	for _, u := range uneven {
		p.fault(unevenFault(u))
	}
	return err
}

// figureFault is a stored figure that is not what the cases say, as a line.
type figureFault report.Difference

func (f figureFault) String() string {
	return fmt.Sprintf("figure %s on %s (department %d, category %d): stored %d, counted %d", f.Measure, f.Day, f.Department, f.Category, f.Stored, f.Counted)
}

// unevenFault is a stored sum that does not add up, as a line.
type unevenFault workflow.Uneven

func (f unevenFault) String() string {
	span := "day"
	if f.Monthly {
		span = "month"
	}
	grain := f.Grain
	if which := f.which(); which != "" {
		grain += " " + which
	}
	return fmt.Sprintf("sum %s of the %s %s (by %s): stored %d, comes to %d", f.Measure, span, f.Day, grain, f.N, f.Counted)
}

// which is the value of what the sum is told apart by.
func (f unevenFault) which() string {
	switch workflow.Dimension(f.Grain) {
	case workflow.ByDepartment:
		return strconv.FormatInt(f.Department, 10)
	case workflow.ByCategory:
		return strconv.FormatInt(f.Category, 10)
	case workflow.ByKind:
		return string(f.Kind)
	case workflow.ByChannel:
		return string(f.Channel)
	case workflow.ByMode:
		return string(f.Mode)
	case workflow.ByStatus:
		return string(f.Status)
	case workflow.ByDay, workflow.ByMonth, workflow.ByBucket:
	}
	return ""
}
