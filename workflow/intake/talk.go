package intake

import (
	"context"
	"encoding/hex"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mailbox/workflow"
)

// together is how long words that follow each other belong to one letter.
const together = 30 * time.Minute

// talk is one call on its way through a transaction.
type talk struct {
	*Chat
	h      Heard
	inline bool // the platform waits for the answer

	files []workflow.NewFile
	lost  int
	fresh bool // nobody but us has seen the call
	words CrisisWords
	bound workflow.Actor // who number and code let in
	wrong error          // why they did not

	tx     workflow.Store
	desk   *workflow.Desk
	intake *Intake
	v      workflow.Conversation
	call   workflow.Call
}

// prepare does what needs the network, or counts.
func (t *talk) prepare(ctx context.Context, call workflow.Call) (err error) {
	if t.words, err = t.crisis.words(ctx, t.Crisis, t.Chat.desk.Now()); err != nil {
		return err
	}
	if call.State == workflow.CallNew {
		if t.files, t.lost, err = t.fetch(ctx, t.h, call.Attempts); err != nil {
			return err
		}
	}
	if t.h.Event == EventEnd && t.h.Text != "" {
		return t.cameBack(ctx)
	}
	if number, code, ok := numberAndCode(t.h.Text); ok && t.h.Kind == HeardText {
		who := hex.EncodeToString(t.Vault.PersonIndex(t.h.Channel, t.h.Account, t.h.Person))
		t.bound, t.wrong = t.Track(ctx, number, code, who)
		if workflow.KindOf(t.wrong) == workflow.Unavailable {
			return t.wrong
		}
	}
	return nil
}

// cameBack tells the office that what the platform had taken did not arrive.
func (t *talk) cameBack(ctx context.Context) error {
	n, err := t.Chat.desk.Store.NoticeOfTry(ctx, t.h.Sent)
	if err == nil {
		reason := "ladder.platform_failed"
		if t.h.Text == Blocked {
			reason = "ladder.blocked"
		}
		err = t.Returned(ctx, n.MessageID, reason, false)
	}
	return absentIsNone(err)
}

// in is the talk in a transaction. Timers are armed after it.
func (t talk) in(tx workflow.Store, turned *[]workflow.Clock) *talk {
	desk := *t.Chat.desk
	desk.Store, desk.Rules = tx, desk.Rules.In(tx)
	desk.Arm = func(_ context.Context, clocks ...workflow.Clock) { *turned = append(*turned, clocks...) }
	intake := *t.Intake
	intake.desk = &desk
	t.tx, t.desk, t.intake = tx, &desk, &intake
	return &t
}

// With is the conversation in which something was said, as it is found again.
func (c *Chat) With(h Heard) workflow.Conversation {
	return workflow.Conversation{
		Channel: h.Channel, Account: h.Account, Person: c.Vault.PersonIndex(h.Channel, h.Account, h.Person),
		Sealed: c.Vault.SealFor(SealPerson, []byte(h.Person)), Locale: localeOf(h, "zh-CN"),
	}
}

// hold keeps everybody else from the conversation while the call is dealt with.
func (t *talk) hold(ctx context.Context, call workflow.Call) (Reply, error) {
	t.v = t.With(t.h)
	if err := t.tx.LockConversation(ctx, &t.v); err != nil {
		return Reply{}, err
	}
	if err := t.look(ctx, call); err != nil {
		return Reply{}, err
	}
	if t.call.State != workflow.CallNew {
		return t.again(ctx)
	}
	was := t.call
	t.opened()
	r, err := t.hear(ctx)
	if err != nil {
		return Reply{}, err
	}
	t.call.Handled = t.desk.Now()
	if err := t.tx.SaveCall(ctx, was, t.call); err != nil {
		return Reply{}, err
	}
	return r, t.tx.SaveConversation(ctx, t.v)
}

// look finds out what became of the call meanwhile. One that we have just stored
// is taken for new: if it is not, storing what became of it is a Conflict.
func (t *talk) look(ctx context.Context, call workflow.Call) (err error) {
	if t.fresh {
		t.call = call
		return nil
	}
	t.call, err = t.tx.CallBy(ctx, call.Channel, call.External)
	return err
}

// again answers a call that was dealt with as it was answered then.
func (t *talk) again(ctx context.Context) (Reply, error) {
	switch t.call.State {
	case workflow.CallCase:
		known, err := t.intake.again(ctx, t.letter(ctx, 0))
		return t.received(known), err
	case workflow.CallAdded:
		c, err := t.tx.Case(ctx, t.call.CaseID)
		return t.reply(SayAdded, c), err
	case workflow.CallEvent:
		return t.hear(ctx)
	case workflow.CallJunk:
		if t.call.Reason == tooMany {
			return t.say(SayEnough), nil
		}
		return t.say(unlike(t.h.Kind)), nil
	case workflow.CallNew, workflow.CallFailed:
	}
	return Reply{}, nil
}

// opened notes that the platform lets us write again. What a person says opens
// it for longer than what they press.
func (t *talk) opened() {
	now := t.desk.Now()
	by := workflow.ByMessage
	if t.h.Kind == HeardEvent {
		by = workflow.ByEvent
		presses := t.h.Event == EventHello || t.h.Event == EventMenu || t.h.Event == EventPublic
		if !presses || t.v.HeardBy == workflow.ByMessage && now.Sub(t.v.Heard) < 48*time.Hour {
			return
		}
	}
	t.v.Heard, t.v.HeardBy, t.v.Used, t.v.Gone = now, by, 0, time.Time{}
	t.v.ReplyTo, t.v.Room, t.v.Locale = t.h.ReplyTo, t.h.Room, localeOf(t.h, t.v.Locale)
}

// hear finds out what a call means.
func (t *talk) hear(ctx context.Context) (Reply, error) {
	t.end(workflow.CallEvent, 0)
	switch {
	case t.h.Kind == HeardEvent:
		return t.event(ctx)
	case t.h.Kind == HeardOther:
		t.end(workflow.CallJunk, 0)
		return t.say(unlike(t.h.Kind)), nil
	case t.bound.Case != 0 || t.wrong != nil:
		return t.bind(ctx)
	case t.h.Kind == HeardText && !t.h.Anew:
		if r, done, err := t.command(ctx, t.h.Text); done || err != nil {
			return r, err
		}
	}
	return t.word(ctx)
}

func (t *talk) end(s workflow.CallState, caseID int64) { t.call.State, t.call.CaseID = s, caseID }

func (t *talk) event(ctx context.Context) (Reply, error) {
	switch t.h.Event {
	case EventHello:
		t.v.Gone = time.Time{}
		return t.say(SayHello), nil
	case EventGone:
		t.v.Gone = t.desk.Now()
	case EventGrant:
		if t.call.ID != 0 && t.call.Handled.IsZero() {
			t.v.Grants++
		}
	case EventKeep:
		t.v.Grants = 0
	case EventMenu:
		r, done, err := t.command(ctx, t.h.Text)
		if !done && err == nil {
			r = t.say(SayHelp)
		}
		return r, err
	case EventPublic:
		return t.say(SayPublic), nil
	case EventEnd, EventNone:
	}
	return Reply{}, nil
}

// The words that are commands, as people type them and as menus send them.
var commands = map[string]Say{
	"新信": SayNew, "写信": SayNew, "new": SayNew, "newletter": SayNew,
	"查询": SayState, "进度": SayState, "query": SayState, "status": SayState,
	"帮助": SayHelp, "help": SayHelp,
}

func (t *talk) command(ctx context.Context, text string) (r Reply, done bool, err error) {
	say, ok := commands[letters(text)]
	if s := strings.TrimSpace(text); s == "?" || s == "？" {
		say, ok = SayHelp, true
	}
	switch {
	case !ok:
		return Reply{}, false, nil
	case say == SayState:
		r, err = t.state(ctx)
	case say == SayNew:
		t.v.Anew = true
		r = t.say(SayNew)
	default:
		r = t.say(say)
	}
	return r, true, err
}

func (t *talk) state(ctx context.Context) (Reply, error) {
	if t.v.CaseID == 0 {
		return t.say(SayNone), nil
	}
	c, err := t.tx.Case(ctx, t.v.CaseID)
	return t.reply(SayState, c), err
}

// bind joins the conversation to a case whose number and code were given. The
// words held a code, and are not kept. An anonymous letter stays unbound: its
// writer would be known.
func (t *talk) bind(ctx context.Context) (Reply, error) {
	t.call.Sealed = nil
	switch kind := workflow.KindOf(t.wrong); {
	case t.wrong == nil:
	case kind == workflow.Limited:
		return t.say(SayLimited), nil
	case kind == workflow.NotFound:
		return t.say(SayWrong), nil
	default:
		return Reply{}, t.wrong
	}
	c, err := t.tx.Case(ctx, t.bound.Case)
	if err != nil {
		return Reply{}, err
	}
	if c.Mode == workflow.Anonymous || c.Writer == "" {
		return t.reply(SayAnonymous, c), nil
	}
	t.v.CaseID, t.v.Said, t.v.Anew = c.ID, t.desk.Now(), false
	return t.reply(SayBound, c), t.tx.Bind(ctx, c.ID, t.v.ID, t.desk.Now())
}

// word is something for a case: the one talked about, or a new one.
func (t *talk) word(ctx context.Context) (Reply, error) {
	c, goes, err := t.goesTo(ctx)
	if err != nil {
		return Reply{}, err
	}
	if goes {
		return t.add(ctx, c)
	}
	if t.h.Kind == HeardText && utf8.RuneCountInString(letters(t.h.Text)) < 2 {
		t.end(workflow.CallJunk, 0)
		return t.say(unlike(t.h.Kind)), nil
	}
	return t.begin(ctx)
}

// unlike says why something is no letter.
func unlike(k HeardKind) Say {
	if k == HeardOther {
		return SayOther
	}
	return SayShort
}

// goesTo is the case that a word is about: the one the last words went into not
// long ago, or that waits for the writer.
func (t *talk) goesTo(ctx context.Context) (c workflow.Case, goes bool, err error) {
	if t.v.CaseID == 0 || t.v.Anew || t.h.Anew {
		return c, false, nil
	}
	if c, err = t.tx.Case(ctx, t.v.CaseID); err != nil {
		return c, false, err
	}
	now := t.desk.Now()
	switch {
	case c.May(workflow.Supply, workflow.ByWriter(c.ID), now):
		return c, true, nil
	case c.State.Ended():
		return c, false, nil
	}
	return c, now.Sub(t.v.Said) <= together, nil
}

func (t *talk) add(ctx context.Context, c workflow.Case) (Reply, error) {
	if full, err := t.full(ctx, c); full || err != nil {
		return t.enough(), err
	}
	w := ChatWord{Body: cut(t.body(), workflow.MaxBody), Files: t.files, Channel: t.h.Channel, External: t.external()}
	if err := t.Follow(ctx, t.desk, c.ID, w); err != nil {
		return Reply{}, err
	}
	t.v.Said = t.desk.Now()
	t.end(workflow.CallAdded, c.ID)
	return t.reply(SayAdded, c), nil
}

func (t *talk) begin(ctx context.Context) (Reply, error) {
	if flood, err := t.flood(ctx); flood || err != nil {
		return t.enough(), err
	}
	category, err := t.category(ctx)
	if err != nil {
		return Reply{}, err
	}
	now := t.desk.Now().UTC().Truncate(time.Microsecond)
	l := t.letter(ctx, category)
	l.Received, l.Urgent = now, t.words.In(l.Body)
	if err := clean(&l); err != nil {
		return Reply{}, err
	}
	c, receipt, err := t.intake.begin(ctx, l)
	if err != nil {
		return Reply{}, err
	}
	t.v.CaseID, t.v.Said, t.v.Anew = c.ID, now, false
	t.end(workflow.CallCase, c.ID)
	if err := t.tx.Bind(ctx, c.ID, t.v.ID, now); err != nil {
		return Reply{}, err
	}
	return t.received(receipt), t.acknowledge(ctx, c, receipt)
}

// category is what letters are about of which nobody has said it yet.
func (t *talk) category(ctx context.Context) (int64, error) {
	c, err := t.desk.Rules.Coded(ctx, "other")
	if workflow.KindOf(err) == workflow.NotFound && err != nil {
		return defaultCategory(ctx, t.tx, t.desk.Now())
	}
	return c.ID, err
}

// acknowledge notes that the person was told number and code at once; when
// nobody waits for the answer any more, the courier tells them.
func (t *talk) acknowledge(ctx context.Context, c workflow.Case, r Receipt) error {
	n := t.desk.Keeper.ForWriterIn(t.h.Channel, workflow.Telling{
		Name: "case:" + c.Number + ":received", Kind: workflow.NoticeReceived, Case: c, At: t.desk.Now(),
		Secret: t.intake.vault.SealWords(r.Code.Groups()), Args: map[string]string{"due": r.Answer.UTC().Format(time.RFC3339)},
	})
	if !t.inline {
		return t.tx.AddNotice(ctx, &n)
	}
	n.State, n.Sent, n.Secret = workflow.Sent, n.Queued, nil
	if err := t.tx.AddNotice(ctx, &n); err != nil || n.ID == 0 {
		return err
	}
	return t.tx.AddTries(ctx, n.ID, []workflow.NoticeTry{{Step: workflow.StepChat, Outcome: workflow.TrySent, At: n.Sent}})
}

func (t *talk) letter(_ context.Context, category int64) workflow.Letter {
	return workflow.Letter{
		Channel: t.h.Channel, External: t.external(), Mode: workflow.Confidential, Kind: kindOf(t.h.Text), Category: category,
		Body: t.body(), Files: t.files, Identity: workflow.Identity{Platform: t.h.Person}, Locale: t.v.Locale,
	}
}

func (t *talk) external() string { return t.h.Account + ":" + t.h.External }

var mediaWords = map[HeardKind]string{HeardImage: "（图片）", HeardVoice: "（语音）", HeardVideo: "（视频）", HeardFile: "（文件）"}

// body is what was said, and what it came with.
func (t *talk) body() string {
	lines := []string{strings.TrimSpace(Text(t.h.Text)), mediaWords[t.h.Kind]}
	if t.lost > 0 {
		lines = append(lines, "（有附件未能取得或无法读取）")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func (t *talk) received(r Receipt) Reply {
	return Reply{Say: SayReceived, Locale: t.v.Locale, Number: r.Number, Code: r.Code, State: workflow.Received, Due: r.Answer}
}

func (t *talk) say(s Say) Reply { return Reply{Say: s, Locale: t.v.Locale} }

func (t *talk) reply(s Say, c workflow.Case) Reply {
	return Reply{Say: s, Locale: t.v.Locale, Number: c.Number, State: c.State}
}

// localeOf is the language somebody writes in; what has no letters says nothing.
func localeOf(h Heard, before string) string {
	switch {
	case h.Locale != "":
		return h.Locale
	case han(h.Text):
		return "zh-CN"
	case utf8.RuneCountInString(letters(h.Text)) >= 2 && strings.ContainsFunc(h.Text, unicode.IsLetter):
		return "en"
	}
	return before
}

// kindWords begin a letter that says what it wants.
var kindWords = []struct {
	kind  workflow.CaseKind
	words []string
}{
	{workflow.Report, []string{"举报", "检举", "report"}},
	{workflow.Complaint, []string{"投诉", "complaint", "complain"}},
	{workflow.Suggestion, []string{"建议", "suggestion", "suggest"}},
	{workflow.Praise, []string{"表扬", "感谢", "praise", "thank"}},
	{workflow.Help, []string{"求助", "help"}},
	{workflow.Disclosure, []string{"信息公开申请", "申请信息公开"}},
}

// kindOf is what a letter wants, when it begins by saying so.
func kindOf(text string) workflow.CaseKind {
	start := strings.TrimPrefix(letters(text), "我要")
	for _, k := range kindWords {
		for _, w := range k.words {
			if strings.HasPrefix(start, w) {
				return k.kind
			}
		}
	}
	return workflow.Inquiry
}

// numberAndCode reads a case number with a query code behind it, however they
// are divided. The code may be wrong.
func numberAndCode(text string) (number, code string, ok bool) {
	number, code, ok = strings.Cut(strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",，;；:：", r)
	}), " "), " ")
	head, tail, dash := strings.Cut(number, "-")
	digits := strings.TrimLeft(head, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
	numeric := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	if !ok || !dash || len(digits) != 8 || len(digits) == len(head) || !numeric(digits) || !numeric(tail) {
		return "", "", false
	}
	return number, code, len(code) >= 8 && len(code) <= 40
}
