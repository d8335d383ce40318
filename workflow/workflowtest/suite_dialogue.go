package workflowtest

import (
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
)

var dialoguePromises = []promise{
	{"a conversation comes back in order, with files and names", conversation},
	{"internal messages are left out unless asked for", internalMessages},
	{"the same addition twice is Conflict", sameAddition},
	{"another case's file is NotFound", othersFile},
	{"files of a draft come, go and move to the message", draftFiles},
}

var answerPromises = []promise{
	{"the latest round is the answer of a case", latestRound},
	{"two people's drafts never overwrite each other", draftConflict},
	{"every saved text of a draft is kept", draftVersions},
}

func newFile(name string) workflow.NewFile {
	return workflow.NewFile{SHA256: strings.Repeat("ab", 32), Name: name, MediaType: "image/png", Size: 1234}
}

func conversation(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	letter := workflow.Message{
		CaseID: x.ID, Kind: workflow.LetterMessage, Body: "没有热水。", Quoted: "> 以前的", HTML: "<p>没有热水。</p>",
		Channel: workflow.Email, External: random(32), At: Morning,
	}
	must(t, s.AddMessage(t.Context(), &letter, []workflow.NewFile{newFile("一.png"), newFile("二.png")}))
	answer := workflow.Message{
		CaseID: x.ID, Kind: workflow.AnswerMessage, Author: c.Clerk.ID, Department: c.Logistics.ID, Body: "已修好。",
		Channel: workflow.Web, At: Morning,
	}
	must(t, s.AddMessage(t.Context(), &answer, nil))
	got := ok(s.MessagesOf(t.Context(), x.ID, true))(t)
	if len(got) != 2 || len(got[0].Files) != 2 || len(got[1].Files) != 0 {
		t.Fatalf("got %+v", got)
	}
	for i, f := range got[0].Files {
		n := []string{"一.png", "二.png"}[i]
		same(t, n, f, workflow.File{ID: f.ID, CaseID: x.ID, Message: letter.ID, SHA256: newFile(n).SHA256, Name: n, MediaType: "image/png", Size: 1234, At: Morning})
		same(t, "file alone", ok(s.File(t.Context(), x.ID, f.ID))(t), f)
	}
	same(t, "one message", ok(s.Message(t.Context(), letter.ID))(t), got[0])
	letter.Files, answer.AuthorName = got[0].Files, c.Clerk.Name
	same(t, "letter", got[0], letter)
	same(t, "answer", got[1], answer)
}

func internalMessages(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	var all, public []int64
	for i, kind := range []workflow.MessageKind{
		workflow.LetterMessage, workflow.AdditionMessage, workflow.AgainMessage, workflow.AnswerMessage,
		workflow.QuestionMessage, workflow.DeclineMessage, workflow.NoteMessage, workflow.Instruction,
	} {
		m := workflow.Message{CaseID: x.ID, Kind: kind, Body: string(kind), Channel: workflow.Web, At: Morning.Add(time.Duration(i) * time.Second)}
		if !kind.FromWriter() {
			m.Author = c.Clerk.ID
		}
		must(t, s.AddMessage(t.Context(), &m, nil))
		all = append(all, m.ID)
		if !kind.Internal() {
			public = append(public, m.ID)
		}
	}
	id := func(m workflow.Message) int64 { return m.ID }
	same(t, "for staff", ids(ok(s.MessagesOf(t.Context(), x.ID, true))(t), id), all)
	same(t, "for the writer", ids(ok(s.MessagesOf(t.Context(), x.ID, false))(t), id), public)
}

func sameAddition(t *testing.T, s workflow.Store, _ College) {
	x, y := NewCase(t, s), NewCase(t, s)
	external := random(32)
	add := func(c workflow.Case, channel workflow.Channel, external []byte) error {
		m := workflow.Message{CaseID: c.ID, Kind: workflow.AdditionMessage, Body: "补充", Channel: channel, External: external, At: Morning}
		return s.AddMessage(t.Context(), &m, []workflow.NewFile{newFile("三.png")})
	}
	once(t, together(4, func(int) error { return add(x, workflow.Web, external) }))
	wantKind(t, workflow.Conflict, add(y, workflow.Web, external))
	must(t, add(y, workflow.Email, external))
	for range 2 { // without a name each is its own
		must(t, add(x, workflow.Web, nil))
	}
	got := ok(s.MessagesOf(t.Context(), x.ID, true))(t)
	same(t, "messages", len(got), 3)
	for _, m := range got {
		same(t, "files of a message", len(m.Files), 1)
	}
}

func othersFile(t *testing.T, s workflow.Store, _ College) {
	x, y := NewCase(t, s), NewCase(t, s)
	m := workflow.Message{CaseID: x.ID, Kind: workflow.LetterMessage, Body: "…", Channel: workflow.Web, At: Morning}
	must(t, s.AddMessage(t.Context(), &m, []workflow.NewFile{newFile("四.png")}))
	id := ok(s.Message(t.Context(), m.ID))(t).Files[0].ID
	must(t, second(s.File(t.Context(), x.ID, id)))
	absent(t, "through another case", second(s.File(t.Context(), y.ID, id)))
}

func addAnswer(t *testing.T, s workflow.Store, x workflow.Case, round int, c College) workflow.AnswerDraft {
	t.Helper()
	a := workflow.AnswerDraft{CaseID: x.ID, Round: round, Body: "初稿", Author: c.LogisticsClerk.ID, Updated: Morning}
	must(t, s.AddAnswer(t.Context(), &a))
	return a
}

func draftFiles(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	a := addAnswer(t, s, x, 1, c)
	var files []workflow.File
	for _, name := range []string{"五.png", "六.png", "七.png"} {
		f := workflow.File{CaseID: x.ID, Answer: a.ID, SHA256: strings.Repeat("cd", 32), Name: name, MediaType: "image/png", Size: 5, At: Morning}
		must(t, s.AddFile(t.Context(), &f))
		files = append(files, f)
	}
	same(t, "of the draft", ok(s.FilesOfAnswer(t.Context(), a.ID))(t), files)
	must(t, s.RemoveFile(t.Context(), files[1].ID))
	same(t, "after one went", ok(s.FilesOfAnswer(t.Context(), a.ID))(t), []workflow.File{files[0], files[2]})
	m := workflow.Message{CaseID: x.ID, Kind: workflow.AnswerMessage, Author: c.Clerk.ID, Body: "初稿", Channel: workflow.Web, At: Morning}
	must(t, s.AddMessage(t.Context(), &m, nil))
	must(t, s.GiveFiles(t.Context(), a.ID, m.ID))
	same(t, "after they moved", ok(s.FilesOfAnswer(t.Context(), a.ID))(t), nil)
	got := ids(ok(s.Message(t.Context(), m.ID))(t).Files, func(f workflow.File) int64 { return f.ID })
	same(t, "of the message", got, []int64{files[0].ID, files[2].ID})
}

func latestRound(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	absent(t, "before any", second(s.AnswerOf(t.Context(), x.ID)))
	addAnswer(t, s, x, 1, c)
	latest := addAnswer(t, s, x, 2, c)
	twice := workflow.AnswerDraft{CaseID: x.ID, Round: 2, Author: c.LogisticsClerk.ID, Updated: Morning}
	wantKind(t, workflow.Conflict, s.AddAnswer(t.Context(), &twice))
	same(t, "latest", ok(s.AnswerOf(t.Context(), x.ID))(t), latest)
	latest.SignedBy, latest.SignedAt = c.LogisticsHead.ID, Morning.Add(time.Hour)
	latest.CheckedBy, latest.CheckedAt, latest.Sent = c.Clerk.ID, Morning.Add(2*time.Hour), Morning.Add(3*time.Hour)
	must(t, s.SaveAnswer(t.Context(), &latest, c.Clerk.ID))
	same(t, "sent", ok(s.AnswerOf(t.Context(), x.ID))(t), latest)
}

func draftConflict(t *testing.T, s workflow.Store, c College) {
	a := addAnswer(t, s, NewCase(t, s), 1, c)
	mine, theirs := a, a
	mine.Body, theirs.Body = "我的", "他的"
	must(t, s.SaveAnswer(t.Context(), &mine, c.LogisticsClerk.ID))
	if mine.Version != a.Version+1 {
		t.Errorf("version is %d, want %d", mine.Version, a.Version+1)
	}
	wantKind(t, workflow.Conflict, s.SaveAnswer(t.Context(), &theirs, c.LogisticsHead.ID))
	same(t, "stored", ok(s.AnswerOf(t.Context(), a.CaseID))(t), mine)
	once(t, together(4, func(int) error {
		racer := mine
		return s.SaveAnswer(t.Context(), &racer, c.LogisticsClerk.ID)
	}))
}

func draftVersions(t *testing.T, s workflow.Store, c College) {
	a := addAnswer(t, s, NewCase(t, s), 1, c)
	for _, a.Body = range []string{"二稿", "三稿"} {
		must(t, s.SaveAnswer(t.Context(), &a, c.LogisticsHead.ID))
	}
	stale := a
	stale.Version = 1
	wantKind(t, workflow.Conflict, s.SaveAnswer(t.Context(), &stale, c.LogisticsHead.ID))
	texts := map[string]string{}
	versions := ok(s.AnswerVersions(t.Context(), a.ID))(t)
	for _, v := range versions {
		texts[v.Body] = v.AuthorName
	}
	same(t, "texts by author", texts, map[string]string{"初稿": c.LogisticsClerk.Name, "二稿": c.LogisticsHead.Name, "三稿": c.LogisticsHead.Name})
	same(t, "versions", len(versions), 3)
}
