package admin

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// subjectPlaces are the pages of what entries are about. A place that ends in a
// slash wants the id behind it.
var subjectPlaces = map[string]string{
	"account": "/admin/people/", "department": "/admin/departments/", "category": "/admin/categories/", "policy": "/admin/policies/",
	"template": "/admin/templates/", "calendar": "/admin/calendar", "setting": "/admin/settings", "way": "/admin/signin", "roster": "/admin/signin",
}

// factNames are the words for the facts of an entry; others are shown as they
// are.
var factNames = map[string]string{
	"active": "journal.fact.active", "after": "journal.fact.after", "as_of": "journal.fact.as_of", "before": "journal.fact.before",
	"by": "journal.fact.by", "days": "journal.fact.days", "department": "journal.fact.department", "disabled": "journal.fact.disabled",
	"format": "journal.fact.format", "from": "journal.fact.from", "known_until": "journal.fact.known_until", "policy": "journal.fact.policy",
	"sealed": "journal.fact.sealed", "to": "journal.fact.to", "username": "journal.fact.username", "vacations": "journal.fact.vacations",
	"url": "journal.fact.url", "count": "journal.fact.count",
	"token": "journal.fact.token", "write": "journal.fact.write", "expires": "journal.fact.expires",
	"way": "journal.fact.way", "changed": "journal.fact.changed", "enabled": "journal.fact.enabled", "rows": "journal.fact.rows",
}

// subjectCell says what an entry is about, by name and with the way there, and
// below it what happened to it.
func subjectCell(c *web.Context, e workflow.JournalEntry, who map[int64]string) templates.Cell {
	kind, id, _ := strings.Cut(e.Subject, ":")
	cell := templates.Cell{Text: cmp.Or(e.Detail["name"], e.Subject), Hint: facts(c, e.Detail)}
	if key, ok := settingWords[id]; kind == "setting" && ok {
		cell.Text = c.Text(key[0])
	}
	for account, name := range who {
		if kind == "account" && number(account) == id {
			cell.Text = name
		}
	}
	if place, ok := subjectPlaces[kind]; ok && id != "" {
		cell.Href = place
		if strings.HasSuffix(place, "/") {
			cell.Href += id
		}
	}
	return cell
}

// facts lists what an entry says, in a stable order.
func facts(c *web.Context, detail map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(detail)) {
		if k == "name" {
			continue // it is what the entry is called
		}
		label, value := k, detail[k]
		if key, ok := factNames[k]; ok {
			label = c.Text(key)
		}
		switch value {
		case "true", "yes":
			value = c.Text("journal.yes")
		case "false", "no":
			value = c.Text("journal.no")
		}
		out = append(out, label+" "+value)
	}
	return strings.Join(out, " · ")
}
