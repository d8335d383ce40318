package web

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// errBroken is what a file ends with whose parts do not fit.
var errBroken = errors.New("broken file")

// WithoutMetadata passes a file through without what its maker did not mean to
// tell.
//
// A picture loses where and when it was taken, with which device, by whom, the
// small copy of the picture before it was cut, and whatever hangs behind its
// end. Its pixels are not touched; the direction in which it is to be shown and
// its colour profile stay.
//
// A document of the Office or OpenDocument kinds loses who wrote and changed
// it and remarked on it, for which firm, on which disk and printer, and its
// pictures lose theirs; its text and looks are not touched.
//
// Other kinds of files pass unchanged: PDF and the formats of old Office
// programs cannot be cleaned without rewriting them, which the form says.
func WithoutMetadata(r io.Reader, kind string) io.Reader {
	in := bufio.NewReaderSize(r, 64<<10)
	switch kind {
	case "image/jpeg":
		return &pieces{in: in, next: (&jpegParts{in: in}).next}
	case "image/png":
		return &pieces{in: in, next: (&pngParts{in: in}).next}
	case "image/webp":
		return &pieces{in: in, next: (&webpParts{in: in}).next}
	}
	if slices.Contains(packages, kind) {
		return &pieces{in: in, next: newPackageParts(in, 1).next}
	}
	return r
}

// pieces reads what next returns, piece by piece. After the last one it reads
// the source to its end, so that limits on the whole file are kept.
type pieces struct {
	in   io.Reader
	next func() ([]byte, error)
	rest []byte
	err  error
}

func (p *pieces) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.err != nil {
			return 0, p.err
		}
		p.rest, p.err = p.next()
		if errors.Is(p.err, io.EOF) {
			if _, err := io.Copy(io.Discard, p.in); err != nil {
				p.err = err
			}
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// cutShort makes the end of the source in the middle of a part an error.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errBroken
	}
	return err
}

const tagOrientation = 0x0112

// orientation reads how a picture is to be turned from its EXIF block: 1 to 8,
// or 0 when it does not say.
func orientation(tiff []byte) uint16 {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 0
	}
	count := uint64(order.Uint16(tiff[at:]))
	for i := range count {
		e := at + 2 + 12*i
		if e+12 > uint64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[e:]) == tagOrientation {
			if v := order.Uint16(tiff[e+8:]); v >= 1 && v <= 8 {
				return v
			}
			return 0
		}
	}
	return 0
}

// orientationOnly is an EXIF block that says nothing but how to turn.
func orientationOnly(v uint16) []byte {
	b := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01")
	b = binary.BigEndian.AppendUint16(b, tagOrientation)
	b = append(b, 0, 3, 0, 0, 0, 1)
	b = binary.BigEndian.AppendUint16(b, v)
	return append(b, 0, 0, 0, 0, 0, 0)
}
