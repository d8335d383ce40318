package web

import "time"

// SetPatience shortens how long bodies may take, and SetRecheck how often
// streams look at their session.
func (s *Server) SetPatience(d time.Duration) { s.patience = d }
func (s *Server) SetRecheck(d time.Duration)  { s.recheck = d }

var (
	OneLine     = oneLine
	ManyLines   = manyLines
	Disposition = disposition
	Inspect     = inspect
)
