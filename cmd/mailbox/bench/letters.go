package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"
)

// clients is how many write letters at the same time.
const clients = 16

// leastRatio is how much of what the database alone commits must arrive as
// letters.
const leastRatio = 0.6

// letters measures how many letters a second are accepted.
func letters(ctx context.Context, r *run) error {
	return r.with(ctx, "letters", func(c *College) error {
		p, err := r.serve(ctx, c.Dir+"/program", c, "web")
		if err != nil {
			return err
		}
		err = errors.Join(r.lettersBy(ctx, c, newPost(p.Web)), r.lettersBy(ctx, c, call{newPost(p.Web)}), r.underLoad(p), p.stop())
		if err != nil {
			return err
		}
		return r.lettersWithAll(ctx, c)
	})
}

// way is a way to hand letters in.
type way interface {
	name() string
	client(n int) (func(context.Context) error, error)
}

// lettersBy puts letters that come in one way beside the rows they leave.
func (r *run) lettersBy(ctx context.Context, c *College, w way) error {
	first, err := w.client(0)
	if err != nil {
		return err
	}
	if err := first(ctx); err != nil {
		return err
	}
	rows, err := record(ctx, c.DSN)
	if err != nil {
		return err
	}
	half := r.lasts() / 2
	before, err := rows.commit(ctx, c.DSN, half)
	if err != nil {
		return err
	}
	l, err := together(ctx, clients, r.lasts(), w.client)
	if err != nil {
		return err
	}
	after, err := rows.commit(ctx, c.DSN, half)
	if err != nil {
		return err
	}
	bare := (before.perSecond() + after.perSecond()) / 2
	r.add("letters", "letters by "+w.name(), l.perSecond(), "/s", nil, fmt.Sprintf("p50 %s ms, p99 %s ms", number(l.took.at(.5)), number(l.took.at(.99))))
	r.add("letters", "  the same rows, bare", bare, "/s", nil, fmt.Sprintf("%d rows in one transaction", len(rows)))
	r.add("letters", "  ratio", l.perSecond()/bare, "", atLeast(leastRatio), "")
	return nil
}

func (r *run) lasts() time.Duration { return time.Duration(r.Seconds) * time.Second }

// underLoad notes the memory of a program that has just worked hard.
func (r *run) underLoad(p *program) error {
	mib, err := p.rss()
	if err != nil {
		return err
	}
	r.add("letters", "memory under load", mib, "MiB", nil, "RSS of the program after the letters")
	return nil
}

// lettersWithAll is what is left for letters while the same process also
// answers them by mail, projects figures and watches clocks.
func (r *run) lettersWithAll(ctx context.Context, c *College) error {
	p, err := r.serve(ctx, c.Dir+"/program", c)
	if err != nil {
		return err
	}
	l, err := together(ctx, clients, r.lasts(), newPost(p.Web).client)
	if err == nil {
		r.add("letters", "letters while all else runs", l.perSecond(), "/s", nil,
			"acknowledged by mail in the same process; p99 "+number(l.took.at(.99))+" ms")
	}
	return errors.Join(err, p.stop())
}

// post hands letters in by the form of /write.
type post struct {
	base string
	http *http.Client
	sent *atomic.Int64
}

func newPost(address string) post {
	return post{base: "http://" + address, sent: new(atomic.Int64), http: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 2 * clients, DisableCompression: true},
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (post) name() string { return "POST /write" }

var tokenField = regexp.MustCompile(`name="form_token" value="([0-9a-f-]+)"`)

// client opens the form once; every letter is the form sent again with other words.
func (p post) client(int) (func(context.Context) error, error) {
	status, page, err := get(context.Background(), p.http, p.base+"/write")
	if err != nil {
		return nil, err
	}
	token := tokenField.FindSubmatch(page)
	if token == nil {
		return nil, fmt.Errorf("GET /write: no form in a page of status %d", status)
	}
	return func(ctx context.Context) error { return p.send(ctx, string(token[1])) }, nil
}

func (p post) send(ctx context.Context, token string) error {
	n := p.sent.Add(1)
	l := letterNumber(n)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range [][2]string{
		{"form_token", token},
		{"website", ""},
		{"identity", "signed"},
		{"kind", "help"},
		{"category", "other"},
		{"status", "student"},
		{"subject", l.subject},
		{"body", l.body},
		{"name", "陈思远"},
		{"phone", "13800138000"},
		{"email", l.email},
		{"about", ""},
		{"publish", "no"},
		{"help_seen", ""},
	} {
		if err := form.WriteField(f[0], f[1]); err != nil {
			return err
		}
	}
	if err := form.Close(); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+"/write", &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("X-Forwarded-For", address(n))
	return done(p.http, req, http.StatusSeeOther)
}

// call hands letters in by the API.
type call struct{ post }

func (call) name() string { return "POST /api/v1/letters" }

func (p call) client(int) (func(context.Context) error, error) { return p.send, nil }

func (p call) send(ctx context.Context) error {
	n := p.sent.Add(1)
	l := letterNumber(n)
	body, err := json.Marshal(map[string]string{
		"identity": "signed", "kind": "help", "category": "other", "status": "student",
		"subject": l.subject, "body": l.body, "name": "陈思远", "phone": "13800138000", "email": l.email,
	})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+"/api/v1/letters", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", rand.Text())
	req.Header.Set("X-Forwarded-For", address(n))
	return done(p.http, req, http.StatusCreated)
}

// done sends a request and wants one status.
func done(client *http.Client, req *http.Request, want int) error {
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != want {
		return fmt.Errorf("%s %s: status %d: %.500s", req.Method, req.URL.Path, res.StatusCode, b)
	}
	return nil
}

// sheet is what one letter says.
type sheet struct{ subject, body, email string }

func letterNumber(n int64) sheet {
	id := strconv.FormatInt(n, 10)
	return sheet{
		subject: "三号宿舍楼热水供应时间" + id,
		body: "老师您好，我是机电工程系二年级的学生。最近两周我们三号宿舍楼晚上九点以后经常没有热水，" +
			"实训课下课晚的同学回来都洗不上澡。我们向楼管反映过两次，答复说要等后勤统一安排。" +
			"想请学校了解一下情况，能否把供水时间延长到十点半，或者告诉我们什么时候可以恢复正常。谢谢。第" + id + "封。",
		email: "student" + id + "@example.edu.cn",
	}
}

// address is another one for every letter.
func address(n int64) string {
	return fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
}
