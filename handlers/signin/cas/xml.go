package cas

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// Answer is what the server said.
type Answer struct {
	User       string
	Attributes map[string][]string
	Failure    string // its code; "" when it knows who it is
}

// String hides who it is.
func (Answer) String() string { return "•••" }

// Limits of what is read.
const (
	maxDepth    = 8
	maxElements = 500
)

var errXML = errors.New("cas: this is no answer of a CAS server")

// element is one that has ended: its path by local names, its text, and whether
// it held others.
type element struct {
	path  []string
	attrs map[string]string
	text  string
	leaf  bool
}

// walk tells of every element as it ends. A document type, an instruction and an
// entity are refused, so that nothing is ever fetched or expanded.
func walk(b []byte, ended func(element) bool) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errXML }
	var open []element
	n := 0
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) && len(open) == 0 && n > 0 {
			return nil
		}
		if err != nil {
			return errXML
		}
		switch t := t.(type) {
		case xml.StartElement:
			if n++; n > maxElements || len(open) >= maxDepth || len(open) == 0 && n > 1 {
				return errXML
			}
			open = push(open, t)
		case xml.EndElement:
			last := len(open) - 1
			if last < 0 || open[last].path[last] != t.Name.Local || !ended(open[last]) {
				return errXML
			}
			open = open[:last]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(t)
			} else if len(bytes.TrimSpace(t)) > 0 {
				return errXML
			}
		case xml.ProcInst:
			if t.Target != "xml" || n > 0 {
				return errXML
			}
		case xml.Comment:
		default: // a document type
			return errXML
		}
	}
}

// push opens an element inside those that are open.
func push(open []element, t xml.StartElement) []element {
	e := element{leaf: true, attrs: map[string]string{}}
	if len(open) > 0 {
		open[len(open)-1].leaf = false
		e.path = slices.Clone(open[len(open)-1].path)
	}
	e.path = append(e.path, t.Name.Local)
	for _, a := range t.Attr {
		e.attrs[a.Name.Local] = a.Value
	}
	return append(open, e)
}

// read reads the answer to a validation. Attributes stand in an element of that
// name, or, with some vendors, beside the user or as pairs.
func read(b []byte) (Answer, error) {
	a := Answer{Attributes: map[string][]string{}}
	ends := 0
	err := walk(b, func(e element) bool {
		at := strings.Join(e.path, "/")
		text := strings.TrimSpace(e.text)
		const success, failure = "serviceResponse/authenticationSuccess", "serviceResponse/authenticationFailure"
		switch {
		case at == failure:
			ends++
			a.Failure = strings.TrimSpace(e.attrs["code"])
			return a.Failure != ""
		case at == success:
			ends++
			return a.User != ""
		case at == success+"/user":
			if a.User != "" || !e.leaf { // two of them
				return false
			}
			a.User = text
		case strings.HasPrefix(at, success+"/") && e.leaf:
			a.take(e, text)
		}
		return e.path[0] == "serviceResponse"
	})
	if err != nil || ends != 1 || (a.User == "") == (a.Failure == "") {
		return Answer{}, errXML
	}
	return a, nil
}

func (a *Answer) take(e element, text string) {
	name := e.path[len(e.path)-1]
	switch {
	case name == "proxyGrantingTicket" || name == "proxy":
		return
	case name == "attribute" && e.attrs["name"] != "":
		name = e.attrs["name"]
		if v := e.attrs["value"]; v != "" {
			text = strings.TrimSpace(v)
		}
	}
	if text != "" {
		a.Attributes[name] = append(a.Attributes[name], text)
	}
}

// Logout reads the word of a CAS server that a session has ended: the ticket that
// it was begun with.
func Logout(text string) (ticket string, ok bool) {
	if len(text) > maxAnswer {
		return "", false
	}
	n := 0
	err := walk([]byte(text), func(e element) bool {
		if len(e.path) == 2 && e.path[1] == "SessionIndex" {
			n++
			ticket = strings.TrimSpace(e.text)
		}
		return e.path[0] == "LogoutRequest"
	})
	return ticket, err == nil && n == 1 && Ticket(ticket)
}
