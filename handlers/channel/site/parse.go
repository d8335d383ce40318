package site

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"

	"mailbox/workflow/ledger"
)

// found is what a page has: entries, or sitemaps to go on to.
type found struct {
	ledger.Reading
	maps []string
}

// entry is one entry as any of the formats writes it.
type entry struct {
	Title   string `xml:"title"`
	GUID    string `xml:"guid"`
	ID      string `xml:"id"`
	Loc     string `xml:"loc"`
	Summary string `xml:"summary"`
	Text    string `xml:"description"`
	Author  struct {
		Name string `xml:"name"`
		Text string `xml:",chardata"`
	} `xml:"author"`
	Creator   string `xml:"creator"`
	PubDate   string `xml:"pubDate"`
	Date      string `xml:"date"`
	Published string `xml:"published"`
	Updated   string `xml:"updated"`
	LastMod   string `xml:"lastmod"`
	Links     []struct {
		Href string `xml:"href,attr"`
		Rel  string `xml:"rel,attr"`
		Text string `xml:",chardata"`
	} `xml:"link"`
	News struct {
		Title string `xml:"title"`
		Date  string `xml:"publication_date"`
	} `xml:"news"`
}

var sources = map[string]string{"rss": "feed", "RDF": "feed", "feed": "feed", "urlset": "sitemap", "sitemapindex": "sitemap"}

// parse reads RSS, Atom, a sitemap or an index of sitemaps.
func parse(page []byte) (found, error) {
	d := xml.NewDecoder(bytes.NewReader(page))
	d.Strict, d.Entity = false, xml.HTMLEntity
	d.CharsetReader = func(charset string, r io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(charset)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(r), nil
	}
	var out found
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return out, err
		}
		if start, ok := t.(xml.StartElement); ok {
			if err := out.take(d, start); err != nil {
				return out, err
			}
		}
	}
	if out.Source == "" {
		return out, errors.New("neither a feed nor a sitemap")
	}
	return out, nil
}

func (f *found) take(d *xml.Decoder, start xml.StartElement) error {
	name := start.Name.Local
	if f.Source == "" {
		f.Source = sources[name]
		if f.Source == "" {
			return errors.New("neither a feed nor a sitemap")
		}
		return nil
	}
	switch name {
	case "item", "entry", "url":
		var e entry
		if err := d.DecodeElement(&e, &start); err != nil {
			return err
		}
		f.Entries = append(f.Entries, e.plain())
	case "sitemap":
		var e entry
		if err := d.DecodeElement(&e, &start); err != nil {
			return err
		}
		f.maps = append(f.maps, strings.TrimSpace(e.Loc))
	}
	return nil
}

// plain is the entry as the ledger reads it.
func (e entry) plain() ledger.Entry {
	link := strings.TrimSpace(e.Loc)
	for _, l := range e.Links {
		if link == "" && (l.Rel == "" || l.Rel == "alternate") {
			link = strings.TrimSpace(cmp.Or(l.Href, l.Text))
		}
	}
	return ledger.Entry{
		Name: strings.TrimSpace(cmp.Or(e.GUID, e.ID, link)), URL: link,
		Title: text(cmp.Or(e.Title, e.News.Title)), Summary: text(cmp.Or(e.Summary, e.Text)),
		Author: text(cmp.Or(e.Creator, e.Author.Name, e.Author.Text)),
		At:     moment(cmp.Or(e.Published, e.PubDate, e.Date, e.News.Date, e.Updated, e.LastMod)),
	}
}

var tags = regexp.MustCompile(`(?s)<[^>]*>`)

// text is what is left of HTML when its tags are gone.
func text(s string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(html.UnescapeString(s), " "))), " ")
}

var moments = []string{time.RFC3339, time.RFC1123Z, time.RFC1123, time.RFC822Z, time.RFC822, "Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST"}

// china is the zone of times that do not say theirs.
var china = time.FixedZone("CST", 8*60*60)

func moment(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, form := range moments {
		if t, err := time.Parse(form, s); err == nil {
			return t
		}
	}
	for _, form := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(form, s, china); err == nil {
			return t
		}
	}
	return time.Time{}
}
