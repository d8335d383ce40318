package bench

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/smtp"
	"strings"
	"sync/atomic"
	"time"
)

// mails measures how many mails a second become cases.
func mails(ctx context.Context, r *run) error {
	return r.with(ctx, "mails", func(c *College) error {
		p, err := r.serve(ctx, c.Dir+"/program", c)
		if err != nil {
			return err
		}
		db, err := sql.Open("postgres", c.DSN)
		if err != nil {
			return errors.Join(err, p.stop())
		}
		defer db.Close()
		var sent atomic.Int64
		for _, connections := range []int{1, 8} {
			if err = r.mailsOver(ctx, db, p.SMTP, connections, &sent); err != nil {
				break
			}
		}
		return errors.Join(err, p.stop())
	})
}

func (r *run) mailsOver(ctx context.Context, db *sql.DB, address string, connections int, sent *atomic.Int64) error {
	begun := time.Now()
	l, err := together(ctx, connections, r.lasts()/2, func(int) (func(context.Context) error, error) {
		client, err := smtp.Dial(address)
		if err != nil {
			return nil, err
		}
		return func(context.Context) error { return sendMail(client, sent.Add(1)) }, nil
	})
	if err != nil {
		return err
	}
	last, err := allSorted(ctx, db, sent.Load())
	if err != nil {
		return err
	}
	rate := float64(len(l.took)) / last.Sub(begun).Seconds()
	r.add("mails", "mails to cases, "+plural(connections, "connection"), rate, "/s", nil,
		fmt.Sprintf("%s/s taken in; DATA to 250: p50 %s ms, p99 %s ms", number(l.perSecond()), number(l.took.at(.5)), number(l.took.at(.99))))
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// allSorted waits until as many mails are cases, and says since when.
func allSorted(ctx context.Context, db *sql.DB, want int64) (time.Time, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var cases, left int64
		err := db.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE state = 'case'), count(*) FILTER (WHERE state = 'new') FROM raw_mails`).Scan(&cases, &left)
		switch {
		case err != nil:
			return time.Time{}, err
		case cases == want:
			return time.Now(), nil
		case left == 0:
			return time.Time{}, fmt.Errorf("of %d mails %d became cases", want, cases)
		}
		select {
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-tick.C:
		}
	}
}

func sendMail(client *smtp.Client, n int64) error {
	l := letterNumber(n)
	for _, step := range []func() error{
		func() error { return client.Mail(l.email) },
		func() error { return client.Rcpt("mailbox@localhost") },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	w, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(mailOf(l, n)); err != nil {
		return err
	}
	return w.Close()
}

func mailOf(l sheet, n int64) []byte {
	encoded := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	lines := []string{
		"From: =?UTF-8?B?" + encoded("陈思远") + "?= <" + l.email + ">",
		"To: mailbox@localhost",
		"Subject: =?UTF-8?B?" + encoded(l.subject) + "?=",
		"Date: " + time.Now().Format(time.RFC1123Z),
		fmt.Sprintf("Message-ID: <bench-%d@example.edu.cn>", n),
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=utf-8",
		"Content-Transfer-Encoding: base64",
		"",
	}
	body := encoded(l.body)
	for len(body) > 76 {
		lines, body = append(lines, body[:76]), body[76:]
	}
	return []byte(strings.Join(append(lines, body, ""), "\r\n"))
}
