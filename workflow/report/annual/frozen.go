package annual

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"mailbox/workflow"
)

// Frozen is a report with everything that stands in it and everything that it
// rests on, as it was at one moment. Its canonical encoding is what is hashed:
// JSON without blanks, the members in the order of these structs, no character
// escaped that need not be, times in UTC.
type Frozen struct {
	Format   int                      `json:"format"`
	Report   FrozenReport             `json:"report"`
	College  string                   `json:"college"`
	AsOf     time.Time                `json:"as_of"`
	Made     time.Time                `json:"made"`
	Calendar int64                    `json:"calendar"` // version that promises are counted by
	Policies []FrozenPolicy           `json:"policies"`
	Fields   []FrozenField            `json:"fields"`
	Blocks   []FrozenBlock            `json:"blocks"`
	Tables   []NamedSheet             `json:"tables"`
	Contacts []workflow.AnnualContact `json:"contacts"`

	body []byte // as it was stored; nil until then
}

// FrozenReport is what a report says of itself.
type FrozenReport struct {
	ID        int64  `json:"id"`
	Family    int64  `json:"family"`
	Revision  int    `json:"revision"`
	Reason    string `json:"reason,omitempty"`
	Form      string `json:"form"`
	Year      int    `json:"year"`
	From      string `json:"from"`
	Last      string `json:"last"`
	Title     string `json:"title"`
	Addressee string `json:"addressee"`
	Notice    string `json:"notice"`
	Day       string `json:"day"`
}

// FrozenPolicy is a version of what is promised.
type FrozenPolicy struct {
	Code    string `json:"code"`
	Version int64  `json:"version"`
}

// FrozenField is a field with its definition and what it came to.
type FrozenField struct {
	Key      string          `json:"key"`
	Name     string          `json:"name"`
	Formula  string          `json:"formula"`
	Excludes string          `json:"excludes"`
	Unit     Unit            `json:"unit"`
	Nature   Nature          `json:"nature"`
	Source   Source          `json:"source"`
	Opens    string          `json:"opens,omitempty"`
	Value    Value           `json:"value"` // as it stands in the report
	Counted  Value           `json:"counted"`
	Override *FrozenOverride `json:"override,omitempty"`
}

// FrozenOverride is why a field does not stand as it was counted.
type FrozenOverride struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// FrozenBlock is a part of the text: as it was written and as it is read.
type FrozenBlock struct {
	Key     string `json:"key"`
	Name    string `json:"name"`
	Version int64  `json:"version"`
	Source  string `json:"source"`
	Paras   []Para `json:"paras"`
	// Fault is what is wrong with the text of a draft; "" of what is frozen.
	Fault error `json:"-"`
}

// encode is the canonical encoding and its SHA-256.
func (f Frozen) encode() (body, hash []byte, err error) {
	if f.body != nil {
		sum := sha256.Sum256(f.body)
		return f.body, sum[:], nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(f); err != nil {
		return nil, nil, fmt.Errorf("encode report: %w", err)
	}
	body = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	sum := sha256.Sum256(body)
	return body, sum[:], nil
}

// Field is a field of the report.
func (f Frozen) Field(key string) (FrozenField, bool) {
	i := slices.IndexFunc(f.Fields, func(o FrozenField) bool { return o.Key == key })
	if i < 0 {
		return FrozenField{}, false
	}
	return f.Fields[i], true
}

// Faults are what is wrong with the texts of a draft.
func (f Frozen) Faults() []error {
	var out []error
	for _, b := range f.Blocks {
		if b.Fault != nil {
			out = append(out, b.Fault)
		}
	}
	return out
}

// parts are what people have written into a draft.
type parts struct {
	blocks    []workflow.AnnualBlock
	overrides []workflow.AnnualOverride
	contacts  []workflow.AnnualContact
}

func readParts(ctx context.Context, tx workflow.Store, r workflow.AnnualReport) (p parts, err error) {
	if p.blocks, err = tx.Blocks(ctx, r.ID); err != nil {
		return p, fmt.Errorf("read blocks: %w", err)
	}
	if p.overrides, err = tx.Overrides(ctx, r.ID); err != nil {
		return p, fmt.Errorf("read overrides: %w", err)
	}
	if p.contacts, err = tx.AnnualContacts(ctx, r.Year); err != nil {
		return p, fmt.Errorf("read contacts: %w", err)
	}
	return p, nil
}

// compose puts a report together from what tx shows. Whole lists the ids behind
// every number and makes the tables; without it only what a page shows is read.
func (b *Bureau) compose(ctx context.Context, tx workflow.Store, r workflow.AnnualReport, p parts, whole bool) (Frozen, error) {
	read, err := b.reader(ctx, tx, r, whole)
	if err != nil {
		return Frozen{}, err
	}
	values, err := read.all(ctx)
	if err != nil {
		return Frozen{}, err
	}
	f := Frozen{Format: 1, Report: facts(r), College: read.college, AsOf: read.asOf.UTC(), Made: b.now(), Contacts: p.contacts}
	f.Fields = b.defined(values, p.overrides)
	for _, field := range f.Fields {
		values[field.Key] = field.Value
	}
	f.Blocks = setBlocks(p.blocks, values)
	if f.Tables, err = b.sheets(ctx, read, f.Fields, whole); err != nil {
		return Frozen{}, fmt.Errorf("make tables: %w", err)
	}
	return f, b.rules(ctx, tx, &f)
}

func facts(r workflow.AnnualReport) FrozenReport {
	return FrozenReport{
		ID: r.ID, Family: r.Family, Revision: r.Revision, Reason: r.Reason, Form: r.Form, Year: r.Year, From: r.From, Last: r.Last,
		Title: r.Title, Addressee: r.Addressee, Notice: r.Notice, Day: r.Day,
	}
}

// defined gives every value its definition, and those that are overridden the
// value that a person set.
func (b *Bureau) defined(values map[string]Value, overrides []workflow.AnnualOverride) []FrozenField {
	out := make([]FrozenField, 0, len(Fields))
	for _, f := range Fields {
		key := f.Name()
		d := FrozenField{
			Key: f.Key, Name: b.Text(key), Formula: b.Text(key + ".formula"), Excludes: b.Text(key + ".excludes"),
			Unit: f.Unit, Nature: f.Nature, Source: f.Source, Opens: f.Opens, Value: values[f.Key], Counted: values[f.Key],
		}
		for _, o := range overrides {
			if o.Field == f.Key {
				d.Value = overridden(o.Value)
				d.Override = &FrozenOverride{By: o.ByName, Reason: o.Reason, At: o.At.UTC()}
			}
		}
		out = append(out, d)
	}
	return out
}

func setBlocks(blocks []workflow.AnnualBlock, values map[string]Value) []FrozenBlock {
	var out []FrozenBlock
	for _, k := range blocks {
		nodes, err := parse(k.Text)
		f := FrozenBlock{Key: k.Key, Name: k.Name, Version: k.Version, Source: k.Text, Fault: err}
		if err == nil {
			f.Paras = set(nodes, values)
		}
		out = append(out, f)
	}
	return out
}

// rules notes which rules were in force.
func (b *Bureau) rules(ctx context.Context, tx workflow.Store, f *Frozen) error {
	calendar, err := tx.CurrentCalendar(ctx)
	if err != nil && workflow.KindOf(err) != workflow.NotFound {
		return fmt.Errorf("read calendar: %w", err)
	}
	f.Calendar = calendar.ID
	policies, err := tx.Policies(ctx, f.AsOf)
	if err != nil {
		return fmt.Errorf("read policies: %w", err)
	}
	for _, p := range policies {
		f.Policies = append(f.Policies, FrozenPolicy{Code: p.Code, Version: p.Version})
	}
	return nil
}
