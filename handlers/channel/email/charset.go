package email

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// charset is one way to turn bytes into text.
type charset struct {
	decode func([]byte) string
	// trust is added to the plausibility of what comes out, because the sender
	// named this charset. Names that programs put on everything weigh little.
	trust float64
	// stateful charsets hide their text in ASCII bytes.
	stateful bool
}

var (
	utf8Charset  = charset{decode: toValid, trust: 0.3}
	gb           = charset{decode: through(simplifiedchinese.GB18030), trust: 0.6}
	big5         = charset{decode: through(traditionalchinese.Big5), trust: 0.6}
	shiftJIS     = charset{decode: through(japanese.ShiftJIS), trust: 0.6}
	latin        = charset{decode: through(charmap.Windows1252), trust: 0.9}
	iso2022jp    = charset{decode: through(japanese.ISO2022JP), trust: 0.6, stateful: true}
	hz           = charset{decode: through(simplifiedchinese.HZGB2312), trust: 0.6, stateful: true}
	utf16Charset = charset{decode: through(unicode.UTF16(unicode.BigEndian, unicode.UseBOM)), trust: 2, stateful: true}
)

func through(e encoding.Encoding) func([]byte) string {
	return func(b []byte) string {
		out, err := e.NewDecoder().Bytes(b)
		if err != nil {
			return toValid(b)
		}
		return toValid(out)
	}
}

// toValid is UTF-8 with a replacement character for every broken sequence.
func toValid(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }

// charsets holds the names that indexes of charsets do not know, or know as
// less than what senders mean by them: GB2312 is a part of GB18030.
var charsets = map[string]charset{
	"utf8": utf8Charset, "unicode11utf8": utf8Charset, "usascii": utf8Charset, "ascii": utf8Charset, "ansix341968": utf8Charset,
	"gb2312": gb, "gb231280": gb, "csgb2312": gb, "euccn": gb, "xeuccn": gb, "gbk": gb, "xgbk": gb, "gb18030": gb, "cp936": gb, "ms936": gb,
	"windows936": gb, "936": gb, "chinese": gb, "gb": gb, "csgbk": gb, "csgb18030": gb, "gb180302000": gb, "gb180302005": gb, "xmacchinesesimp": gb, "isoir58": gb, "csiso58gb231280": gb,
	"big5": big5, "big5hkscs": big5, "xbig5": big5, "cnbig5": big5, "cp950": big5, "ms950": big5, "windows950": big5, "csbig5": big5, "big5eten": big5,
	"shiftjis": shiftJIS, "sjis": shiftJIS, "xsjis": shiftJIS, "cp932": shiftJIS, "ms932": shiftJIS, "windows31j": shiftJIS, "mskanji": shiftJIS,
	"eucjp": {decode: through(japanese.EUCJP), trust: 0.6}, "xeucjp": {decode: through(japanese.EUCJP), trust: 0.6},
	"euckr": {decode: through(korean.EUCKR), trust: 0.6}, "ksc56011987": {decode: through(korean.EUCKR), trust: 0.6}, "ksc5601": {decode: through(korean.EUCKR), trust: 0.6},
	"cp949": {decode: through(korean.EUCKR), trust: 0.6}, "uhc": {decode: through(korean.EUCKR), trust: 0.6}, "windows949": {decode: through(korean.EUCKR), trust: 0.6},
	"iso2022jp": iso2022jp, "iso2022jp1": iso2022jp, "iso2022jp2": iso2022jp, "csiso2022jp": iso2022jp, "iso2022jpms": iso2022jp, "cp50220": iso2022jp, "cp50221": iso2022jp,
	"iso2022kr": {decode: shifted(korean.EUCKR), trust: 0.6, stateful: true}, "iso2022cn": {decode: shifted(simplifiedchinese.GB18030), trust: 0.6, stateful: true},
	"hzgb2312": hz, "hz": hz, "hzgb": hz,
	"utf7": {decode: utf7, trust: 0.6, stateful: true}, "unicode11utf7": {decode: utf7, trust: 0.6, stateful: true},
	"csunicode11utf7": {decode: utf7, trust: 0.6, stateful: true}, "unicode20utf7": {decode: utf7, trust: 0.6, stateful: true}, "xunicode20utf7": {decode: utf7, trust: 0.6, stateful: true},
	"utf16": utf16Charset, "ucs2": utf16Charset, "unicode": utf16Charset, "iso10646ucs2": utf16Charset,
	"utf16le":  {decode: through(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)), trust: 2, stateful: true},
	"utf16be":  utf16Charset,
	"iso88591": latin, "latin1": latin, "l1": latin, "windows1252": latin, "cp1252": latin, "ansi": latin, "isoir100": latin, "cp819": latin,
}

var notName = regexp.MustCompile(`[^a-z0-9]+`)

// charsetOf finds a charset by the name a sender used.
func charsetOf(label string) (charset, bool) {
	const longest = 60
	label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'`))
	label, _, _ = strings.Cut(label, "*") // RFC 2231: charset*language
	if label == "" || len(label) > longest {
		return charset{}, false
	}
	short := notName.ReplaceAllString(label, "")
	if c, ok := charsets[short]; ok {
		return c, true
	}
	if n, ok := strings.CutPrefix(short, "cp125"); ok {
		label = "windows-125" + n
	}
	if e, err := htmlindex.Get(label); err == nil && e != encoding.Replacement {
		return charset{decode: through(e), trust: 2}, true
	}
	if e, err := ianaindex.MIME.Encoding(label); err == nil && e != nil {
		return charset{decode: through(e), trust: 2}, true
	}
	return charset{}, false
}

// decode turns bytes into text. The labels are what the sender claims, best
// first; where the bytes contradict them, the bytes are believed.
func decode(b []byte, labels ...string) string {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if s, ok := decodeStateful(b, labels); ok {
		return s
	}
	if isASCII(b) || utf8.Valid(b) && claimsUTF8(labels) {
		return string(b)
	}
	return likeliest(b, labels)
}

func decodeStateful(b []byte, labels []string) (string, bool) {
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}) {
		return utf16Charset.decode(b), true
	}
	for _, l := range labels {
		if c, ok := charsetOf(l); ok && c.stateful && (isASCII(b) || c.trust > 1) {
			return c.decode(b), true
		}
	}
	if !isASCII(b) {
		return "", false
	}
	if bytes.Contains(b, []byte("\x1b$")) {
		return iso2022jp.decode(b), true
	}
	if hzText.Match(b) {
		if s := hz.decode(b); plausibility(s) > 1.5 {
			return s, true
		}
	}
	return "", false
}

// hzText is unlabelled HZ: pairs of GB bytes between its two marks.
var hzText = regexp.MustCompile(`~\{(?:[!-w][!-~])+~\}`)

func claimsUTF8(labels []string) bool {
	return len(labels) > 0 && (strings.EqualFold(labels[0], "utf-8") || strings.EqualFold(labels[0], "utf8"))
}

func likeliest(b []byte, labels []string) string {
	sample := sampleOf(b)
	best, bestScore := utf8Charset, plausibility(toValid(sample))+utf8Trust(b, sample)
	try := func(c charset, trust float64) {
		if s := plausibility(c.decode(sample)) + trust; s > bestScore {
			best, bestScore = c, s
		}
	}
	for i, l := range labels {
		if c, ok := charsetOf(l); ok {
			try(c, c.trust/float64(i+1))
		}
	}
	for _, c := range []charset{gb, big5, shiftJIS} {
		try(c, 0)
	}
	try(latin, fewMarks(sample))
	return best.decode(b)
}

// fewMarks favours a Latin reading of text that is nearly all plain letters.
func fewMarks(sample []byte) float64 {
	letters, high := 0, 0
	for _, c := range sample {
		switch {
		case asciiLetter(rune(c)):
			letters++
		case c >= utf8.RuneSelf:
			high++
		}
	}
	if letters >= 20*high {
		return 1.5
	}
	return 0
}

// utf8Trust is how far bytes that are valid UTF-8 are likely to be meant so.
func utf8Trust(all, sample []byte) float64 {
	if !utf8.Valid(all) {
		return 0
	}
	n := 0
	for _, r := range string(sample) {
		if r >= utf8.RuneSelf {
			n++
		}
	}
	if n >= 3 {
		return 1.5
	}
	return 0.5
}

// sampleOf takes enough of a long text to judge it, from its first byte that
// is not ASCII.
func sampleOf(b []byte) []byte {
	const enough = 16 << 10
	if len(b) <= enough {
		return b
	}
	i := bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf })
	if i < 0 {
		return b[:enough]
	}
	s := b[i:]
	if len(s) <= enough {
		return s
	}
	if j := bytes.LastIndexByte(s[:enough], '\n'); j > enough/2 {
		return s[:j]
	}
	return s[:enough]
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// clean drops what text must not hold: control characters but newline and
// tab. Line ends become newlines.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r', r == '\u2028', r == '\u2029', r == '\u0085':
			return '\n'
		case r == '\n', r == '\t':
			return r
		case r < ' ', r >= 0x7f && r < 0xa0, r == '\uFEFF':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
