package email

import (
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// policy lets through words, tables and links, and nothing that a browser
// fetches, runs or lays over the page: no style, no source, no form.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "div", "span", "br", "hr", "b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup", "small", "big", "code", "tt", "kbd",
		"pre", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "center", "font", "address")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(false)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	p.AllowAttrs("colspan", "rowspan").Matching(regexp.MustCompile(`^[0-9]{1,2}$`)).OnElements("td", "th")
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(?:ltr|rtl)$`)).Globally()
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^mail-image(?:-remote)?$`)).OnElements("span")
	p.AllowAttrs("data-cid").Matching(regexp.MustCompile(`^[A-Za-z0-9.@$_+=-]{1,250}$`)).OnElements("span")
	p.SkipElementsContent("script", "style", "title", "iframe", "object", "embed", "svg", "math", "template", "noframes", "noembed", "select", "textarea")
	return p
})

// safeHTML makes a page that can be shown. Pictures become
// <span class="mail-image" data-cid="…">, remote ones
// <span class="mail-image-remote">, each holding its alternative text; data:
// pictures become attachments.
func (m *Mail) safeHTML(page string) string {
	const longest = 2 << 20
	if len(page) > longest {
		m.fault("the formatted text was cut")
		page = page[:longest]
	}
	return clean(policy().Sanitize(m.replaceImages(page)))
}

func (m *Mail) replaceImages(page string) string {
	if !strings.Contains(strings.ToLower(page), "<im") {
		return page
	}
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.String()
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			out.Write(z.Raw())
			continue
		}
		raw := string(z.Raw())
		t := z.Token()
		if t.Data != "img" && t.Data != "image" {
			out.WriteString(raw)
			continue
		}
		out.WriteString(m.placeholder(t))
	}
}

func (m *Mail) placeholder(t html.Token) string {
	var src, alt string
	for _, a := range t.Attr {
		switch a.Key {
		case "src":
			src = strings.TrimSpace(a.Val)
		case "alt":
			alt = a.Val
		}
	}
	class, cid := "mail-image-remote", ""
	lower := strings.ToLower(src[:min(len(src), 20)])
	switch {
	case strings.HasPrefix(lower, "cid:"):
		class, cid = "mail-image", strings.Trim(src[4:], "<>")
	case strings.HasPrefix(lower, "data:image/"):
		class, cid = "mail-image", m.dataImage(src)
	}
	return `<span class="` + class + `" data-cid="` + html.EscapeString(cid) + `">` + html.EscapeString(alt) + `</span>`
}

// dataImage moves a picture that stands in the page itself to the attachments.
func (m *Mail) dataImage(src string) (cid string) {
	head, data, ok := strings.Cut(src, ",")
	if !ok || !strings.Contains(head, ";base64") || len(m.Attachments) >= maxParts {
		return ""
	}
	kind, _, _ := strings.Cut(strings.ToLower(head[len("data:"):]), ";")
	content, err := base64.StdEncoding.DecodeString(strings.TrimSpace(data))
	if err != nil || len(content) == 0 {
		return ""
	}
	cid = "inline-" + strconv.Itoa(len(m.Attachments)+1)
	m.Attachments = append(m.Attachments, Attachment{Name: m.nextName("image", kind), Type: kind, Content: content, Inline: true, ContentID: cid})
	return cid
}
