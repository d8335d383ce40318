package access

import (
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"mailbox/workflow"
)

// WayField is one thing that can be set for a way. Its words are
// way.field.<name> and, behind it, .hint.
type WayField struct {
	Name     string
	Default  string
	Choices  []string // of which one is chosen
	Secret   bool     // can be written and never read
	Required bool     // the way cannot be opened without it
	Long     bool     // several lines
	Tick     bool     // yes or nothing
	Check    func(v string) bool
}

// mapping is how what the campus says of somebody becomes an account of ours;
// every way has it.
func mapping(number, name, mail string) []WayField {
	return []WayField{
		{Name: "number", Default: number},
		{Name: "name", Default: name},
		{Name: "mail", Default: mail},
		{Name: "department"},
		{Name: "roles", Long: true, Check: func(v string) bool { _, ok := readRoles(v); return ok }},
		{Name: "create", Tick: true},
		{Name: "ca", Long: true, Check: certificates},
	}
}

// WaySpecs lists what can be set, in the order forms show it.
var WaySpecs = map[workflow.Way][]WayField{
	workflow.Local: {
		{Name: "second_factor", Choices: []string{string(NeedNobody), string(NeedOffice), string(NeedAll)}},
		{Name: "roster", Tick: true},
	},
	workflow.CAS: append([]WayField{
		{Name: "url", Required: true, Check: webAddress},
		{Name: "protocol", Default: "3", Choices: []string{"3", "2"}},
	}, mapping("", "name", "mail")...),
	workflow.OIDC: append([]WayField{
		{Name: "issuer", Required: true, Check: webAddress},
		{Name: "client_id", Required: true},
		{Name: "client_secret", Secret: true},
		{Name: "scopes", Default: "openid profile email", Check: func(v string) bool { return slices.Contains(strings.Fields(v), "openid") }},
	}, mapping("sub", "name", "email")...),
	workflow.LDAP: append([]WayField{
		{Name: "server", Required: true, Check: directoryAddress},
		{Name: "base_dn", Required: true},
		{Name: "bind_dn"},
		{Name: "bind_password", Secret: true},
		{Name: "filter", Default: "(uid={name})", Check: func(v string) bool { return strings.Count(v, "{name}") > 0 && strings.HasPrefix(v, "(") }},
	}, mapping("uid", "cn", "mail")...),
}

// Most characters of what is set, in a line and in several.
const (
	maxWayLine = 500
	maxWayLong = 20_000
)

// checkWay says everything that is wrong with a change, and trims what is set.
func checkWay(way workflow.Way, ch WayChange, secrets Secrets) error {
	var all []error
	for _, f := range WaySpecs[way] {
		v := strings.TrimSpace(ch.Config[f.Name])
		if f.Secret {
			v = secrets[f.Name]
		} else if ch.Config != nil {
			ch.Config[f.Name] = v
		}
		most := maxWayLine
		if f.Long {
			most = maxWayLong
		}
		switch {
		case v == "" && f.Required && ch.Enabled:
			all = append(all, workflow.Wrong(f.Name, "invalid.required"))
		case utf8.RuneCountInString(v) > most:
			all = append(all, workflow.Wrong(f.Name, "invalid.too_long", most))
		case v != "" && (f.Check != nil && !f.Check(v) || f.Choices != nil && !slices.Contains(f.Choices, v)):
			all = append(all, workflow.Wrong(f.Name, "way.invalid."+f.Name))
		}
	}
	return errors.Join(all...)
}

// webAddress is https, or http on this very machine, without a query.
func webAddress(v string) bool {
	host, ok := strings.CutPrefix(v, "https://")
	if !ok {
		if host, ok = strings.CutPrefix(v, "http://"); ok {
			ok = ownMachine(host)
		}
	}
	return ok && host != "" && host[0] != '/' && !strings.ContainsAny(v, " ?#@\\")
}

// directoryAddress is ldaps, ldap (which always begins TLS), or a socket of this
// machine.
func directoryAddress(v string) bool {
	for _, scheme := range []string{"ldaps://", "ldap://", "ldapi://"} {
		if host, ok := strings.CutPrefix(v, scheme); ok {
			return host != "" && !strings.ContainsAny(v, " ?#@\\")
		}
	}
	return false
}

// ownMachine reports whether the host of an address behind its scheme is a
// loopback address.
func ownMachine(host string) bool {
	host, _, _ = strings.Cut(host, "/")
	if name, _, ok := strings.Cut(host, "]"); ok {
		host = strings.TrimPrefix(name, "[")
	} else {
		host, _, _ = strings.Cut(host, ":")
	}
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.") && strings.Trim(host, "0123456789.") == ""
}

// certificates is one certificate after the other, as PEM.
func certificates(v string) bool {
	rest, n := []byte(v), 0
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return n > 0 && strings.TrimSpace(string(rest)) == ""
		}
		if block.Type != "CERTIFICATE" {
			return false
		}
		n++
	}
}

// roleRule gives a role to whom the campus says something of.
type roleRule struct {
	attribute, value string
	role             workflow.Role
}

// mappable are the roles that the campus may give. Administrators are made by
// administrators alone.
var mappable = slices.DeleteFunc(slices.Clone(workflow.StaffRoles), func(r workflow.Role) bool { return r == workflow.Admin })

// readRoles reads lines of attribute=value -> role.
func readRoles(text string) (rules []roleRule, ok bool) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		said, role, found := strings.Cut(strings.Replace(line, "→", "->", 1), "->")
		attribute, value, given := strings.Cut(said, "=")
		r := roleRule{strings.TrimSpace(attribute), strings.TrimSpace(value), workflow.Role(strings.TrimSpace(role))}
		if !found || !given || r.attribute == "" || r.value == "" || !slices.Contains(mappable, r.role) {
			return nil, false
		}
		rules = append(rules, r)
	}
	return rules, true
}

// RoleAttributes are the attributes that the roles of a way are read from.
func RoleAttributes(w Way) []string {
	rules, _ := readRoles(w.Get("roles"))
	var out []string
	for _, r := range rules {
		if !slices.Contains(out, r.attribute) {
			out = append(out, r.attribute)
		}
	}
	return out
}
