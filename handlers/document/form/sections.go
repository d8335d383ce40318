package form

import (
	"strconv"
	"strings"
	"unicode"

	"mailbox/workflow"
)

// Sections lays a document out: its main part, and each annex, on pages of their
// own; tables that ask for it on landscape pages between.
func Sections(d workflow.Document) []Section {
	c := customsOf(d.Locale)
	var b builder
	b.open(false)
	b.head(c, d)
	b.blocks(c, d.Blocks)
	b.foot(c, d)
	for _, a := range d.Annexes {
		b.open(false)
		b.annex(c, a)
	}
	return b.done()
}

// builder collects pieces into sections.
type builder struct{ sections []Section }

func (b *builder) open(landscape bool) {
	b.sections = append(b.sections, Section{Landscape: landscape})
}

func (b *builder) last() *Section { return &b.sections[len(b.sections)-1] }

func (b *builder) add(pieces ...Piece) {
	s := b.last()
	s.Pieces = append(s.Pieces, pieces...)
}

// turn continues on pages of the other orientation, and takes the headings that
// stand just before along.
func (b *builder) turn(landscape bool) {
	s := b.last()
	if s.Landscape == landscape {
		return
	}
	at := len(s.Pieces)
	for at > 0 && s.Pieces[at-1].Together {
		at--
	}
	along := append([]Piece(nil), s.Pieces[at:]...)
	s.Pieces = s.Pieces[:at]
	b.open(landscape)
	b.add(along...)
}

// done drops sections without anything to see.
func (b *builder) done() []Section {
	var out []Section
	for _, s := range b.sections {
		if len(s.Pieces) > 0 {
			out = append(out, s)
		}
	}
	if out == nil {
		out = []Section{{Pieces: []Piece{blank}}}
	}
	return out
}

var blank = Piece{Role: Blank}

// head is everything above the text.
func (b *builder) head(c customs, d workflow.Document) {
	number := line(d.Number)
	if head := line(d.Letterhead); head != "" {
		b.add(Piece{Role: Letterhead, Text: head, Together: true}, blank, blank,
			Piece{Role: Number, Text: number, Ruled: true, Together: true}, blank, blank)
	} else if number != "" {
		b.add(Piece{Role: Number, Text: number, Together: true}, blank)
	}
	if title := TitleLines(d.Title); title != nil {
		b.add(titled(title), blank)
	}
	if to := strings.TrimRight(line(d.Addressee), "：:"); to != "" {
		b.add(Piece{Role: Addressee, Text: to + c.colon, Together: true})
	}
}

func titled(lines []string) Piece {
	return Piece{Role: Heading, Text: strings.Join(lines, ""), Lines: lines, Together: true}
}

var levels = [...]Role{Level1, Level2, Level3, Level4}

func (b *builder) blocks(c customs, blocks []workflow.Block) {
	for _, block := range blocks {
		switch block.Kind {
		case workflow.Heading:
			b.turn(false)
			if text := line(block.Text); text != "" {
				level := levels[min(max(block.Level, 1), len(levels))-1]
				b.add(Piece{Role: level, Text: text, First: c.indent, Together: true})
			}
		case workflow.TableIn:
			b.table(block.Table)
		case workflow.Paragraph:
			b.turn(false)
			for _, p := range paragraphs(block.Text) {
				b.add(Piece{Role: Body, Text: p, First: c.indent})
			}
		}
	}
}

func (b *builder) table(g *workflow.Grid) {
	if g == nil {
		return
	}
	t := newTable(*g)
	if t == nil {
		return
	}
	b.turn(g.Wide)
	if caption := line(g.Caption); caption != "" {
		b.add(Piece{Role: Caption, Text: caption, Together: true})
	}
	b.add(Piece{Role: Grid, Table: t})
}

// foot is what follows the text: the list of annexes, who signs, and the day
// (GB/T 9704-2012, 7.3.4 and 7.3.5, with a seal).
func (b *builder) foot(c customs, d workflow.Document) {
	b.turn(false)
	b.notes(c, d)
	signed, date := line(d.Signature), c.day(d.Date)
	if signed == "" && date == "" {
		return
	}
	b.add(together(blank), together(blank))
	const dateEnd, least = 8, 4
	if signed != "" {
		end := max(least, dateEnd+(Width(date)-Width(signed))/2) // its middle over the date's
		b.add(Piece{Role: Signature, Text: signed, End: end, Together: date != ""})
	}
	if date != "" {
		b.add(Piece{Role: Date, Text: date, End: dateEnd})
	}
}

func together(p Piece) Piece {
	p.Together = true
	return p
}

func (b *builder) notes(c customs, d workflow.Document) {
	lead := c.annexes
	if len(d.Attachments) == 1 {
		lead = c.annex
	}
	for i, title := range d.Attachments {
		text := line(title)
		if numbered(d) {
			text = strconv.Itoa(i+1) + ". " + text
		}
		note := Piece{Role: Note, Text: text, Start: c.indent + Width(lead)}
		hang := Width(text) - Width(line(title))
		note.Start += hang
		note.First = -hang
		if i == 0 {
			note.Text, note.First = lead+text, note.First-Width(lead)
			b.add(blank)
		}
		b.add(note)
	}
}

// numbered reports whether annexes bear numbers: several do, and a single one
// whose label has a number.
func numbered(d workflow.Document) bool {
	return len(d.Attachments) > 1 || len(d.Annexes) > 0 && strings.ContainsFunc(d.Annexes[0].Label, unicode.IsDigit)
}

// annex begins with its label on the first and its title on the third line.
func (b *builder) annex(c customs, a workflow.Annex) {
	if label := strings.TrimRight(line(a.Label), "：:"); label != "" {
		b.add(Piece{Role: Label, Text: label, Together: true}, together(blank))
	}
	if title := TitleLines(a.Title); title != nil {
		b.add(titled(title), together(blank))
	}
	b.blocks(c, a.Blocks)
}
