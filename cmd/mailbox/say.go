package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"mailbox/templates"
)

// sayer tells the person at the terminal what is being done, in Chinese, one
// line a step.
type sayer struct {
	mu    sync.Mutex
	out   io.Writer
	words *templates.Set
	live  bool   // out is a terminal: a line can be overwritten
	open  bool   // a line of progress stands unfinished
	shown int    // how much of it, in per cent
	last  string // the step that was said
}

func newSayer(out io.Writer, words *templates.Set) *sayer {
	return &sayer{out: out, words: words, live: onTerminal(out) != io.Discard}
}

// step says what is being waited for; key is in the catalogue. What two servers
// are waited for is said once.
func (s *sayer) step(key string) {
	if s.last == key {
		return
	}
	s.last = key
	s.line("%s", s.text(key))
}

func (s *sayer) text(key string, args ...any) string {
	return s.words.Text(templates.Locales[0], key, args...)
}

func (s *sayer) line(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open && s.live {
		fmt.Fprintln(s.out)
	}
	s.open = false
	fmt.Fprintf(s.out, "  "+format+"\n", args...)
}

// progress overwrites its line until the work is done; in a file it is a line
// for each tenth.
func (s *sayer) progress(what string, done, total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	percent, step := 100, 1
	if total > 0 {
		percent = 100 * done / total
	}
	if !s.live {
		step = 10
	}
	if s.open && done < total && percent/step == s.shown/step {
		return // nobody reads faster
	}
	s.shown, s.open = percent, done < total
	s.draw(what, done, total)
}

func (s *sayer) draw(what string, done, total int) {
	const width = 30
	begin, end := "\r", ""
	if !s.live {
		begin, end = "", "\n"
	} else if !s.open {
		end = "\n"
	}
	fmt.Fprintf(s.out, "%s  %s [%-*s] %d/%d%s", begin, what, width, bar[:width*s.shown/100], done, total, end)
}

// telling is progress of what a key in the catalogue says.
func (s *sayer) telling(key string) func(done, total int) {
	return func(done, total int) { s.progress(s.text(key), done, total) }
}

// onTerminal is the writer when somebody looks at it, and else nowhere.
func onTerminal(w io.Writer) io.Writer {
	f, ok := w.(*os.File)
	if !ok {
		return io.Discard
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return io.Discard
	}
	return f
}

const bar = "=============================="

// ready tells where everything is.
func (s *sayer) ready(where addresses, c *Config, a *app) {
	if where.Web != "" {
		s.line("%s", s.text("server.ready", c.PublicURL))
	}
	if where.SMTP != "" {
		s.line("%s", s.text("server.smtp", where.SMTP))
	}
	if a.warning != "" {
		s.step(a.warning)
	}
}
