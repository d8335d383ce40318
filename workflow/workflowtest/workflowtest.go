// Package workflowtest holds what tests of the workflow need: a Store and the
// other ports in memory, a small college to seed them with, and the suite that
// every Store must pass. Only tests import it.
package workflowtest
