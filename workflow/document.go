package workflow

import "time"

// Document is an official document (公文) as data: what it says and in which part,
// not how it looks. Whoever writes it as a file follows GB/T 9704-2012.
type Document struct {
	Locale      string
	Letterhead  string // 发文机关标志, "" for none
	Number      string // 发文字号, "" for none
	Title       string
	Addressee   string // 主送机关, without the colon
	Blocks      []Block
	Attachments []string // 附件说明: titles of the annexes
	Signature   string   // 发文机关署名
	Date        string   // 成文日期, 2006-01-02
	Annexes     []Annex
	// Mark is a small line at the foot of the last page: the report's revision,
	// as-of time and hash, by which a printed copy is recognised.
	Mark string
	Made time.Time // of the file
}

// BlockKind is what a block of a document is.
type BlockKind string

// The kinds of block. Headings have the four levels of GB/T 9704-2012:
// 一、 (一) 1. (1).
const (
	Paragraph BlockKind = "paragraph"
	Heading   BlockKind = "heading"
	TableIn   BlockKind = "table"
)

// Block is one paragraph, heading or table.
type Block struct {
	Kind  BlockKind
	Level int    // of a heading, 1–4
	Text  string // with its number, as it stands on the page
	Table *Grid
}

// Grid is a table in a document.
type Grid struct {
	Caption string
	Head    []string
	Rows    [][]string
	Right   []bool // columns of numbers
	Wide    bool   // needs a landscape page
}

// Annex is a part on pages of its own.
type Annex struct {
	Label  string // 附件 1
	Title  string
	Blocks []Block
}
