package publication

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/report"
)

const feedItems = 50

type rssFeed struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	Language    string    `xml:"language"`
	TTL         int       `xml:"ttl"` // minutes
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string `xml:"title"`
	Link        string `xml:"link"`
	GUID        string `xml:"guid"`
	Category    string `xml:"category,omitempty"`
	PubDate     string `xml:"pubDate"`
	Description string `xml:"description"`
}

// rss answers with the newest answers as RSS 2.0.
func (p *Pages) rss(c *web.Context) error {
	items, err := p.newest(c, feedItems)
	if err != nil {
		return err
	}
	feed := rssFeed{Version: "2.0", Channel: rssChannel{
		Title: c.Text("answers.title"), Link: c.URL("/answers"), Description: c.Text("answers.lead"), Language: strings.ToLower(c.Locale), TTL: 1,
	}}
	for _, a := range items {
		feed.Channel.Items = append(feed.Channel.Items, rssItem{
			Title: a.Subject, Link: c.URL(a.Href), GUID: c.URL(a.Href), Category: a.Category, PubDate: a.Visible.Format(time.RFC1123Z),
			Description: a.Question + "\n\n" + a.Answer,
		})
	}
	return sendXML(c, "application/rss+xml; charset=utf-8", feed)
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  atomAuthor  `xml:"author"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomEntry struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Link    atomLink `xml:"link"`
	Updated string   `xml:"updated"`
	Content atomText `xml:"content"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// atom answers with the newest answers as Atom (RFC 4287).
func (p *Pages) atom(c *web.Context) error {
	items, err := p.newest(c, feedItems)
	if err != nil {
		return err
	}
	page := c.Page("answers.title")
	feed := atomFeed{
		Title: page.Title, ID: c.URL("/answers"), Updated: time.Unix(0, 0).UTC().Format(time.RFC3339), Author: atomAuthor{page.College},
		Links: []atomLink{{Href: c.URL("/answers")}, {Rel: "self", Href: c.URL("/answers/atom.xml")}},
	}
	for _, a := range items {
		at := a.Visible.Format(time.RFC3339)
		if len(feed.Entries) == 0 {
			feed.Updated = at
		}
		feed.Entries = append(feed.Entries, atomEntry{
			Title: a.Subject, ID: c.URL(a.Href), Link: atomLink{Href: c.URL(a.Href)}, Updated: at, Content: atomText{"text", a.Question + "\n\n" + a.Answer},
		})
	}
	return sendXML(c, "application/atom+xml; charset=utf-8", feed)
}

// newest are the answers that became public last.
func (p *Pages) newest(c *web.Context, limit int) ([]shownAnswer, error) {
	n, err := p.names(c)
	if err != nil {
		return nil, err
	}
	list, err := p.Answers.Public(c.Context(), workflow.PublicQuery{Limit: limit})
	if err != nil {
		return nil, err
	}
	return n.all(c, list.Publications)
}

// sendXML answers with a feed. Readers may keep it if they ask each time whether
// it is still true: what is withdrawn is gone at the next look.
func sendXML(c *web.Context, kind string, feed any) error {
	b, err := xml.MarshalIndent(feed, "", "  ")
	if err != nil {
		return fmt.Errorf("write feed: %w", err)
	}
	return sendTagged(c, kind, append([]byte(xml.Header), b...))
}

// sendTagged answers with what may be kept if it is asked for each time.
func sendTagged(c *web.Context, kind string, b []byte) error {
	sum := sha256.Sum256(b)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	c.SetHeader("Cache-Control", "no-cache")
	c.SetHeader("ETag", tag)
	if strings.TrimPrefix(c.Header("If-None-Match"), "W/") == tag {
		c.Writer.WriteHeader(http.StatusNotModified)
		return nil
	}
	c.SetHeader("Content-Type", kind)
	c.Writer.WriteHeader(http.StatusOK)
	if _, err := c.Writer.Write(b); err != nil {
		return fmt.Errorf("write %s: %w", kind, err)
	}
	return nil
}

// export answers with everything public as a table.
func (p *Pages) export(c *web.Context) error {
	n, err := p.names(c)
	if err != nil {
		return err
	}
	sheet := report.Sheet{Title: c.Text("answers.title"), Notes: []string{c.Text("answers.export.as_of", c.Now.Format("2006-01-02 15:04"))}}
	for _, key := range []string{"id", "day", "received", "answered", "kind", "category", "department", "subject", "question", "answer", "hash"} {
		kind := report.TextColumn
		if key == "day" || key == "received" || key == "answered" {
			kind = report.DateColumn
		}
		sheet.Columns = append(sheet.Columns, report.Column{Title: c.Text("answers.column." + key), Kind: kind})
	}
	q := workflow.PublicQuery{Limit: 100}
	for {
		list, err := p.Answers.Public(c.Context(), q)
		if err != nil {
			return err
		}
		rows, err := n.all(c, list.Publications)
		if err != nil {
			return err
		}
		for _, a := range rows {
			sheet.Rows = append(sheet.Rows, exportRow(a))
		}
		if list.Next == "" {
			break
		}
		q.After = list.Next
	}
	var b bytes.Buffer
	if err := p.Files.Write(&b, "csv", sheet); err != nil {
		return err
	}
	return c.Export("answers-"+c.Now.Format(time.DateOnly)+".csv", p.Files.Kind("csv"), b.Bytes())
}

func exportRow(a shownAnswer) []report.Field {
	text := func(s string) report.Field { return report.Field{Text: s} }
	date := func(t time.Time) report.Field { return report.Field{Day: t} }
	return []report.Field{
		text(a.Slug), date(a.Visible), date(a.Received), date(a.Answered), text(a.KindWords), text(a.Category), text(a.Department),
		text(a.Subject), text(a.Question), text(a.Answer), text(a.Hash),
	}
}
