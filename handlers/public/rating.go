package public

import (
	"errors"
	"strconv"

	"mailbox/workflow"
)

// rating is what was chosen, or everything that was not.
func (s said) rating() (workflow.Rating, error) {
	var problems []error
	mark := func(field, value string) int {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 5 {
			problems = append(problems, workflow.Wrong(field, "invalid.mark"))
		}
		return n
	}
	r := workflow.Rating{Speed: mark("speed", s.Speed), Attitude: mark("attitude", s.Attitude), Result: mark("result", s.Result)}
	switch s.Solved {
	case "yes", "no":
		r.Solved = s.Solved == "yes"
	default:
		problems = append(problems, workflow.Wrong("solved", "invalid.choice"))
	}
	return r, errors.Join(problems...)
}
