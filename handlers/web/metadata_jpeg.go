package web

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
)

// The markers of a JPEG that matter here.
const (
	markSOI  = 0xd8
	markEOI  = 0xd9
	markSOS  = 0xda
	markAPP0 = 0xe0
	markAPP1 = 0xe1
	markAPP2 = 0xe2
	markAPPe = 0xee // Adobe: how colours are coded
	markAPPf = 0xef
	markCOM  = 0xfe
	markTEM  = 0x01
	markRST0 = 0xd0
	markRST7 = 0xd7
)

// jpegParts cuts a JPEG at its markers.
type jpegParts struct {
	in    *bufio.Reader
	begun bool
	scan  bool // inside the coded picture
}

func (j *jpegParts) next() ([]byte, error) {
	switch {
	case !j.begun:
		return j.begin()
	case j.scan:
		return j.coded()
	}
	return j.segment()
}

func (j *jpegParts) begin() ([]byte, error) {
	var b [2]byte
	if _, err := io.ReadFull(j.in, b[:]); err != nil {
		return nil, cutShort(err)
	}
	if b != [2]byte{0xff, markSOI} {
		return nil, errBroken
	}
	j.begun = true
	return b[:], nil
}

// marker reads the next marker; fill bytes before it are dropped.
func (j *jpegParts) marker() (byte, error) {
	b, err := j.in.ReadByte()
	if err != nil {
		return 0, cutShort(err)
	}
	if b != 0xff {
		return 0, errBroken
	}
	for b == 0xff {
		if b, err = j.in.ReadByte(); err != nil {
			return 0, cutShort(err)
		}
	}
	return b, nil
}

func (j *jpegParts) segment() ([]byte, error) {
	mark, err := j.marker()
	if err != nil {
		return nil, err
	}
	if mark == markEOI {
		return []byte{0xff, markEOI}, io.EOF
	}
	if mark == markTEM || mark >= markRST0 && mark <= markRST7 {
		return []byte{0xff, mark}, nil
	}
	var size [2]byte
	if _, err := io.ReadFull(j.in, size[:]); err != nil {
		return nil, cutShort(err)
	}
	length := int(binary.BigEndian.Uint16(size[:]))
	if length < 2 {
		return nil, errBroken
	}
	payload := make([]byte, length-2)
	if _, err := io.ReadFull(j.in, payload); err != nil {
		return nil, cutShort(err)
	}
	j.scan = mark == markSOS
	if isFrame(mark) && tooManyJPEGPixels(payload) {
		return nil, errBroken
	}
	return kept(mark, payload), nil
}

// isFrame reports the markers that state the picture's size.
func isFrame(mark byte) bool {
	return mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc
}

func tooManyJPEGPixels(frame []byte) bool {
	if len(frame) < 5 {
		return true
	}
	h, w := int(binary.BigEndian.Uint16(frame[1:])), int(binary.BigEndian.Uint16(frame[3:]))
	return w*h > maxPixels
}

// kept is what remains of a segment, perhaps nothing.
func kept(mark byte, payload []byte) []byte {
	switch {
	case mark == markAPP0 && bytes.HasPrefix(payload, []byte("JFIF\x00")) && len(payload) >= 14:
		payload = append(payload[:12:12], 0, 0) // without its thumbnail
	case mark == markAPP1 && bytes.HasPrefix(payload, []byte("Exif\x00")) && len(payload) > 6:
		turn := orientation(payload[6:])
		if turn <= 1 {
			return nil
		}
		payload = append([]byte("Exif\x00\x00"), orientationOnly(turn)...)
	case mark == markAPP2 && bytes.HasPrefix(payload, []byte("ICC_PROFILE\x00")), mark == markAPPe:
	case mark >= markAPP0 && mark <= markAPPf, mark == markCOM:
		return nil
	}
	out := []byte{0xff, mark}
	out = binary.BigEndian.AppendUint16(out, uint16(len(payload)+2)) //nolint:gosec // a payload is at most 65,533 bytes long
	return append(out, payload...)
}

// coded passes the coded picture through up to the next marker that is not
// part of it. A picture that ends without one was cut off, and is shown by
// every browser as far as it goes.
func (j *jpegParts) coded() ([]byte, error) {
	if _, err := j.in.Peek(1); err != nil {
		return nil, err
	}
	data, err := j.in.Peek(j.in.Buffered())
	if err != nil {
		return nil, err
	}
	at := bytes.IndexByte(data, 0xff)
	if at != 0 {
		if at < 0 {
			at = len(data)
		}
		return j.pass(at)
	}
	pair, err := j.in.Peek(2)
	if err != nil {
		return nil, err
	}
	switch m := pair[1]; {
	case m == 0 || m >= markRST0 && m <= markRST7:
		return j.pass(2)
	case m == 0xff: // a fill byte
		_, err := j.in.Discard(1)
		return nil, err
	}
	j.scan = false
	return nil, nil
}

func (j *jpegParts) pass(n int) ([]byte, error) {
	out := make([]byte, n)
	_, err := io.ReadFull(j.in, out)
	return out, err
}
