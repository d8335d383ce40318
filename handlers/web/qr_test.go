package web_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rsc.io/qr"

	"mailbox/handlers/web"
)

var barRE = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

func TestQR(t *testing.T) {
	t.Parallel()
	const text = "https://mailbox.example.edu.cn/track#XZ20261123-0042.7K3M-9QXR-2FTV-8WDN"
	drawing, err := web.QR(text)
	if err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	black := drawn(t, drawing.Path)
	for y := range drawing.Side {
		for x := range drawing.Side {
			if want := code.Black(x-4, y-4); black[[2]int{x, y}] != want {
				t.Fatalf("cell %d,%d is black: %v, want %v", x, y, !want, want)
			}
		}
	}
}

// drawn is the cells that a path paints.
func drawn(t *testing.T, path string) map[[2]int]bool {
	t.Helper()
	out := map[[2]int]bool{}
	for _, bar := range barRE.FindAllStringSubmatch(path, -1) {
		n := make([]int, 4)
		for i := range n {
			var err error
			if n[i], err = strconv.Atoi(bar[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		if n[2] != n[3] {
			t.Errorf("the bar %s does not close", bar[0])
		}
		for x := range n[2] {
			out[[2]int{n[0] + x, n[1]}] = true
		}
	}
	return out
}

func TestQR_tooLong(t *testing.T) {
	t.Parallel()
	if _, err := web.QR(strings.Repeat("信", 3000)); err == nil {
		t.Error("3,000 characters were drawn")
	}
}
