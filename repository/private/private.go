// Package private starts the PostgreSQL and the Redis the program uses when it
// was told of none: children on unix sockets inside its own data directory,
// kept running while the program lives and gone when it is gone, however it
// went.
//
// Nothing here ever deletes data. A directory that does not fit the programs
// installed on the machine is refused with the reason.
package private

import (
	"log/slog"
)

// Options says where a private server lives.
type Options struct {
	// Dir holds everything of one server: data, socket, locks and its log.
	Dir string
	// Log hears when the server dies and comes back. Nil is silence.
	Log *slog.Logger
	// Progress, when set, is told what is being waited for; see the Step constants.
	Progress func(step string)
	// Settings go to the server after our own, so that they win: "fsync=off"
	// for PostgreSQL, "maxmemory 64mb" for Redis.
	Settings []string
	// Join uses the server of another program that has Dir, when one has, instead
	// of refusing: for commands beside a program that serves. Such a server is
	// neither started nor stopped here.
	Join bool
}

// Steps of a start, for Options.Progress. They are catalogue keys.
const (
	StepCreate  = "private.create"  // a new data directory is being made
	StepWait    = "private.wait"    // an earlier server is still shutting down
	StepStart   = "private.start"   // the server is starting
	StepRecover = "private.recover" // the server is reading its log after a crash
)

func (o Options) progress(step string) {
	if o.Progress != nil {
		o.Progress(step)
	}
}

func (o Options) log() *slog.Logger {
	if o.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Log
}
