package web

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that the picture is made of, and its movement. All
// others are words about it.
var pngKept = []string{
	"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP",
	"sBIT", "bKGD", "hIST", "sPLT", "pHYs", "acTL", "fcTL", "fdAT",
}

// pngParts cuts a PNG at its chunks.
type pngParts struct {
	in    *bufio.Reader
	begun bool
	left  int64 // of a chunk that is passed through, with its checksum
	ended bool
}

func (p *pngParts) next() ([]byte, error) {
	switch {
	case !p.begun:
		return p.begin()
	case p.left > 0:
		return p.pass()
	case p.ended:
		return nil, io.EOF
	}
	return p.chunk()
}

func (p *pngParts) begin() ([]byte, error) {
	b := make([]byte, len(pngSignature))
	if _, err := io.ReadFull(p.in, b); err != nil {
		return nil, cutShort(err)
	}
	if string(b) != pngSignature {
		return nil, errBroken
	}
	p.begun = true
	return b, nil
}

func (p *pngParts) chunk() ([]byte, error) {
	head := make([]byte, 8)
	if _, err := io.ReadFull(p.in, head); err != nil {
		return nil, cutShort(err)
	}
	length, name := int64(binary.BigEndian.Uint32(head)), string(head[4:])
	switch {
	case length > 1<<31-1:
		return nil, errBroken
	case slices.Contains(pngKept, name):
		p.left, p.ended = length+4, name == "IEND"
		return head, nil
	case name == "eXIf":
		return p.turn(length)
	}
	_, err := io.CopyN(io.Discard, p.in, length+4)
	return nil, cutShort(err)
}

// maxEXIF is how much of an EXIF block is searched for the direction: it is
// among the first tags.
const maxEXIF = 64 << 10

// turn replaces an EXIF chunk by one that says how to turn the picture, or by
// nothing.
func (p *pngParts) turn(length int64) ([]byte, error) {
	data := make([]byte, min(length, maxEXIF))
	if _, err := io.ReadFull(p.in, data); err != nil {
		return nil, cutShort(err)
	}
	if _, err := io.CopyN(io.Discard, p.in, length+4-int64(len(data))); err != nil {
		return nil, cutShort(err)
	}
	v := orientation(data)
	if v <= 1 {
		return nil, nil
	}
	return pngChunk("eXIf", orientationOnly(v)), nil
}

func pngChunk(name string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data))) //nolint:gosec // a chunk of ours is short
	out = append(append(out, name...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

func (p *pngParts) pass() ([]byte, error) {
	out := make([]byte, min(p.left, 32<<10))
	n, err := io.ReadFull(p.in, out)
	p.left -= int64(n)
	return out[:n], cutShort(err)
}
