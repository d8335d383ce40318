package web_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"mailbox/handlers/web"
)

const secret = "GPS-30.5928N-114.3055E"

// exif is a block with a direction, a place and a small picture behind it.
func exif(order binary.AppendByteOrder, turn uint16) string {
	mark := "MM"
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		mark = "II"
	}
	b := []byte(mark)
	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 0x010f) // maker
	b = order.AppendUint16(b, 2)
	b = order.AppendUint32(b, uint32(len(secret)))
	b = order.AppendUint32(b, 38)
	b = order.AppendUint16(b, 0x0112) // direction
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, turn)
	b = order.AppendUint16(b, 0)
	b = order.AppendUint32(b, 0)
	return string(b) + secret
}

func segment(mark byte, payload string) string {
	return string(binary.BigEndian.AppendUint16([]byte{0xff, mark}, uint16(len(payload)+2))) + payload
}

// photo is a JPEG as a telephone makes it.
func photo(tb testing.TB, turn uint16) string {
	tb.Helper()
	plain := jpegPicture(tb)
	return plain[:2] +
		segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01"+secret[:3]) +
		segment(0xe1, "Exif\x00\x00"+exif(binary.BigEndian, turn)) +
		segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"+secret) +
		segment(0xe2, "ICC_PROFILE\x00\x01\x01colours") +
		segment(0xe2, "MPF\x00"+secret) +
		segment(0xed, "Photoshop 3.0\x00"+secret) +
		segment(0xfe, secret) + "\xff" +
		plain[2:] + "motion video " + secret
}

func cleaned(tb testing.TB, kind, content string) string {
	tb.Helper()
	b, err := io.ReadAll(web.WithoutMetadata(iotest.OneByteReader(strings.NewReader(content)), kind))
	if err != nil {
		tb.Fatal(err)
	}
	if strings.Contains(string(b), secret) || strings.Contains(string(b), secret[:8]) {
		tb.Errorf("the place is still in the %s", kind)
	}
	return string(b)
}

func TestJPEGWithoutMetadata(t *testing.T) {
	for _, turn := range []uint16{1, 6} {
		got := cleaned(t, "image/jpeg", photo(t, turn))
		want, err := jpeg.Decode(strings.NewReader(jpegPicture(t)))
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(strings.NewReader(got))
		if err != nil {
			t.Fatal(err)
		}
		if m.Bounds() != want.Bounds() || m.At(7, 7) != want.At(7, 7) || !strings.Contains(got, jpegPicture(t)[600:]) {
			t.Error("the picture changed")
		}
		if !strings.Contains(got, "ICC_PROFILE\x00\x01\x01colours") {
			t.Error("the colour profile is gone")
		}
		tag := strings.Index(got, "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06")
		if (tag > 0) != (turn == 6) || turn == 1 && strings.Contains(got, "Exif") {
			t.Errorf("turned %d: direction at %d", turn, tag)
		}
		if again := cleaned(t, "image/jpeg", got); again != got {
			t.Error("cleaning twice changes it again")
		}
	}
}

func TestProgressiveAndTruncatedJPEG(t *testing.T) {
	plain := jpegPicture(t)
	// A second table and scan behind the first, as progressive pictures have.
	scan := strings.Index(plain, "\xff\xda")
	two := plain[:len(plain)-2] + segment(0xfe, secret) + plain[scan:]
	if got := cleaned(t, "image/jpeg", two); len(got) != len(plain)-2+len(plain)-scan {
		t.Errorf("%d bytes left", len(got))
	}
	if got := cleaned(t, "image/jpeg", plain[:len(plain)-10]); got != plain[:len(plain)-10] {
		t.Error("a picture that was cut off changed")
	}
	if got := cleaned(t, "image/jpeg", plain[:len(plain)-10]+"\xff\xff\xff"); got != plain[:len(plain)-10] {
		t.Error("fill bytes at the end stay")
	}
}

func chunk(name, data string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, name+data...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(name+data))))
}

func TestPNGWithoutMetadata(t *testing.T) {
	plain := picture(t, png.Encode)
	head := len("\x89PNG\r\n\x1a\n") + 25
	full := plain[:head] + chunk("tEXt", "Author\x00"+secret) + chunk("eXIf", exif(binary.LittleEndian, 8)) +
		chunk("gAMA", "\x00\x00\xb1\x8f") + chunk("tIME", "\x07\xea\x0b\x17\x0c\x00\x00") + chunk("iTXt", secret) + plain[head:] + secret
	got := cleaned(t, "image/png", full)
	if _, err := png.Decode(strings.NewReader(got)); err != nil {
		t.Fatal(err)
	}
	want := plain[:head] + chunk("eXIf", "MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x08\x00\x00\x00\x00\x00\x00") +
		chunk("gAMA", "\x00\x00\xb1\x8f") + plain[head:]
	if got != want {
		t.Errorf("got %q\nwant %q", got[:120], want[:120])
	}
}

func riff(chunks ...string) string {
	body := "WEBP" + strings.Join(chunks, "")
	return string(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)))) + body
}

func webpChunk(name, data string) string {
	b := string(binary.LittleEndian.AppendUint32([]byte(name), uint32(len(data)))) + data
	if len(data)%2 == 1 {
		b += "\x00"
	}
	return b
}

func TestWebPWithoutMetadata(t *testing.T) {
	pixels := strings.Repeat("p", 70_001)
	full := riff(webpChunk("VP8X", "\x2c\x00\x00\x00\x27\x00\x00\x1d\x00\x00"), webpChunk("ICCP", "colours"), webpChunk("VP8 ", pixels),
		webpChunk("EXIF", "Exif\x00\x00"+exif(binary.BigEndian, 3)), webpChunk("XMP ", secret), webpChunk("unkn", secret)) + secret
	got := cleaned(t, "image/webp", full)
	if len(got) != len(full)-len(secret) {
		t.Fatalf("%d bytes, want %d", len(got), len(full)-len(secret))
	}
	if got[20] != '\x28' {
		t.Errorf("flags %x", got[20])
	}
	for _, want := range []string{webpChunk("VP8 ", pixels), "ICCP\x07\x00\x00\x00colours", "MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x03"} {
		if !strings.Contains(got, want) {
			t.Errorf("%.20q is gone", want)
		}
	}
}

func TestBrokenPictures(t *testing.T) {
	png := picture(t, png.Encode)
	for _, tt := range []struct{ kind, content string }{
		{"image/jpeg", "\xff\xd8\xff\xe1\xff\xff short"},
		{"image/jpeg", "\xff\xd8\xff\xe1\x00\x01"},
		{"image/jpeg", "\xff\xd8 no marker"},
		{"image/jpeg", "\xff\xd8" + segment(0xc0, "\x08\xff\xff\xff\xff\x03")},
		{"image/png", png[:len(png)-20]},
		{"image/png", png[:33] + "\xff\xff\xff\xffIDAT"},
		{"image/webp", riff(webpChunk("VP8X", "short"))},
		{"image/webp", riff("VP8 \xff\xff\xff\xff")},
		{"image/webp", riff(webpChunk("VP8X", "\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff"))},
	} {
		if _, err := io.ReadAll(web.WithoutMetadata(strings.NewReader(tt.content), tt.kind)); err == nil {
			t.Errorf("%s %.20q: no error", tt.kind, tt.content)
		}
	}
}

func TestOtherFilesPassUnchanged(t *testing.T) {
	want := strings.Repeat("%PDF ", 100_000)
	b, err := io.ReadAll(web.WithoutMetadata(strings.NewReader(want), "application/pdf"))
	if err != nil || string(b) != want {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func FuzzWithoutMetadata(f *testing.F) {
	f.Add([]byte(photo(f, 6)))
	f.Add([]byte(picture(f, png.Encode)))
	f.Add([]byte(riff(webpChunk("VP8X", "\x2c\x00\x00\x00\x27\x00\x00\x1d\x00\x00"), webpChunk("EXIF", exif(binary.LittleEndian, 2)))))
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, kind := range []string{"image/jpeg", "image/png", "image/webp"} {
			once, err := io.ReadAll(web.WithoutMetadata(bytes.NewReader(in), kind))
			if len(once) > len(in)+64 {
				t.Errorf("%s grew from %d to %d", kind, len(in), len(once))
			}
			if err != nil {
				continue
			}
			twice, err := io.ReadAll(web.WithoutMetadata(bytes.NewReader(once), kind))
			if err != nil || !bytes.Equal(once, twice) {
				t.Errorf("%s: %q, then %q, %v", kind, once, twice, err)
			}
		}
	})
}
