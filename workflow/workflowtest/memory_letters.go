package workflowtest

import (
	"bytes"
	"context"

	"mailbox/workflow"
)

// AddLetter implements workflow.Letters.
func (m *Memory) AddLetter(ctx context.Context, l *workflow.StoredLetter) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(l.CaseID)); err != nil {
			return err
		}
		if d.letters.any(func(o workflow.StoredLetter) bool {
			return o.Channel == l.Channel && bytes.Equal(o.External, l.External)
		}) {
			return conflict()
		}
		l.ID = d.letters.next()
		d.letters.put(l.ID, *l)
		return nil
	})
}

// LetterBy implements workflow.Letters.
func (m *Memory) LetterBy(ctx context.Context, channel workflow.Channel, external []byte) (workflow.StoredLetter, error) {
	return read(ctx, m, func(d *data) (workflow.StoredLetter, error) {
		return only(d.letters.where(func(l workflow.StoredLetter) bool {
			return l.Channel == channel && bytes.Equal(l.External, external)
		}))
	})
}

// LettersOf implements workflow.Letters.
func (m *Memory) LettersOf(ctx context.Context, caseID int64) ([]workflow.StoredLetter, error) {
	return read(ctx, m, func(d *data) ([]workflow.StoredLetter, error) {
		return d.letters.where(func(l workflow.StoredLetter) bool { return l.CaseID == caseID }), nil
	})
}

// AddWriter implements workflow.Letters.
func (m *Memory) AddWriter(ctx context.Context, w workflow.SealedWriter) error {
	return m.write(ctx, func(d *data) error {
		if d.sealed.has(w.ID) {
			return conflict()
		}
		d.sealed.put(w.ID, w)
		return nil
	})
}

// Writer implements workflow.Letters.
func (m *Memory) Writer(ctx context.Context, id string) (workflow.SealedWriter, error) {
	return read(ctx, m, func(d *data) (workflow.SealedWriter, error) { return d.sealed.get(id) })
}

// SaveWriter implements workflow.Letters.
func (m *Memory) SaveWriter(ctx context.Context, w workflow.SealedWriter) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.sealed.has(w.ID)); err != nil {
			return err
		}
		d.sealed.put(w.ID, w)
		return nil
	})
}

// WritersByMail implements workflow.Letters.
func (m *Memory) WritersByMail(ctx context.Context, index []byte) ([]string, error) {
	return read(ctx, m, func(d *data) ([]string, error) { return d.writersByMail(index), nil })
}

func (d *data) writersByMail(index []byte) []string {
	var out []string
	for _, w := range d.sealed.where(func(w workflow.SealedWriter) bool { return w.MailIndex != nil && bytes.Equal(w.MailIndex, index) }) {
		out = append(out, w.ID)
	}
	return out
}
