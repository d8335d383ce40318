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
	open  bool // a line of progress stands unfinished
	shown int  // how much of it, in per cent
}

func newSayer(out io.Writer, words *templates.Set) *sayer { return &sayer{out: out, words: words} }

// step says what is being waited for; key is in the catalogue.
func (s *sayer) step(key string) { s.line("%s", s.text(key)) }

func (s *sayer) text(key string, args ...any) string {
	return s.words.Text(templates.Locales[0], key, args...)
}

func (s *sayer) line(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open {
		fmt.Fprintln(s.out)
		s.open = false
	}
	fmt.Fprintf(s.out, "  "+format+"\n", args...)
}

// progress overwrites its line until the work is done.
func (s *sayer) progress(what string, done, total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const width = 30
	filled, percent := width, 100
	if total > 0 {
		filled, percent = width*done/total, 100*done/total
	}
	if s.open && done < total && percent == s.shown {
		return // nobody reads faster
	}
	s.shown = percent
	fmt.Fprintf(s.out, "\r  %s [%-*s] %d/%d", what, width, bar[:filled], done, total)
	s.open = done < total
	if !s.open {
		fmt.Fprintln(s.out)
	}
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
