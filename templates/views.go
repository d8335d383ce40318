package templates

import (
	"strconv"
	"time"
)

// Home is the data of public/home.html.
type Home struct {
	Page
	// MedianDays and OnTime are last month's, in words ("3", "96.2%"). With no
	// figures yet they are empty and the promise stands without them.
	MedianDays, OnTime string
	Promise            string       // the college's own sentence, or ""
	Days               int          // in which a letter is answered, as a rule; 0: not said
	Answers            []HomeAnswer // a few of the newest
	Phones             []Phone      // for emergencies, the most urgent first
	Channels           []Channel    // what else leads here
}

// HomeAnswer is a published answer as one line.
type HomeAnswer struct {
	Title, Href, Department string
	At                      time.Time
}

// Phone is a number to call, and for what.
type Phone struct{ Name, Number string }

// Channel is another way to write.
type Channel struct{ Name, Text, Href string }

// ErrorPage is the data of public/error.html. The page knows what to say for
// 400, 403 (the same as 404), 404, 409, 413, 429, 500 and 503; others read as
// 400 or 500.
type ErrorPage struct {
	Page
	Status    int
	Message   string // what exactly went wrong, in words, or ""
	Retry     string // when trying again may help, in words: "30 秒"
	Reference string // to quote when asking for help
	Staff     bool   // only what staff do is closed; writers go on
	Action    string // where Fields, what was sent in vain, can be sent again
	Fields    []Hidden
	Files     bool // there were files, which are not kept
}

// Case is the part of the page's keys that fits the status.
func (e ErrorPage) Case() string {
	if e.Staff {
		return "error.status.staff"
	}
	switch e.Status {
	case 400, 409, 413, 429, 500, 503:
		return "error.status." + strconv.Itoa(e.Status)
	case 401, 403, 404, 405, 410:
		return "error.status.404"
	}
	if e.Status < 500 {
		return "error.status.400"
	}
	return "error.status.500"
}
