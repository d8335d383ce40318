package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel/email"
	"mailbox/handlers/document"
	"mailbox/workflow"
	"mailbox/workflow/ledger"
	"mailbox/workflow/worldtest"
)

// importing is a table being imported into a real database.
type importing struct {
	*worldtest.World
	*ledger.Imports
	id int64
}

func beginImport(t *testing.T, s workflow.Store, rows int, tables ledger.Tables) *importing {
	t.Helper()
	w := worldtest.New(t, s)
	x := &importing{World: w, Imports: ledger.NewImports(ledger.New(w.Desk), tables, email.Archive{}, w.Blobs)}
	var b strings.Builder
	b.WriteString("标题,日期,渠道,链接\n")
	for n := range rows {
		fmt.Fprintf(&b, "第 %d 条,2023-%02d-%02d,公众号,https://college.example/%d\n", n, 1+n%12, 1+n%28, n)
	}
	sum, _, err := w.Blobs.Put(t.Context(), strings.NewReader(b.String()), ledger.MaxTable)
	if err != nil {
		t.Fatal(err)
	}
	m, err := x.Begin(t.Context(), w.Clerk.Actor(), "2023.csv", sum)
	if err == nil {
		err = x.Queue(t.Context(), w.Clerk.Actor(), m.ID, "当时已按规定审查", "各部门负责人")
	}
	if err != nil {
		t.Fatal(err)
	}
	x.id = m.ID
	return x
}

func (x *importing) count(t *testing.T, q workflow.ItemQuery) int {
	t.Helper()
	n, err := x.Store.CountItems(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A table of twenty thousand rows is stored whole, seen while it goes, made
// public by a second person with a review for each row, and taken back.
func TestLargeImport(t *testing.T) {
	t.Parallel()
	const rows = 20_000
	s, dsn := openAt(t)
	x := beginImport(t, s, rows, document.Files{})
	db := connect(t, dsn)
	seen := make(chan int, 1)
	go func() {
		most := 0
		for range 2000 {
			var done, stored int
			if err := db.QueryRow(`SELECT done, (SELECT count(*) FROM items) FROM imports`).Scan(&done, &stored); err != nil || stored > 0 {
				break
			}
			if most = max(most, done); most > 0 {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		seen <- most
	}()
	began := time.Now()
	if some, err := x.Run(t.Context()); !some || err != nil {
		t.Fatal(some, err)
	}
	t.Logf("stored in %s", time.Since(began))
	if done := <-seen; done == 0 {
		t.Error("nothing was seen of its progress")
	}
	if n := x.count(t, workflow.ItemQuery{Import: x.id, State: workflow.ItemDraft}); n != rows {
		t.Fatalf("%d items were stored", n)
	}
	_, err := x.Confirm(t.Context(), x.Clerk.Actor(), x.id, "")
	if workflow.KindOf(err) != workflow.Forbidden {
		t.Errorf("the importer confirms: %v", err)
	}
	began = time.Now()
	if n, err := x.Confirm(t.Context(), x.OfficeHead.Actor(), x.id, ""); n != rows || err != nil {
		t.Fatal(n, err)
	}
	t.Logf("confirmed in %s", time.Since(began))
	if n := count(t, db, `SELECT count(DISTINCT review_id) FROM items WHERE state = 'published'`); n != rows {
		t.Errorf("%d reviews for %d items", n, rows)
	}
	if n, err := x.Undo(t.Context(), x.Clerk.Actor(), x.id); n != rows || err != nil {
		t.Error(n, err)
	}
	if n := x.count(t, workflow.ItemQuery{AsOf: x.Now()}); n != 0 {
		t.Errorf("%d are public after", n)
	}
}

// torn is a table that cannot be read to its end the first time.
type torn struct {
	document.Files
	whole bool
}

var errTorn = errors.New("the disk went away")

func (d *torn) Rows(name string, content []byte, take func(int, []ledger.Cell) error) error {
	n := 0
	return d.Files.Rows(name, content, func(row int, cells []ledger.Cell) error {
		if n++; n > 1500 && !d.whole {
			return errTorn
		}
		return take(row, cells)
	})
}

// An import that breaks in the middle leaves nothing, and begins anew.
func TestBrokenImportLeavesNothing(t *testing.T) {
	t.Parallel()
	tables := &torn{}
	x := beginImport(t, open(t), 2000, tables)
	if _, err := x.Run(t.Context()); !errors.Is(err, errTorn) {
		t.Fatal(err)
	}
	if n := x.count(t, workflow.ItemQuery{}); n != 0 {
		t.Errorf("%d items were kept", n)
	}
	tables.whole = true
	if some, err := x.Run(t.Context()); !some || err != nil {
		t.Fatal(some, err)
	}
	if n := x.count(t, workflow.ItemQuery{}); n != 2000 {
		t.Errorf("%d items in the end", n)
	}
	if some, err := x.Run(context.WithoutCancel(t.Context())); some || err != nil {
		t.Errorf("there is another one: %v, %v", some, err)
	}
}

// Two programs store one import once.
func TestImportIsStoredOnce(t *testing.T) {
	t.Parallel()
	x := beginImport(t, open(t), 1200, document.Files{})
	results := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := x.Run(t.Context())
			results <- err
		}()
	}
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if n := x.count(t, workflow.ItemQuery{}); n != 1200 {
		t.Errorf("%d items", n)
	}
	if m, err := x.Store.Import(t.Context(), x.id); err != nil || m.State != workflow.ImportAdded || m.Added != 1200 || m.Done != 1200 {
		t.Errorf("the import says %+v, %v", m, err)
	}
}
