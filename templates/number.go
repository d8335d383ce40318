package templates

import "strconv"

// Number prints a count as the pages do: 1,208.
func Number(n int) string { return grouped(strconv.Itoa(n)) }

// Decimal prints x with the given number of places.
func Decimal(places int, x float64) string { return decimal(places, x) }

// Percent prints a share, 0.934 as 93.4%; what cannot be computed is a dash.
func Percent(share float64) string { return percent(share) }
