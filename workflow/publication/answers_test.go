package publication_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/publication"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

type press struct {
	*worldtest.World
	answers *publication.Answers
	reviews *publication.Reviews
}

// shorten stands for taking metadata off: it drops the first three bytes.
func shorten(r io.Reader, _ string) io.Reader {
	_, _ = io.CopyN(io.Discard, r, 3)
	return r
}

func newPress(t *testing.T) press {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	p := press{World: w, answers: publication.NewAnswers(w.Desk, w.Vault, w.Blobs, shorten)}
	p.reviews = publication.NewReviews(w.Desk, map[workflow.ReviewSubject]workflow.Reviewed{workflow.ReviewAnswer: p.answers})
	return p
}

// answered is a case whose writer agrees to publication.
func (p press) answered(t *testing.T, answer string, opts ...func(*workflow.Letter)) workflow.Case {
	t.Helper()
	r := p.Send(t, append([]func(*workflow.Letter){func(l *workflow.Letter) { l.Publish = true }}, opts...)...)
	return p.Answer(t, r.CaseID, answer)
}

func (p press) begin(t *testing.T, c workflow.Case) workflow.Publication {
	t.Helper()
	pub, err := p.answers.Begin(t.Context(), p.Clerk.Actor(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	return pub
}

// reviewed hands a publication in and has it decided.
func (p press) reviewed(t *testing.T, pub workflow.Publication, change ...func(*publication.Decision)) workflow.Publication {
	t.Helper()
	if _, err := p.answers.HandIn(t.Context(), p.Clerk.Actor(), pub.ID, pub.Version, ""); err != nil {
		t.Fatal(err)
	}
	open, err := p.Store.ReviewsBy(t.Context(), workflow.ReviewQuery{Open: true, SubjectID: pub.ID})
	if err != nil || len(open) != 1 {
		t.Fatalf("%d open reviews, %v", len(open), err)
	}
	d := clean()
	for _, c := range change {
		c(&d)
	}
	if _, err := p.reviews.Decide(t.Context(), p.Reviewer.Actor(), open[0].ID, d); err != nil {
		t.Fatal(err)
	}
	pub, err = p.Store.Publication(t.Context(), pub.ID)
	if err != nil {
		t.Fatal(err)
	}
	return pub
}

// canary is a writer whose every trait is unlike any word of the texts.
type canary struct {
	name, phone, mail, number, room, class, chat, card, plate string
}

func newCanary(rnd *rand.Rand) canary {
	digits := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte('0' + byte(rnd.IntN(10)))
		}
		return b.String()
	}
	han := func() string { return string([]rune("璟琛霖沁翊鸢荻蓁")[rnd.IntN(8)]) }
	return canary{
		name: "欧阳" + han() + han(), phone: "139" + digits(8), mail: "u" + digits(7) + "@canary.example", number: "20" + digits(10),
		room: fmt.Sprintf("%d栋%d%s", 1+rnd.IntN(9), 1+rnd.IntN(9), digits(2)), class: fmt.Sprintf("测绘2%s班", digits(3)),
		chat: "wx_" + digits(8), card: "42011119990203" + digits(3) + "X", plate: "鄂A" + digits(5),
	}
}

func (k canary) traits() []string {
	return []string{k.name, k.phone, k.mail, k.number, k.room, k.class, k.chat, k.card, k.plate}
}

// spaced writes a trait in one of the ways in which people do.
func spaced(rnd *rand.Rand, s string) string {
	switch rnd.IntN(3) {
	case 0:
		return s
	case 1:
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r - '0' + '０'
			}
			return r
		}, s)
	}
	return s
}

func (k canary) letter(rnd *rand.Rand) string {
	sentences := []string{
		"我叫" + k.name + "。", "电话" + spaced(rnd, k.phone) + "。", "邮箱" + k.mail + "。", "学号" + spaced(rnd, k.number) + "。",
		"住" + k.room + "，", "是" + k.class + "的，", "微信" + k.chat + "。", "身份证" + k.card + "。", "车牌" + k.plate + "。", "晚上没有热水，", "请尽快修好。",
	}
	rnd.Shuffle(len(sentences), func(i, j int) { sentences[i], sentences[j] = sentences[j], sentences[i] })
	return strings.Join(sentences[:4+rnd.IntN(len(sentences)-3)], "") + "谢谢。"
}

// TestCanariesStayHidden writes letters full of their writers in any order and
// spelling, publishes them as proposed, and looks for the writers in everything
// that is kept for the public.
func TestCanariesStayHidden(t *testing.T) {
	rnd := rand.New(rand.NewPCG(18, 11))
	for i := range 60 {
		p, k := newPress(t), newCanary(rnd)
		c := p.answered(t, "已请维修人员到"+k.room+"检查并修复。", func(l *workflow.Letter) {
			l.Body, l.Subject = k.letter(rnd), k.name+"反映热水问题"
			l.Identity = workflow.Identity{Name: k.name, Phone: k.phone, Email: k.mail, Number: k.number}
			l.Mode = workflow.Modes[i%2]
		})
		pub := p.reviewed(t, p.begin(t, c))
		pub, err := p.answers.Publish(t.Context(), p.OfficeHead.Actor(), pub.ID, pub.Version, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		folded := strings.Map(func(r rune) rune {
			if r >= '０' && r <= '９' {
				return r - '０' + '0'
			}
			return r
		}, string(pub.Content)+pub.Subject+pub.Words+pub.Slug)
		for _, trait := range k.traits() {
			if strings.Contains(folded, trait) {
				t.Errorf("%q stands in %s", trait, pub.Content)
			}
			got, err := p.answers.Public(t.Context(), workflow.PublicQuery{Search: trait})
			if err != nil || len(got.Publications) != 0 {
				t.Errorf("%q finds %d answers, %v", trait, len(got.Publications), err)
			}
		}
		if _, err := p.Store.Redaction(t.Context(), pub.ID); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("the text with its marks is still kept: %v", err)
		}
	}
}

func TestOnlyFilesThatAreClean(t *testing.T) {
	p := newPress(t)
	put := func(content string) string {
		sha, _, err := p.Blobs.Put(t.Context(), strings.NewReader(content), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		return sha
	}
	c := p.answered(t, "已修好。", func(l *workflow.Letter) {
		l.Files = []workflow.NewFile{
			{SHA256: put("GPSpicture"), Name: "林同学的寝室.jpg", MediaType: "image/jpeg", Size: 10},
			{SHA256: put("document"), Name: "说明.pdf", MediaType: "application/pdf", Size: 8},
		}
	})
	pub := p.begin(t, c)
	e, err := p.answers.Open(t.Context(), p.Clerk.Actor(), pub.ID)
	if err != nil || len(e.Pictures) != 1 || len(e.Public.Files) != 0 {
		t.Fatalf("%+v, %v", e.Pictures, err)
	}
	edit := publication.Edit{Version: pub.Version, Redaction: e.Redaction, Files: []int64{e.Pictures[0].ID}}
	pub, err = p.answers.Save(t.Context(), p.Clerk.Actor(), pub.ID, edit)
	if err != nil {
		t.Fatal(err)
	}
	public, err := pub.Answer()
	if err != nil || len(public.Files) != 1 || public.Files[0].Name != "picture-1.jpg" || public.Files[0].Size != 7 {
		t.Fatalf("%+v, %v", public.Files, err)
	}
	content, err := p.Blobs.Open(t.Context(), public.Files[0].SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(content); err != nil || string(b) != "picture" {
		t.Errorf("%q, %v", b, err)
	}
	edit.Version, edit.Files = pub.Version, []int64{e.Pictures[0].ID + 1}
	if _, err := p.answers.Save(t.Context(), p.Clerk.Actor(), pub.ID, edit); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("the document was taken: %v", err)
	}
}

// TestReviewIsOfTheseWords: whoever changes a word after the review needs
// another one; what was refused is a draft again.
func TestReviewIsOfTheseWords(t *testing.T) {
	p := newPress(t)
	pub := p.begin(t, p.answered(t, "已修好。"))
	again := p.begin(t, workflow.Case{Number: p.numberOf(t, pub)}) // a second click
	if again.ID != pub.ID {
		t.Errorf("a second click began %d beside %d", again.ID, pub.ID)
	}
	refused := p.reviewed(t, pub, func(d *publication.Decision) { d.Result, d.Ground = workflow.ReviewRefused, "undecided" })
	if refused.State != workflow.PublicationDraft {
		t.Errorf("refused, it is %s", refused.State)
	}
	passed := p.reviewed(t, refused, func(d *publication.Decision) {
		d.Result, d.Ground, d.Checklist["private"] = workflow.ReviewPartly, "privacy", true
	})
	if passed.State != workflow.PublicationReviewed {
		t.Fatalf("passed, it is %s", passed.State)
	}
	edit := publication.Edit{Version: passed.Version, Redaction: workflow.Redaction{Subject: "热水", Question: "没有热水。", Answer: "修好了。"}}
	changed, err := p.answers.Save(t.Context(), p.Clerk.Actor(), pub.ID, edit)
	if err != nil || changed.State != workflow.PublicationDraft || changed.Review != 0 {
		t.Errorf("%+v, %v", changed, err)
	}
	_, err = p.answers.Publish(t.Context(), p.Clerk.Actor(), pub.ID, changed.Version, time.Time{})
	if workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("published without another review: %v", err)
	}
}

func (p press) numberOf(t *testing.T, pub workflow.Publication) string {
	t.Helper()
	c, err := p.Store.Case(t.Context(), pub.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	return c.Number
}

// TestSealingTakesBack: a case that goes to the discipline lane, or turns out to
// be a report, is public no more.
func TestSealingTakesBack(t *testing.T) {
	p := newPress(t)
	c := p.answered(t, "已修好。")
	pub := p.reviewed(t, p.begin(t, c))
	pub, err := p.answers.Publish(t.Context(), p.Clerk.Actor(), pub.ID, pub.Version, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Cases.Seal(t.Context(), p.Clerk.Actor(), c.ID, "涉及违纪线索"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.answers.One(t.Context(), pub.Slug); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("a sealed case is public: %v", err)
	}
	if _, err := p.answers.Consent(t.Context(), workflow.ByWriter(c.ID), c.ID, false); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("consent to a sealed case was changed: %v", err)
	}
	if n, err := p.answers.Count(t.Context(), p.Clerk.Actor(), workflow.PublicationQuery{}); err != nil || n != 0 {
		t.Errorf("the office counts %d of sealed cases, %v", n, err)
	}
}

// TestDaysAreProved: days are sealed once they are over, once each, and only
// those on which something became public.
func TestDaysAreProved(t *testing.T) {
	p := newPress(t)
	for range 2 {
		pub := p.reviewed(t, p.begin(t, p.answered(t, "已修好。")))
		if _, err := p.answers.Publish(t.Context(), p.Clerk.Actor(), pub.ID, pub.Version, time.Time{}); err != nil {
			t.Fatal(err)
		}
		p.Pass(72 * time.Hour)
	}
	for _, want := range []int{2, 0} {
		if n, err := p.answers.SealDays(t.Context()); err != nil || n != want {
			t.Errorf("%d days sealed, want %d: %v", n, want, err)
		}
	}
	days, err := p.answers.Days(t.Context(), "", 10)
	if err != nil || len(days) != 2 || string(days[0].Prev) != string(days[1].Root) || len(days[1].Prev) != 0 {
		t.Errorf("%+v, %v", days, err)
	}
}
