package todo_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/todo"
)

// TestFill writes values into texts and nowhere else: what a value holds can
// change no shape.
func TestFill(t *testing.T) {
	values := todo.Values{"title": `"},"x":{"` + "\n{person}", "person": `a"b\c`, "told_ms": "1795397400000", "due": ""}
	body := json.RawMessage(`{"t":"{title}","targets":"{\"LoginName\":\"{person|json}\"}","n":"{told_ms|number}","none":"{due|number}","both":"{person}-{told_ms|number}","odd":"{Person} {}","list":["{person}",1.50,true,null]}`)
	filled, err := todo.Fill(body, values)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		T, Targets, Both, Odd string
		N                     int64
		None                  *int
		List                  []any
	}
	if err := json.Unmarshal(filled, &got); err != nil {
		t.Fatalf("%v: %s", err, filled)
	}
	var inner struct{ LoginName string }
	if err := json.Unmarshal([]byte(got.Targets), &inner); err != nil || inner.LoginName != values["person"] {
		t.Errorf("JSON inside a text: %q %v", got.Targets, err)
	}
	if got.T != values["title"] || got.N != 1795397400000 || got.None != nil || got.Both != `a"b\c-1795397400000` || got.Odd != "{Person} {}" || got.List[0] != `a"b\c` {
		t.Errorf("filled %s", filled)
	}
	if !strings.Contains(string(filled), "1.50") {
		t.Errorf("a number was written anew: %s", filled)
	}
}

func TestTaken(t *testing.T) {
	yes := todo.Taken{Field: "result.code", Is: []string{"0", "ok", "true"}}
	for answer, want := range map[string]bool{
		`{"result":{"code":0}}`: true, `{"result":{"code":"ok"}}`: true, `{"result":{"code":true}}`: true,
		`{"result":{"code":1}}`: false, `{"result":{}}`: false, `{"result":null}`: false, `{"code":0}`: false, `[]`: false, `ok`: false, ``: false,
		`{"result":{"code":{"0":"ok"}}}`: false,
	} {
		if yes.Holds([]byte(answer)) != want {
			t.Errorf("%s: %t", answer, !want)
		}
	}
	if !(todo.Taken{}).Holds([]byte("<html>")) {
		t.Error("without a field any answer will do")
	}
}

// TestValuesOf has a value for every field that forms explain, in the college's
// time, and none that names the writer.
func TestValuesOf(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	at := time.Date(2026, 11, 23, 16, 30, 0, 0, time.UTC)
	f := todo.Facts{
		Number: "XZ20261124-0001", Urgent: true, Now: at, Account: workflow.Account{Username: "clerk", Name: "信箱管理员"},
		Todo: workflow.Todo{Account: 7, Occasion: 2, Kind: workflow.TodoRoute, State: workflow.TodoDone, Opened: at},
	}
	got := todo.ValuesOf(f, todo.Setting{Zone: zone, People: map[string]string{"clerk": "10086"}, Title: "…", Link: "https://…"})
	if len(got) != len(todo.Fields) {
		t.Errorf("%d values for %d fields", len(got), len(todo.Fields))
	}
	for _, name := range todo.Fields {
		if _, ok := got[name]; !ok {
			t.Errorf("no value for %s", name)
		}
	}
	for name, want := range map[string]string{
		"todo": "XZ20261124-0001-7-2", "call": "XZ20261124-0001-7-2-done", "opened": "2026-11-24 00:30:00", "ended": "", "due": "", "person": "10086",
		"opened_ms": "1795451400000", "urgent": "1", "state": "done", "kind": "route",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

// FuzzRead reads anything, and fills what it takes.
func FuzzRead(f *testing.F) {
	f.Add(`{"name":"x","sign":"none","open":{"path":"/a","body":{"a":"{todo}{person}{title}{link}"}},"done":{"path":"/a","body":["{todo}"]},"withdrawn":{"path":"/a","body":{"a":"{todo|json}"}},"taken":{}}`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := todo.Read(text)
		if err != nil {
			return
		}
		for _, s := range []workflow.TodoState{workflow.TodoOpen, workflow.TodoDone, workflow.TodoWithdrawn} {
			if b, err := todo.Fill(m.Request(s).Body, todo.Values{"todo": "a\"b"}); err != nil || !json.Valid(b) {
				t.Errorf("%s: %s %v", s, b, err)
			}
		}
	})
}
