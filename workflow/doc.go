// Package workflow is the principal's mailbox without any machinery: what a
// letter and a case are, what may happen to them, who may do it, which clocks
// run and what is counted.
//
// It imports nothing but the standard library and does no input or output. The
// ports it needs are declared here (store.go, ports.go) and implemented under
// repository/ and handlers/.
package workflow
