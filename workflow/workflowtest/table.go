package workflowtest

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"time"

	"mailbox/workflow"
)

// table keeps rows by key. Rows are copied on the way in and out and never
// changed in place, so that a table is cloned by copying its map.
type table[K cmp.Ordered, V any] struct {
	rows map[K]V
	last int64 // the id given last
}

func newTable[K cmp.Ordered, V any]() table[K, V] { return table[K, V]{rows: map[K]V{}} }

func (t table[K, V]) clone() table[K, V] { return table[K, V]{rows: maps.Clone(t.rows), last: t.last} }

// next is a new id.
func (t *table[K, V]) next() int64 {
	t.last++
	return t.last
}

func (t *table[K, V]) put(key K, v V) { t.rows[key] = copied(v) }

func (t *table[K, V]) drop(key K) { delete(t.rows, key) }

func (t *table[K, V]) has(key K) bool {
	_, ok := t.rows[key]
	return ok
}

// get is the row with that key, or NotFound.
func (t *table[K, V]) get(key K) (V, error) {
	v, ok := t.rows[key]
	if !ok {
		return v, workflow.Absent()
	}
	return copied(v), nil
}

// where returns the rows that fit, by key.
func (t *table[K, V]) where(fits func(V) bool) []V {
	var keys []K
	for key, v := range t.rows {
		if fits(v) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	out := make([]V, 0, len(keys))
	for _, key := range keys {
		out = append(out, copied(t.rows[key]))
	}
	return out
}

// any reports whether a row fits.
func (t *table[K, V]) any(fits func(V) bool) bool {
	for _, v := range t.rows {
		if fits(v) {
			return true
		}
	}
	return false
}

func (t *table[K, V]) count(fits func(V) bool) int {
	n := 0
	for _, v := range t.rows {
		if fits(v) {
			n++
		}
	}
	return n
}

// first returns at most limit rows; a limit of 0 is no limit.
func first[V any](rows []V, limit int) []V {
	if limit > 0 && len(rows) > limit {
		return rows[:limit]
	}
	return rows
}

// newest turns rows by id around and cuts them to one page.
func newest[V any](rows []V, limit int) []V {
	slices.Reverse(rows)
	return first(rows, limit)
}

// below reports whether a page that ends before the id before (0: none) has id.
func below(id, before int64) bool { return before == 0 || id < before }

// copied is v as a database would give it back: sharing no memory with v, and
// with times in UTC and whole microseconds.
func copied[V any](v V) V {
	out := reflect.New(reflect.TypeFor[V]()).Elem()
	out.Set(copyOf(reflect.ValueOf(v)))
	return out.Interface().(V)
}

func copyOf(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		return copyPointer(v)
	case reflect.Slice:
		return copySlice(v)
	case reflect.Map:
		return copyMap(v)
	case reflect.Struct:
		return copyStruct(v)
	default:
		return v
	}
}

func copyPointer(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	out := reflect.New(v.Type().Elem())
	out.Elem().Set(copyOf(v.Elem()))
	return out
}

func copySlice(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		out.Index(i).Set(copyOf(v.Index(i)))
	}
	return out
}

func copyMap(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	out := reflect.MakeMapWithSize(v.Type(), v.Len())
	for _, key := range v.MapKeys() {
		out.SetMapIndex(key, copyOf(v.MapIndex(key)))
	}
	return out
}

func copyStruct(v reflect.Value) reflect.Value {
	if t, ok := v.Interface().(time.Time); ok {
		return reflect.ValueOf(t.UTC().Truncate(time.Microsecond))
	}
	out := reflect.New(v.Type()).Elem()
	for i := range v.NumField() {
		out.Field(i).Set(copyOf(v.Field(i)))
	}
	return out
}
