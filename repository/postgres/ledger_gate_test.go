package postgres_test

import (
	"database/sql"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

// TestGate goes at the database with statements of its own: whoever holds a
// connection cannot make an item public without a review that passed of exactly
// that content of that item.
func TestGate(t *testing.T) {
	t.Parallel()
	s, dsn := openAt(t)
	c := workflowtest.Seed(t, s)
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	plain, public, other := workflowtest.NewItem(t, s, c), workflowtest.NewItem(t, s, c), workflowtest.NewItem(t, s, c)
	workflowtest.PublishItem(t, s, c, &public, workflowtest.Morning)
	workflowtest.PublishItem(t, s, c, &other, workflowtest.Morning)
	refused := workflow.Review{Subject: workflow.ReviewItem, SubjectID: plain.ID, Title: "x", ContentHash: plain.ContentHash, AskedBy: c.Clerk.ID, Asked: workflowtest.Morning}
	answer := refused
	answer.Subject = workflow.ReviewAnswer
	for _, r := range []*workflow.Review{&refused, &answer} {
		if err := s.AddReview(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	const publish = `UPDATE items SET state = 'published', published_at = now(), review_id = $2, review_passed = true WHERE id = $1`
	refuses(t, db, "insert as published", `INSERT INTO items (channel, title, day, state, created_by, created_at, updated_at, published_at)
		SELECT channel, title, day, 'published', created_by, now(), now(), now() FROM items WHERE id = $1`, plain.ID)
	refuses(t, db, "insert with the review of the same words", `INSERT INTO items (channel, title, url, author, day, state, created_by, created_at, updated_at, published_at, review_id, review_passed)
		SELECT channel, title, url, author, day, 'published', created_by, now(), now(), now(), review_id, true FROM items WHERE id = $1`, public.ID)
	refuses(t, db, "update to published", `UPDATE items SET state = 'published', published_at = now() WHERE id = $1`, plain.ID)
	refuses(t, db, "publish with a review nobody decided", publish, plain.ID, refused.ID)
	refuses(t, db, "publish with the review of another item", publish, plain.ID, public.Review)
	refuses(t, db, "publish with the review of another subject", publish, plain.ID, answer.ID)
	refuses(t, db, "publish with no such review", publish, plain.ID, 1<<40)
	refuses(t, db, "publish with none", publish, plain.ID, nil)
	for _, change := range []string{
		`title = title || '。'`, `summary = 'x'`, `url = 'https://elsewhere.example'`, `day = day + 1`, `author = 'x'`, `channel = 'board'`,
		`series = 'x'`, `serial = 7`, `meeting = 'party'`,
	} {
		refuses(t, db, "edit what is public: "+change, `UPDATE items SET `+change+` WHERE id = $1`, public.ID)
	}
	refuses(t, db, "swap reviews", `UPDATE items SET review_id = $2 WHERE id = $1`, public.ID, other.Review)
	refuses(t, db, "take the review away", `UPDATE items SET review_id = NULL WHERE id = $1`, public.ID)
	refuses(t, db, "unsay that it passed", `UPDATE items SET review_passed = NULL WHERE id = $1`, public.ID)
	refuses(t, db, "write a digest", `UPDATE items SET content_hash = (SELECT content_hash FROM items WHERE id = $2) WHERE id = $1`, plain.ID, public.ID)
	refuses(t, db, "turn a decided review", `UPDATE reviews SET content_hash = (SELECT content_hash FROM items WHERE id = $2) WHERE id = $1`, public.Review, plain.ID)
	refuses(t, db, "remove the review", `DELETE FROM reviews WHERE id = $1`, public.Review)
	if _, err := db.ExecContext(t.Context(), `UPDATE items SET made_on = day WHERE id = $1`, public.ID); err != nil {
		t.Errorf("what is not public may be noted: %v", err)
	}
}

func refuses(t *testing.T, db *sql.DB, what, statement string, args ...any) {
	t.Helper()
	if res, err := db.ExecContext(t.Context(), statement, args...); err == nil {
		n, _ := res.RowsAffected()
		t.Errorf("%s: the database let it happen to %d rows", what, n)
	}
}
