package annual

import (
	"net/http"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report/annual"
)

// changesPage lists what has changed since a report was frozen.
type changesPage struct {
	templates.Page
	Report  workflow.AnnualReport
	Changes []changeView
	None    templates.Empty
}

// changeView is one figure that comes to something else now.
type changeView struct {
	Name, Key string
	Href      string // what lies behind it
	Then, Now string
	Moves     []moveView
}

// moveView is what came, or what is gone.
type moveView struct {
	Words  string
	Things []thingView
	More   string
}

type thingView struct{ Name, Href, Day string }

// changes counts a frozen report anew.
func (p *Pages) changes(c *web.Context) error {
	v, err := p.view(c)
	if err != nil {
		return err
	}
	all, err := p.Bureau.Changes(c.Context(), c.User.Actor(), v.Report.ID)
	if err != nil {
		return err
	}
	view := changesPage{
		Report: v.Report, Page: page(c, "annual.changes", crumb(v.Report)),
		None: templates.Empty{Icon: "check", Title: c.Text("annual.changes.none"), Text: c.Text("annual.changes.none.text")},
	}
	for _, one := range all {
		change := changeView{
			Name: c.Text(fieldName(one.Field)), Key: one.Field.Key, Href: path(v.Report.ID, "fields", one.Field.Key), Then: one.Then.Text, Now: one.Now.Text,
		}
		change.add(c, "came", one.Came)
		change.add(c, "gone", one.Gone)
		view.Changes = append(view.Changes, change)
	}
	return c.Render(http.StatusOK, "annual/changes.html", view)
}

func (v *changeView) add(c *web.Context, key string, things annual.Things) {
	if things.Total > 0 {
		v.Moves = append(v.Moves, moveOf(c, key, things))
	}
}

func moveOf(c *web.Context, key string, things annual.Things) moveView {
	out := moveView{Words: c.Text("annual.changes."+key, things.Total)}
	for _, t := range things.First {
		one := thingView{Name: t.Name, Day: t.Day, Href: thingPath(t)}
		if t.Hidden {
			one = thingView{Name: c.Text("annual.behind.hidden")}
		}
		out.Things = append(out.Things, one)
	}
	if rest := things.Total - len(things.First); rest > 0 {
		out.More = c.Text("annual.changes.more", rest)
	}
	return out
}
