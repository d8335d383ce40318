package channel

import (
	"io"

	"mailbox/handlers/web"
	"mailbox/workflow/intake"
)

// Clean makes a file that a platform sent one like those that are uploaded.
func Clean(f intake.Fetched) (intake.Fetched, error) {
	clean, err := web.CleanFile(f.Name, f.Content)
	return intake.Fetched{Name: clean.Name, MediaType: clean.Type, Content: readCloser{clean.Content, f.Content}}, err
}

// readCloser reads what was cleaned and closes where it came from.
type readCloser struct {
	io.Reader
	io.Closer
}
