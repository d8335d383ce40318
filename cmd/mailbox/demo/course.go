package demo

import (
	"slices"

	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// Accounts that do things about letters of every department.
const (
	clerk      = "clerk"
	officeHead = "officehead"
	leader     = "leader"
	principal  = "principal"
	discipline = "discipline"
)

// workday is the office hours of one working day, in minutes.
const workday = 7 * 60

// slow is longer than a promise of one working day can be, in minutes.
const slowLo, slowHi = 2*workday + 10, 2*workday + 260

// write makes the script of the letter's course.
func (s *script) write() {
	course := s.letter.Course()
	s.steps = []step{{name: "submit", wall: true, do: submit(s.letter)}}
	if s.letter.Channel == string(workflow.Email) && course == (Course{StillOpen, string(workflow.Received)}) {
		s.steps[0].do = byMail(s.letter)
	}
	switch course.Kind {
	case Declined:
		s.staff("screen", 20, 240, do(clerk, casework.Act{Action: workflow.Decline, Ground: workflow.Ground(course.Detail), Note: s.says(course.Detail)}))
	case MergedInto:
		s.staff("screen", 15, 150, mergeInto(course.Detail, s.says("merge")))
	case Withdrawn:
		s.screen()
		s.sign()
		s.writer("withdraw", 1, 6, say(workflow.Withdraw, ""))
	case StillOpen:
		s.open(workflow.State(course.Detail))
	default:
		s.urgent = course.Kind == Urgent
		s.whole()
	}
}

func (s *script) says(occasion string) string { return s.dice.say(s.remarks, occasion) }

// whole is a case that comes to its end.
func (s *script) whole() {
	s.screen()
	s.refusals()
	s.sign()
	s.noted()
	s.questioned()
	if s.letter.Answer == "" {
		return // the writer stayed silent, and the clock closes the case
	}
	s.answered(s.letter.Answer)
	switch s.letter.Course().Kind {
	case AskedAgain:
		s.writer("ask again", 5, 60, say(workflow.AskAgain, s.letter.AskAgain))
		s.answered(s.letter.SecondAnswer)
	case Redone:
		s.writer("redo", 5, 60, say(workflow.Redo, s.letter.Redo))
		s.staff("route", 20, 200, send(officeHead, s.letter.Department, casework.Act{Action: workflow.Route, Note: s.says("redo")}))
		s.sign()
		s.answered(s.letter.SecondAnswer)
	}
	s.campaigned()
	if s.letter.Rating != nil {
		s.writer("rate", 3, 130, rate(*s.letter.Rating))
		s.steps[len(s.steps)-1].on = s.letter.Rating.At
	}
	if !s.letter.Sealed {
		s.urgent = false
		s.selected()
		s.staff("archive", 235*workday, 245*workday, do(clerk, casework.Act{Action: workflow.Archive, Note: s.says("archive")}))
	}
}

// screen is what the office does with a new letter.
func (s *script) screen() {
	lo, hi := 15, 240
	if s.dice.chance("slow screen", 5) {
		lo, hi = slowLo, slowHi
	}
	if s.letter.Sealed {
		if !s.category.Sealed || s.letter.Kind != string(workflow.Report) {
			s.staff("seal", lo, hi, seal(s.says("seal")))
		}
		s.staff("accept", lo, hi, send(discipline, discipline, casework.Act{Action: workflow.Accept}))
		return
	}
	to := s.first()
	if s.dice.chance("at once", 60) || s.urgent {
		s.staff("accept", lo, hi, send(clerk, to, casework.Act{Action: workflow.Accept}))
	} else {
		s.staff("accept", lo, hi, do(clerk, casework.Act{Action: workflow.Accept}))
		s.route(to, 5, 150, "")
	}
	if s.urgent {
		s.staff("instruct", 20, 60, instruct(leader, s.says("urgent")))
		return
	}
	s.assisted()
}

func (s *script) route(to string, lo, hi int, why string) {
	if s.dice.chance("slow route", 6) {
		lo, hi = slowLo, slowHi
	}
	s.staff("route", lo, hi, send(clerk, to, casework.Act{Action: workflow.Route, Note: why}))
}

// first is the department the letter goes to at first.
func (s *script) first() string {
	if len(s.letter.Refusals) > 0 {
		return s.letter.Refusals[0].Department
	}
	return s.letter.Department
}

func (s *script) assisted() {
	i := slices.IndexFunc(s.category.Assist, func(d string) bool {
		return d != s.letter.Department && d != s.letter.About && d != s.first()
	})
	if i >= 0 && s.dice.chance("assist", 25) {
		s.staff("assist", 2, 20, assist(s.category.Assist[i]))
	}
}

// refusals are departments sending the case back, and the office sending it on.
func (s *script) refusals() {
	for i, r := range s.letter.Refusals {
		if s.dice.chance("sign first", 30) {
			s.staff("sign", 20, 90, do(r.Department+"-clerk", casework.Act{Action: workflow.SignFor}))
		}
		s.staff("refuse", 30, 200, do(r.Department+"-clerk", casework.Act{Action: workflow.Refuse, Note: r.Reason}))
		to, why := s.letter.Department, s.says("reroute")
		if i+1 < len(s.letter.Refusals) {
			to = s.letter.Refusals[i+1].Department
		} else if i > 0 {
			why = s.says("binding")
		}
		s.route(to, 20, 180, why)
	}
}

func (s *script) sign() {
	lo, hi := 20, 280
	if s.dice.chance("slow sign", 6) {
		lo, hi = slowLo, slowHi
	}
	s.staff("sign", lo, hi, do(s.handler(), casework.Act{Action: workflow.SignFor}))
}

// handler is who works on the case in its department; of a sealed case, the
// discipline officer alone.
func (s *script) handler() string {
	if s.letter.Sealed {
		return discipline
	}
	return s.letter.Department + "-clerk"
}

func (s *script) head() string {
	if s.letter.Sealed {
		return discipline
	}
	return s.letter.Department + "-head"
}

func (s *script) checker() string {
	switch {
	case s.letter.Sealed:
		return discipline
	case s.dice.chance("checker", 35):
		return officeHead
	}
	return clerk
}

func (s *script) noted() {
	if s.letter.Note != "" {
		s.staff("note", 15, 120, note(s.handler(), s.letter.Note))
	}
}

func (s *script) questioned() {
	if s.letter.Question == "" {
		return
	}
	s.staff("ask", 20, 200, do(s.handler(), casework.Act{Action: workflow.Ask, Note: s.letter.Question}))
	if s.letter.Addition != "" {
		s.writer("supply", 4, 60, say(workflow.MarkAdd, s.letter.Addition))
	}
}

// open is a case that is in the state now.
func (s *script) open(state workflow.State) {
	switch state {
	case workflow.Received:
	case workflow.Accepted:
		s.staff("accept", 15, 180, do(clerk, casework.Act{Action: workflow.Accept}))
	case workflow.Routed:
		s.screen()
	default:
		s.screen()
		s.refusals()
		s.sign()
		s.noted()
		s.openAtDepartment(state)
	}
}

// openAtDepartment is what the department has done with a case it signed for.
func (s *script) openAtDepartment(state workflow.State) {
	switch state {
	case workflow.Waiting:
		s.questioned()
	case workflow.InHand:
		if !s.letter.Sealed && s.dice.chance("more time", 40) {
			s.staff("more time", 30, 120, moreTime(s.handler(), 3, s.says("more_time")))
		}
	default:
		s.untilNow(state)
	}
}

func (s *script) untilNow(state workflow.State) {
	s.staff("draft", 60, 400, draft(s.handler(), s.letter.Answer))
	s.staff("hand in", 2, 60, do(s.handler(), casework.Act{Action: workflow.HandIn}))
	if state == workflow.Drafted {
		return
	}
	s.staff("approve", 20, 200, do(s.head(), casework.Act{Action: workflow.Approve}))
	if state == workflow.Answered {
		s.staff("check", 20, 200, do(s.checker(), casework.Act{Action: workflow.Answer}))
	}
}

// promised is the working time of a promise, in minutes.
func (s *script) promised(kind workflow.ClockKind) int {
	p := s.policy.Promised()[kind]
	if p.Unit == workflow.WorkingDays {
		return p.Amount * workday
	}
	return p.Amount * 60
}
