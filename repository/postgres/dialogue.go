package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

const messageColumns = `
		m.id, m.case_id, m.kind, m.author_id, coalesce(a.name, '') AS author_name, m.author_department_id,
		m.body, m.quoted, m.html, m.channel, m.external, m.at`

type messageRow struct {
	ID         int64   `db:"id"`
	CaseID     int64   `db:"case_id"`
	Kind       string  `db:"kind"`
	Author     ref     `db:"author_id"`
	AuthorName string  `db:"author_name"`
	Department ref     `db:"author_department_id"`
	Body       string  `db:"body"`
	Quoted     string  `db:"quoted"`
	HTML       string  `db:"html"`
	Channel    string  `db:"channel"`
	External   octets  `db:"external"`
	At         instant `db:"at"`
}

func (r messageRow) toMessage() workflow.Message {
	return workflow.Message{
		ID: r.ID, CaseID: r.CaseID, Kind: workflow.MessageKind(r.Kind), Author: int64(r.Author), AuthorName: r.AuthorName,
		Department: int64(r.Department), Body: r.Body, Quoted: r.Quoted, HTML: r.HTML,
		Channel: workflow.Channel(r.Channel), External: r.External, At: time.Time(r.At),
	}
}

const sqlAddMessage = `
	INSERT INTO messages (case_id, kind, internal, author_id, author_department_id, body, quoted, html, channel, external, at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
	RETURNING id`

// A message and its files are one statement.
const sqlAddMessageWithFiles = `
	WITH message AS (` + sqlAddMessage + `), attached AS (
		INSERT INTO files (case_id, message_id, sha256, name, media_type, size, at)
		SELECT $1, message.id, f.sha256, f.name, f.media_type, f.size, $11
		FROM message, unnest($12::text[], $13::text[], $14::text[], $15::bigint[])
			WITH ORDINALITY AS f (sha256, name, media_type, size, place)
		ORDER BY f.place
	)
	SELECT id FROM message`

// AddMessage implements workflow.Dialogue.
func (s *Store) AddMessage(ctx context.Context, m *workflow.Message, files []workflow.NewFile) error {
	statement := sqlAddMessage
	args := []any{
		m.CaseID, m.Kind, m.Kind.Internal(), ref(m.Author), ref(m.Department), m.Body, m.Quoted, m.HTML,
		m.Channel, octets(m.External), instant(m.At),
	}
	if len(files) > 0 {
		statement = sqlAddMessageWithFiles
		args = append(args, fileArrays(files)...)
	}
	id, err := one[int64](ctx, s, "add message", statement, args...)
	if err == nil {
		m.ID = id
	}
	return err
}

func fileArrays(files []workflow.NewFile) []any {
	var hashes, names, types pq.StringArray
	var sizes pq.Int64Array
	for _, f := range files {
		hashes, names, types = append(hashes, f.SHA256), append(names, f.Name), append(types, f.MediaType)
		sizes = append(sizes, f.Size)
	}
	return []any{hashes, names, types, sizes}
}

const sqlMessagesOf = `SELECT` + messageColumns + `
	FROM messages m LEFT JOIN accounts a ON a.id = m.author_id
	WHERE m.case_id = $1 AND ($2 OR NOT m.internal)
	ORDER BY m.id`

// MessagesOf implements workflow.Dialogue.
func (s *Store) MessagesOf(ctx context.Context, caseID int64, internal bool) ([]workflow.Message, error) {
	messages, err := many(ctx, s, "list messages", messageRow.toMessage, sqlMessagesOf, caseID, internal)
	if err != nil || len(messages) == 0 {
		return nil, err
	}
	files, err := many(ctx, s, "list files", fileRow.toFile, sqlFilesOfCase, caseID)
	if err != nil {
		return nil, err
	}
	byMessage := map[int64][]workflow.File{}
	for _, f := range files {
		byMessage[f.Message] = append(byMessage[f.Message], f)
	}
	for i := range messages {
		messages[i].Files = byMessage[messages[i].ID]
	}
	return messages, nil
}

const sqlSaid = `SELECT EXISTS (SELECT FROM messages WHERE channel = $2 AND external = $3 AND case_id = $1)`

// Said implements workflow.Dialogue.
func (s *Store) Said(ctx context.Context, caseID int64, channel workflow.Channel, external []byte) (bool, error) {
	said, err := one[bool](ctx, s, "look message up", sqlSaid, caseID, channel, external)
	return said, err
}

const sqlMessage = `SELECT` + messageColumns + `
	FROM messages m LEFT JOIN accounts a ON a.id = m.author_id
	WHERE m.id = $1`

const sqlFilesOfMessage = `SELECT` + fileColumns + ` FROM files WHERE message_id = $1 ORDER BY id`

// Message implements workflow.Dialogue.
func (s *Store) Message(ctx context.Context, id int64) (workflow.Message, error) {
	r, err := one[messageRow](ctx, s, "read message", sqlMessage, id)
	if err != nil {
		return workflow.Message{}, err
	}
	m := r.toMessage()
	m.Files, err = many(ctx, s, "list files of message", fileRow.toFile, sqlFilesOfMessage, id)
	return m, err
}
