package oa

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"strings"

	"mailbox/workflow"
	"mailbox/workflow/intake"
)

// media are the files of a letter; each is its own name, so that it is sealed
// with the call.
func media(files []File) []intake.MediaRef {
	var out []intake.MediaRef
	for _, f := range files {
		kind := intake.HeardFile
		if strings.HasPrefix(f.Type, "image/") {
			kind = intake.HeardImage
		}
		out = append(out, intake.MediaRef{ID: base64.StdEncoding.EncodeToString(f.Content), Name: f.Name, Kind: kind})
	}
	return out
}

// Inline gives the files that came with a call: nothing is fetched from
// anywhere.
type Inline struct{}

var _ intake.Media = Inline{}

// Fetch implements intake.Media.
func (Inline) Fetch(_ context.Context, ref intake.MediaRef, limit int64) (intake.Fetched, error) {
	content, err := base64.StdEncoding.DecodeString(ref.ID)
	if err != nil || len(content) == 0 || int64(len(content)) > limit {
		return intake.Fetched{}, workflow.Fail(workflow.Invalid, "chat.no_media")
	}
	return intake.Fetched{Name: ref.Name, MediaType: sniffed(content), Content: io.NopCloser(bytes.NewReader(content))}, nil
}

// sniffed is what the content says that it is; what the far end calls it is
// believed of nothing that a browser might run.
func sniffed(content []byte) string {
	if kind := http.DetectContentType(content); strings.HasPrefix(kind, "image/") || kind == "application/pdf" {
		return kind
	}
	return "application/octet-stream"
}
