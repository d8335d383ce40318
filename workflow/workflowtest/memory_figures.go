package workflowtest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"mailbox/workflow"
)

type storedFact struct {
	CaseID int64
	workflow.FactChange
	Projected bool
}

func cloneFigures(f map[workflow.Fact]int) map[workflow.Fact]int { return maps.Clone(f) }

// AddFacts implements workflow.Figures.
func (m *Memory) AddFacts(ctx context.Context, caseID int64, changes []workflow.FactChange) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(caseID)); err != nil {
			return err
		}
		for _, ch := range changes {
			d.facts.put(d.facts.next(), storedFact{CaseID: caseID, FactChange: ch})
		}
		return nil
	})
}

// Project implements workflow.Figures.
func (m *Memory) Project(ctx context.Context, limit int) (int, error) {
	n := 0
	err := m.write(ctx, func(d *data) error {
		n = 0
		for _, id := range d.waitingFacts(limit) {
			f := d.facts.rows[id]
			d.figures[f.Fact] += f.N
			f.Projected = true
			d.facts.put(id, f)
			n++
		}
		return nil
	})
	return n, err
}

// waitingFacts lists facts that are in no figure yet, oldest first.
func (d *data) waitingFacts(limit int) []int64 {
	var out []int64
	for id, f := range d.facts.rows {
		if !f.Projected {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return first(out, limit)
}

// WaitingFacts implements workflow.Figures.
func (m *Memory) WaitingFacts(ctx context.Context) (int, error) {
	return read(ctx, m, func(d *data) (int, error) { return len(d.waitingFacts(0)), nil })
}

// Sum implements workflow.Figures.
func (m *Memory) Sum(ctx context.Context, q workflow.FigureQuery) ([]workflow.FigureRow, error) {
	return read(ctx, m, func(d *data) ([]workflow.FigureRow, error) {
		sums := map[workflow.FigureRow]int{}
		for f, n := range d.figuresAsOf(q.AsOf) {
			if counts(q, f) {
				sums[rowOf(q.By, f)] += n
			}
		}
		var out []workflow.FigureRow
		for row, n := range sums {
			if row.N = n; n != 0 {
				out = append(out, row)
			}
		}
		slices.SortFunc(out, compareRows)
		return out, nil
	})
}

// figuresAsOf is what was counted at that moment, of what is counted now.
func (d *data) figuresAsOf(at time.Time) map[workflow.Fact]int {
	if at.IsZero() {
		return d.figures
	}
	out := map[workflow.Fact]int{}
	for _, f := range d.facts.rows {
		if f.Projected && !f.At.After(at) {
			out[f.Fact] += f.N
		}
	}
	return out
}

func counts(q workflow.FigureQuery, f workflow.Fact) bool {
	return slices.Contains(q.Measures, f.Measure) && q.From <= f.Day && f.Day < q.To &&
		like(q.Department, f.Department) && like(q.Category, f.Category) && like(q.Kind, f.Kind) &&
		like(q.Channel, f.Channel) && like(q.Mode, f.Mode) && like(q.Status, f.Status)
}

// rowOf keeps of a fact only the dimensions asked for.
func rowOf(by []workflow.Dimension, f workflow.Fact) workflow.FigureRow {
	row := workflow.FigureRow{Measure: f.Measure}
	for _, dimension := range by {
		switch dimension {
		case workflow.ByDay:
			row.Day = f.Day
		case workflow.ByMonth:
			row.Day = f.Day[:len("2006-01")] + "-01"
		case workflow.ByDepartment:
			row.Department = f.Department
		case workflow.ByCategory:
			row.Category = f.Category
		case workflow.ByKind:
			row.Kind = f.Kind
		case workflow.ByChannel:
			row.Channel = f.Channel
		case workflow.ByMode:
			row.Mode = f.Mode
		case workflow.ByStatus:
			row.Status = f.Status
		case workflow.ByBucket:
			row.Bucket = f.Bucket
		}
	}
	return row
}

func compareRows(a, b workflow.FigureRow) int {
	return cmp.Or(cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Department, b.Department),
		cmp.Compare(a.Category, b.Category), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Channel, b.Channel),
		cmp.Compare(a.Mode, b.Mode), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Bucket, b.Bucket))
}

// StoredFigures implements workflow.Figures.
func (m *Memory) StoredFigures(ctx context.Context, day string) (map[workflow.Fact]int, error) {
	return read(ctx, m, func(d *data) (map[workflow.Fact]int, error) {
		out := map[workflow.Fact]int{}
		for f, n := range d.figures {
			if f.Day == day && n != 0 {
				out[f] = n
			}
		}
		return out, nil
	})
}

// FigureDigests implements workflow.Figures.
func (m *Memory) FigureDigests(ctx context.Context, salt string) (map[string]workflow.Digest, error) {
	return read(ctx, m, func(d *data) (map[string]workflow.Digest, error) {
		out := map[string]workflow.Digest{}
		for f, n := range d.figures {
			if n != 0 {
				day := out[f.Day]
				day.Add(salt, f, n)
				out[f.Day] = day
			}
		}
		return out, nil
	})
}

// UnevenFigures implements workflow.Figures: there is one grain, and all is added
// up when it is asked for.
func (m *Memory) UnevenFigures(context.Context, int) ([]workflow.Uneven, error) { return nil, nil }

// withFact is the cases that count for what is asked.
func (d *data) withFact(q *workflow.FactQuery) map[int64]bool {
	if q == nil {
		return nil
	}
	sums := map[int64]int{}
	for _, f := range d.facts.rows {
		if !q.AsOf.IsZero() && f.At.After(q.AsOf) || q.Counted && !f.Projected {
			continue
		}
		if behind(*q, f.Fact) {
			sums[f.CaseID] += f.N
		}
		if q.Stock && slices.Contains(workflow.Ending, f.Measure) {
			f.Measure = q.Measure
			if behind(*q, f.Fact) {
				sums[f.CaseID] -= f.N
			}
		}
	}
	out := map[int64]bool{}
	for id, n := range sums {
		out[id] = n > 0
	}
	return out
}

func behind(q workflow.FactQuery, f workflow.Fact) bool {
	return f.Measure == q.Measure && (!q.NoOne || f.Department == 0) && (q.From == "" || q.From <= f.Day) && (q.To == "" || f.Day < q.To) &&
		like(q.Department, f.Department) && like(q.Category, f.Category) && like(q.Kind, f.Kind) &&
		like(q.Channel, f.Channel) && like(q.Mode, f.Mode) && like(q.Status, f.Status) &&
		f.Bucket >= q.MinBucket && (q.EndBucket == 0 || f.Bucket < q.EndBucket)
}

// CountHappened implements workflow.Figures.
func (m *Memory) CountHappened(ctx context.Context, q workflow.HappenedQuery) (map[int64]int, error) {
	return read(ctx, m, func(d *data) (map[int64]int, error) {
		seen := map[[2]int64]bool{}
		out := map[int64]int{}
		for _, e := range d.events.rows {
			key := [2]int64{e.CaseID, e.By.Department}
			if did(q, e) && !seen[key] && !d.cases.rows[e.CaseID].Sealed {
				seen[key] = true
				out[e.By.Department]++
			}
		}
		return out, nil
	})
}

func did(q workflow.HappenedQuery, e workflow.Event) bool {
	return e.Action == q.Action && !e.At.Before(q.From) && e.At.Before(q.To) && like(q.Department, e.By.Department)
}

func (d *data) happened(caseID int64, q workflow.HappenedQuery) bool {
	return d.events.any(func(e workflow.Event) bool { return e.CaseID == caseID && did(q, e) })
}
