package demo_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mailbox/cmd/mailbox/demo"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

func TestLetterWords(t *testing.T) {
	t.Parallel()
	for _, l := range load(t).Letters {
		word(t, l.ID, workflow.Channels, workflow.Channel(l.Channel))
		word(t, l.ID, workflow.Modes, workflow.Mode(l.Mode))
		word(t, l.ID, workflow.WriterStatuses, workflow.WriterStatus(l.Status))
		word(t, l.ID, workflow.CaseKinds, workflow.CaseKind(l.Kind))
		word(t, l.ID, []string{"zh-CN", "en"}, l.Locale)
		if l.Subject == "" || l.Body == "" {
			t.Errorf("%s says nothing", l.ID)
		}
		if l.About != "" && l.About == l.Department {
			t.Errorf("%s is answered by the department it complains about", l.ID)
		}
	}
}

// TestNobodyReal: addresses and numbers that reach no one, and no way at all to
// reach the anonymous.
func TestNobodyReal(t *testing.T) {
	t.Parallel()
	phone := regexp.MustCompile(`^138 0000 \d{4}$`)
	email := regexp.MustCompile(`^w\d+@example\.(com|net|org)$`)
	names, phones := map[string]string{}, map[string]string{}
	for _, l := range load(t).Letters {
		if l.Mode == "anonymous" {
			if l.Name+l.Phone+l.Email != "" {
				t.Errorf("%s is anonymous and yet signed", l.ID)
			}
			continue
		}
		if l.Name == "" || l.Phone+l.Email == "" || l.Channel == "email" && l.Email == "" {
			t.Errorf("%s cannot be answered", l.ID)
		}
		if l.Phone != "" && !phone.MatchString(l.Phone) || l.Email != "" && !email.MatchString(l.Email) {
			t.Errorf("%s has a number or an address of somebody: %s %s", l.ID, l.Phone, l.Email)
		}
		for what, seen := range map[string]map[string]string{l.Name: names, l.Phone: phones} {
			if other, taken := seen[what]; taken && what != "" {
				t.Errorf("%s and %s share %s", l.ID, other, what)
			}
			seen[what] = l.ID
		}
		if strings.Contains(l.Answer+l.SecondAnswer+l.Note, l.Name) {
			t.Errorf("%s: the answer names the writer", l.ID)
		}
	}
}

// TestCourses: what a course needs is there, and what it never reaches is not.
func TestCourses(t *testing.T) {
	t.Parallel()
	for _, l := range load(t).Letters {
		course := l.Course()
		want := wanted(course)
		if course.Kind == demo.AutoClosed && l.Question != "" {
			want = silent
		}
		for name, part := range map[string]struct {
			need need
			has  bool
		}{
			"answer": {want.answer, l.Answer != ""}, "second answer": {want.second, l.SecondAnswer != ""},
			"rating": {want.rating, l.Rating != nil}, "question": {want.question, l.Question != ""},
			"addition": {want.addition, l.Addition != ""}, "extension": {want.extension, l.Extension != nil},
			"department": {want.department, l.Department != ""},
		} {
			if part.need == yes && !part.has || part.need == no && part.has {
				t.Errorf("%s (%s): %s: %v", l.ID, l.Path, name, part.has)
			}
		}
		if (course.Kind == demo.AskedAgain) != (l.AskAgain != "") || (course.Kind == demo.Redone) != (l.Redo != "") {
			t.Errorf("%s (%s): asking again or redoing does not fit", l.ID, l.Path)
		}
		if refused := map[string]int{demo.RefusedOnce: 1, demo.RefusedTwice: 2}[course.Kind]; refused > 0 && len(l.Refusals) != refused {
			t.Errorf("%s (%s): %d refusals", l.ID, l.Path, len(l.Refusals))
		}
		if course.Kind == demo.Sealed && !l.Sealed || l.Sealed != (l.Department == "discipline") {
			t.Errorf("%s (%s): sealed %v, at %s", l.ID, l.Path, l.Sealed, l.Department)
		}
		checkDetail(t, l)
		checkRating(t, l)
	}
}

func checkDetail(t *testing.T, l demo.Letter) {
	t.Helper()
	switch course := l.Course(); course.Kind {
	case demo.Declined:
		word(t, l.ID, workflow.Grounds, workflow.Ground(course.Detail))
	case demo.StillOpen:
		word(t, l.ID, workflow.States, workflow.State(course.Detail))
		if workflow.State(course.Detail).Ended() || l.Ago == nil || *l.Ago > 30 {
			t.Errorf("%s is not open any more", l.ID)
		}
	case demo.MergedInto:
		if l.After == nil || l.After.Letter != course.Detail {
			t.Errorf("%s does not follow the letter it is merged into", l.ID)
		}
	default:
		if course.Detail != "" {
			t.Errorf("%s: %s", l.ID, l.Path)
		}
	}
}

func checkRating(t *testing.T, l demo.Letter) {
	t.Helper()
	if l.Rating == nil {
		return
	}
	r := workflow.Rating{Speed: l.Rating.Speed, Attitude: l.Rating.Attitude, Result: l.Rating.Result}
	if err := r.Check(); err != nil {
		t.Errorf("%s: %v", l.ID, err)
	}
}

type need int

const (
	maybe need = iota
	yes
	no
)

type parts struct {
	answer, second, rating, question, addition, extension, department need
}

// silent: the writer was asked and does not reply.
var silent = parts{answer: no, second: no, rating: no, question: yes, addition: no, extension: no, department: yes}

func wanted(c demo.Course) parts {
	done := parts{answer: yes, second: no, extension: no, department: yes}
	switch c.Kind {
	case demo.Asked:
		done.question, done.addition = yes, yes
	case demo.Extended:
		done.extension = yes
	case demo.Redone, demo.AskedAgain:
		done.second = yes
	case demo.AutoClosed:
		done.rating = no
	case demo.Withdrawn:
		return parts{answer: no, second: no, rating: no, department: yes}
	case demo.MergedInto, demo.Declined:
		return parts{answer: no, second: no, rating: no, department: no}
	case demo.StillOpen:
		return open(workflow.State(c.Detail))
	}
	return done
}

func open(s workflow.State) parts {
	p := parts{answer: no, second: no, rating: no, extension: no, department: yes}
	if s == workflow.Waiting {
		p.question, p.addition = yes, no
	}
	if s == workflow.Drafted || s == workflow.Approved || s == workflow.Answered {
		p.answer = yes
	}
	return p
}

// TestApplications: every application that is answered is decided, and nothing
// else is; every decision occurs.
func TestApplications(t *testing.T) {
	t.Parallel()
	n := map[workflow.Decision]int{}
	for _, l := range load(t).Letters {
		decision := workflow.Decision(l.Decision)
		if applied := l.Kind == string(workflow.Disclosure); (applied && l.Answer != "") != (decision != "") || !applied && l.Asked != "" {
			t.Errorf("%s (%s) is decided %q", l.ID, l.Kind, decision)
		}
		if decision.Withholds() != (l.Withheld != "") || (decision == workflow.DecideNotOurs) != (l.Referral != "") {
			t.Errorf("%s: withheld %q, referred to %q", l.ID, l.Withheld, l.Referral)
		}
		if l.Kind == string(workflow.Disclosure) && l.Mode == string(workflow.Anonymous) {
			t.Errorf("%s is an anonymous application", l.ID)
		}
		n[decision]++
	}
	for _, d := range []workflow.Decision{workflow.DecidePublic, workflow.DecidePartly, workflow.DecideRefused, workflow.DecideAbsent, workflow.DecideNotOurs} {
		if n[d] == 0 {
			t.Errorf("nothing is decided %q", d)
		}
	}
}

// TestVariety: enough of everything, in the proportions of a real mailbox.
func TestVariety(t *testing.T) {
	t.Parallel()
	c := load(t)
	n := map[string]int{}
	for _, l := range c.Letters {
		kind, detail := l.Course().Kind, l.Course().Detail
		for _, key := range []string{l.Mode, l.Channel, "kind " + l.Kind, "category " + l.Category, "status " + l.Status, "path " + kind, l.Locale} {
			n[key]++
		}
		if kind == demo.Declined || kind == demo.StillOpen {
			n[detail]++
		}
		if l.Rating != nil {
			n["result "+string(rune('0'+l.Rating.Result))]++
		}
		if l.Rating != nil && !l.Rating.Solved {
			n["unsolved"]++
		}
	}
	if len(c.Letters) != 247 {
		t.Errorf("%d letters", len(c.Letters))
	}
	for what, share := range map[string]int{"signed": 45, "confidential": 30, "anonymous": 25, "web": 55, "email": 20} {
		if got := n[what] * 100 / len(c.Letters); got < share-3 || got > share+3 {
			t.Errorf("%d %% are %s, want about %d %%", got, what, share)
		}
	}
	for what, least := range leasts(c) {
		if n[what] < least {
			t.Errorf("only %d with %q, want %d", n[what], what, least)
		}
	}
}

func leasts(c demo.College) map[string]int {
	least := map[string]int{
		"phone": 8, "visit": 8, "paper": 5, "group": 5, "board": 5, "en": 5, "unsolved": 10,
		"result 1": 1, "result 2": 5, "result 3": 5, "result 4": 10, "result 5": 30,
		"path normal": 80, "path late": 8, "path refused-once": 8, "path refused-twice": 4, "path merged-into": 10,
		"path declined": 11, "path waiting-for-writer": 3, "path withdrawn": 5, "path extension": 5, "path redo": 4,
		"path ask-again": 5, "path urgent": 5, "path sealed": 8, "path still-open-at": 25, "path auto-closed": 10,
	}
	for _, g := range workflow.Grounds {
		least[string(g)] = 1
	}
	for _, k := range workflow.CaseKinds {
		least["kind "+string(k)] = 3
	}
	for _, s := range workflow.WriterStatuses {
		least["status "+string(s)] = 3
	}
	for _, g := range c.Categories {
		least["category "+g.Code] = 4
	}
	for _, s := range workflow.States {
		if !s.Ended() {
			least[string(s)] = 1
		}
	}
	return least
}

// TestVoices: no two letters, and no two answers, share thirty characters.
func TestVoices(t *testing.T) {
	t.Parallel()
	letters, answers := map[string]string{}, map[string]string{}
	shortest, longest := 1000, 0
	for _, l := range load(t).Letters {
		unshared(t, l.ID, l.Body, letters)
		unshared(t, l.ID, l.Answer, answers)
		size := utf8.RuneCountInString(l.Body)
		shortest, longest = min(shortest, size), max(longest, size)
	}
	if shortest > 15 || longest < 700 || longest > 900 {
		t.Errorf("letters are from %d to %d characters long", shortest, longest)
	}
}

func unshared(t *testing.T, id, text string, seen map[string]string) {
	t.Helper()
	runes := []rune(text)
	for i := range len(runes) - 29 {
		part := string(runes[i : i+30])
		if other, ok := seen[part]; ok && other != id {
			t.Errorf("%s and %s both say %q", other, id, part)
			return
		}
		seen[part] = id
	}
}

func TestReceived(t *testing.T) {
	t.Parallel()
	c, cal := load(t), weekdays(t)
	for now := at(t, "2026-01-01 00:05"); now.Before(at(t, "2027-01-02 00:00")); now = now.Add(61 * time.Hour) {
		var oldest time.Time
		evenings := 0
		for _, l := range c.Letters {
			got, err := c.Received(l, now, cal)
			if err != nil {
				t.Fatal(err)
			}
			if age := now.Sub(got); age < 0 || age > 432*24*time.Hour {
				t.Errorf("%s arrives %v before %v", l.ID, age, now)
			}
			if slices.Contains(workflow.ByHand, workflow.Channel(l.Channel)) && !cal.IsWorkingDay(cal.Date(got)) {
				t.Errorf("%s is entered by hand on %v", l.ID, got)
			}
			if oldest.IsZero() || got.Before(oldest) {
				oldest = got
			}
			if got.Hour() >= 18 || got.Hour() < 7 {
				evenings++
			}
			follows(t, c, l, got, now, cal)
		}
		if oldest.After(now.AddDate(-1, -1, 0)) {
			t.Errorf("at %v the oldest letter is of %v", now, oldest)
		}
		if evenings < 40 {
			t.Errorf("only %d letters are written after hours", evenings)
		}
	}
}

func follows(t *testing.T, c demo.College, l demo.Letter, got, now time.Time, cal *calendar.Calendar) {
	t.Helper()
	if l.After == nil {
		return
	}
	first, _ := c.Letter(l.After.Letter)
	if before, err := c.Received(first, now, cal); err != nil || !got.After(before) {
		t.Errorf("%s arrives %v, not after %s: %v %v", l.ID, got, first.ID, before, err)
	}
}

func weekdays(tb testing.TB) *calendar.Calendar {
	tb.Helper()
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		tb.Fatal(err)
	}
	cal, err := calendar.New(calendar.Spec{Location: loc})
	if err != nil {
		tb.Fatal(err)
	}
	return cal
}

func at(tb testing.TB, s string) time.Time {
	tb.Helper()
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		tb.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		tb.Fatal(err)
	}
	return at
}
