package intake_test

import (
	"testing"

	"mailbox/workflow/intake"
)

func TestCrisisWords(t *testing.T) {
	t.Parallel()
	words := intake.ParseCrisisWords("不想活，rape；\nself-harm\n 跳楼 ")
	for text, want := range map[string]bool{
		"我不想活了":                        true,
		"不 想，活":                        true,
		"她说要跳 楼":                       true,
		"I was raped":                  false,
		"It was rape.":                 true,
		"a bowl of grapes, rapeseed":   false,
		"SELF HARM":                    true,
		"热水时断时续":                       false,
		"跳下楼梯":                         false,
		"thoughts of self-harm, again": true,
	} {
		if got := words.In("食堂", text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if !intake.ParseCrisisWords(" ,、\n").In("他想自杀") {
		t.Error("an empty list is not the usual one")
	}
}
