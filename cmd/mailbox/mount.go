package main

import (
	"mailbox/handlers/public"
	"mailbox/handlers/web"
)

// mount joins every audience's pages to the server.
func (a *app) mount(server *web.Server) error {
	everybody, err := public.New(public.Deps{
		Intake: a.intake, Cases: a.cases, College: a.store, Rules: a.desk.Rules, Blobs: a.blobs, Door: a.door,
		Figures: a.figures, Key: a.keys.derive("public"),
	})
	if err != nil {
		return err
	}
	return server.Mount(everybody.Routes()...)
}
