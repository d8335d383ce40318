package postgres

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// The domain says "none" with zero values, the schema with NULL. These types
// stand between the two, in rows that are read and in arguments.

// ref is an id, a mark or a count; 0 is NULL.
type ref int64

// Value implements driver.Valuer.
func (r ref) Value() (driver.Value, error) {
	if r == 0 {
		return nil, nil
	}
	return int64(r), nil
}

// Scan implements sql.Scanner.
func (r *ref) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*r = 0
	case int64:
		*r = ref(v)
	default:
		return unexpected(src, "a number")
	}
	return nil
}

// minutes is a length; -1 is NULL.
type minutes int

// Value implements driver.Valuer.
func (m minutes) Value() (driver.Value, error) {
	if m < 0 {
		return nil, nil
	}
	return int64(m), nil
}

// Scan implements sql.Scanner.
func (m *minutes) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*m = -1
	case int64:
		*m = minutes(v)
	default:
		return unexpected(src, "a number")
	}
	return nil
}

// instant is a moment in UTC with microseconds; the zero time is NULL.
type instant time.Time

// Value implements driver.Valuer.
func (i instant) Value() (driver.Value, error) {
	t := time.Time(i)
	if t.IsZero() {
		return nil, nil
	}
	return t.UTC().Truncate(time.Microsecond), nil
}

// Scan implements sql.Scanner.
func (i *instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = instant{}
	case time.Time:
		*i = instant(v.UTC())
	default:
		return unexpected(src, "a time")
	}
	return nil
}

// or is the moment, or another one when there is none.
func (i instant) or(other time.Time) instant {
	if time.Time(i).IsZero() {
		return instant(other)
	}
	return i
}

// moment is a time as text, for arrays; the zero time lies before all others.
func moment(t time.Time) string {
	if t.IsZero() {
		return "-infinity"
	}
	return t.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
}

// date is a day as 2006-01-02; "" is NULL.
type date string

// Value implements driver.Valuer.
func (d date) Value() (driver.Value, error) {
	if d == "" {
		return nil, nil
	}
	return string(d), nil
}

// Scan implements sql.Scanner.
func (d *date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = ""
	case time.Time:
		*d = date(v.Format(time.DateOnly))
	default:
		return unexpected(src, "a day")
	}
	return nil
}

// uid is a UUID; "" is NULL.
type uid string

// Value implements driver.Valuer.
func (u uid) Value() (driver.Value, error) {
	if u == "" {
		return nil, nil
	}
	return string(u), nil
}

// Scan implements sql.Scanner.
func (u *uid) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*u = ""
	case []byte:
		*u = uid(v)
	case string:
		*u = uid(v)
	default:
		return unexpected(src, "a UUID")
	}
	return nil
}

// known reports whether u can be a UUID at all; asking for another one finds
// nothing.
func (u uid) known() bool {
	if len(u) != 36 {
		return false
	}
	for i, r := range []byte(u) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		digit := r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
		if hyphen != (r == '-') || !hyphen && !digit {
			return false
		}
	}
	return true
}

// octets are bytes; none at all is NULL.
type octets []byte

// Value implements driver.Valuer.
func (o octets) Value() (driver.Value, error) {
	if len(o) == 0 {
		return nil, nil
	}
	return []byte(o), nil
}

// Scan implements sql.Scanner.
func (o *octets) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*o = nil
	case []byte:
		*o = append(octets(nil), v...)
	default:
		return unexpected(src, "bytes")
	}
	return nil
}

// solid is b for a column that is never NULL.
func solid(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// document is a value kept as JSON; the zero of a map or list is {} or [].
type document[T any] struct{ v T }

// Value implements driver.Valuer.
func (d document[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(d.v)
	return string(b), err
}

// Scan implements sql.Scanner.
func (d *document[T]) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok {
		return unexpected(src, "JSON")
	}
	return json.Unmarshal(b, &d.v)
}

// pairs are words by name, kept as a JSON object; none is nil.
type pairs map[string]string

// Value implements driver.Valuer.
func (p pairs) Value() (driver.Value, error) { return p.text(), nil }

func (p pairs) text() string {
	if len(p) == 0 {
		return "{}"
	}
	b, _ := json.Marshal(map[string]string(p)) // strings always marshal
	return string(b)
}

// Scan implements sql.Scanner.
func (p *pairs) Scan(src any) error {
	var d document[map[string]string]
	if err := d.Scan(src); err != nil {
		return err
	}
	*p = nil
	if len(d.v) > 0 {
		*p = d.v
	}
	return nil
}

func unexpected(src any, want string) error { return fmt.Errorf("column holds %T, not %s", src, want) }
