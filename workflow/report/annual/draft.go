package annual

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// Most characters of what people write.
const (
	MaxTitle    = 200
	MaxText     = 20000
	MaxComment  = 1000
	MaxReason   = 500
	MaxOverride = 60
)

// Order is what a person says who asks for a report. From and Last are both
// included; AsOf may be zero.
type Order struct {
	Form      string
	Year      int
	From      string
	Last      string
	AsOf      time.Time
	Title     string // "": as the form has it
	Addressee string
	Notice    string
	Day       string
	// Previous begins with the texts of the last report of the same form, where
	// there is one, instead of those of the form.
	Previous bool
}

// check joins everything that is wrong with an order.
func (o Order) check() error {
	errs := []error{
		day("from", o.From), day("last", o.Last), day("day", o.Day), longer("title", o.Title, MaxTitle),
		longer("addressee", o.Addressee, MaxTitle), longer("notice", o.Notice, MaxTitle),
	}
	if o.From > o.Last {
		errs = append(errs, workflow.Wrong("last", "invalid.period"))
	}
	if o.Year < 1949 || o.Year > 9999 {
		errs = append(errs, workflow.Wrong("year", "request.field_number"))
	}
	return errors.Join(errs...)
}

func day(field, text string) error {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return workflow.Wrong(field, "invalid.date")
	}
	return nil
}

func longer(field, text string, most int) error {
	if utf8.RuneCountInString(text) > most {
		return workflow.Wrong(field, "invalid.too_long", most)
	}
	return nil
}

// Draft begins a report.
func (b *Bureau) Draft(ctx context.Context, by workflow.Actor, o Order) (workflow.AnnualReport, error) {
	if !MayRead(by) {
		return workflow.AnnualReport{}, workflow.Absent()
	}
	if !MayWrite(by) {
		return workflow.AnnualReport{}, workflow.Fail(workflow.Forbidden, "annual.not_yours")
	}
	form, err := b.Form(o.Form)
	if err = errors.Join(err, o.check()); err != nil {
		return workflow.AnnualReport{}, err
	}
	r := workflow.AnnualReport{
		Form: o.Form, Year: o.Year, From: o.From, Last: o.Last, AsOf: o.AsOf, Title: o.Title, Addressee: o.Addressee,
		Notice: o.Notice, Day: o.Day, CreatedBy: by.ID, Created: b.now(), State: workflow.AnnualDraft,
	}
	err = b.store().Atomic(ctx, func(tx workflow.Store) error {
		blocks, err := b.begin(ctx, tx, &r, form, o.Previous)
		if err != nil {
			return err
		}
		if err := tx.AddReport(ctx, &r, blocks); err != nil {
			return err
		}
		return b.note(ctx, tx, by, "draft", r, map[string]string{"form": r.Form, "from": r.From, "last": r.Last})
	})
	return r, err
}

// begin fills in what the form says, and takes the texts of the last report where
// that was asked for.
func (b *Bureau) begin(ctx context.Context, tx workflow.Store, r *workflow.AnnualReport, form Form, previous bool) ([]workflow.AnnualBlock, error) {
	settings, err := tx.Settings(ctx)
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	if r.Title == "" {
		r.Title = fill(form.Title, settings["college.name"], r.Year)
	}
	if r.Addressee == "" {
		r.Addressee = form.Addressee
	}
	blocks := form.blocks()
	if !previous {
		return blocks, nil
	}
	old, err := b.before(ctx, tx, *r)
	if err != nil {
		return nil, err
	}
	for i := range blocks {
		for _, o := range old {
			if o.Key == blocks[i].Key {
				blocks[i].Text, blocks[i].By = o.Text, o.By
			}
		}
	}
	return blocks, nil
}

// fill is a title with its places filled.
func fill(title, college string, year int) string {
	return strings.NewReplacer("{{college}}", college, "{{year}}", strconv.Itoa(year)).Replace(title)
}

// Before returns the parts of the last report of the same form for an earlier
// year, to be read beside this one; none when there is no such report.
func (b *Bureau) Before(ctx context.Context, by workflow.Actor, r workflow.AnnualReport) ([]workflow.AnnualBlock, error) {
	if !MayRead(by) {
		return nil, workflow.Absent()
	}
	return b.before(ctx, b.store(), r)
}

func (b *Bureau) before(ctx context.Context, tx workflow.Store, r workflow.AnnualReport) ([]workflow.AnnualBlock, error) {
	all, err := tx.ReportsBy(ctx, workflow.AnnualQuery{Limit: 100})
	if err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	var best workflow.AnnualReport
	for _, o := range all { // the newest first: of one year the last revision
		if o.Form == r.Form && o.Year < r.Year && o.State != workflow.AnnualReturned && o.Year > best.Year {
			best = o
		}
	}
	if best.ID == 0 {
		return nil, nil
	}
	return tx.Blocks(ctx, best.ID)
}

// Detail changes what a draft says of itself; version is the one that was seen.
func (b *Bureau) Detail(ctx context.Context, by workflow.Actor, id, version int64, o Order) (workflow.AnnualReport, error) {
	err := o.check()
	if o.Title == "" {
		err = errors.Join(err, workflow.Wrong("title", "invalid.required"))
	}
	if err != nil {
		return workflow.AnnualReport{}, err
	}
	return b.change(ctx, by, MayWrite, id, func(tx workflow.Store, r *workflow.AnnualReport) (string, map[string]string, error) {
		if err := mustBe(*r, workflow.AnnualDraft); err != nil {
			return "", nil, err
		}
		r.Year, r.From, r.Last, r.AsOf, r.Title, r.Addressee, r.Notice, r.Day = o.Year, o.From, o.Last, o.AsOf, o.Title, o.Addressee, o.Notice, o.Day
		r.Version, r.Updated = version, b.now()
		return "detail", map[string]string{"from": r.From, "last": r.Last}, tx.SaveReport(ctx, r)
	})
}

// Reports lists reports, the newest first.
func (b *Bureau) Reports(ctx context.Context, by workflow.Actor, q workflow.AnnualQuery) ([]workflow.AnnualReport, error) {
	if !MayRead(by) {
		return nil, workflow.Absent()
	}
	return b.store().ReportsBy(ctx, q)
}

// View is a report for a page.
type View struct {
	Report    workflow.AnnualReport
	Frozen    Frozen // of a draft: as it would be now, without tables and ids
	Blocks    []workflow.AnnualBlock
	Comments  []workflow.AnnualComment
	Revisions []workflow.AnnualReport // of the family, the newest first
	Names     map[int64]string        // of accounts
}

// View returns a report with its text and its values: of a draft as they are now,
// else as they were frozen.
func (b *Bureau) View(ctx context.Context, by workflow.Actor, id int64) (View, error) {
	var v View
	r, err := b.report(ctx, b.store(), by, id)
	if err != nil {
		return v, err
	}
	v.Report = r
	if v.Frozen, err = b.shown(ctx, r, false); err != nil {
		return v, err
	}
	tx := b.store()
	if v.Blocks, err = tx.Blocks(ctx, id); err != nil {
		return v, err
	}
	if v.Comments, err = tx.Comments(ctx, id); err != nil {
		return v, err
	}
	if v.Revisions, err = tx.ReportsBy(ctx, workflow.AnnualQuery{Family: r.Family, Limit: 100}); err != nil {
		return v, err
	}
	v.Names, err = accountNames(ctx, tx)
	return v, err
}

func accountNames(ctx context.Context, tx workflow.Store) (map[int64]string, error) {
	all, err := tx.Accounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	out := map[int64]string{}
	for _, a := range all {
		out[a.ID] = a.Name
	}
	return out, nil
}

// shown is a report as it reads: the snapshot, or of a draft what it would be now.
func (b *Bureau) shown(ctx context.Context, r workflow.AnnualReport, whole bool) (Frozen, error) {
	if r.State != workflow.AnnualDraft {
		return b.thawed(ctx, r.ID)
	}
	var f Frozen
	err := b.store().Still(ctx, func(tx workflow.Store) error {
		p, err := readParts(ctx, tx, r)
		if err != nil {
			return err
		}
		f, err = b.compose(ctx, tx, r, p, whole)
		return err
	})
	return f, err
}

// SaveText saves the text of a block of a draft. Version is the one it was begun
// on; when somebody saved another meanwhile, it is a Conflict, and nothing is
// lost: the caller has mine and the store has theirs.
func (b *Bureau) SaveText(ctx context.Context, by workflow.Actor, id int64, key, text string, version int64) error {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if err := errors.Join(checkText(text)); err != nil {
		return err
	}
	_, err := b.change(ctx, by, MayWrite, id, func(tx workflow.Store, r *workflow.AnnualReport) (string, map[string]string, error) {
		if err := mustBe(*r, workflow.AnnualDraft); err != nil {
			return "", nil, err
		}
		if err := hasBlock(ctx, tx, id, key); err != nil {
			return "", nil, err
		}
		k := workflow.AnnualBlock{Report: id, Key: key, Text: text, By: by.ID, At: b.now(), Version: version}
		return "text", map[string]string{"block": key}, tx.SaveBlock(ctx, &k)
	})
	return err
}

func checkText(text string) error {
	if text == "" {
		return workflow.Wrong("text", "invalid.required")
	}
	if err := longer("text", text, MaxText); err != nil {
		return err
	}
	_, err := parse(text)
	return err
}

func hasBlock(ctx context.Context, tx workflow.Store, id int64, key string) error {
	all, err := tx.Blocks(ctx, id)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(b workflow.AnnualBlock) bool { return b.Key == key }) {
		return workflow.Absent()
	}
	return nil
}

// Texts lists the versions of a block, in order.
func (b *Bureau) Texts(ctx context.Context, by workflow.Actor, id int64, key string) ([]workflow.AnnualText, error) {
	if _, err := b.report(ctx, b.store(), by, id); err != nil {
		return nil, err
	}
	return b.store().BlockTexts(ctx, id, key)
}

// Comment writes a word into the margin of a block.
func (b *Bureau) Comment(ctx context.Context, by workflow.Actor, id int64, key, text string) error {
	if text = strings.TrimSpace(text); text == "" {
		return workflow.Wrong("comment", "invalid.required")
	}
	if err := longer("comment", text, MaxComment); err != nil {
		return err
	}
	_, err := b.change(ctx, by, MayRead, id, func(tx workflow.Store, _ *workflow.AnnualReport) (string, map[string]string, error) {
		if err := hasBlock(ctx, tx, id, key); err != nil {
			return "", nil, err
		}
		k := workflow.AnnualComment{Report: id, Block: key, By: by.ID, At: b.now(), Text: text}
		return "comment", map[string]string{"block": key}, tx.AddComment(ctx, &k)
	})
	return err
}

// Settle says that a comment has been seen to.
func (b *Bureau) Settle(ctx context.Context, by workflow.Actor, id, comment int64) error {
	_, err := b.change(ctx, by, MayRead, id, func(tx workflow.Store, _ *workflow.AnnualReport) (string, map[string]string, error) {
		return "settle", map[string]string{"comment": strconv.FormatInt(comment, 10)}, tx.SettleComment(ctx, id, comment, by.ID, b.now())
	})
	return err
}

// Override sets the value of a field of a draft to one that was not counted, and
// says why; an empty value takes it off again. It is marked wherever the field is
// shown, and kept with what was counted.
func (b *Bureau) Override(ctx context.Context, by workflow.Actor, id int64, key, value, reason string) error {
	f, ok := FieldOf(key)
	if !ok || f.Nature == Said {
		return workflow.Absent()
	}
	value, reason = strings.TrimSpace(value), strings.TrimSpace(reason)
	errs := []error{longer("value", value, MaxOverride), longer("reason", reason, MaxReason)}
	if value != "" && reason == "" {
		errs = append(errs, workflow.Wrong("reason", "invalid.required"))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	_, err := b.change(ctx, by, MayWrite, id, func(tx workflow.Store, r *workflow.AnnualReport) (string, map[string]string, error) {
		if err := mustBe(*r, workflow.AnnualDraft); err != nil {
			return "", nil, err
		}
		o := workflow.AnnualOverride{Report: id, Field: key, Value: value, Reason: reason, By: by.ID, At: b.now()}
		return "override", map[string]string{"field": key, "value": value, "reason": reason}, tx.SaveOverride(ctx, o)
	})
	return err
}

// overridden is a value that a person set.
func overridden(text string) Value {
	n, err := strconv.Atoi(text)
	if err != nil {
		return Value{Said: text, Text: text}
	}
	return Value{N: n, Text: text}
}
