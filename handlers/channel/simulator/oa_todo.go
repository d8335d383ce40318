package simulator

import "net/http"

// SimulatedTodo is a to-do as somebody sees it in the office system.
type SimulatedTodo struct {
	Person, Title, Step, Link, State string
	Changes                          int
}

// todo takes to-dos.
func (o *OA) todo(rw http.ResponseWriter, r *http.Request, _ []byte) { http.NotFound(rw, r) }
