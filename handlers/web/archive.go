package web

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// archiveRule says what a file that is a zip inside may hold.
type archiveRule int

const (
	noArchive       archiveRule = iota
	plainArchive                // .zip: no archives and no programs in it
	officeArchive               // .docx and kin: a content list and no macros
	documentArchive             // .odt, .ofd
)

const (
	maxUnpacked   = 256 << 20
	maxEntries    = 4096
	directoryRoom = 1 << 20 // more than maxEntries need
	endSize       = 22
	entrySize     = 46
)

// archiveReader passes a zip file through and judges its directory, which
// stands at the end, before it says io.EOF. Nothing is unpacked. Whoever
// unpacks later must still count: a directory can lie about sizes.
type archiveReader struct {
	src         *bufio.Reader
	rule        archiveRule
	field, name string
	size        int64
	tail        []byte // at least the last directoryRoom bytes
}

func newArchiveReader(src *bufio.Reader, rule archiveRule, field, name string) *archiveReader {
	return &archiveReader{src: src, rule: rule, field: field, name: name}
}

func (a *archiveReader) Read(p []byte) (int, error) {
	n, err := a.src.Read(p)
	a.size += int64(n)
	a.tail = append(a.tail, p[:n]...)
	if len(a.tail) > 2*directoryRoom {
		a.tail = append(a.tail[:0], a.tail[len(a.tail)-directoryRoom:]...)
	}
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	if key := a.judge(); key != "" {
		return n, fileError(key, a.field, a.name)
	}
	return n, io.EOF
}

// judge returns the catalogue key of what is wrong, or "".
func (a *archiveReader) judge() string {
	entries, ok := readDirectory(a.tail, a.size)
	if !ok {
		return "upload.archive_broken"
	}
	var unpacked uint64
	for _, e := range entries {
		unpacked += uint64(e.unpacked)
		if key := a.rule.refuses(e); key != "" {
			return key
		}
	}
	switch {
	case unpacked > maxUnpacked, overlap(entries):
		return "upload.archive_bomb"
	case a.rule == officeArchive && !slices.ContainsFunc(entries, isContentList):
		return "upload.mismatch"
	}
	return ""
}

func isContentList(e entry) bool { return e.name == "[Content_Types].xml" }

// entry is one line of a zip directory.
type entry struct {
	name             string
	packed, unpacked uint32
	offset           uint32
	mode             fs.FileMode
}

var unwanted = map[string]bool{
	".zip": true, ".rar": true, ".7z": true, ".gz": true, ".tar": true, ".xz": true, ".bz2": true, ".jar": true, ".apk": true, ".iso": true,
	".exe": true, ".com": true, ".scr": true, ".pif": true, ".msi": true, ".dll": true, ".bat": true, ".cmd": true, ".ps1": true,
	".vbs": true, ".vbe": true, ".js": true, ".jse": true, ".wsf": true, ".hta": true, ".lnk": true, ".url": true, ".chm": true,
	".html": true, ".htm": true, ".svg": true, ".docm": true, ".xlsm": true, ".pptm": true,
}

func (rule archiveRule) refuses(e entry) string {
	base := strings.ToLower(path.Base(e.name))
	switch {
	case e.mode&fs.ModeSymlink != 0, !fs.ValidPath(strings.TrimSuffix(e.name, "/")):
		return "upload.archive_broken"
	case rule == plainArchive && unwanted[path.Ext(base)]:
		return "upload.archive_content"
	case rule == officeArchive && strings.HasPrefix(base, "vbaproject"):
		return "upload.archive_content"
	}
	return ""
}

// overlap reports entries that share bytes: the trick that packs petabytes
// into a mail.
func overlap(entries []entry) bool {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b entry) int { return cmp.Compare(a.offset, b.offset) })
	for i := 1; i < len(sorted); i++ {
		if uint64(sorted[i-1].offset)+uint64(sorted[i-1].packed) > uint64(sorted[i].offset) {
			return true
		}
	}
	return false
}

// readDirectory reads the directory of a zip file of the given size whose end
// is tail. A file with anything before or between what the directory speaks of
// and its end is not taken: it would be two files in one.
func readDirectory(tail []byte, size int64) ([]entry, bool) {
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < endSize {
		return nil, false
	}
	end := tail[at:]
	count := int(binary.LittleEndian.Uint16(end[10:]))
	length := int64(binary.LittleEndian.Uint32(end[12:]))
	start := int64(binary.LittleEndian.Uint32(end[16:]))
	comment := int(binary.LittleEndian.Uint16(end[20:]))
	endAt := size - int64(len(end))
	if count > maxEntries || length > int64(at) || start+length != endAt || len(end) != endSize+comment {
		return nil, false
	}
	return readEntries(tail[int64(at)-length:at], count)
}

func readEntries(dir []byte, count int) ([]entry, bool) {
	var entries []entry
	for range count {
		if len(dir) < entrySize || string(dir[:4]) != "PK\x01\x02" {
			return nil, false
		}
		le := binary.LittleEndian
		name, extra, comment := int(le.Uint16(dir[28:])), int(le.Uint16(dir[30:])), int(le.Uint16(dir[32:]))
		whole := entrySize + name + extra + comment
		if len(dir) < whole {
			return nil, false
		}
		e := entry{
			name: string(dir[entrySize : entrySize+name]), packed: le.Uint32(dir[20:]),
			unpacked: le.Uint32(dir[24:]), offset: le.Uint32(dir[42:]),
		}
		if madeBy := dir[5]; madeBy == 3 && le.Uint32(dir[38:])>>16&0xf000 == 0xa000 {
			e.mode = fs.ModeSymlink
		}
		entries = append(entries, e)
		dir = dir[whole:]
	}
	return entries, len(dir) == 0
}
