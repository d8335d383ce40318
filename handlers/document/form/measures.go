package form

// Twips are twentieths of a point, in which word processors measure.
type Twips int

// Points are the twips as points.
func (t Twips) Points() float64 { return float64(t) / 20 }

// The page: A4, 版心 156 × 225 mm, 22 lines of 28 characters.
const (
	PageWidth  Twips = 11906
	PageHeight Twips = 16838
	Top        Twips = 2098 // 天头 37 mm
	Left       Twips = 1588 // 订口 28 mm
	Right      Twips = PageWidth - Left - TextWidth
	Bottom     Twips = 1984 // 35 mm
	TextWidth  Twips = 8844 // 156 mm
	TextHeight Twips = PageHeight - Top - Bottom

	Lines       = 22
	Pitch Twips = 579 // of lines
	// Em is the pitch of the characters: 28 fill a line. They are cut a little
	// closer than their 16 points.
	Em Twips = TextWidth / 28
	// PageNumber is how far above the edge of the paper the page number's line
	// ends: its dash lies 7 mm below the text.
	PageNumber Twips = 1440
)

// Size is a size of type in half points.
type Size int

// The sizes the standard names, and those for tables.
const (
	Size2      Size = 44 // 二号
	Size3      Size = 32 // 三号
	Size4      Size = 28 // 四号
	SizeSmall4 Size = 24 // 小四
	Size5      Size = 21 // 五号
	SizeSmall5 Size = 18 // 小五
)

// Points is the size in points.
func (s Size) Points() float64 { return float64(s) / 2 }

// half is half an em of the size, in twips.
func (s Size) half() int { return int(s) * 5 }

// Face is a face of type.
type Face string

// The faces the standard names.
const (
	Song     Face = "song"     // 宋体
	Title    Face = "title"    // 小标宋体
	FangSong Face = "fangsong" // 仿宋体
	Hei      Face = "hei"      // 黑体
	Kai      Face = "kai"      // 楷体
)

// letterheadSize is the largest size in which the letterhead fits on its line.
func letterheadSize(text string) Size {
	const largest, smallest = 100, 44
	width := max(2, Width(text)) // in half ems
	return Size(max(smallest, min(largest, int(TextWidth)*96/100/5/width)))
}

// LetterheadTop is how far below the upper edge of the text the letterhead begins: 35 mm.
const LetterheadTop Twips = 1984

// LetterheadLine is how high the letterhead's line is.
func LetterheadLine(p Piece) Twips { return Twips(p.Size()) * 12 }

// MarkLine is how far above the edge of the paper the document's mark begins.
const MarkLine Twips = 1100
