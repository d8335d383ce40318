//go:build !race

package email_test

const slowness = 1
