package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// Figure is one line of the table.
type Figure struct {
	Section string  `json:"section"`
	Name    string  `json:"name"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	Limit   *Limit  `json:"limit,omitempty"`
	Met     *bool   `json:"met,omitempty"`
	Note    string  `json:"note,omitempty"`
}

// Limit is what a figure is held to.
type Limit struct {
	Least bool    `json:"least"` // the figure must be at least Value; otherwise at most
	Value float64 `json:"value"`
}

func (l Limit) String() string {
	if l.Least {
		return "≥ " + number(l.Value)
	}
	return "≤ " + number(l.Value)
}

func (l Limit) met(v float64) bool {
	if l.Least {
		return v >= l.Value
	}
	return v <= l.Value
}

func atLeast(v float64) *Limit { return &Limit{Least: true, Value: v} }
func atMost(v float64) *Limit  { return &Limit{Value: v} }

// table is everything that was measured, and where.
type table struct {
	Version string    `json:"version"`
	At      time.Time `json:"at"`
	CPUs    int       `json:"cpus"`
	Cases   int       `json:"cases"`
	Seconds int       `json:"seconds"`
	Figures []Figure  `json:"figures"`
	Notes   []string  `json:"notes"`
}

func newTable(o Options) table {
	return table{Version: o.Version, At: time.Now().UTC(), CPUs: runtime.NumCPU(), Cases: o.Cases, Seconds: o.Seconds, Notes: notes}
}

// add puts a figure into the table and says it at once.
func (r *run) add(section, name string, value float64, unit string, limit *Limit, note string) {
	f := Figure{Section: section, Name: name, Value: round(value), Unit: unit, Limit: limit, Note: note}
	if limit != nil {
		met := limit.met(value)
		f.Met = &met
	}
	r.table.Figures = append(r.table.Figures, f)
	r.say("  %s: %s %s", name, number(value), unit)
}

func (t table) print(w io.Writer) {
	fmt.Fprintf(w, "\nmailbox %s · %d CPUs · %s\n\n", t.Version, t.CPUs, t.At.Format(time.DateTime))
	tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "what\tvalue\tunit\tlimit\tmet\tnote")
	fmt.Fprintln(tw, "----\t-----\t----\t-----\t---\t----")
	for _, f := range t.Figures {
		limit, met := "", ""
		if f.Limit != nil {
			limit, met = f.Limit.String(), "no"
			if *f.Met {
				met = "yes"
			}
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", f.Name, number(f.Value), f.Unit, limit, met, f.Note)
	}
	_ = tw.Flush() // the writer below reports what it could not write
	fmt.Fprintln(w, "\nHow it is measured")
	for _, n := range t.Notes {
		fmt.Fprintln(w, "  "+n)
	}
}

func (t table) save(path string) error {
	b, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return fmt.Errorf("save figures: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("save figures: %w", err)
	}
	if err := os.WriteFile(path, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("save figures: %w", err)
	}
	return nil
}

// round keeps three digits: more would claim what noise does not allow.
func round(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-2)
	return math.Round(v/unit) * unit
}

// number writes a value with three digits and its thousands apart.
func number(v float64) string {
	v = round(v)
	digits := 0
	switch a := math.Abs(v); {
	case a == 0:
	case a < 1:
		digits = 3
	case a < 10:
		digits = 2
	case a < 100:
		digits = 1
	}
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if digits > 0 {
		return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// notes say how the figures came about.
var notes = []string{
	"Program, PostgreSQL, Redis and the load run on this one machine and share its processors.",
	"letters: 16 clients send the form of /write (or JSON to the API) over kept connections to a program of its own process, each letter with",
	"  another text and from another address, so that no rate limit stands in the way; a letter counts when its 303 (or 201) has arrived.",
	"  The bare loop commits the rows that one such letter leaves, copied from the tables after the first: one transaction, one INSERT a row,",
	"  16 connections of lib/pq, half of its time before the load and half after. The ratio is letters a second over such transactions a second.",
	"mails: from the connection's first DATA to the commit of the last case; a mail counts when its case is committed.",
	"channels: 16 people at a time send one encrypted callback each and wait for the acknowledgement, always another person with another letter;",
	"  a callback counts when its case is committed. At 100 a second each is sent at its own moment, whether or not those before it were answered.",
	"  Junk is wrong in one of five ways, over 32 connections; memory is the RSS at the end of it over that of its first quarter.",
	"timers: lag is from the due time of a clock to the moment its breach can be read in PostgreSQL, looked at every 50 ms.",
	"lists and figures: cases, letters, messages, history, clocks, words, notices and facts of a college with 34 departments and 1 % open",
	"  cases, made in SQL. p95 of 400 questions of each kind after 20 for warming, one after the other; the three sizes are asked in turn.",
	"figures: a year up to today with the year before it; the cases behind a figure are the first page of the list behind a number taken by chance.",
	"report: the four-part form of this year, from exec to the end of the program. recount: as mailbox verify does it.",
	"projection: facts of closes of today, added up by one program that does nothing else. files: memory besides the table itself.",
	"start: from exec to the first /readyz that says ok, asked every 5 ms. RSS as in /proc/PID/status.",
}
