package api

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// publicAnswer is a selected answer as everybody may read it.
type publicAnswer struct {
	ID         string       `json:"id"`
	URL        string       `json:"url"`
	Kind       string       `json:"kind"`
	Category   string       `json:"category"`
	Department string       `json:"department,omitempty"`
	Received   string       `json:"received"`
	Answered   string       `json:"answered"`
	Published  string       `json:"published"`
	Subject    string       `json:"subject"`
	Question   string       `json:"question"`
	Answer     string       `json:"answer"`
	Files      []publicFile `json:"files"`
	SHA256     string       `json:"sha256"`
}

type publicFile struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	URL    string `json:"url"`
}

func answerOf(c *web.Context, p workflow.Publication) (publicAnswer, error) {
	a, err := p.Answer()
	if err != nil {
		return publicAnswer{}, fmt.Errorf("read public answer: %w", err)
	}
	url := c.URL("/answers/" + a.Slug)
	out := publicAnswer{
		ID: a.Slug, URL: url, Kind: string(a.Kind), Category: a.Category, Department: a.Department, Received: a.Received, Answered: a.Answered,
		Published: c.Local(p.Visible).Format(time.RFC3339), Subject: a.Subject, Question: a.Question, Answer: a.Answer,
		Files: []publicFile{}, SHA256: hex.EncodeToString(p.ContentHash),
	}
	for i, f := range a.Files {
		out.Files = append(out.Files, publicFile{f.Name, f.MediaType, f.Size, f.SHA256, url + "/files/" + strconv.Itoa(i+1)})
	}
	return out, nil
}

// answers lists what is published, newest first.
func (a *API) answers(c *web.Context) error {
	q, err := a.answersAsked(c)
	if err != nil {
		return err
	}
	found, err := a.Answers.Public(c.Context(), q)
	if err != nil {
		return err
	}
	p := page[publicAnswer]{Items: []publicAnswer{}, Next: found.Next}
	for _, row := range found.Publications {
		one, err := answerOf(c, row)
		if err != nil {
			return err
		}
		p.Items = append(p.Items, one)
	}
	return publish(c, p)
}

func (a *API) answersAsked(c *web.Context) (q workflow.PublicQuery, err error) {
	q = workflow.PublicQuery{Search: c.Query("q"), After: c.Query("after")}
	if q.Limit, err = strconv.Atoi(cmp.Or(c.Query("limit"), "25")); err != nil || q.Limit < 1 || q.Limit > maxPage {
		return q, workflow.Wrong("limit", "request.field_number")
	}
	if kind := c.Query("kind"); kind != "" {
		if q.Kind, err = workflow.ParseKind(kind); err != nil {
			return q, err
		}
	}
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return q, err
	}
	if code := c.Query("category"); code != "" {
		k, err := o.category(code)
		if err != nil {
			return q, err
		}
		q.Category = k.ID
	}
	if code := c.Query("department"); code != "" {
		i := slices.IndexFunc(o.departments, func(d workflow.Department) bool { return d.Code == code })
		if i < 0 {
			return q, workflow.Wrong("department", "invalid.choice")
		}
		q.Department = o.departments[i].ID
	}
	return q, nil
}

// answer is one published answer.
func (a *API) answer(c *web.Context) error {
	p, err := a.Answers.One(c.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	out, err := answerOf(c, p)
	if err != nil {
		return err
	}
	return publish(c, out)
}
