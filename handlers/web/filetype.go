package web

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// sniffSize is how much of a file is looked at to find out what it is. It is
// mimetype's own limit.
const sniffSize = 3072

// filetype is one row of the table of what may be sent.
type filetype struct {
	kind    string   // what it is stored and served as
	looks   []string // what the content may be found to be
	archive archiveRule
}

var (
	oleLooks  = []string{"application/x-ole-storage", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"}
	mp4Looks  = []string{"video/mp4", "video/quicktime", "video/3gpp", "video/3gpp2", "video/x-m4v", "audio/mp4", "audio/x-m4a", "audio/3gpp"}
	textLooks = []string{"text/plain", "text/csv", "text/tab-separated-values", "application/json", "text/vtt", "application/x-subrip"}
)

func office(kind string) filetype {
	return filetype{kind: kind, looks: []string{kind, "application/zip"}, archive: officeArchive}
}

func openDocument(kind string) filetype {
	return filetype{kind: kind, looks: []string{kind, "application/zip"}, archive: documentArchive}
}

func same(kind string) filetype { return filetype{kind: kind, looks: []string{kind}} }

// filetypes is everything that may be sent, by extension. Programs, web pages
// and drawings that hold scripts are not in it, and what is not in it is
// refused.
var filetypes = map[string]filetype{
	".jpg": same("image/jpeg"), ".jpeg": same("image/jpeg"), ".gif": same("image/gif"), ".webp": same("image/webp"),
	".png": {kind: "image/png", looks: []string{"image/png", "image/vnd.mozilla.apng"}},

	".pdf":  same("application/pdf"),
	".doc":  {kind: "application/msword", looks: oleLooks},
	".wps":  {kind: "application/vnd.ms-works", looks: oleLooks},
	".xls":  {kind: "application/vnd.ms-excel", looks: oleLooks},
	".et":   {kind: "application/vnd.ms-excel", looks: oleLooks},
	".ppt":  {kind: "application/vnd.ms-powerpoint", looks: oleLooks},
	".docx": office("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
	".xlsx": office("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
	".pptx": office("application/vnd.openxmlformats-officedocument.presentationml.presentation"),
	".odt":  openDocument("application/vnd.oasis.opendocument.text"),
	".ods":  openDocument("application/vnd.oasis.opendocument.spreadsheet"),
	".odp":  openDocument("application/vnd.oasis.opendocument.presentation"),
	".ofd":  openDocument("application/ofd"),
	".zip":  {kind: "application/zip", looks: []string{"application/zip"}, archive: plainArchive},

	".txt":  {kind: "text/plain", looks: textLooks},
	".csv":  {kind: "text/csv", looks: textLooks},
	".json": {kind: "application/json", looks: textLooks},
	".md":   {kind: "text/plain", looks: textLooks},

	".mp3": same("audio/mpeg"), ".amr": same("audio/amr"), ".wav": same("audio/wav"),
	".m4a":  {kind: "audio/mp4", looks: mp4Looks},
	".aac":  same("audio/aac"),
	".mp4":  {kind: "video/mp4", looks: mp4Looks},
	".m4v":  {kind: "video/mp4", looks: mp4Looks},
	".mov":  {kind: "video/quicktime", looks: mp4Looks},
	".3gp":  {kind: "video/3gpp", looks: mp4Looks},
	".webm": same("video/webm"),
}

// mailArchives is what may be sent where archives of mail are read, by
// extension. Whatever is in them is never served.
var mailArchives = map[string]filetype{
	".eml":  {kind: "message/rfc822", looks: mailLooks},
	".mbox": {kind: "application/mbox", looks: mailLooks},
	".mbx":  {kind: "application/mbox", looks: mailLooks},
}

// mailLooks has bytes of any kind: old mail is in whatever charset there was.
var mailLooks = append([]string{"message/rfc822", "application/mbox", "application/octet-stream"}, textLooks...)

// types is everything that may be sent under these rules.
func (r UploadRules) types() map[string]filetype {
	if !r.MailArchives {
		return filetypes
	}
	all := maps.Clone(filetypes)
	maps.Copy(all, mailArchives)
	return all
}

// AcceptedFiles is the value of a file input's accept attribute. Naming
// .jpg makes iPhones send JPEG instead of HEIC.
func AcceptedFiles() string {
	var exts []string
	for ext := range filetypes {
		exts = append(exts, ext)
	}
	slices.Sort(exts)
	return strings.Join(exts, ",")
}

// inspect finds out what a file is. It returns the content, with the checks
// that can only be made at its end, and the type it is stored as.
func inspect(r *bufio.Reader, types map[string]filetype, field, name string) (io.Reader, string, error) {
	head, err := r.Peek(sniffSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", err
	}
	if len(head) == 0 {
		return nil, "", fileError("upload.empty", field, name)
	}
	ft, ok := types[strings.ToLower(path.Ext(name))]
	if !ok {
		return nil, "", fileError("upload.type", field, name)
	}
	if !slices.ContainsFunc(ft.looks, mimetype.Detect(head).Is) {
		return nil, "", fileError("upload.mismatch", field, name)
	}
	if tooManyPixels(head) {
		return nil, "", fileError("upload.pixels", field, name)
	}
	if ft.archive == noArchive {
		return r, ft.kind, nil
	}
	return newArchiveReader(r, ft.archive, field, name), ft.kind, nil
}

// maxPixels is what a picture may unpack to: more than any camera takes.
const maxPixels = 150_000_000

// tooManyPixels reads the size a GIF or PNG claims in its first bytes. JPEG
// and WebP are looked at when their metadata is taken out; they cannot claim
// more than 65,535 pixels a side, which the limit of a file makes honest.
func tooManyPixels(head []byte) bool {
	var w, h uint64
	switch {
	case len(head) >= 24 && string(head[:8]) == pngSignature:
		w, h = uint64(binary.BigEndian.Uint32(head[16:])), uint64(binary.BigEndian.Uint32(head[20:]))
	case len(head) >= 10 && string(head[:4]) == "GIF8":
		w, h = uint64(binary.LittleEndian.Uint16(head[6:])), uint64(binary.LittleEndian.Uint16(head[8:]))
	}
	return w*h > maxPixels
}
