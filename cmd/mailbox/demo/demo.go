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

	"mailbox/cmd/mailbox/founding"
)

//go:embed data/*.json
var data embed.FS

// College is everything there is to know about the demonstration.
type College struct {
	founding.Rules

	About       About
	Departments []Department
	People      []Person
	Letters     []Letter // in the order they were thought of, not received
	Year        Year     // the example year, with its own letters
	Mails       []Mail
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
	Address   string `json:"address"`
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

// Load reads the college and checks that its parts fit together.
func Load() (College, error) {
	rules, err := founding.Load()
	if err != nil {
		return College{}, err
	}
	c := College{Rules: rules}
	parts := []struct {
		name string
		into any
	}{
		{"college", &c.About},
		{"departments", &c.Departments},
		{"people", &c.People},
		{"mails", &c.Mails},
		{"year", &c.Year},
		{"year_letters", &c.Year.Letters},
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
