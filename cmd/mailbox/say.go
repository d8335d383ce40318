package main

import (
	"fmt"
	"io"
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
	filled := width
	if total > 0 {
		filled = width * done / total
	}
	if s.open && done < total && done%(total/100+1) != 0 {
		return // nobody reads faster
	}
	fmt.Fprintf(s.out, "\r  %s [%-*s] %d/%d", what, width, bar[:filled], done, total)
	s.open = done < total
	if !s.open {
		fmt.Fprintln(s.out)
	}
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
