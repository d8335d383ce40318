package main

import (
	"bytes"
	"database/sql"
	"io"
	"path/filepath"
	"testing"
	"time"

	"mailbox/repository/blob"
)

// settle lets a program that nobody kills any more finish what is under way:
// first as it is, then with its clock ahead, so that what was being sent when
// it was killed is known to be uncertain.
func settle(tb testing.TB, p *program, db *sql.DB) {
	tb.Helper()
	waiting := func(query string) func() bool { return func() bool { return count(tb, db, query) == 0 } }
	within(tb, time.Minute, "every mail is sorted", waiting(`SELECT count(*) FROM raw_mails WHERE state = 'new'`))
	within(tb, time.Minute, "every notice is sent", waiting(`SELECT count(*) FROM notices WHERE state = 'queued'`))
	p.stop(tb)
	p.start(tb, 10*time.Minute)
	within(tb, time.Minute, "no notice is being sent", waiting(`SELECT count(*) FROM notices WHERE state IN ('queued', 'sending')`))
	within(tb, time.Minute, "every fact is counted", waiting(`SELECT count(*) FROM facts WHERE NOT projected`))
	p.stop(tb)
}

// checkLedger compares the memory of the program, read with other eyes, with
// what was sent.
func checkLedger(tb testing.TB, dir string, db *sql.DB, ledger []*sent) {
	tb.Helper()
	checkCases(tb, db, ledger)
	checkFiles(tb, dir, db, ledger)
	checkNotices(tb, dir, db, ledger)
	none := func(what, query string) {
		tb.Helper()
		if found := texts(tb, db, query); len(found) > 0 {
			tb.Errorf("%s: %d, for example %s", what, len(found), found[0])
		}
	}
	none("cases with another number of letters than one", `SELECT number FROM cases c WHERE (SELECT count(*) FROM letters WHERE case_id = c.id) <> 1`)
	none("cases received another time than once", `SELECT number FROM cases c WHERE (SELECT count(*) FROM events WHERE case_id = c.id AND seq = 1) <> 1
		OR (SELECT count(*) FROM events WHERE case_id = c.id) <> c.chain_seq`)
	none("cases without the two clocks a new case has", `SELECT number FROM cases c
		WHERE (SELECT string_agg(kind || occurrence, ' ' ORDER BY kind) FROM clocks WHERE case_id = c.id) <> 'overall1 register1'`)
	none("mails that came to no end, or a wrong one", `SELECT id || ' ' || state || ' ' || reason FROM raw_mails WHERE state NOT IN ('case', 'duplicate')`)
	none("cases counted as received another time than once", `SELECT number FROM cases c
		WHERE (SELECT coalesce(sum(n), 0) FROM facts WHERE case_id = c.id AND measure = 'received') <> 1`)
}

// checkCases wants each letter to be exactly one case, with its words and the
// number that its writer was told.
func checkCases(tb testing.TB, db *sql.DB, ledger []*sent) {
	tb.Helper()
	want := map[string]*sent{}
	for _, s := range ledger {
		want[s.subject] = s
	}
	rows, err := db.QueryContext(tb.Context(), `SELECT c.number, c.subject, m.body FROM cases c LEFT JOIN messages m ON m.case_id = c.id`)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var number, subject string
		var body sql.NullString
		if err := rows.Scan(&number, &subject, &body); err != nil {
			tb.Fatal(err)
		}
		s := want[subject]
		delete(want, subject)
		switch {
		case s == nil:
			tb.Errorf("case %s is there twice, or was never sent: %s", number, subject)
		case body.String != s.body:
			tb.Errorf("case %s says %q, sent was %q", number, body.String, s.body)
		case s.number != "" && s.number != number:
			tb.Errorf("case %s was receipted as %s", number, s.number)
		}
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	for subject := range want {
		tb.Errorf("lost: %s", subject)
	}
}

// checkFiles wants each attachment once and whole, and no other.
func checkFiles(tb testing.TB, dir string, db *sql.DB, ledger []*sent) {
	tb.Helper()
	blobs, err := blob.New(filepath.Join(dir, "files"), time.Now)
	if err != nil {
		tb.Fatal(err)
	}
	defer blobs.Close()
	for _, s := range ledger {
		sums := texts(tb, db, `SELECT f.sha256 FROM files f JOIN cases c ON c.id = f.case_id WHERE c.subject = $1`, s.subject)
		if (len(sums) == 1) != (s.file != nil) || len(sums) > 1 {
			tb.Errorf("%s has %d files", s.subject, len(sums))
			continue
		}
		if s.file == nil {
			continue
		}
		f, err := blobs.Open(tb.Context(), sums[0])
		if err != nil {
			tb.Errorf("%s: %v", s.subject, err)
			continue
		}
		if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, s.file) {
			tb.Errorf("%s: the file holds %q, %v", s.subject, got, err)
		}
		f.Close()
	}
}

// checkNotices wants each writer to have been told once. Only a notice that a
// kill met while it was being sent may be uncertain, and nobody sends that
// again by themselves.
func checkNotices(tb testing.TB, dir string, db *sql.DB, ledger []*sent) {
	tb.Helper()
	mails := map[string]int{}
	for _, m := range outgoingIn(tb, dir) {
		mails[m.to()]++
	}
	unsure := 0
	for _, s := range ledger {
		states := texts(tb, db, `SELECT n.state FROM notices n JOIN cases c ON c.id = n.case_id WHERE c.subject = $1 AND n.to_kind = 'writer'`, s.subject)
		if len(states) != 1 {
			tb.Errorf("%s: %d notices", s.subject, len(states))
			continue
		}
		told := mails[s.from]
		switch {
		case states[0] == "sent" && told == 1:
		case states[0] == "uncertain" && told <= 1:
			unsure++
		default:
			tb.Errorf("%s: the notice is %s and %d mails went out", s.subject, states[0], told)
		}
		delete(mails, s.from)
	}
	for to, n := range mails {
		if n > 1 && to != "" {
			tb.Errorf("%d mails to %s", n, to)
		}
	}
	if most := killsUnderFire * 8; unsure > most { // as many as are sent at once
		tb.Errorf("%d notices are uncertain, at most %d can be", unsure, most)
	}
	tb.Logf("%d writers told, of %d it is uncertain", len(ledger), unsure)
}
