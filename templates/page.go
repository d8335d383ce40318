package templates

import "time"

// Page is what every page knows; each page's struct embeds it.
type Page struct {
	Locale string    // one of Locales
	Title  string    // of the document, without the site's name
	Path   string    // where the page is, for the switches and "current" marks
	Now    time.Time // the request's time, in the college's zone; pages read no clock

	College string // name of the college, shown beside the site's name
	Demo    bool   // a demonstration: every page says so
	Theme   string // "light", "dark", or "" for what the device prefers
	Search  string // where staff search posts to, or "" for none
	Token   string // of the hidden field that every form which posts begins with

	User     *User     // who is signed in, or nil
	Nav      []NavItem // side navigation of staff pages
	Crumbs   []Crumb   // the way here, without the page itself
	Flash    []Toast   // what the last act did
	Problems []Problem // what a form's fields got wrong

	// CSPNonce is for pages that must carry a data block under a nonce; the
	// layouts themselves need none.
	CSPNonce string
}

// User is the signed-in person as the layout shows them.
type User struct {
	Name   string
	Role   string  // in words: "后勤处 · 经办人"
	Unread int     // notices not yet seen
	Links  []Crumb // of the person's own menu: account, notices
}

// NavItem is one entry of the side navigation. An item without Href is the
// heading of those that follow.
type NavItem struct {
	Label, Href, Icon string
	Count             int  // shown when it is not zero
	Late              bool // the count is of late things
	Current           bool
	Shortcut          string // "g i"
}

// Crumb is one step of the way to a page.
type Crumb struct{ Label, Href string }

// Problem is one thing wrong with a form. Field is the control's name, or ""
// when the form as a whole is meant.
type Problem struct {
	Field, Text string
	Label       string // of the field, for the summary; or ""
}

// Toast says what an act did. With Undo it offers to take the act back.
type Toast struct {
	Tone string // good, warn, late, info or ""
	Text string
	Undo *Undo
}

// Undo is a form of one button: it posts Fields to Action.
type Undo struct {
	Action  string
	Fields  []Hidden
	Seconds int // how long the offer stands
}

// Hidden is a hidden field of a form.
type Hidden struct{ Name, Value string }
