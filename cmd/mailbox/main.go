// Command mailbox runs the principal's mailbox.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// Set by the build.
var (
	version = "devel"
	commit  = "unknown"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], world{Getenv: os.Getenv, In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now})
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mailbox:", err)
		os.Exit(1)
	}
}

// world is everything the program takes from outside, so that tests can give
// it another one.
type world struct {
	Getenv   func(string) string
	In       io.Reader
	Out, Err io.Writer
	Now      func() time.Time
	// Listening, when set, is told the addresses once all of them answer.
	Listening func(addresses)
}

// addresses are where a running program listens; "" is nowhere.
type addresses struct{ Web, Ops, SMTP string }

// commands is the command line: contract and help in one.
type commands struct {
	Config

	Serve   serveCommand   `cmd:"" help:"Run the web pages, channels, timers and delivery."`
	Migrate migrateCommand `cmd:"" help:"Bring the schema up to date."`
	User    userCommand    `cmd:"" help:"Add, change and disable staff accounts."`
	Report  reportCommand  `cmd:"" help:"Make the annual report, or the tables of figures, as a file."`
	Import  importCommand  `cmd:"" help:"Bring publications of earlier years into the disclosure ledger, from .xlsx, .csv, .mbox or .eml. Days are kept, nothing is sent, and somebody else confirms them. Letters cannot be imported."`
	Verify  verifyCommand  `cmd:"" help:"Check the event chains, and that every figure equals a recount."`
	Doctor  doctorCommand  `cmd:"" help:"Check everything the program depends on."`
	Bench   benchCommand   `cmd:"" help:"Measure the program on this machine, on servers of its own."`
	Version versionCommand `cmd:"" help:"Print version, commit and schema."`
}

// run is the program.
func run(ctx context.Context, args []string, w world) error {
	var c commands
	helped := false // the help was asked for, and is printed
	parser, err := kong.New(&c, kong.Name("mailbox"), kong.Description("校长信箱: the principal's mailbox of a college."),
		kong.Writers(w.Out, w.Err), kong.Exit(func(int) { helped = true }), kong.Resolvers(environment(w.Getenv)),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(w), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return fmt.Errorf("command line: %w", err)
	}
	k, err := parser.Parse(args)
	if helped {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (mailbox --help lists what there is)", err)
	}
	if err := c.check(); err != nil {
		return err
	}
	return k.Run(&c.Config)
}
