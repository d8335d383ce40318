// Package demo is the invented college that the demonstration shows: its
// departments, people, categories, policies, answer templates and the letters
// written to its principal. It holds what happens; whoever runs the
// demonstration makes it happen through the use cases.
package demo

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

//go:embed data/*.json
var data embed.FS

// College is everything there is to know about the demonstration.
type College struct {
	About       About
	Departments []Department
	People      []Person
	Categories  []Category
	Policies    []Policy
	Templates   []Template
	Crisis      Crisis
	Letters     []Letter // in the order they were thought of, not received
}

// About names the college.
type About struct {
	Zh        string `json:"zh"`
	En        string `json:"en"`
	MailboxZh string `json:"mailbox_zh"`
	MailboxEn string `json:"mailbox_en"`
	Office    string `json:"office"` // code of the department that keeps the mailbox
	NoticeZh  string `json:"notice_zh"`
	NoticeEn  string `json:"notice_en"`
}

// Department is a part of the college; its code begins the user names of its
// two accounts.
type Department struct {
	Code  string `json:"code"`
	Zh    string `json:"zh"`
	En    string `json:"en"`
	Phone string `json:"phone"`
}

// Person is one member of staff with an account.
type Person struct {
	Username   string   `json:"username"`
	Name       string   `json:"name"`
	Department string   `json:"department"`
	Roles      []string `json:"roles"`
	TitleZh    string   `json:"title_zh"`
	TitleEn    string   `json:"title_en"`
}

// Category is what letters may be about.
type Category struct {
	Code   string   `json:"code"`
	Zh     string   `json:"zh"`
	En     string   `json:"en"`
	HintZh string   `json:"hint_zh"`
	HintEn string   `json:"hint_en"`
	Lead   string   `json:"lead"`   // department its cases are routed to
	Assist []string `json:"assist"` // departments that usually help
	Policy string   `json:"policy"`
	Kinds  []string `json:"kinds"`  // usual kinds, the most usual first
	Sealed bool     `json:"sealed"` // goes to the discipline lane
}

// Policy is a set of promises.
type Policy struct {
	Code         string    `json:"code"`
	Zh           string    `json:"zh"`
	En           string    `json:"en"`
	Promises     []Promise `json:"promises"`
	RefuseWithin Span      `json:"refuse_within"` // after signing for a case
	Extension    Extension `json:"extension"`
}

// Span is a length of time in one of the units of limits.
type Span struct {
	Amount int    `json:"amount"`
	Unit   string `json:"unit"`
}

// Promise is the limit of one clock and how long before its end to warn; nil
// means that nobody is warned.
type Promise struct {
	Clock string `json:"clock"`
	Span
	Warn *Span `json:"warn"`
}

// Extension says how often a limit may be extended, and by how many working
// days by the office and by the leader in charge.
type Extension struct {
	Times      int `json:"times"`
	OfficeDays int `json:"office_days"`
	LeaderDays int `json:"leader_days"`
}

// Template is a text to begin an answer with. The variables are {来信人},
// {编号}, {部门} and {日期}, in both languages.
type Template struct {
	Code     string `json:"code"`
	Purpose  string `json:"purpose"`  // answer, ask, decline or note
	Category string `json:"category"` // "" for all
	TitleZh  string `json:"title_zh"`
	BodyZh   string `json:"body_zh"`
	TitleEn  string `json:"title_en"`
	BodyEn   string `json:"body_en"`
}

// Crisis lists the words that call for a person at once, and what the writer is
// shown before sending.
type Crisis struct {
	Zh        []string `json:"zh"`
	En        []string `json:"en"`
	HotlineZh string   `json:"hotline_zh"`
	HotlineEn string   `json:"hotline_en"`
}

// Load reads the college and checks that its parts fit together.
func Load() (College, error) {
	var c College
	parts := []struct {
		name string
		into any
	}{
		{"college", &c.About},
		{"departments", &c.Departments},
		{"people", &c.People},
		{"categories", &c.Categories},
		{"policies", &c.Policies},
		{"answer_templates", &c.Templates},
		{"crisis", &c.Crisis},
	}
	for _, p := range parts {
		if err := read("data/"+p.name+".json", p.into); err != nil {
			return College{}, err
		}
	}
	if err := c.readLetters(); err != nil {
		return College{}, err
	}
	if err := c.check(); err != nil {
		return College{}, fmt.Errorf("demo college: %w", err)
	}
	return c, nil
}

func (c *College) readLetters() error {
	names, err := fs.Glob(data, "data/letters_*.json")
	if err != nil {
		return fmt.Errorf("demo letters: %w", err)
	}
	for _, name := range names {
		var some []Letter
		if err := read(name, &some); err != nil {
			return err
		}
		c.Letters = append(c.Letters, some...)
	}
	return nil
}

// read is strict: a field nobody reads is a slip of the pen.
func read(name string, into any) error {
	b, err := data.ReadFile(name)
	if err != nil {
		return fmt.Errorf("demo college: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("demo college: %s: %w", name, err)
	}
	return nil
}
