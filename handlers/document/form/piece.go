package form

// Role is the part a piece has in a document.
type Role string

// The parts of a document, in the order they can come.
const (
	Letterhead Role = "letterhead"
	Number     Role = "number"
	Heading    Role = "title"
	Addressee  Role = "addressee"
	Level1     Role = "heading1"
	Level2     Role = "heading2"
	Level3     Role = "heading3"
	Level4     Role = "heading4"
	Body       Role = "body"
	Note       Role = "note" // 附件说明
	Signature  Role = "signature"
	Date       Role = "date"
	Label      Role = "label" // of an annex
	Caption    Role = "caption"
	Grid       Role = "grid"
	Blank      Role = "blank" // an empty line
)

// Section is a part of a document that begins on a new page.
type Section struct {
	Landscape bool
	Pieces    []Piece
}

// Piece is one paragraph, or one table, with everything that decides where it
// stands.
type Piece struct {
	Role  Role
	Text  string
	Lines []string // of a title: where it breaks
	Table *Table
	// Start, End and First indent the piece at its start, at its end and on its
	// first line, in half characters. First may be negative.
	Start, End, First int
	// Ruled pieces have the red line of the letterhead below them.
	Ruled bool
	// Together keeps a piece on the page of the next one.
	Together bool
}

// Look is how the pieces of a role are set.
type Look struct {
	Face  Face
	Size  Size
	Align Align
	// Outline is the level of a heading, from 1, and 0 for other text.
	Outline int
	// Name is what word processors call it.
	Name string
}

// Align is where lines stand.
type Align string

// The ways lines stand.
const (
	Both   Align = "both"
	Start  Align = "left"
	Middle Align = "center"
	End    Align = "right"
)

// Looks are the looks of all roles but grids, after GB/T 9704-2012, 7.2 and 7.3.
// The size of the letterhead is [Piece.Size].
var Looks = map[Role]Look{
	Letterhead: {Face: Title, Size: Size2, Align: Middle, Name: "Letterhead"},
	Number:     {Face: FangSong, Size: Size3, Align: Middle, Name: "Document Number"},
	Heading:    {Face: Title, Size: Size2, Align: Middle, Name: "Title"},
	Addressee:  {Face: FangSong, Size: Size3, Align: Start, Name: "Addressee"},
	Level1:     {Face: Hei, Size: Size3, Align: Both, Outline: 1, Name: "heading 1"},
	Level2:     {Face: Kai, Size: Size3, Align: Both, Outline: 2, Name: "heading 2"},
	Level3:     {Face: FangSong, Size: Size3, Align: Both, Outline: 3, Name: "heading 3"},
	Level4:     {Face: FangSong, Size: Size3, Align: Both, Outline: 4, Name: "heading 4"},
	Body:       {Face: FangSong, Size: Size3, Align: Both, Name: "Body Text"},
	Note:       {Face: FangSong, Size: Size3, Align: Both, Name: "Annex Note"},
	Signature:  {Face: FangSong, Size: Size3, Align: End, Name: "Signature"},
	Date:       {Face: FangSong, Size: Size3, Align: End, Name: "Date"},
	Label:      {Face: Hei, Size: Size3, Align: Start, Name: "Annex Label"},
	Caption:    {Face: Hei, Size: Size4, Align: Middle, Name: "caption"},
	Blank:      {Face: FangSong, Size: Size3, Align: Start, Name: "Blank Line"},
}

// Roles are the roles of [Looks] in a fixed order.
var Roles = []Role{Letterhead, Number, Heading, Addressee, Level1, Level2, Level3, Level4, Body, Note, Signature, Date, Label, Caption, Blank}

// Size is the size a piece is set in.
func (p Piece) Size() Size {
	if p.Role == Letterhead {
		return letterheadSize(p.Text)
	}
	return Looks[p.Role].Size
}
