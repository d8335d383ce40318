package web

import (
	"bufio"
	"io"
	"time"
)

// SetPatience shortens how long bodies may take, and SetRecheck how often
// streams look at their session.
func (s *Server) SetPatience(d time.Duration) { s.patience = d }
func (s *Server) SetRecheck(d time.Duration)  { s.recheck = d }

var (
	OneLine     = oneLine
	ManyLines   = manyLines
	Disposition = disposition
)

// Inspect is what an ordinary upload is looked at with.
func Inspect(r *bufio.Reader, field, name string) (io.Reader, string, error) {
	return inspect(r, filetypes, field, name)
}
