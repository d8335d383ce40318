package main

import (
	"context"
	"sync"
	"time"
)

// namesKept is how long a changed name of the college may take to be on every
// page: reading it for each page would cost a query a page.
const namesKept = 5 * time.Second

// names is what the college is called, read again every few seconds, so that
// the settings need no restart.
type names struct {
	app *app

	mu     sync.Mutex
	read   time.Time
	zh, en string
}

func newNames(a *app) *names { return &names{app: a} }

// in is the college's name for a reader of the language; a college without an
// English name has its own everywhere.
func (n *names) in(ctx context.Context, locale string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if time.Since(n.read) > namesKept {
		n.renew(ctx)
	}
	if locale == "en" && n.en != "" {
		return n.en
	}
	return n.zh
}

// renew reads the names; while they cannot be read, the last ones stand.
func (n *names) renew(ctx context.Context) {
	n.read = time.Now()
	settings, err := n.app.store.Settings(ctx)
	if err != nil {
		return
	}
	n.zh, n.en = settings["college.name"], settings["college.name_en"]
}
