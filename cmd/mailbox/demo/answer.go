package demo

import (
	"slices"
	"strings"

	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// answered is one round from the work itself to the answer that leaves.
func (s *script) answered(text string) {
	s.worked(text)
	s.staff("hand in", 3, 60, do(s.handler(), casework.Act{Action: workflow.HandIn}))
	s.decided()
	if !s.urgent && !s.letter.Sealed && s.dice.chance("head sends back", 9) {
		s.staff("send back", 30, 200, do(s.head(), casework.Act{Action: workflow.SendBack, Note: s.says("send_back_head")}))
		s.revised(text)
	}
	s.staff("approve", 20, 260, do(s.head(), casework.Act{Action: workflow.Approve}))
	if !s.urgent && !s.letter.Sealed && s.dice.chance("office sends back", 6) {
		s.staff("send back", 30, 240, do(clerk, casework.Act{Action: workflow.SendBack, Note: s.says("send_back_office")}))
		s.revised(text)
		s.staff("approve", 20, 160, do(s.head(), casework.Act{Action: workflow.Approve}))
	}
	lo, hi := 20, 300
	if s.dice.chance("slow check", 4) && !s.urgent {
		lo, hi = 3*workday+10, 3*workday+200
	}
	s.secured()
	s.staff("check", lo, hi, do(s.checker(), casework.Act{Action: workflow.Answer}))
}

// decided is the department saying how an application is answered; once, for
// however many rounds.
func (s *script) decided() {
	decides := func(x step) bool { return x.name == "decide" }
	if s.letter.Decision != "" && !slices.ContainsFunc(s.steps, decides) {
		s.staff("decide", 5, 40, decide(s.handler(), s.letter))
	}
}

// secured is the head checking for secrets what is about to leave.
func (s *script) secured() {
	if workflow.Decision(s.letter.Decision).Opens() {
		s.staff("secrecy", 10, 60, checkSecrecy(s.head()))
	}
}

// campaigned is a case that counts for the campaign, or is wished to.
func (s *script) campaigned() {
	switch s.letter.Campaign {
	case "count":
		s.staff("tag", 20, 300, tag(ourCampaign))
	case "year":
		s.staff("tag", 20, 300, tag(yearCampaign))
	case "propose":
		s.staff("propose", 20, 300, propose(s.head()))
	}
}

// worked is the time from signing for the case to a draft. Where a course says
// so it is longer than was promised, or more time is asked for in time.
func (s *script) worked(text string) {
	answer, overall := s.promised(workflow.ToAnswer), s.promised(workflow.Overall)
	switch s.letter.Course().Kind {
	case Late:
		s.staff("remind", answer+20, answer+workday, remind(officeHead, s.says("remind")))
		if s.dice.chance("instruct", 60) {
			s.staff("instruct", 200, 2*workday, instruct(s.leader(), s.says("instruct")))
		}
		s.staff("draft", overall-answer, overall-answer+3*workday, draft(s.handler(), text))
		return
	case Extended:
		x := s.letter.Extension
		s.staff("more time", 60, 400, moreTime(s.handler(), x.Days, x.Reason))
		s.staff("grant", 60, 300, grant(officeHead, s.says("granted")))
		s.staff("draft", answer*8/10, answer, draft(s.handler(), text))
		return
	}
	first := s.beginning(text)
	if first != text && s.dice.chance("draft twice", 25) {
		s.staff("draft", answer*10/100, answer*40/100, draft(s.handler(), first))
		s.staff("draft", answer*10/100, answer*30/100, draft(s.handler(), text))
		return
	}
	s.staff("draft", answer*20/100, answer*70/100, draft(s.handler(), text))
}

// revised is a draft worked over and handed in again.
func (s *script) revised(text string) {
	s.staff("draft", 20, 200, draft(s.handler(), text+s.signature()))
	s.staff("hand in", 3, 40, do(s.handler(), casework.Act{Action: workflow.HandIn}))
}

// signature is what a draft that was sent back lacked.
func (s *script) signature() string {
	if s.letter.Locale == "en" {
		return "\n\nIf anything remains unclear, you may ask once more with your number and query code."
	}
	return "\n\n如对答复仍有疑问，您可以凭编号和查询码追问一次。"
}

// beginning is the first sentence of a text: what is saved before lunch.
func (*script) beginning(text string) string {
	if i := strings.Index(text, "。"); i > 0 {
		return text[:i+len("。")]
	}
	return text
}

func (s *script) leader() string {
	if s.dice.chance("principal", 40) {
		return principal
	}
	return leader
}
