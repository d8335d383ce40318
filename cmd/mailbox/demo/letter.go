package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mailbox/workflow/calendar"
)

// Letter is one letter and all that is to come of it. Exactly one of Ago, On
// and After says when it came.
type Letter struct {
	ID    string `json:"id"`
	Ago   *int   `json:"ago"` // days before now
	On    string `json:"on"`  // 09-03: the last such day that is long enough past to have run its course; 2023-09-03: that day
	After *After `json:"after"`
	Time  string `json:"time"` // of day, 21:43

	Channel string `json:"channel"`
	Mode    string `json:"mode"`
	Status  string `json:"status"` // what the writer is to the college; "" when not said
	Locale  string `json:"locale"`
	Name    string `json:"name"`
	Phone   string `json:"phone"`
	Email   string `json:"email"`

	Kind     string `json:"kind"`
	Category string `json:"category"`
	Subject  string `json:"subject"`
	Body     string `json:"body"`
	About    string `json:"about"`   // department complained about
	Publish  bool   `json:"publish"` // the writer agrees to publication
	Sealed   bool   `json:"sealed"`

	// Of an application for disclosure.
	Asked    string `json:"asked"`
	Purpose  string `json:"purpose"`
	Delivery string `json:"delivery"`
	Decision string `json:"decision"` // how it is answered
	Withheld string `json:"withheld"` // why not all of it
	Referral string `json:"referral"`
	Fee      int    `json:"fee"` // fen
	Waived   int    `json:"waived"`

	Campaign     string    `json:"campaign"`   // count: it counts for the campaign, year: for that of the example year; propose: the department wishes so
	Path         string    `json:"path"`       // read it with Course
	Department   string    `json:"department"` // the one that answers in the end
	Refusals     []Refusal `json:"refusals"`   // by whom before, in order
	Note         string    `json:"note"`       // internal
	Question     string    `json:"question"`   // to the writer
	Addition     string    `json:"addition"`   // the writer's reply; "" means silence
	Extension    *Time     `json:"extension"`
	Answer       string    `json:"answer"`
	AskAgain     string    `json:"ask_again"` // what the writer asks once more
	Redo         string    `json:"redo"`      // why the writer wants it done anew
	SecondAnswer string    `json:"second_answer"`
	Rating       *Rating   `json:"rating"` // nil: the writer does not rate
}

// After places a letter some days after another one.
type After struct {
	Letter string `json:"letter"`
	Days   int    `json:"days"`
}

// Refusal is a department sending a case back.
type Refusal struct {
	Department string `json:"department"`
	Reason     string `json:"reason"`
}

// Time is more time asked for, in working days.
type Time struct {
	Reason string `json:"reason"`
	Days   int    `json:"days"`
}

// Rating is what the writer says of the answer, or of the second one.
type Rating struct {
	Speed    int    `json:"speed"`
	Attitude int    `json:"attitude"`
	Result   int    `json:"result"`
	Solved   bool   `json:"solved"`
	Comment  string `json:"comment"`
	At       string `json:"at"` // 2023-11-17 23:40: when exactly; "" some days after the answer
}

// The courses a case may take.
const (
	Normal       = "normal"
	Late         = "late"         // past its limit
	RefusedOnce  = "refused-once" // Refusals tells by whom
	RefusedTwice = "refused-twice"
	MergedInto   = "merged-into"        // Detail is the letter
	Declined     = "declined"           // Detail is the ground
	Asked        = "waiting-for-writer" // and the writer replies
	Withdrawn    = "withdrawn"
	Extended     = "extension"
	Redone       = "redo"
	AskedAgain   = "ask-again"
	Urgent       = "urgent"
	Sealed       = "sealed"        // in the discipline lane
	StillOpen    = "still-open-at" // Detail is the state
	AutoClosed   = "auto-closed"   // nobody rates, or nobody replies to the question
)

// Course is where a case goes.
type Course struct{ Kind, Detail string }

// Course reads the letter's path.
func (l Letter) Course() Course {
	kind, detail, _ := strings.Cut(l.Path, ":")
	return Course{kind, detail}
}

// How many days a course takes from letter to closed: the longest, and one that
// goes straight to a rating.
const (
	settled = 60
	smooth  = 21
)

// settles is how long ago the letter must have come to be closed by now.
func (l Letter) settles() calendar.Date {
	if l.Course().Kind == "normal" && l.Rating != nil {
		return smooth
	}
	return settled
}

// Received returns when the letter came, if now is the present. What the office
// enters by hand came on a working day, as did the office. The other letters
// keep their hour, at night and at weekends too.
func (c College) Received(l Letter, now time.Time, cal *calendar.Calendar) (time.Time, error) {
	now = now.In(cal.Location())
	day, step, err := c.day(l, now, cal)
	if err != nil {
		return time.Time{}, err
	}
	tod, err := time.Parse("15:04", l.Time)
	if err != nil {
		return time.Time{}, fmt.Errorf("letter %s: %w", l.ID, err)
	}
	at := func(d calendar.Date) time.Time {
		y, m, dd := d.In(cal.Location()).Date()
		return time.Date(y, m, dd, tod.Hour(), tod.Minute(), 0, 0, cal.Location())
	}
	if at(day).After(now) {
		day, step = day-1, -1
	}
	for l.byHand() && !cal.IsWorkingDay(day) {
		day += step
	}
	return at(day), nil
}

// day is the letter's day, and the direction to look for a working day in: a
// letter that follows another must not overtake it.
func (c College) day(l Letter, now time.Time, cal *calendar.Calendar) (day, step calendar.Date, err error) {
	today := cal.Date(now)
	switch {
	case l.After != nil:
		first, ok := c.Letter(l.After.Letter)
		if !ok {
			return 0, 0, fmt.Errorf("letter %s follows an unknown one", l.ID)
		}
		t, err := c.Received(first, now, cal)
		return cal.Date(t) + calendar.Date(l.After.Days), 1, err
	case l.Ago != nil:
		return today - calendar.Date(*l.Ago), -1, nil
	}
	if on, err := time.Parse(time.DateOnly, l.On); err == nil {
		return calendar.NewDate(on.Year(), on.Month(), on.Day()), 1, nil
	}
	on, err := time.Parse("01-02", l.On)
	if err != nil {
		return 0, 0, fmt.Errorf("letter %s: %w", l.ID, err)
	}
	for year := now.Year(); day == 0 || day > today-l.settles(); year-- {
		day = calendar.NewDate(year, on.Month(), on.Day())
	}
	return day, -1, nil
}

func (l Letter) byHand() bool {
	switch l.Channel {
	case "phone", "visit", "paper", "group", "board":
		return true
	}
	return false
}

// all are the letters of the college, those of the example year after the others.
func (c College) all() []Letter { return slices.Concat(c.Letters, c.Year.Letters) }

// Letter finds a letter by its id.
func (c College) Letter(id string) (Letter, bool) {
	for _, l := range c.all() {
		if l.ID == id {
			return l, true
		}
	}
	return Letter{}, false
}
