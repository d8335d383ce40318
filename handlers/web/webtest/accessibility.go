package webtest

import (
	"strings"
	"testing"
)

// CheckPage fails the test for what makes a page hard to use without seeing
// it or without a mouse: no language, no title, not exactly one h1 and one
// main, controls without a name, pictures without words, ids twice, forms that
// post without a token, and markup that the pages' policy forbids.
func CheckPage(tb testing.TB, page *Node) {
	tb.Helper()
	for _, fault := range Faults(page) {
		tb.Error(fault)
	}
}

// Faults lists what CheckPage objects to.
func Faults(page *Node) []string {
	var faults []string
	checks := []func(*Node) []string{frame, names, ids, policy, forms}
	for _, check := range checks {
		faults = append(faults, check(page)...)
	}
	return faults
}

func frame(page *Node) (faults []string) {
	for _, h := range page.All("html") {
		if h.Attr("lang") == "" {
			faults = append(faults, "html has no lang")
		}
	}
	for _, tag := range []string{"h1", "main", "title"} {
		found := page.All(tag)
		if tag == "title" {
			found = page.All("head title")
		}
		if len(found) != 1 || found[0].Text() == "" {
			faults = append(faults, "not exactly one "+tag+" with words")
		}
	}
	return faults
}

func names(page *Node) (faults []string) {
	for _, img := range page.All("img") {
		if !img.Has("alt") {
			faults = append(faults, "picture without alt: "+img.Attr("src"))
		}
	}
	for _, tag := range []string{"input", "select", "textarea"} {
		for _, control := range page.All(tag) {
			if !hasName(page, control) {
				faults = append(faults, "control without a label: "+control.String())
			}
		}
	}
	for _, tag := range []string{"button", "a"} {
		for _, b := range page.All(tag) {
			if b.Text() == "" && b.Attr("aria-label") == "" && len(b.All("img[alt]")) == 0 && len(b.All("svg title")) == 0 {
				faults = append(faults, "nothing to read on "+b.String())
			}
		}
	}
	return faults
}

func hasName(page, control *Node) bool {
	switch control.Attr("type") {
	case "hidden", "submit", "button":
		return true
	}
	if control.Has("hidden") || control.Attr("aria-label") != "" || control.Attr("aria-labelledby") != "" {
		return true
	}
	for _, label := range page.All("label") {
		if label.Text() == "" {
			continue
		}
		if id := control.Attr("id"); id != "" && label.Attr("for") == id {
			return true
		}
		for _, inner := range label.All(control.Tag()) {
			if inner.n == control.n {
				return true
			}
		}
	}
	return false
}

func ids(page *Node) (faults []string) {
	seen := map[string]bool{}
	for _, n := range page.All("[id]") {
		id := n.Attr("id")
		if seen[id] {
			faults = append(faults, "id twice: "+id)
		}
		seen[id] = true
	}
	for _, n := range page.All("[aria-describedby]") {
		for _, id := range strings.Fields(n.Attr("aria-describedby")) {
			if !seen[id] {
				faults = append(faults, "described by nothing: "+id)
			}
		}
	}
	return faults
}

// policy finds what the Content-Security-Policy would block.
func policy(page *Node) (faults []string) {
	if len(page.All("style")) > 0 || len(page.All("[style]")) > 0 {
		faults = append(faults, "style in the page")
	}
	for _, s := range page.All("script") {
		if !s.Has("src") && s.Attr("type") != "application/json" {
			faults = append(faults, "script in the page")
		}
	}
	for _, n := range page.All("[href]") {
		if strings.HasPrefix(strings.ToLower(n.Attr("href")), "javascript:") {
			faults = append(faults, "script in a link")
		}
	}
	return faults
}

// forms wants the token in every form that posts, and first in forms with
// files.
func forms(page *Node) (faults []string) {
	for _, f := range page.All("form") {
		if !strings.EqualFold(f.Attr("method"), "post") {
			continue
		}
		if len(f.All("[name=form_token]")) == 0 {
			faults = append(faults, "no form_token in the form to "+f.Attr("action"))
			continue
		}
		if f.Attr("enctype") != "multipart/form-data" {
			continue
		}
		if first := f.All("[name]")[0]; first.Attr("name") != "form_token" {
			faults = append(faults, "form_token is not the first field of the form to "+f.Attr("action"))
		}
	}
	return faults
}
