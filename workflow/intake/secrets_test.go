package intake_test

import (
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"mailbox/repository/postgres"
	"mailbox/repository/postgres/pgtest"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/casework"
	"mailbox/workflow/intake"
)

// canaries is an identity that is found again wherever it leaks.
var canaries = workflow.Identity{Name: "卡纳里", Phone: "13899990001", Email: "canary@students.example", Number: "C20269999"}

func identify(mode workflow.Mode) func(*workflow.Letter) {
	return func(l *workflow.Letter) { l.Mode, l.Identity = mode, canaries }
}

// After everything that can happen to letters the whole database holds neither
// who wrote them nor a code, in no event, notice, journal or anywhere else.
func TestDatabaseHoldsNoIdentity(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Open(t)
	store, err := postgres.Open(t.Context(), dsn, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	o := officeOn(t, store)
	secrets := []string{canaries.Name, canaries.Phone, canaries.Email, canaries.Number}
	for _, r := range o.lives(t) {
		secrets = append(secrets, r.Code.Groups(), strings.ReplaceAll(r.Code.Groups(), "-", ""))
	}
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	rows := 0
	for _, table := range tables(t, db) {
		for _, row := range column(t, db, `SELECT t::text FROM `+pq.QuoteIdentifier(table)+` t`) {
			rows++
			for _, secret := range secrets {
				if strings.Contains(row, secret) || strings.Contains(row, hex.EncodeToString([]byte(secret))) {
					t.Errorf("%s holds %q: %.300s", table, secret, row)
				}
			}
		}
	}
	if rows < 150 {
		t.Errorf("only %d rows were looked at", rows)
	}
}

// lives lets letters of every mode and channel live.
func (o *office) lives(t *testing.T) []intake.Receipt {
	t.Helper()
	ctx := t.Context()
	a, b, c := o.Send(t, identify(workflow.Signed)), o.Send(t, identify(workflow.Confidential)), o.Send(t, identify(workflow.Anonymous))
	urgent := o.Send(t, identify(workflow.Signed), func(l *workflow.Letter) { l.Urgent = true })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := o.Vault.Reveal(ctx, o.Clerk.Actor(), a.CaseID, "电话核实")
	must(err)
	o.Do(t, o.Clerk, b.CaseID, casework.Act{Action: workflow.Merge, Into: a.Number})
	o.Answer(t, a.CaseID, "已经修好。")
	_, err = o.Cases.Rate(ctx, workflow.ByWriter(a.CaseID), a.CaseID, workflow.Rating{Speed: 5, Attitude: 5, Result: 5}, "谢谢")
	must(err)
	o.Do(t, o.Clerk, c.CaseID, casework.Act{Action: workflow.Decline, Ground: "unclear", Note: "请写清楚。"})
	must(o.Cases.Seal(ctx, o.Clerk.Actor(), urgent.CaseID, "涉及违纪"))
	o.arrive(t, letter(from(canaries.Email), func(m *intake.ReadMail) { m.FromName = canaries.Name }))
	o.arrive(t, letter(from(canaries.Email), o.token(o.got(t).CaseID), text("补充：四楼也没有。")))
	if m := o.got(t); m.State != workflow.MailReply {
		t.Fatalf("the reply is %s", m.State)
	}
	_, err = o.Door.SaveAccount(ctx, o.Admin.Actor(), workflow.Account{Username: "wang", Name: "王老师", Locale: "zh-CN", Roles: []workflow.Role{workflow.Leader}}, "correct horse battery")
	must(err)
	_, err = o.Door.Prove(ctx, access.Entry{Username: "wang", Password: "correct horse battery", ClientKey: "here"})
	must(err)
	return []intake.Receipt{a, b, c, urgent}
}

func tables(t *testing.T, db *sql.DB) []string {
	t.Helper()
	return column(t, db, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
}

func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// Whatever is wrong with a letter, what is said of it names nobody, and neither
// letter nor receipt can be printed by mistake.
func TestErrorsNameNobody(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var said []string
	for _, spoil := range []func(*workflow.Letter){
		func(l *workflow.Letter) { l.Identity.Email += "@" + canaries.Phone },
		func(l *workflow.Letter) { l.Identity.Name = strings.Repeat(canaries.Name, workflow.MaxName) },
		func(l *workflow.Letter) { l.Identity.Phone = strings.Repeat(canaries.Phone, 20) },
		func(l *workflow.Letter) { l.Category = 99 },
		func(l *workflow.Letter) { l.About = 99 },
	} {
		_, err := o.Intake.Submit(t.Context(), o.Letter(identify(workflow.Signed), spoil))
		if err == nil {
			t.Error("taken")
		}
		said = append(said, fmt.Sprintf("%v %+v %#v", err, err, err))
	}
	l := o.Letter(identify(workflow.Signed))
	r := o.Send(t, identify(workflow.Signed))
	said = append(said, fmt.Sprintf("%v %+v %#v", l, l, l), fmt.Sprintf("%v %+v %#v", r, r, r))
	for _, s := range said {
		for _, secret := range []string{canaries.Name, canaries.Phone, canaries.Email, canaries.Number, r.Code.Groups(), string(r.Code)} {
			if strings.Contains(s, secret) {
				t.Errorf("%q in %.200s", secret, s)
			}
		}
	}
}

// The proof of a receipt verifies, and no other does; the same form with the
// same name opens the receipt, and nothing else.
func TestReceipt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	l := o.Letter()
	r, err := o.Intake.Submit(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if !o.Proof.Verify(r.Proof) || len(r.Mark) != 8 {
		t.Errorf("proof %s, mark %s", r.Proof, r.Mark)
	}
	for i := range r.Proof {
		other := []byte(r.Proof)
		if other[i]++; o.Proof.Verify(string(other)) {
			t.Errorf("verifies with another byte %d", i)
		}
	}
	stored, err := o.Store.LetterBy(t.Context(), workflow.Web, workflow.ExternalHash(workflow.Web, l.External))
	if err != nil {
		t.Fatal(err)
	}
	if code, err := o.Codes.Unseal(stored.Receipt, l.External); err != nil || code != r.Code {
		t.Errorf("the token opens %v, %v", code == r.Code, err)
	}
	for name, try := range map[string]func() (workflow.Code, error){
		"another token": func() (workflow.Code, error) { return o.Codes.Unseal(stored.Receipt, l.External+"x") },
		"no token":      func() (workflow.Code, error) { return o.Codes.Unseal(stored.Receipt, "") },
		"other keys": func() (workflow.Code, error) {
			return workflow.NewCodes([]byte(strings.Repeat("k", 32))).Unseal(stored.Receipt, l.External)
		},
	} {
		if code, err := try(); code != "" || workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("%s opens it: %v", name, err)
		}
	}
	if _, err := o.Intake.Slip(t.Context(), o.Clerk.Actor(), workflow.Web, l.External); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("the office gets a writer's own receipt: %v", err)
	}
	_, err = o.Intake.Submit(t.Context(), o.Letter(func(l *workflow.Letter) { l.External = "" }))
	if e, ok := errors.AsType[*workflow.Error](err); !ok || e.Key != "write.form_expired" {
		t.Errorf("a form without a token: %v", err)
	}
}
