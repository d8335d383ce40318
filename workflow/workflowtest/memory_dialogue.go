package workflowtest

import (
	"bytes"
	"context"

	"mailbox/workflow"
)

// AddMessage implements workflow.Dialogue.
func (m *Memory) AddMessage(ctx context.Context, msg *workflow.Message, files []workflow.NewFile) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(msg.CaseID), d.account(msg.Author), d.department(msg.Department)); err != nil {
			return err
		}
		if msg.External != nil && d.messages.any(func(o workflow.Message) bool {
			return o.Channel == msg.Channel && bytes.Equal(o.External, msg.External)
		}) {
			return conflict()
		}
		msg.ID = d.messages.next()
		stored := *msg
		stored.Files = nil
		d.messages.put(msg.ID, stored)
		for _, f := range files {
			id := d.files.next()
			d.files.put(id, workflow.File{
				ID: id, CaseID: msg.CaseID, Message: msg.ID, SHA256: f.SHA256, Name: f.Name, MediaType: f.MediaType, Size: f.Size, At: msg.At,
			})
		}
		return nil
	})
}

// MessagesOf implements workflow.Dialogue.
func (m *Memory) MessagesOf(ctx context.Context, caseID int64, internal bool) ([]workflow.Message, error) {
	return read(ctx, m, func(d *data) ([]workflow.Message, error) {
		out := d.messages.where(func(msg workflow.Message) bool {
			return msg.CaseID == caseID && (internal || !msg.Kind.Internal())
		})
		for i := range out {
			out[i] = d.complete(out[i])
		}
		return out, nil
	})
}

// Said implements workflow.Dialogue.
func (m *Memory) Said(ctx context.Context, caseID int64, channel workflow.Channel, external []byte) (bool, error) {
	return read(ctx, m, func(d *data) (bool, error) {
		same := d.messages.where(func(msg workflow.Message) bool {
			return msg.CaseID == caseID && msg.Channel == channel && msg.External != nil && bytes.Equal(msg.External, external)
		})
		return len(same) > 0, nil
	})
}

// Message implements workflow.Dialogue.
func (m *Memory) Message(ctx context.Context, id int64) (workflow.Message, error) {
	return read(ctx, m, func(d *data) (workflow.Message, error) {
		msg, err := d.messages.get(id)
		return d.complete(msg), err
	})
}

// complete adds the files and the author's name.
func (d *data) complete(msg workflow.Message) workflow.Message {
	msg.AuthorName = d.accountName(msg.Author)
	if msg.ID != 0 {
		msg.Files = d.files.where(func(f workflow.File) bool { return f.Message == msg.ID })
	}
	return msg
}

// AddFile implements workflow.Dialogue.
func (m *Memory) AddFile(ctx context.Context, f *workflow.File) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(f.CaseID), d.message(f.Message), d.answer(f.Answer)); err != nil {
			return err
		}
		f.ID = d.files.next()
		d.files.put(f.ID, *f)
		return nil
	})
}

// RemoveFile implements workflow.Dialogue.
func (m *Memory) RemoveFile(ctx context.Context, id int64) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.files.has(id)); err != nil {
			return err
		}
		d.files.drop(id)
		return nil
	})
}

// File implements workflow.Dialogue.
func (m *Memory) File(ctx context.Context, caseID, id int64) (workflow.File, error) {
	return read(ctx, m, func(d *data) (workflow.File, error) {
		f, err := d.files.get(id)
		if err != nil || f.CaseID != caseID {
			return workflow.File{}, workflow.Absent()
		}
		return f, nil
	})
}

// FilesOfAnswer implements workflow.Dialogue.
func (m *Memory) FilesOfAnswer(ctx context.Context, answerID int64) ([]workflow.File, error) {
	return read(ctx, m, func(d *data) ([]workflow.File, error) {
		return d.files.where(func(f workflow.File) bool { return f.Answer == answerID }), nil
	})
}

// GiveFiles implements workflow.Dialogue.
func (m *Memory) GiveFiles(ctx context.Context, answerID, messageID int64) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.answers.has(answerID), d.messages.has(messageID)); err != nil {
			return err
		}
		for _, f := range d.files.where(func(f workflow.File) bool { return f.Answer == answerID }) {
			f.Answer, f.Message = 0, messageID
			d.files.put(f.ID, f)
		}
		return nil
	})
}
