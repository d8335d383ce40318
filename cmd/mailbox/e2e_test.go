package main

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"mailbox/handlers/web/webtest"
)

// college is a whole college at work: the program with servers of its own, and
// the people who use it.
type college struct {
	*program
	dir    string
	env    []string // where its own servers are, for commands
	people map[string]*visitor
}

// TestMainJob walks a letter by the form, with a photo, and a mail in GBK from
// arrival to closed, through the pages of everybody who has to do with them.
// In the middle the program is killed.
func TestMainJob(t *testing.T) {
	c := beginWork(t)
	writer := newVisitor(c.web)
	number, code := c.writeWithPhoto(t, writer)
	mailed, mailCode := c.writeByMail(t)
	c.inTray(t, "食堂二楼的价格", "热水供应问题")
	c.accept(t, number)
	c.accept(t, mailed)

	c.kill()
	c.start(t, 0)
	c.people = map[string]*visitor{} // who was signed in may have to sign in again

	c.replyByMail(t, mailed)
	c.resolve(t, number, "食堂已经调整价格，谢谢您的来信。")
	c.resolve(t, mailed, "热水已恢复供应，谢谢您的来信。")
	c.answered(t, "li@students.example", "热水已恢复供应，谢谢您的来信。")
	c.rate(t, writer, number, code, "食堂已经调整价格，谢谢您的来信。")
	c.rate(t, newVisitor(c.web), mailed, mailCode, "热水已恢复供应，谢谢您的来信。")
	c.counted(t)

	if out, err := command(t, c.dir, c.env, "", "verify"); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
	c.kill()
	c.noOrphans(t)
}

// noOrphans wants the servers of a program that was killed to end by
// themselves.
func (c *college) noOrphans(t *testing.T) {
	t.Helper()
	within(t, 30*time.Second, "the database ends", func() bool {
		_, err := os.Stat(filepath.Join(c.dir, "postgres", "data", "postmaster.pid"))
		return errors.Is(err, fs.ErrNotExist)
	})
	within(t, 30*time.Second, "Redis ends", func() bool {
		conn, err := net.Dial("unix", filepath.Join(c.dir, "redis", "sock", "redis.sock"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
}

func (c *college) web() string { return c.where.Web }

// beginWork starts the program with servers of its own. A department is made
// in the pages, people at the command line.
func beginWork(t *testing.T) *college {
	t.Helper()
	dir := freshDir(t)
	c := &college{program: newProgram(t, dir), dir: dir, people: map[string]*visitor{}}
	c.env = []string{"DATABASE_URL=" + ownDatabase(dir), "REDIS_URL=unix://" + filepath.Join(dir, "redis", "sock", "redis.sock")}
	c.start(t, 0)
	hire(t, dir, c.env, person{"admin", "admin", "office"}, staff[0])
	admin := c.as(t, "admin")
	saved := admin.press(t, admin.get(t, "/admin/departments/new"), "/admin/departments", url.Values{"code": {"logistics"}, "name_zh": {"后勤处"}, "name_en": {"Logistics"}})
	if page := admin.goTo(t, saved); !strings.Contains(page.body, "后勤处") {
		t.Fatalf("the department is not there: %v", page)
	}
	hire(t, dir, c.env, person{"logistics-clerk", "dept_clerk", "logistics"}, person{"logistics-head", "dept_head", "logistics"})
	return c
}

// as is somebody at their own browser, signed in.
func (c *college) as(t *testing.T, username string) *visitor {
	t.Helper()
	v := c.people[username]
	if v == nil {
		v = newVisitor(c.web)
		v.signIn(t, username)
		c.people[username] = v
	}
	return v
}

func (c *college) writeWithPhoto(t *testing.T, v *visitor) (number, code string) {
	t.Helper()
	page := v.get(t, "/write")
	form := formOf(t, page, "/write")
	for name, values := range letter(form.Get("form_token"), "食堂二楼的价格", "食堂二楼的价格涨了，请您过问。") {
		form[name] = values
	}
	kind, body := withFiles(form, upload{"files", "价目表.jpg", "image/jpeg", photo(t)})
	a := v.postBytes(t, "/write", kind, body)
	receipt := v.goTo(t, a)
	number, code = numberIn(a), strings.Join(strings.Fields(v.receipt(t, numberIn(a))), "")
	for _, part := range append(strings.Split(code, "-"), number, "<svg") {
		if !strings.Contains(receipt.body, part) {
			t.Errorf("the receipt does not show %q", part)
		}
	}
	status := v.follow(t, number, code)
	for _, words := range []string{"已收到", "食堂二楼的价格涨了", "价目表.jpg"} {
		if !strings.Contains(status.body, words) {
			t.Errorf("the writer does not see %q", words)
		}
	}
	return number, code
}

var numberText = regexp.MustCompile(`XZ\d{8}-\d{4,}`)

// writeByMail sends a mail as old programs do: GBK in header and body, the
// header without a label, the body with a wrong one. Its acknowledgement brings
// number and code.
func (c *college) writeByMail(t *testing.T) (number, code string) {
	t.Helper()
	raw, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte("From: 李四 <li@students.example>\r\nTo: 校长信箱 <mailbox@xz.example.edu.cn>\r\n" +
		"Message-ID: <gbk-1@students.example>\r\nSubject: 热水供应问题\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n三号楼没有热水，请您过问。\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := sendMail(c.where.SMTP, "li@students.example", "mailbox@xz.example.edu.cn", raw); err != nil {
		t.Fatal(err)
	}
	ack := c.mailTo(t, "li@students.example", func(m outgoing) bool { return codeText.MatchString(m.text) })
	number, code = numberText.FindString(ack.subject+ack.text), codeText.FindString(ack.text)
	if number == "" {
		t.Fatalf("the acknowledgement names no number: %s", ack.text)
	}
	status := newVisitor(c.web).follow(t, number, code)
	for _, words := range []string{"热水供应问题", "三号楼没有热水，请您过问。"} {
		if !strings.Contains(status.body, words) {
			t.Errorf("the mail's writer does not see %q", words)
		}
	}
	return number, code
}

// mailTo waits for a mail to somebody that fits.
func (c *college) mailTo(t *testing.T, to string, fits func(outgoing) bool) (found outgoing) {
	t.Helper()
	within(t, 30*time.Second, "a mail goes to "+to, func() bool {
		for _, m := range outgoingIn(t, c.dir) {
			if m.to() == to && fits(m) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

func (c *college) inTray(t *testing.T, subjects ...string) {
	t.Helper()
	tray := c.as(t, "clerk").get(t, "/office")
	for _, subject := range subjects {
		if !strings.Contains(tray.body, subject) {
			t.Errorf("the tray does not show %q", subject)
		}
	}
}

// do presses one of the buttons that somebody has on a case.
func (c *college) do(t *testing.T, username, number, act string, fields url.Values) {
	t.Helper()
	v, path := c.as(t, username), "/desk/cases/"+number
	page := v.get(t, path)
	if page.status != http.StatusOK {
		t.Fatalf("%s does not see %s: %v", username, number, page)
	}
	a := v.press(t, page, path+"/"+act, fields)
	if a.status != http.StatusSeeOther {
		t.Fatalf("%s of %s by %s: %v", act, number, username, a)
	}
}

// accept passes a case on to the department that is chosen on the page.
func (c *college) accept(t *testing.T, number string) {
	t.Helper()
	page := c.as(t, "clerk").get(t, "/desk/cases/"+number)
	for _, o := range webtest.Parse(t, page.body).All("select[name=department] option") {
		if strings.Contains(o.Text(), "后勤处") {
			c.do(t, "clerk", number, "accept", url.Values{"department": {o.Attr("value")}})
			return
		}
	}
	t.Fatalf("the department is not offered: %v", page)
}

// replyByMail answers the acknowledgement, with its words quoted below, to the
// address it asks for.
func (c *college) replyByMail(t *testing.T, number string) {
	t.Helper()
	ack := c.mailTo(t, "li@students.example", func(m outgoing) bool { return codeText.MatchString(m.text) })
	to := regexp.MustCompile(`reply\+[^>\s]+`).FindString(ack.header.Get("Reply-To"))
	if to == "" {
		t.Fatalf("nowhere to reply: %v", ack.header)
	}
	raw := plainMail("reply-1@students.example", "Li <li@students.example>", "Re: "+ack.subject, "补充：五楼最严重。\r\n\r\n> "+strings.ReplaceAll(ack.text, "\n", "\n> "))
	if err := sendMail(c.where.SMTP, "li@students.example", to, raw); err != nil {
		t.Fatal(err)
	}
	clerk := c.as(t, "logistics-clerk")
	within(t, 30*time.Second, "the reply joins its case", func() bool {
		return strings.Contains(clerk.get(t, "/desk/cases/"+number).body, "补充：五楼最严重。")
	})
	if n := count(t, openSQL(t, ownDatabase(c.dir)), `SELECT count(*) FROM cases`); n != 2 {
		t.Errorf("%d cases after the reply", n)
	}
}

// resolve is what a department and the office do until the answer leaves.
func (c *college) resolve(t *testing.T, number, text string) {
	t.Helper()
	if inbox := c.as(t, "logistics-clerk").get(t, "/desk"); !strings.Contains(inbox.body, number) {
		t.Errorf("%s is not in the inbox", number)
	}
	c.do(t, "logistics-clerk", number, "sign_for", nil)
	c.do(t, "logistics-clerk", number, "draft", url.Values{"body": {text}, "then": {"hand_in"}})
	c.do(t, "logistics-head", number, "approve", nil)
	c.do(t, "clerk", number, "answer", nil)
}

func (c *college) answered(t *testing.T, to, text string) {
	t.Helper()
	c.mailTo(t, to, func(m outgoing) bool { return strings.Contains(m.text, text) })
}

// rate reads the answer and rates it, which closes the case.
func (c *college) rate(t *testing.T, v *visitor, number, code, text string) {
	t.Helper()
	page := v.follow(t, number, code)
	if !strings.Contains(page.body, text) || !strings.Contains(page.body, "已答复") {
		t.Fatalf("the answer of %s is not there: %v", number, page)
	}
	done := v.goTo(t, v.press(t, page, "/track/rate", url.Values{"speed": {"5"}, "attitude": {"5"}, "result": {"4"}, "solved": {"yes"}, "comment": {"谢谢"}}))
	if !strings.Contains(done.body, "已办结") {
		t.Errorf("%s is not closed: %v", number, done)
	}
}

// counted wants both letters in the figures, and the cases behind the number.
func (c *college) counted(t *testing.T) {
	t.Helper()
	clerk := c.as(t, "clerk")
	var page answer
	var behind []string // what was received, accepted, answered and closed
	within(t, 30*time.Second, "both cases are counted at every step", func() bool {
		page = clerk.get(t, "/office/figures?by=department")
		behind = linksOf(t, page, "后勤处", "2")
		open := func(path string) bool { return strings.Contains(path, "state=open") } // both have ended by now
		return len(behind) >= 4 && !slices.ContainsFunc(behind, open)
	})
	for _, subject := range []string{"食堂二楼的价格", "热水供应问题"} {
		for _, path := range behind {
			if list := clerk.get(t, path); !strings.Contains(list.body, subject) {
				t.Errorf("%s, behind the figure, does not show %q: %v", path, subject, list)
			}
		}
	}
	export := formOf(t, page, "/office/figures/export")
	export.Del("compare") // the table itself, not the comparison above it
	export.Set("format", "csv")
	a := clerk.post(t, "/office/figures/export", export)
	sheet := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff")))
	sheet.FieldsPerRecord = -1 // the notes above the table have one
	rows, err := sheet.ReadAll()
	i := slices.IndexFunc(rows, func(row []string) bool { return row[0] == "后勤处" })
	if err != nil || i < 0 || !slices.Equal(rows[i][1:10], []string{"2", "2", "2", "0", "0", "0", "2", "2", "2"}) {
		t.Errorf("the exported figures: %v, %v", err, a)
	}
	if public := newVisitor(c.web).get(t, "/figures"); public.status != http.StatusOK {
		t.Errorf("the public figures: %v", public)
	}
}

// linksOf is where the cells with that text lead in the row of that name.
func linksOf(t *testing.T, page answer, row, cell string) (hrefs []string) {
	t.Helper()
	for _, r := range webtest.Parse(t, page.body).All("table tr") {
		if !strings.Contains(r.Text(), row) {
			continue
		}
		for _, link := range r.All("td a") {
			if link.Text() == cell {
				hrefs = append(hrefs, link.Attr("href"))
			}
		}
	}
	return hrefs
}
