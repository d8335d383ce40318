package web

import (
	"bufio"
	"encoding/binary"
	"io"
)

// webpParts cuts a WebP at its chunks. The size of the whole stands at its
// beginning, so that nothing can be taken out of what is passed on as it
// comes: chunks that are not the picture are filled with zeros instead.
type webpParts struct {
	in     *bufio.Reader
	begun  bool
	left   int64 // of the whole, as its head says
	pass   int64 // of a chunk that stays
	blank  int64 // of a chunk that goes
	filled []byte
}

func (w *webpParts) next() ([]byte, error) {
	switch {
	case !w.begun:
		return w.begin()
	case w.pass > 0:
		return w.copy()
	case w.blank > 0:
		return w.zeros()
	case w.left < 8:
		return nil, io.EOF
	}
	return w.chunk()
}

func (w *webpParts) begin() ([]byte, error) {
	head := make([]byte, 12)
	if _, err := io.ReadFull(w.in, head); err != nil {
		return nil, cutShort(err)
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WEBP" {
		return nil, errBroken
	}
	w.begun = true
	w.left = int64(binary.LittleEndian.Uint32(head[4:])) - 4
	return head, nil
}

func (w *webpParts) chunk() ([]byte, error) {
	head := make([]byte, 8)
	if _, err := io.ReadFull(w.in, head); err != nil {
		return nil, cutShort(err)
	}
	length := int64(binary.LittleEndian.Uint32(head[4:]))
	length += length & 1
	w.left -= 8 + length
	if w.left < 0 {
		return nil, errBroken
	}
	switch string(head[:4]) {
	case "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP":
		w.pass = length
	case "VP8X":
		return w.extended(head, length)
	case "EXIF":
		return w.turn(head, length)
	default:
		copy(head, "JUNK")
		w.blank = length
	}
	return head, nil
}

// The flags of an extended WebP, and the one that is taken away. The flag for
// EXIF stays: its chunk stays too, with the direction alone.
const webpXMP = 0x04

func (w *webpParts) extended(head []byte, length int64) ([]byte, error) {
	if length != 10 {
		return nil, errBroken
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(w.in, body); err != nil {
		return nil, cutShort(err)
	}
	body[0] &^= webpXMP
	width := 1 + int64(body[4]) + int64(body[5])<<8 + int64(body[6])<<16
	height := 1 + int64(body[7]) + int64(body[8])<<8 + int64(body[9])<<16
	if width*height > maxPixels {
		return nil, errBroken
	}
	return append(head, body...), nil
}

func (w *webpParts) turn(head []byte, length int64) ([]byte, error) {
	data, err := w.in.Peek(int(min(length, int64(w.in.Size()))))
	if err != nil {
		return nil, cutShort(err)
	}
	if len(data) > 6 && string(data[:6]) == "Exif\x00\x00" {
		data = data[6:]
	}
	w.blank = length
	if only := orientationOnly(max(1, orientation(data))); int64(len(only)) <= length {
		w.filled = only
	}
	return head, nil
}

func (w *webpParts) copy() ([]byte, error) {
	out := make([]byte, min(w.pass, 32<<10))
	n, err := io.ReadFull(w.in, out)
	w.pass -= int64(n)
	return out[:n], cutShort(err)
}

// zeros reads a chunk that goes and gives as many zeros, behind what it is
// filled with.
func (w *webpParts) zeros() ([]byte, error) {
	out := make([]byte, min(w.blank, 32<<10))
	n, err := io.ReadFull(w.in, out)
	clear(out)
	w.filled = w.filled[copy(out, w.filled):]
	w.blank -= int64(n)
	return out[:n], cutShort(err)
}
