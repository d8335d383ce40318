// Package bench measures the program on the machine it runs on: letters, mails,
// timers, lists, figures, start-up. Every figure that has a limit is put beside
// it, and what is compared with the bare database is measured on the same
// cluster in the same minutes.
//
// It speaks to the database besides the program, which nothing else does: to
// fill it with a million cases and to know what it can do alone.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mailbox/repository/postgres"
	"mailbox/repository/redisdb"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/report"
	"mailbox/workflow/sla"
)

// College is a founded college on servers of its own, with its use cases.
type College struct {
	Dir           string // of the servers, the files and the keys
	DSN, RedisURL string
	Store         *postgres.Store
	Redis         *redisdb.DB
	Desk          *workflow.Desk
	Cases         *casework.Casework
	Watch         *sla.Watch
	Figures       *report.Office
	// Connect sets a channel up, as an administrator does.
	Connect func(ctx context.Context, channel workflow.Channel, config, secrets map[string]string) error
	Close   func() error
}

// Options say what is measured and how long.
type Options struct {
	Program string // path of the program that is measured
	Dir     string // for servers and data; emptied before and after
	Keep    bool   // the archives stay there for the next run
	Out     string // where the JSON goes
	Version string
	Cases   int // of the largest college
	Seconds int // of each load
	Only    []string
	Env     []string // further settings of the program
	Table   io.Writer
	Say     io.Writer // progress
	// Open opens the college of a directory, founding it when it is new.
	Open func(ctx context.Context, dir string) (*College, error)
}

// section is some figures that are measured together.
type section struct {
	name string
	run  func(context.Context, *run) error
}

var sections = []section{
	{"start", start},
	{"files", files}, // while there is nothing else in memory
	{"letters", letters},
	{"mails", mails},
	{"channels", chats},
	{"timers", timers},
	{"lists", lists},
	{"figures", figures},
	{"report", reported},
	{"recount", recount},
	{"projection", projection},
}

// Names lists what can be measured alone.
func Names() []string {
	var out []string
	for _, s := range sections {
		out = append(out, s.name)
	}
	return out
}

// run is one measurement of everything.
type run struct {
	Options
	table    table
	archives map[int]*archive // by size; lists and figures share the largest
}

// Run measures, prints the table and writes the JSON. A limit that is missed is
// no error; the table says so.
func Run(ctx context.Context, o Options) error {
	for _, name := range o.Only {
		if !slices.Contains(Names(), name) {
			return fmt.Errorf("--only %s: what can be measured is %s", name, strings.Join(Names(), ", "))
		}
	}
	if err := o.empty(); err != nil {
		return err
	}
	if err := os.MkdirAll(o.Dir, 0o711); err != nil { // PostgreSQL's user must pass through
		return fmt.Errorf("make %s: %w", o.Dir, err)
	}
	r := &run{Options: o, table: newTable(o), archives: map[int]*archive{}}
	err := errors.Join(r.measure(ctx), r.closeArchives(), o.empty())
	if err != nil {
		return err
	}
	r.table.print(o.Table)
	return r.table.save(o.Out)
}

func (o Options) empty() error {
	if o.Keep {
		return nil
	}
	if err := os.RemoveAll(o.Dir); err != nil {
		return fmt.Errorf("empty %s: %w", o.Dir, err)
	}
	return nil
}

func (r *run) measure(ctx context.Context) error {
	for _, s := range sections {
		if len(r.Only) > 0 && !slices.Contains(r.Only, s.name) {
			continue
		}
		r.say("%s", s.name)
		if err := s.run(ctx, r); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// say tells whoever waits what is being done.
func (r *run) say(format string, args ...any) {
	fmt.Fprintf(r.Say, time.Now().Format("15:04:05 ")+format+"\n", args...)
}

// with opens a college of its own for do and removes it afterwards.
func (r *run) with(ctx context.Context, name string, do func(*College) error) error {
	dir := filepath.Join(r.Dir, name)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	c, err := r.Open(ctx, dir)
	if err != nil {
		return err
	}
	return errors.Join(do(c), c.Close(), os.RemoveAll(dir))
}
