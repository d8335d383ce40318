package main

import (
	"mailbox/repository/postgres/pgtest"
	"mailbox/repository/redisdb/redistest"
	"testing"
	"time"
)

func TestSmoke(t *testing.T) {
	dir := redistest.Dir(t)
	env := []string{"DATABASE_URL=" + pgtest.Open(t), "REDIS_URL=" + redistest.Open(t)}
	p := newProgram(t, dir, env...)
	for range 3 {
		b := time.Now()
		p.start(t, 0)
		t.Log(time.Since(b))
		p.kill()
	}
	p.start(t, 0)
	b := time.Now()
	hire(t, dir, env, staff...)
	t.Log("hire", time.Since(b))
	v := newVisitor(func() string { return p.where.Web })
	n := v.hand(t, letter(token(v.get(t, "/write")), "食堂", "太贵了，请调查。"))
	code := v.receipt(t, n)
	a := v.follow(t, n, code)
	t.Log(a.status)
	v.signIn(t, "clerk")
	err := sendMail(p.where.SMTP, "a@example.com", "mailbox@xz.example.edu.cn", plainMail("x@y", "Li <a@example.com>", "测试", "你好，食堂很好"))
	t.Log(err)
	p.stop(t)
}
