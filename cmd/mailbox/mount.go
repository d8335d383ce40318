package main

import (
	"errors"

	"mailbox/handlers/api"
	"mailbox/handlers/desk"
	"mailbox/handlers/document"
	"mailbox/handlers/office"
	"mailbox/handlers/public"
	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow/delivery"
)

// audiences are the pages of everybody, ready to be mounted.
type audiences struct {
	public *public.Pages
	desk   *desk.Pages
	office *office.Pages
	api    *api.API
}

// audiences makes the pages.
func (a *app) audiences() (audiences, error) {
	everybody, err := public.New(public.Deps{
		Intake: a.intake, Cases: a.cases, College: a.store, Rules: a.desk.Rules, Blobs: a.blobs, Door: a.door,
		Figures: a.figures, Key: a.keys.derive("public"),
	})
	return audiences{
		public: everybody,
		desk:   desk.New(a.cases, a.vault, a.blobs),
		office: office.New(office.Deps{
			Cases: a.cases, Figures: a.figures, Intake: a.intake, Mail: a.mailroom, Failures: delivery.NewFailures(a.desk),
			Files: document.Files{}, Blobs: a.blobs, College: a.store, Rules: a.desk.Rules,
		}),
		api: api.New(api.Deps{Intake: a.intake, Cases: a.cases, College: a.store, Figures: a.figures, Blobs: a.blobs}),
	}, err
}

// decorate counts what the frame of every staff page shows.
func (p audiences) decorate(c *web.Context, page *templates.Page) error {
	return errors.Join(p.desk.Decorate(c, page), p.office.Decorate(c, page))
}

// mount joins every audience's routes to the server.
func (p audiences) mount(server *web.Server) error {
	return errors.Join(
		server.Mount(p.public.Routes()...),
		server.Mount(p.desk.Routes()...),
		server.Mount(p.office.Routes()...),
		server.Mount(p.api.Routes()...),
	)
}
