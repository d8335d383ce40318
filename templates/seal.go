package templates

import "strings"

// Seal is the stamp on a receipt. Its edge is broken where the proof's
// fingerprint says, so that no two receipts carry the same seal.
type Seal struct{ Fingerprint string } // hexadecimal, at least 8 digits

// Short is the part of the fingerprint that stands under the seal.
func (s Seal) Short() string {
	digits := strings.ToUpper(s.Fingerprint)
	if len(digits) > 8 {
		digits = digits[:8]
	}
	if len(digits) > 4 {
		return digits[:4] + " " + digits[4:]
	}
	return digits
}

// Notch is a small break in the seal's edge.
type Notch struct{ X, Y, Size float64 }

// Notches are a break for each of the first eight digits, on the four sides
// in turn of a square of 96.
func (s Seal) Notches() []Notch {
	var out []Notch
	for i, d := range strings.ToLower(s.Fingerprint) {
		if i == 8 {
			break
		}
		n := strings.IndexRune("0123456789abcdef", d)
		if n < 0 {
			continue
		}
		along := 8 + float64(i/4)*40 + float64(n)*2.4
		size := 0.9 + float64(n%4)*0.45
		out = append(out, notchOn(i%4, along, size))
	}
	return out
}

func notchOn(side int, along, size float64) Notch {
	switch side {
	case 0:
		return Notch{along, 2, size}
	case 1:
		return Notch{94, along, size}
	case 2:
		return Notch{96 - along, 94, size}
	}
	return Notch{2, 96 - along, size}
}
