// Package desk is where staff work on cases: the queues of a department, the
// page of a case for everybody who may see it, and every act on a case.
package desk

import (
	"context"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/casework"
)

// Cases is what the pages ask of the use cases; *casework.Casework does it.
type Cases interface {
	Open(ctx context.Context, by workflow.Actor, number string) (casework.Dossier, error)
	Find(ctx context.Context, by workflow.Actor, number string) (workflow.Case, error)
	List(ctx context.Context, by workflow.Actor, q workflow.Query) (workflow.Listing, error)
	Count(ctx context.Context, by workflow.Actor, q workflow.Query) (int, error)
	Marks(ctx context.Context) (workflow.BoardMarks, error)
	Calendar(ctx context.Context) (calendar.Working, error)
	Why(ctx context.Context, k workflow.Clock) ([]calendar.Step, error)
	Departments(ctx context.Context) ([]workflow.Department, error)
	Categories(ctx context.Context) ([]workflow.Category, error)
	Templates(ctx context.Context, category int64) ([]workflow.AnswerTemplate, error)

	Do(ctx context.Context, by workflow.Actor, caseID int64, a casework.Act) (workflow.Case, error)
	SaveDraft(ctx context.Context, by workflow.Actor, caseID int64, body string, version int64) (workflow.AnswerDraft, error)
	AttachDraft(ctx context.Context, by workflow.Actor, caseID int64, file workflow.NewFile) error
	DetachDraft(ctx context.Context, by workflow.Actor, caseID, fileID int64) error
	File(ctx context.Context, by workflow.Actor, caseID, fileID int64) (workflow.File, error)

	Note(ctx context.Context, by workflow.Actor, caseID int64, body string, files []workflow.NewFile) error
	Instruct(ctx context.Context, by workflow.Actor, caseID int64, body string) error
	Classify(ctx context.Context, by workflow.Actor, caseID int64, to casework.Classes) (workflow.Case, error)
	Urgent(ctx context.Context, by workflow.Actor, caseID int64, reason string) (workflow.Case, error)
	Seal(ctx context.Context, by workflow.Actor, caseID int64, reason string) error
	Assist(ctx context.Context, by workflow.Actor, caseID, department int64, helps bool) error
	Remind(ctx context.Context, by workflow.Actor, caseID int64, note string) error
	Split(ctx context.Context, by workflow.Actor, caseID int64, p casework.Part) (workflow.Case, error)
	AskMoreTime(ctx context.Context, by workflow.Actor, caseID int64, days int, reason string) error
	Decide(ctx context.Context, by workflow.Actor, caseID int64, to casework.Deciding) (workflow.Case, error)
	CheckSecrecy(ctx context.Context, by workflow.Actor, caseID, version int64) (workflow.Case, error)
	Concern(ctx context.Context, by workflow.Actor, caseID int64, concern workflow.Concern, version int64) (workflow.Case, error)
	Tag(ctx context.Context, by workflow.Actor, caseID, campaign, version int64) (workflow.Case, error)
	Propose(ctx context.Context, by workflow.Actor, caseID, campaign, version int64) (workflow.Case, error)
	DecideMoreTime(ctx context.Context, by workflow.Actor, caseID int64, grant bool, remark string) error

	Notices(ctx context.Context, by workflow.Actor, before int64, limit int) ([]casework.Told, error)
	SeeNotices(ctx context.Context, by workflow.Actor, upTo int64) error
	Unseen(ctx context.Context, by workflow.Actor) (int, error)
}

// Vault opens the identity behind a case; *access.Vault does it.
type Vault interface {
	Reveal(ctx context.Context, by workflow.Actor, caseID int64, reason string) (workflow.Identity, error)
}

// Selected tells the office how far a case is on its way to the public;
// *publication.Answers does it.
type Selected interface {
	Of(ctx context.Context, by workflow.Actor, c workflow.Case) (p workflow.Publication, ok bool, rule workflow.PublicationRule, err error)
}

// Pages serves the desks.
type Pages struct {
	cases    Cases
	vault    Vault
	files    workflow.Blobs
	selected Selected
}

// New returns the pages. All arguments are required.
func New(cases Cases, vault Vault, files workflow.Blobs, selected Selected) *Pages {
	return &Pages{cases: cases, vault: vault, files: files, selected: selected}
}

// Views names the pages with the data they are rendered from.
var Views = map[string]any{
	"desk/inbox.html":      InboxPage{},
	"desk/case.html":       CasePage{},
	"desk/case.print.html": PrintPage{},
	"desk/notices.html":    NoticesPage{},
}

func actor(c *web.Context) workflow.Actor { return c.User.Actor() }

// worksHere reports whether the reader's cases come through the desk's queues.
func worksHere(u *web.User) bool {
	return u.Is(string(workflow.DeptClerk)) || u.Is(string(workflow.DeptHead)) || u.Is(string(workflow.Discipline))
}
