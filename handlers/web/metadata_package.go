package web

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"path"
	"slices"
	"strings"
)

// packages are the kinds of documents that are zip files of XML parts.
var packages = []string{
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"application/vnd.oasis.opendocument.text",
	"application/vnd.oasis.opendocument.spreadsheet",
	"application/vnd.oasis.opendocument.presentation",
}

// errBomb is what a document ends with that unpacks to more than anybody reads.
var errBomb = errors.New("unpacks to too much")

// maxDepth is how far documents lie in documents: a table in a chart in a text.
const maxDepth = 3

// packageParts goes through a document part by part as it comes in and writes
// it anew: XML parts lose who wrote them, pictures where they were taken,
// documents inside the same; all other parts keep their bytes. The hours of
// the parts and whatever else a zip says about its making are not taken over.
// The directory at the end must name exactly the parts that came, so that
// nothing hides between them.
type packageParts struct {
	in       *counted
	depth    int
	out      bytes.Buffer
	zip      *zip.Writer
	part     *openPart // being passed on
	buf      []byte
	seen     []entry
	unpacked int64
	ended    bool
}

func newPackageParts(in *bufio.Reader, depth int) *packageParts {
	p := &packageParts{in: &counted{Reader: in}, depth: depth}
	p.zip = zip.NewWriter(&p.out)
	return p
}

func (p *packageParts) next() ([]byte, error) {
	if p.ended {
		return nil, io.EOF
	}
	step := p.begin
	if p.part != nil {
		step = p.pass
	}
	if err := step(); err != nil {
		return nil, cutShort(err)
	}
	out := bytes.Clone(p.out.Bytes())
	p.out.Reset()
	return out, nil
}

const (
	localMark     = "PK\x03\x04"
	directoryMark = "PK\x01\x02"
	localSize     = 30
)

// begin opens the next part, or ends the file.
func (p *packageParts) begin() error {
	mark, err := p.in.Peek(4)
	if err != nil {
		return err
	}
	if string(mark) == directoryMark {
		return p.end()
	}
	at := p.in.n
	h, err := p.header()
	if err != nil {
		return err
	}
	if p.seen = append(p.seen, entry{name: h.name, offset: uint32(at)}); len(p.seen) > maxEntries || at > maxUnpacked { //nolint:gosec // held to maxUnpacked here
		return errBroken
	}
	p.part, err = p.open(h)
	return err
}

// localHeader is what stands before a part.
type localHeader struct {
	name                   string
	method                 uint16
	later                  bool // the sizes follow the content
	crc, packed, unwrapped uint32
}

func (p *packageParts) header() (h localHeader, err error) {
	b := make([]byte, localSize)
	if _, err := io.ReadFull(p.in, b); err != nil {
		return h, err
	}
	le := binary.LittleEndian
	flags := le.Uint16(b[6:])
	h = localHeader{method: le.Uint16(b[8:]), later: flags&8 != 0, crc: le.Uint32(b[14:]), packed: le.Uint32(b[18:]), unwrapped: le.Uint32(b[22:])}
	rest := make([]byte, int(le.Uint16(b[26:]))+int(le.Uint16(b[28:])))
	if _, err := io.ReadFull(p.in, rest); err != nil {
		return h, err
	}
	h.name = string(rest[:le.Uint16(b[26:])])
	known := h.method == zip.Store && !h.later || h.method == zip.Deflate
	if string(b[:4]) != localMark || flags&1 != 0 || !known || !h.later && h.packed == 1<<32-1 {
		return h, errBroken
	}
	return h, nil
}

// open joins a part's content to its place in the new file.
func (p *packageParts) open(h localHeader) (*openPart, error) {
	treat := p.treatment(h.name)
	if treat == nil && !h.later { // as it is, without being unpacked
		out, err := p.zip.CreateRaw(&zip.FileHeader{
			Name: h.name, Method: h.method, CRC32: h.crc, CompressedSize64: uint64(h.packed), UncompressedSize64: uint64(h.unwrapped),
		})
		p.unpacked += int64(h.unwrapped)
		return &openPart{from: io.LimitReader(p.in, int64(h.packed)), to: out, want: int64(h.packed)}, err
	}
	out, err := p.zip.CreateHeader(&zip.FileHeader{Name: h.name, Method: h.method})
	if err != nil {
		return nil, err
	}
	content := newPartContent(p.in, h)
	from := io.Reader(content)
	if treat != nil {
		from = treat(bufio.NewReader(content))
	}
	return &openPart{from: from, content: content, to: out, want: -1}, nil
}

// treatment is what a part is passed through, nil for a part that stays.
func (p *packageParts) treatment(name string) func(*bufio.Reader) io.Reader {
	clean := func(parts func(*bufio.Reader) interface{ next() ([]byte, error) }) func(*bufio.Reader) io.Reader {
		return func(in *bufio.Reader) io.Reader { return &pieces{in: in, next: parts(in).next} }
	}
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".xml", ".rels", ".vml", ".psmdcp":
		return clean(func(in *bufio.Reader) interface{ next() ([]byte, error) } { return &xmlParts{in: in} })
	case ".jpg", ".jpeg", ".png", ".webp":
		return cleanPicture
	case ".docx", ".xlsx", ".pptx":
		return clean(func(in *bufio.Reader) interface{ next() ([]byte, error) } { return newPackageParts(in, p.depth+1) })
	}
	return nil
}

// cleanPicture goes by what a picture is: programs that make documents are
// careless with its name.
func cleanPicture(in *bufio.Reader) io.Reader {
	head, _ := in.Peek(12) // a shorter picture is none
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8")):
		return WithoutMetadata(in, "image/jpeg")
	case bytes.HasPrefix(head, []byte(pngSignature)):
		return WithoutMetadata(in, "image/png")
	case len(head) == 12 && string(head[:4]) == "RIFF" && string(head[8:]) == "WEBP":
		return WithoutMetadata(in, "image/webp")
	}
	return in
}

// openPart is a part on its way from the old file to the new one.
type openPart struct {
	from    io.Reader
	content *partContent // nil for a part that stays packed
	to      io.Writer
	want    int64 // bytes still to come of a part that stays packed
}

// size is what was unpacked of the part so far.
func (o *openPart) size() int64 {
	if o.content == nil {
		return 0
	}
	return o.content.size
}

// pass moves a piece of the open part.
func (p *packageParts) pass() error {
	if p.buf == nil {
		p.buf = make([]byte, 32<<10)
	}
	n, err := p.part.from.Read(p.buf)
	if _, e := p.part.to.Write(p.buf[:n]); e != nil {
		return e
	}
	p.part.want -= int64(n)
	if p.unpacked+p.part.size() > maxUnpacked || p.depth > maxDepth {
		return errBomb
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	return p.closePart()
}

func (p *packageParts) closePart() error {
	part := p.part
	p.part = nil
	if part.content == nil {
		if part.want > 0 {
			return errBroken
		}
		return nil
	}
	p.unpacked += part.content.size
	return part.content.finish()
}

// end compares the directory with what came, and writes the new one.
func (p *packageParts) end() error {
	at := p.in.n
	tail, err := io.ReadAll(io.LimitReader(p.in, directoryRoom))
	if err != nil {
		return err
	}
	listed, ok := readDirectory(tail, at+int64(len(tail)))
	if !ok || len(listed) != len(p.seen) {
		return errBroken
	}
	for _, e := range p.seen {
		if !slices.ContainsFunc(listed, func(l entry) bool { return l.name == e.name && l.offset == e.offset }) {
			return errBroken
		}
	}
	p.ended = true
	return p.zip.Close()
}

// counted knows how much was read, and gives single bytes, so that unpacking
// takes none that belong to the next part.
type counted struct {
	*bufio.Reader
	n int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	return n, err
}

func (c *counted) ReadByte() (byte, error) {
	b, err := c.Reader.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

// partContent unpacks one part and checks it against what was said about it.
type partContent struct {
	h     localHeader
	in    *counted
	from  io.Reader
	begun int64 // where the packed bytes begin
	size  int64 // unpacked so far
	crc   uint32
}

func newPartContent(in *counted, h localHeader) *partContent {
	c := &partContent{h: h, in: in, begun: in.n}
	switch {
	case h.method == zip.Store:
		c.from = io.LimitReader(in, int64(h.packed))
	case h.later:
		c.from = flate.NewReader(in)
	default:
		c.from = flate.NewReader(bufio.NewReader(io.LimitReader(in, int64(h.packed))))
	}
	return c
}

func (c *partContent) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.size += int64(n)
	c.crc = crc32.Update(c.crc, crc32.IEEETable, b[:n])
	if _, ok := errors.AsType[flate.CorruptInputError](err); ok {
		err = errBroken
	}
	return n, err
}

// finish reads what stands behind the content.
func (c *partContent) finish() error {
	packed := c.in.n - c.begun
	if !c.h.later {
		if left := int64(c.h.packed) - packed; left > 0 {
			if _, err := io.CopyN(io.Discard, c.in, left); err != nil {
				return err
			}
		}
		if c.crc != c.h.crc {
			return errBroken
		}
		return nil
	}
	return c.descriptor(packed)
}

// descriptor passes over checksum and sizes behind a part. They come with or
// without a mark, in four bytes or in eight.
func (c *partContent) descriptor(packed int64) error {
	le := binary.LittleEndian
	short := le.AppendUint32(le.AppendUint32(le.AppendUint32(nil, c.crc), uint32(packed)), uint32(c.size)) //nolint:gosec // compared, not used
	long := le.AppendUint64(le.AppendUint64(le.AppendUint32(nil, c.crc), uint64(packed)), uint64(c.size))  //nolint:gosec // neither is negative
	for _, mark := range []string{"PK\x07\x08", ""} {
		for _, sizes := range [][]byte{long, short} {
			want := append([]byte(mark), sizes...)
			if got, _ := c.in.Peek(len(want)); bytes.Equal(got, want) {
				_, err := io.CopyN(io.Discard, c.in, int64(len(want)))
				return err
			}
		}
	}
	return errBroken
}
