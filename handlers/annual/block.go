package annual

import (
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report/annual"
)

// blockPage is where one part of a report is written.
type blockPage struct {
	templates.Page
	Path, Name string
	Report     string // the path of its report
	Editable   bool
	Version    string
	Text       string
	Conflict   *conflict
	Paras      []paraView
	Previous   string // the text of last year, as it was written
	Fields     []fieldView
	All        []fieldView // every field there is
	Versions   []version
	Comments   []comment
	Comment    string
	Ahead      string // path of the next part
	Behind     string
}

// conflict shows what somebody else saved meanwhile, and what mine changes of it.
type conflict struct {
	Who   string
	At    time.Time
	Their string
	Parts []web.Part
}

// version is a saved text with what changed since the one before.
type version struct {
	N     int64
	Who   string
	At    time.Time
	Parts []web.Part
}

type comment struct {
	ID        int64
	Who, Text string
	At        time.Time
	Settled   string // who has seen to it; "" nobody
	MaySettle bool
}

// block shows one part.
func (p *Pages) block(c *web.Context) error {
	v, err := p.view(c)
	if err != nil {
		return err
	}
	return p.showBlock(c, v, nil, func(*blockPage) {})
}

// showBlock shows the part that the path names; set puts back what was typed.
func (p *Pages) showBlock(c *web.Context, v annual.View, problems []templates.Problem, set func(*blockPage)) error {
	i := place(v, c.Param("key"))
	if i < 0 {
		return workflow.Absent()
	}
	k, r := v.Blocks[i], v.Report
	view := blockPage{
		Path: path(r.ID, "blocks", k.Key), Report: path(r.ID), Name: k.Name, Text: k.Text, Version: strconv.FormatInt(k.Version, 10),
		Editable: r.State == workflow.AnnualDraft && annual.MayWrite(c.User.Actor()), Comments: comments(c, v, k.Key),
	}
	shown := paperOf(c, v).Blocks[i]
	view.Paras, view.Fields = shown.Paras, shown.Fields
	if view.Editable {
		for _, f := range v.Frozen.Fields {
			view.All = append(view.All, fieldOf(c, r, f))
		}
	}
	if err := p.beside(c, &view, r, k.Key); err != nil {
		return err
	}
	if i > 0 {
		view.Behind = path(r.ID, "blocks", v.Blocks[i-1].Key)
	}
	if i+1 < len(v.Blocks) {
		view.Ahead = path(r.ID, "blocks", v.Blocks[i+1].Key)
	}
	set(&view)
	view.Page = page(c, k.Name, crumb(r))
	view.Problems = problems
	return c.Render(status(problems), "annual/block.html", view)
}

func place(v annual.View, key string) int {
	for i, b := range v.Blocks {
		if b.Key == key {
			return i
		}
	}
	return -1
}

// beside fills in what is read beside a part: last year's text and its versions.
func (p *Pages) beside(c *web.Context, view *blockPage, r workflow.AnnualReport, key string) error {
	by := c.User.Actor()
	before, err := p.Bureau.Before(c.Context(), by, r)
	if err != nil {
		return err
	}
	for _, b := range before {
		if b.Key == key {
			view.Previous = b.Text
		}
	}
	texts, err := p.Bureau.Texts(c.Context(), by, r.ID, key)
	if err != nil {
		return err
	}
	for i := len(texts) - 1; i >= 0; i-- {
		one := version{N: texts[i].Version, Who: texts[i].ByName, At: c.Local(texts[i].At)}
		if one.Who == "" {
			one.Who = c.Text("annual.form")
		}
		if i > 0 {
			one.Parts = web.Diff(texts[i-1].Text, texts[i].Text)
		}
		view.Versions = append(view.Versions, one)
	}
	return nil
}

func comments(c *web.Context, v annual.View, key string) []comment {
	var out []comment
	for _, k := range v.Comments {
		if k.Block != key {
			continue
		}
		one := comment{ID: k.ID, Who: k.ByName, Text: k.Text, At: c.Local(k.At), MaySettle: k.Settled.IsZero()}
		if !k.Settled.IsZero() {
			one.Settled = c.Text("annual.settled", v.Names[k.SettledBy], web.Moment(c, k.Settled))
		}
		out = append(out, one)
	}
	return out
}

// saveBlock saves the text. When somebody else saved another meanwhile, both are
// shown, and the next save stands.
func (p *Pages) saveBlock(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	seen, err := f.Number("version")
	text := f.Prose("text")
	if err == nil {
		err = p.Bureau.SaveText(c.Context(), c.User.Actor(), id, c.Param("key"), text, seen)
	}
	if err == nil {
		c.Flash("good", "annual.saved")
		return c.Redirect(path(id, "blocks", c.Param("key")))
	}
	return p.blockAgain(c, err, text)
}

func (p *Pages) blockAgain(c *web.Context, err error, text string) error {
	v, again := p.view(c)
	if again != nil {
		return again
	}
	i := place(v, c.Param("key"))
	if workflow.KindOf(err) == workflow.Conflict && v.Report.State == workflow.AnnualDraft && i >= 0 {
		theirs := v.Blocks[i]
		problem := []templates.Problem{{Field: "text", Text: c.Text("annual.conflict.problem")}}
		return p.showBlock(c, v, problem, func(view *blockPage) {
			view.Conflict = &conflict{Who: theirs.ByName, At: c.Local(theirs.At), Their: theirs.Text, Parts: web.Diff(theirs.Text, text)}
			view.Text = text
		})
	}
	problems, err := c.Problems(err)
	if err != nil {
		return err
	}
	return p.showBlock(c, v, problems, func(view *blockPage) { view.Text = text })
}

// comment writes a word into the margin.
func (p *Pages) comment(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	text := f.Prose("comment")
	problems, err := c.Problems(p.Bureau.Comment(c.Context(), c.User.Actor(), id, c.Param("key"), text))
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		v, err := p.view(c)
		if err != nil {
			return err
		}
		return p.showBlock(c, v, problems, func(view *blockPage) { view.Comment = text })
	}
	return c.Redirect(path(id, "blocks", c.Param("key")))
}

// settle says that a comment has been seen to.
func (p *Pages) settle(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	n, err := f.Number("comment")
	if err != nil {
		return err
	}
	if err := p.Bureau.Settle(c.Context(), c.User.Actor(), id, n); err != nil {
		return err
	}
	return c.Redirect(path(id, "blocks", c.Param("key")))
}
