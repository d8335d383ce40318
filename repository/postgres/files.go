package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

const fileColumns = ` id, case_id, message_id, answer_id, sha256, name, media_type, size, at`

type fileRow struct {
	ID        int64   `db:"id"`
	CaseID    int64   `db:"case_id"`
	Message   ref     `db:"message_id"`
	Answer    ref     `db:"answer_id"`
	SHA256    string  `db:"sha256"`
	Name      string  `db:"name"`
	MediaType string  `db:"media_type"`
	Size      int64   `db:"size"`
	At        instant `db:"at"`
}

func (r fileRow) toFile() workflow.File {
	return workflow.File{
		ID: r.ID, CaseID: r.CaseID, Message: int64(r.Message), Answer: int64(r.Answer),
		SHA256: r.SHA256, Name: r.Name, MediaType: r.MediaType, Size: r.Size, At: time.Time(r.At),
	}
}

const sqlFilesOfCase = `SELECT` + fileColumns + ` FROM files WHERE case_id = $1 AND message_id IS NOT NULL ORDER BY id`

const sqlAddFile = `
	INSERT INTO files (case_id, message_id, answer_id, sha256, name, media_type, size, at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
	RETURNING id`

// AddFile implements workflow.Dialogue.
func (s *Store) AddFile(ctx context.Context, f *workflow.File) error {
	id, err := one[int64](ctx, s, "add file", sqlAddFile,
		f.CaseID, ref(f.Message), ref(f.Answer), f.SHA256, f.Name, f.MediaType, f.Size, instant(f.At))
	if err == nil {
		f.ID = id
	}
	return err
}

const sqlRemoveFile = `DELETE FROM files WHERE id = $1`

// RemoveFile implements workflow.Dialogue.
func (s *Store) RemoveFile(ctx context.Context, id int64) error {
	return s.change(ctx, "remove file", sqlRemoveFile, id)
}

const sqlFile = `SELECT` + fileColumns + ` FROM files WHERE id = $1 AND case_id = $2`

// File implements workflow.Dialogue.
func (s *Store) File(ctx context.Context, caseID, id int64) (workflow.File, error) {
	r, err := one[fileRow](ctx, s, "read file", sqlFile, id, caseID)
	return r.toFile(), err
}

const sqlFilesOfAnswer = `SELECT` + fileColumns + ` FROM files WHERE answer_id = $1 ORDER BY id`

// FilesOfAnswer implements workflow.Dialogue.
func (s *Store) FilesOfAnswer(ctx context.Context, answerID int64) ([]workflow.File, error) {
	return many(ctx, s, "list files of answer", fileRow.toFile, sqlFilesOfAnswer, answerID)
}

const sqlGiveFiles = `UPDATE files SET answer_id = NULL, message_id = $2 WHERE answer_id = $1`

// GiveFiles implements workflow.Dialogue.
func (s *Store) GiveFiles(ctx context.Context, answerID, messageID int64) error {
	_, err := s.exec(ctx, "give files", sqlGiveFiles, answerID, messageID)
	return err
}
