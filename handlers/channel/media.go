package channel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"

	"mailbox/workflow"
	"mailbox/workflow/intake"
)

// Download gets a file of a message by HTTP, with no redirect, if it is one of
// kinds and at most limit bytes.
func Download(ctx context.Context, client *http.Client, address string, ref intake.MediaRef, kinds []string, limit int64) (intake.Fetched, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return intake.Fetched{}, errors.New("fetch file: bad address")
	}
	resp, err := client.Do(r)
	if err != nil {
		return intake.Fetched{}, errors.New("fetch file: cannot be reached")
	}
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || resp.StatusCode != http.StatusOK || !slices.Contains(kinds, kind) {
		_, _ = io.CopyN(io.Discard, resp.Body, MaxBody)
		_ = resp.Body.Close()                                                             // nothing of it is wanted
		if resp.StatusCode >= 500 || kind == "text/plain" || kind == "application/json" { // a fault in words: it may pass
			return intake.Fetched{}, fmt.Errorf("fetch file: status %d", resp.StatusCode)
		}
		return intake.Fetched{}, workflow.Fail(workflow.Invalid, "chat.no_media")
	}
	if resp.ContentLength > limit {
		_ = resp.Body.Close() // nothing of it is wanted
		return intake.Fetched{}, workflow.Fail(workflow.Invalid, "file.too_large", limit>>20)
	}
	return intake.Fetched{Name: ref.Name, MediaType: kind, Content: resp.Body}, nil
}
