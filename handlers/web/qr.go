package web

import (
	"fmt"
	"strings"

	"rsc.io/qr"

	"mailbox/templates"
)

// margin is how many empty cells the standard wants around a code: without them
// cameras miss it on a dark page.
const margin = 4

// QR makes text a QR code for the partial "qr". The drawing is hidden from
// screen readers, so the text has to stand beside it.
func QR(text string) (templates.QR, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return templates.QR{}, fmt.Errorf("draw QR code: %w", err)
	}
	return templates.QR{Side: code.Size + 2*margin, Path: cells(code)}, nil
}

// cells is the path of the black cells, each run of a row as one bar.
func cells(code *qr.Code) string {
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; {
			run := 0
			for x+run < code.Size && code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+margin, y+margin, run, run)
			}
			x += max(run, 1)
		}
	}
	return b.String()
}
