package main

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// changing is what two pages of the same kind differ in.
var changing = regexp.MustCompile(`XZ\d{8}-\d+|name="form_token" value="[^"]*"|[0-9A-Z]{12}|\d+ (秒|分钟)`)

// same is an answer without what may differ, so that two can be compared: what
// was asked for, tokens and names of requests.
func same(a answer, asked string) string {
	body := strings.ReplaceAll(strings.ReplaceAll(a.body, asked, "…"), url.QueryEscape(asked), "…")
	return fmt.Sprintf("%d\n%s\n%s", a.status, a.header.Get("Location"), changing.ReplaceAllString(body, "…"))
}

// TestGuessedCodes tries codes by the thousand, from a thousand networks, for a
// case that is there and one that is not. Nobody gets in, nobody gets far, and
// nobody learns which of the two is there.
func TestGuessedCodes(t *testing.T) {
	const guesses = 1000
	s := newStand(t)
	v := s.visitor()
	number := v.hand(t, letter(token(v.get(t, "/write")), "来信", "正文。"))
	code := v.receipt(t, number)
	numbers := [2]string{number, number[:len(number)-4] + "9999"}
	var mu sync.Mutex
	answers, let := [2]map[int]string{{}, {}}, [2]int{}
	guess := func(i int) {
		which := i % 2
		thief := newVisitor(at(s.where.Web))
		defer thief.http.CloseIdleConnections()
		thief.header.Set("X-Forwarded-For", fmt.Sprintf("10.3.%d.%d", i/250, i%250))
		a := thief.post(t, "/track", url.Values{"number": {numbers[which]}, "code": {fmt.Sprintf("%016d", i)}})
		mu.Lock()
		defer mu.Unlock()
		if a.status == http.StatusUnprocessableEntity {
			let[which]++
		}
		if known := answers[which][a.status]; known != "" && known != same(a, numbers[which]) {
			t.Errorf("two answers of status %d to the same question", a.status)
		}
		answers[which][a.status] = same(a, numbers[which])
	}
	inTurn(8, guesses, guess)
	for status, body := range answers[0] {
		if status != http.StatusUnprocessableEntity && status != http.StatusTooManyRequests {
			t.Errorf("status %d", status)
		}
		if answers[1][status] != body {
			t.Errorf("status %d tells a wrong code from an unknown number:\n%s\n%s", status, body, answers[1][status])
		}
	}
	t.Logf("of %d guesses %d and %d were looked at", guesses, let[0], let[1])
	if let[0] > 60 || let[1] > 60 || let[0] == 0 {
		t.Error("guessing is not limited as it should be")
	}
	other := s.visitor()
	form := letter(token(other.get(t, "/write")), "另一封", "正文。")
	mine := other.hand(t, form)
	other.follow(t, mine, strings.ToLower(strings.ReplaceAll(other.receipt(t, mine), "-", " "))) // others are not held up
	if strings.Contains(s.log.String(), code) {
		t.Error("the code is in the log")
	}
}

// inTurn calls do for 0 … n-1, some at a time.
func inTurn(hands, n int, do func(int)) {
	work := make(chan int)
	var wg sync.WaitGroup
	for range hands {
		wg.Go(func() {
			for i := range work {
				do(i)
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
}

// TestOtherPeoplesCases asks for what belongs to others and for what does not
// exist: the answers are the same.
func TestOtherPeoplesCases(t *testing.T) {
	s := newStand(t, staff[0])
	if _, err := s.db.ExecContext(t.Context(), `INSERT INTO departments (code, name_zh, name_en) VALUES ('logistics', '后勤处', 'Logistics')`); err != nil {
		t.Fatal(err)
	}
	hire(t, s.dir, s.env, person{"logistics-clerk", "dept_clerk", "logistics"})
	v := s.visitor()
	kind, body := withFiles(letter(token(v.get(t, "/write")), "他人的来信", "只有我和学校办公室能看。"), upload{"files", "收据.txt", "text/plain", []byte("收据")})
	theirs := numberIn(v.postBytes(t, "/write", kind, body))
	file := count(t, s.db, `SELECT f.id FROM files f JOIN cases c ON c.id = f.case_id WHERE c.number = $1`, theirs)
	message := count(t, s.db, `SELECT m.id FROM messages m JOIN cases c ON c.id = m.case_id WHERE c.number = $1`, theirs)
	v.follow(t, theirs, v.receipt(t, theirs))
	if a := v.get(t, fmt.Sprintf("/track/files/%d", file)); a.status != http.StatusOK || a.body != "收据" {
		t.Fatalf("the writer's own file: %v", a)
	}
	unknown := theirs[:len(theirs)-4] + "9998"
	alike := func(who *visitor, path, none string) {
		t.Helper()
		a, b := who.get(t, path), who.get(t, none)
		if a.status != http.StatusNotFound || same(a, path) != same(b, none) {
			t.Errorf("%s: %v\n%s: %v", path, a, none, b)
		}
	}

	stranger := s.visitor()
	mine := stranger.hand(t, letter(token(stranger.get(t, "/write")), "我的来信", "正文。"))
	stranger.follow(t, mine, stranger.receipt(t, mine))
	alike(stranger, fmt.Sprintf("/track/files/%d", file), "/track/files/999999")

	clerk := s.visitor()
	clerk.signIn(t, "logistics-clerk")
	for _, path := range []string{"", "/print", "/accept", fmt.Sprintf("/files/%d", file), fmt.Sprintf("/messages/%d", message)} {
		alike(clerk, "/desk/cases/"+theirs+path, "/desk/cases/"+unknown+path)
	}
	for _, act := range []string{"accept", "note", "draft", "reveal"} {
		fields := url.Values{"note": {"x"}, "reason": {"好奇"}, "body": {"x"}}
		a, b := clerk.post(t, "/desk/cases/"+theirs+"/"+act, fields), clerk.post(t, "/desk/cases/"+unknown+"/"+act, fields)
		if a.status != http.StatusNotFound || same(a, theirs) != same(b, unknown) {
			t.Errorf("%s: %v\n%v", act, a, b)
		}
	}
	if list := clerk.get(t, "/office/cases?q="+theirs); strings.Contains(list.body, "他人的来信") {
		t.Error("the search shows it")
	}
	nosy := s.visitor()
	nosy.header.Set("X-Query-Code", "7K3M-9QXR-2FTV-8WDN")
	a, b := nosy.get(t, "/api/v1/letters/"+theirs), nosy.get(t, "/api/v1/letters/"+unknown)
	if a.status < 400 || same(a, theirs) != same(b, unknown) {
		t.Errorf("the API tells them apart: %v\n%v", a, b)
	}
	signedOut := s.visitor()
	if a := signedOut.get(t, "/desk/cases/"+theirs); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login") {
		t.Errorf("signed out: %v", a)
	}
}

// TestStrangePaths asks for addresses that no page leads to. Nothing of it is a
// fault, and no answer speaks of what is inside.
func TestStrangePaths(t *testing.T) {
	s := newStand(t, staff[0])
	clerk := s.visitor()
	clerk.signIn(t, "clerk")
	huge := strings.Repeat("9", 400)
	for _, path := range []string{
		"/receipt/%00", "/receipt/" + huge, "/receipt/XZ20261123-0001/text", "/receipt/..%2f..%2fetc%2fpasswd", "/track/files/0", "/track/files/-1",
		"/track/files/" + huge, "/track?number=%ff%00'", "/write?category=%ff%00", "/static/../../keys", "/static/%2e%2e/%2e%2e/keys", "/static/",
		"/figures?year=" + huge, "/figures?from=%00", "/login?next=//evil.example", "/login?next=javascript:alert(1)",
		"/desk?cursor=" + huge, "/desk?page=-1&sort=drop", "/desk/cases/%00", "/desk/cases/" + huge, "/desk/cases/XZ20261123-0001/files/x",
		"/desk/cases/%ff/nothing", "/office?cursor=%ff", "/office/cases?q=" + url.QueryEscape("'); DROP TABLE cases;--"), "/office/cases?q=%00%ff",
		"/office/cases?from=9999-99-99&state=x&department=" + huge, "/office/cases?cursor=" + url.QueryEscape(`{"at":"x"}`), "/office/board?department=x",
		"/office/mail/0", "/office/mail/" + huge, "/office/mail?box=%00", "/office/undelivered?cursor=x", "/office/figures?from=x&to=y&by=z",
		"/office/figures?from=0001-01-01&to=9999-12-31", "/api/v1/letters/%00", "/api/v1/letters/" + huge, "/api/v1/figures?year=x", "/api/v1/cases?limit=-1",
	} {
		for name, v := range map[string]*visitor{"a stranger": s.visitor(), "the clerk": clerk} {
			a := v.get(t, path)
			if a.status >= 500 || a.status == 0 {
				t.Errorf("%s asks for %.80s: %v", name, path, a)
			}
			if to := a.header.Get("Location"); strings.Contains(to, "//") || strings.HasPrefix(to, "javascript:") {
				t.Errorf("%.80s leads to %q", path, to)
			}
			for _, inside := range []string{"pq:", "goroutine ", ".go:", s.dir} {
				if strings.Contains(a.body, inside) {
					t.Errorf("%.80s speaks of %q", path, inside)
				}
			}
		}
	}
	if said := s.log.String(); strings.Contains(said, `"level":"ERROR"`) {
		t.Error("there are faults in the log")
	}
}
