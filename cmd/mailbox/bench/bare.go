package bench

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	_ "github.com/lib/pq" // the driver, and nothing above it
)

// written are the tables that a letter leaves rows in, in an order in which
// each row finds those it refers to, and how they hang on the case.
var written = []struct{ table, of string }{
	{"writers", "id = (SELECT writer_id FROM cases WHERE id = $1)"},
	{"cases", "id = $1"},
	{"letters", "case_id = $1"},
	{"messages", "case_id = $1"},
	{"case_search", "case_id = $1"},
	{"events", "case_id = $1"},
	{"clocks", "case_id = $1"},
	{"facts", "case_id = $1"},
	{"notices", "case_id = $1"},
	// And those of a letter that came through a platform.
	{"conversations", "id = (SELECT conversation_id FROM bindings WHERE case_id = $1)"},
	{"bindings", "case_id = $1"},
	{"calls", "case_id = $1"},
	{"notice_tries", "notice_id IN (SELECT id FROM notices WHERE case_id = $1)"},
}

// given are the tables whose rows' ids the rows after them need.
var given = []string{"cases", "notices", "conversations"}

// bareRow is a row as it is inserted again: the values in text, and which of
// them are another's for every letter.
type bareRow struct {
	insert  string
	columns []string
	values  []any
	table   string
}

// bareRows are the rows of one letter.
type bareRows []bareRow

// record copies the rows of the newest case.
func record(ctx context.Context, dsn string) (bareRows, error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var newest int64
	if err := db.QueryRowContext(ctx, `SELECT max(id) FROM cases`).Scan(&newest); err != nil {
		return nil, fmt.Errorf("find the letter: %w", err)
	}
	var out bareRows
	for _, w := range written {
		columns, err := columnsOf(ctx, db, w.table)
		if err != nil {
			return nil, err
		}
		rows, err := copyRows(ctx, db, w.table, w.of, columns, newest)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// columnsOf lists the columns that an INSERT names, with their types.
func columnsOf(ctx context.Context, db *sql.DB, table string) (columns [][2]string, err error) {
	rows, err := db.QueryContext(ctx, `
		SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
		WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = ''
		ORDER BY a.attnum`, table)
	if err != nil {
		return nil, fmt.Errorf("read columns of %s: %w", table, err)
	}
	defer rows.Close()
	for rows.Next() {
		var c [2]string
		if err := rows.Scan(&c[0], &c[1]); err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	return columns, rows.Err()
}

func copyRows(ctx context.Context, db *sql.DB, table, of string, columns [][2]string, id int64) (out bareRows, err error) {
	var names, texts, places []string
	for i, c := range columns {
		names = append(names, c[0])
		texts = append(texts, c[0]+"::text")
		places = append(places, fmt.Sprintf("$%d::%s", i+1, c[1]))
	}
	rows, err := db.QueryContext(ctx, "SELECT "+strings.Join(texts, ", ")+" FROM "+table+" WHERE "+of, id)
	if err != nil {
		return nil, fmt.Errorf("copy %s: %w", table, err)
	}
	defer rows.Close()
	insert := "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(places, ", ") + ")"
	if slices.Contains(given, table) {
		insert += " RETURNING id"
	}
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := bareRow{insert: insert, columns: make([]string, len(columns)), table: table}
		for i, v := range values {
			row.columns[i] = table + "." + columns[i][0]
			if v.Valid {
				row.values = append(row.values, v.String)
			} else {
				row.values = append(row.values, nil)
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// commit lets as many connections as there are clients commit these rows again
// and again, each time as another letter's.
func (rows bareRows) commit(ctx context.Context, dsn string, lasts time.Duration) (load, error) {
	db, err := sql.Open("postgres", dsn+"&binary_parameters=yes") // one journey a statement, as the program has it
	if err != nil {
		return load{}, err
	}
	defer db.Close()
	db.SetMaxOpenConns(clients)
	db.SetMaxIdleConns(clients)
	return together(ctx, clients, lasts, func(int) (func(context.Context) error, error) {
		return func(ctx context.Context) error { return rows.once(ctx, db) }, nil
	})
}

func (rows bareRows) once(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	id := fresh{unique: rand.Text(), writer: uuid(), ids: map[string]int64{}}
	for _, row := range rows {
		values := row.as(id)
		if !slices.Contains(given, row.table) {
			_, err = tx.ExecContext(ctx, row.insert, values...)
		} else {
			var got int64
			err = tx.QueryRowContext(ctx, row.insert, values...).Scan(&got)
			id.ids[row.table] = got
		}
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", row.insert, err), tx.Rollback())
		}
	}
	return tx.Commit()
}

// fresh is what must differ from letter to letter.
type fresh struct {
	unique, writer string
	ids            map[string]int64 // of the last row of each table in given
}

func (r bareRow) as(id fresh) []any {
	out := make([]any, len(r.values))
	copy(out, r.values)
	for i, c := range r.columns {
		switch {
		case out[i] == nil:
		case c == "cases.number", c == "notices.dedup", c == "notices.message_id":
			out[i] = id.unique
		case c == "letters.external", c == "conversations.person", c == "calls.external":
			out[i] = fmt.Sprintf(`\x%x`, id.unique)
		case c == "writers.id", strings.HasSuffix(c, ".writer_id"):
			out[i] = id.writer
		case strings.HasSuffix(c, ".case_id"):
			out[i] = id.ids["cases"]
		case c == "bindings.conversation_id":
			out[i] = id.ids["conversations"]
		case c == "notice_tries.notice_id":
			out[i] = id.ids["notices"]
		}
	}
	return out
}

func uuid() string {
	var b [16]byte
	rand.Read(b[:]) // never fails; see crypto/rand
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
