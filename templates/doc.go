// Package templates is everything people read: pages, mails, and the words in
// both languages, with the styles, scripts and drawings they are made of. It
// knows nothing of the workflow; handlers bring the data.
//
// # For handlers
//
//	set, err := templates.Parse()                            // once, at start
//	err = set.Execute(w, locale, "public/write.html", view)  // a page
//	err = set.Part(w, locale, "desk/inbox.html", "rows", v)  // one define of a page
//	set.Text(locale, "case.not_found", args...)              // words
//	set.Plural(locale, "case.days", n)                       // key.one or key.many
//	subject, text, html, err := set.Mail(locale, "received", data)
//	body, ctype, immutable, ok := templates.Static(r.URL.Path)
//	gz, ok := templates.StaticGzip(r.URL.Path)               // same, compressed
//	templates.Asset("app.css")                               // its URL
//
// Execute writes as it goes, so render into a buffer first and send it whole.
// Static serves everything under "/static/"; when immutable is true send
// "Cache-Control: public, max-age=31536000, immutable", otherwise "no-cache"
// (an older replica was asked for a newer page's file).
//
// The pages need no inline style and no inline script. They work under
//
//	default-src 'none'; script-src 'self'; style-src 'self';
//	img-src 'self' data: blob:; connect-src 'self'; form-action 'self';
//	manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'
//
// The switches for language and theme in the footer post "locale" or "theme"
// and "back" to /preferences, which remembers them and answers 303 to back.
//
// # For pages
//
// A page is page/<audience>/<name>.html with a define "main"; the audiences
// are public, desk, office and admin. It may also define "head" (meta, links)
// and "aside" (beside main on wide screens). Its layout follows from its name:
// <name>.print.html gets layout/print.html, pages of public get
// layout/public.html, all others layout/staff.html.
//
// Its data is one struct that embeds [Page], listed in a test that calls
// templatestest.Check, which type-checks the page in every language.
//
// # Components
//
// Every form that posts begins with {{ template "token" .Token }}.
//
// Partials take one typed value. Constructors make the value from catalogue
// keys, modifiers are piped behind them:
//
//	{{ template "problems" .Problems }}
//	{{ template "field" (field "subject" "write.subject" .Subject | required | limit 60 | problem .Problems) }}
//	{{ template "field" (textarea "body" "write.body" .Body | hint "write.body.hint" | problem .Problems) }}
//	{{ template "field" (radios "identity" "write.identity" .Identity .Identities | cards | problem .Problems) }}
//	{{ template "button" (primary "write.send" | withIcon "send") }}
//	{{ template "badge" (badge "late" "due.overdue") }}
//
// Where a constructor wants a key and is given something that is none, the
// text is shown as it is: names from the database go the same way. A handler
// may as well fill the structs itself; their Label, Hint, Text fields are
// words, not keys. Every partial, its type and its states can be seen on
// /admin/styleguide, whose source is the example to copy from.
//
// # Script
//
// A page asks for what script adds by marks on its own markup; without script
// the page is complete all the same.
//
//	<form data-draft="write" data-upload>   keeps what is typed; sends with progress
//	  {{ template "draft-notice" }}           "what you had not finished is back"
//	  {{ template "draft-shared" }}           the box that keeps nothing, as field "shared"
//	  {{ template "upload-progress" }}
//	<main data-draft-sent="write">          on the page after: forget it
//	data-dialog="id"                        on a link to #id: opens the dialog
//	data-key="e", data-key="g i"            on desks: the key that presses this
//	data-row                                on a row with a .row-link, or on a link: j and k
//	data-print, hidden                      a button that prints
//
// # Words
//
// locale/<locale>/<area>.json are flat maps, merged; a key in two areas is an
// error. Placeholders are fmt verbs (%s %d %[2]s). Tests want both languages
// complete, every key used, and no ASCII punctuation between Chinese words.
// Keys that Go builds at run time ("state." + state) need their prefix in
// dynamicPrefixes in words_test.go.
package templates
