package templates

import (
	"fmt"
	"html/template"
)

// icon draws one of the icons: 20 units square, strokes of 1.5, in the colour
// of the words beside it. Icons never stand alone without words for screen
// readers, so they are hidden from them.
func icon(name string) (template.HTML, error) {
	paths, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("no icon %q", name)
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">` + paths + `</svg>`), nil //nolint:gosec // our own drawings
}

// Icons lists the names, for the style guide.
func Icons() []string { return iconNames }

func line(d string) string { return `<path d="` + d + `"/>` }

var iconNames = []string{
	"write", "search", "mail", "inbox", "clock", "overdue", "wait", "calendar", "check", "cross", "plus",
	"right", "left", "down", "up", "person", "people", "building", "lock", "shield", "mask", "phone", "file",
	"image", "clip", "copy", "print", "download", "upload", "link", "merge", "route", "flag", "bell", "star",
	"menu", "theme", "globe", "help", "more", "warn", "info", "history", "reply", "note", "undo", "filter",
	"out", "eye", "send", "chart", "gear",
}

var icons = map[string]string{
	"write":    line("M3 17h14M4.5 13.5 13 5l2.5 2.5L7 16l-3 .5z"),
	"search":   `<circle cx="9" cy="9" r="5.5"/>` + line("m13 13 4 4"),
	"mail":     `<rect x="2.5" y="4.5" width="15" height="11" rx="1.5"/>` + line("m3 6 7 5.5L17 6"),
	"inbox":    line("M3 11.5V15a1.5 1.5 0 0 0 1.5 1.5h11A1.5 1.5 0 0 0 17 15v-3.5h-4l-1.2 2H8.2L7 11.5zM3 11.5l2.5-7h9l2.5 7"),
	"clock":    `<circle cx="10" cy="10" r="7"/>` + line("M10 6v4.2l2.8 1.6"),
	"overdue":  `<circle cx="10" cy="10" r="7"/>` + line("M10 6v5M10 13.6v.1"),
	"wait":     line("M6 3.5h8M6 16.5h8M7 3.5c0 4 2 4.5 3 6.5 1-2 3-2.5 3-6.5M7 16.5c0-4 2-4.5 3-6.5 1 2 3 2.5 3 6.5"),
	"calendar": `<rect x="3" y="4.5" width="14" height="12.5" rx="1.5"/>` + line("M3 8.5h14M7 2.5v3.5M13 2.5v3.5"),
	"check":    line("m4 10.5 4 4 8-9"),
	"cross":    line("m5 5 10 10M15 5 5 15"),
	"plus":     line("M10 4v12M4 10h12"),
	"right":    line("m8 5 5 5-5 5"),
	"left":     line("m12 5-5 5 5 5"),
	"down":     line("m5 8 5 5 5-5"),
	"up":       line("m5 12 5-5 5 5"),
	"person":   `<circle cx="10" cy="6.5" r="3.25"/>` + line("M3.5 17c.6-3.6 3-5.5 6.5-5.5s5.9 1.9 6.5 5.5"),
	"people":   `<circle cx="7.5" cy="7" r="2.75"/>` + line("M2 16c.5-3.2 2.5-4.8 5.5-4.8S12.5 12.8 13 16M12.5 4.6a2.7 2.7 0 0 1 0 4.9M14.5 11.7c1.9.6 3.1 2 3.5 4.3"),
	"building": line("M4 17V4.5L11 3v14M11 8h5v9M2.5 17h15M6.5 7.5h2M6.5 10.5h2M6.5 13.5h2M13 11h1M13 14h1"),
	"lock":     `<rect x="4" y="9" width="12" height="8" rx="1.5"/>` + line("M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9M10 12v2"),
	"shield":   line("M10 2.8c2 1.4 4 2 6.2 2.2 0 5.5-1.7 9.7-6.2 12.2C5.5 14.7 3.8 10.5 3.8 5 6 4.8 8 4.2 10 2.8zM7.2 9.8l2.1 2.1 3.6-4"),
	"mask":     line("M3 3l14 14M8.3 5.2A8 8 0 0 1 10 5c3.8 0 6.3 2.4 7.5 5a10 10 0 0 1-2 2.8M5.3 6.7A10 10 0 0 0 2.5 10c1.2 2.6 3.7 5 7.5 5a8 8 0 0 0 3.3-.7M8.3 8.3a2.4 2.4 0 0 0 3.4 3.4"),
	"phone":    line("M6.5 3 8.3 7 6.4 8.8a10.5 10.5 0 0 0 4.8 4.8l1.8-1.9 4 1.8v2.7c0 .6-.5 1-1.1 1C8.9 17.2 2.8 11.1 2.8 4.1c0-.6.4-1.1 1-1.1z"),
	"file":     line("M5 2.8h6.5L15.5 7v10.2H5zM11.5 2.8V7h4M7.5 10.5h5M7.5 13.5h5"),
	"image":    `<rect x="2.5" y="4" width="15" height="12" rx="1.5"/><circle cx="7" cy="8" r="1.25"/>` + line("m3 14.5 4.5-4 3 2.5 2.5-2 4 3.5"),
	"clip":     line("m8 11.5 5-5a1.8 1.8 0 0 1 2.5 2.6l-6.2 6.2a3.4 3.4 0 0 1-4.8-4.8L10.3 4.7"),
	"copy":     `<rect x="7" y="7" width="9.5" height="9.5" rx="1.5"/>` + line("M13 7V5a1.5 1.5 0 0 0-1.5-1.5H5A1.5 1.5 0 0 0 3.5 5v6.5A1.5 1.5 0 0 0 5 13h2"),
	"print":    line("M6 7.5V3h8v4.5M6 14H4.5A1.5 1.5 0 0 1 3 12.5V9a1.5 1.5 0 0 1 1.5-1.5h11A1.5 1.5 0 0 1 17 9v3.5a1.5 1.5 0 0 1-1.5 1.5H14M6 11.5h8V17H6z"),
	"download": line("M10 3v9m-3.5-3.5L10 12l3.5-3.5M3.5 14v2a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-2"),
	"upload":   line("M10 12V3M6.5 6.5 10 3l3.5 3.5M3.5 14v2a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-2"),
	"link":     line("M8.5 11.5a3 3 0 0 0 4.3 0l2.8-2.8a3 3 0 0 0-4.3-4.3L10 5.7M11.5 8.5a3 3 0 0 0-4.3 0l-2.8 2.8a3 3 0 0 0 4.3 4.3l1.3-1.3"),
	"merge":    line("M5 3v3c0 3 5 3 5 6v5M15 3v3c0 3-5 3-5 6M7.5 14.5 10 17l2.5-2.5"),
	"route":    line("M3 10h5l5-5h4M8 10l5 5h4M14.8 2.8 17 5l-2.2 2.2M14.8 12.8 17 15l-2.2 2.2"),
	"flag":     line("M5 17.5V3.5c3-1.5 6 1.5 10 0v8c-4 1.5-7-1.5-10 0"),
	"bell":     line("M4 14.5c1.2-1.2 1.5-2.5 1.5-5a4.5 4.5 0 0 1 9 0c0 2.5.3 3.8 1.5 5zM8.5 17h3"),
	"star":     line("m10 3 2.2 4.5 4.9.7-3.5 3.4.8 4.9L10 14.2l-4.4 2.3.8-4.9L2.9 8.2l4.9-.7z"),
	"menu":     line("M3 5.5h14M3 10h14M3 14.5h14"),
	"theme":    `<circle cx="10" cy="10" r="7"/><path class="solid" d="M10 3a7 7 0 0 1 0 14z"/>`,
	"globe":    `<circle cx="10" cy="10" r="7"/>` + line("M3 10h14M10 3c4.5 4.5 4.5 9.5 0 14M10 3c-4.5 4.5-4.5 9.5 0 14"),
	"help":     `<circle cx="10" cy="10" r="7"/>` + line("M7.8 8a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.5M10 13.9v.1"),
	"more":     line("M4.5 10h.1M10 10h.1M15.5 10h.1"),
	"warn":     line("M10 3.2 17.5 16.5h-15zM10 8.2v3.8M10 14.2v.1"),
	"info":     `<circle cx="10" cy="10" r="7"/>` + line("M10 9.5v4.3M10 6.5v.1"),
	"history":  line("M3.5 6.5v3.3h3.3M3.7 9.6A6.5 6.5 0 1 1 5 14M10 6.8v3.5l2.4 1.4"),
	"reply":    line("M8 4.5 3 9l5 4.5V11c4 0 7 .8 9 4.5 0-5-3-8.5-9-8.5z"),
	"note":     line("M4 3.5h12v8.5l-4.5 4.5H4zM16 12h-4.5v4.5M7 7.5h6M7 10.5h3"),
	"undo":     line("M7.5 4 4 7.5 7.5 11M4 7.5h7.5a4.25 4.25 0 0 1 0 8.5H7"),
	"filter":   line("M3 5h14M5.5 10h9M8 15h4"),
	"out":      line("M8 3.5H4.5A1 1 0 0 0 3.5 4.5v11a1 1 0 0 0 1 1H8M13 6.5l3.5 3.5-3.5 3.5M16.5 10H8"),
	"eye":      line("M2.5 10c1.2-2.6 3.7-5 7.5-5s6.3 2.4 7.5 5c-1.2 2.6-3.7 5-7.5 5s-6.3-2.4-7.5-5z") + `<circle cx="10" cy="10" r="2.4"/>`,
	"send":     line("M17 3 2.8 8.5l5.7 3 3 5.7zM8.5 11.5 12.5 7.5"),
	"chart":    line("M3 17h14M5.5 14v-3M10 14V5M14.5 14V8"),
	"gear":     `<circle cx="10" cy="10" r="2.5"/>` + line("M10 2.8v2.4M10 14.8v2.4M2.8 10h2.4M14.8 10h2.4M4.9 4.9l1.7 1.7M13.4 13.4l1.7 1.7M15.1 4.9l-1.7 1.7M6.6 13.4l-1.7 1.7"),
}
