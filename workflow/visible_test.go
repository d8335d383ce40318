package workflow_test

import (
	"testing"

	"mailbox/workflow"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"热水": true, "x": true, "？": true, "👨‍👩‍👧": true, "\uFFFD": true, "\u200b热": true,
		"": false, "\u3000\t\n": false, "\u200b\u200d\ufeff\u2060\u00ad": false, "\u3164\u2800": false, "\u0301": false, "\u202e\u2066": false, "\x00\x1b": false,
	} {
		if got := workflow.Visible(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}
