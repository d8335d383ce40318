// Package intake makes a letter from any channel a case, exactly once.
package intake

import (
	"context"
	"time"

	"mailbox/workflow"
)

// Intake takes letters in.
type Intake struct {
	desk  *workflow.Desk
	vault workflow.Vault
	codes workflow.Codes
	proof Proof
	// Signers says who may sign a letter that comes by itself; nil: everybody.
	Signers Signers
}

// Signers knows who may sign letters.
type Signers interface {
	// MaySign refuses a name and a number with an Invalid error.
	MaySign(ctx context.Context, name, number string) error
}

// New returns an Intake. All arguments are required.
func New(desk *workflow.Desk, vault workflow.Vault, codes workflow.Codes, proof Proof) *Intake {
	return &Intake{desk: desk, vault: vault, codes: codes, proof: proof}
}

// Receipt is what the writer takes home.
type Receipt struct {
	CaseID   int64
	Number   string
	Code     workflow.Code
	Received time.Time
	Next     time.Time // by when somebody will have read it
	Answer   time.Time // by when it will be answered
	Proof    string    // signed: number, time and content hash
	Mark     string    // short form of the content hash, for the seal
	Again    bool      // this letter was here already
}

// Submit stores the letter as a case. The same letter sent again, by a second
// click or a retried request, gives the same receipt and no second case: two
// letters are the same when their channel's name for them (External) is.
func (in *Intake) Submit(ctx context.Context, l workflow.Letter) (Receipt, error) {
	if l.Received.IsZero() {
		l.Received = in.desk.Now()
	}
	l.Received = l.Received.UTC().Truncate(time.Microsecond)
	if err := clean(&l); err != nil {
		return Receipt{}, err
	}
	if err := in.maySign(ctx, l); err != nil {
		return Receipt{}, err
	}
	_, r, err := in.begin(ctx, l)
	if err == nil || workflow.KindOf(err) == workflow.Unavailable {
		return r, err
	}
	// It may be here already: then it needs nothing but its receipt.
	if known, e := in.again(ctx, l); e == nil || workflow.KindOf(e) != workflow.NotFound {
		return known, e
	}
	return Receipt{}, err
}

// maySign asks whether a letter may be signed that nobody of the office has
// entered. Mail and chats are signed by the address they come from.
func (in *Intake) maySign(ctx context.Context, l workflow.Letter) error {
	byItself := l.Channel == workflow.Web || l.Channel == workflow.API
	if in.Signers == nil || l.Mode != workflow.Signed || !byItself {
		return nil
	}
	return in.Signers.MaySign(ctx, l.Identity.Name, l.Identity.Number)
}

// again is the receipt of a letter that is here already, or NotFound.
func (in *Intake) again(ctx context.Context, l workflow.Letter) (Receipt, error) {
	stored, err := in.desk.Store.LetterBy(ctx, l.Channel, workflow.ExternalHash(l.Channel, l.External))
	if err != nil {
		return Receipt{}, err
	}
	code, err := in.codes.Unseal(stored.Receipt, lock(l))
	if l.Channel == workflow.API && workflow.KindOf(err) == workflow.NotFound && err != nil {
		return Receipt{}, workflow.Wrong("", "letter.key_reused")
	}
	if err != nil {
		return Receipt{}, err
	}
	c, err := in.desk.Store.Case(ctx, stored.CaseID)
	if err != nil {
		return Receipt{}, err
	}
	clocks, err := in.desk.Store.ClocksOf(ctx, c.ID)
	if err != nil {
		return Receipt{}, err
	}
	r := in.receipt(c, clocks, code, stored.ContentHash)
	r.Again = true
	return r, nil
}

// begin stores a letter that is in order as a case.
func (in *Intake) begin(ctx context.Context, l workflow.Letter) (workflow.Case, Receipt, error) {
	b, code, err := in.birth(ctx, l)
	if err != nil {
		return workflow.Case{}, Receipt{}, err
	}
	if err := in.add(ctx, &b, l.Application); err != nil {
		return workflow.Case{}, Receipt{}, err
	}
	in.desk.Arm(ctx, b.Clocks...)
	return b.Case, in.receipt(b.Case, b.Clocks, code, l.ContentHash()), nil
}

// birth is everything a letter begins, before it is stored.
func (in *Intake) birth(ctx context.Context, l workflow.Letter) (b workflow.Birth, code workflow.Code, err error) {
	c, err := in.newCase(ctx, l)
	if err != nil {
		return b, code, err
	}
	w, err := in.sealWriter(l)
	if err != nil {
		return b, code, err
	}
	code = workflow.NewCode()
	c.Writer, c.CodeHash = w.ID, in.codes.Hash(code)
	by, as := enteredBy(l)
	b, err = in.desk.Birth(ctx, in.desk.Store, c, by, as, map[string]string{"channel": string(l.Channel)})
	if err != nil {
		return b, code, err
	}
	b.Writer = w
	if err := in.keepLetter(&b, l, code); err != nil {
		return b, code, err
	}
	return b, code, in.tell(ctx, &b, code, l.Quiet)
}

// add stores the birth, and with it what an application says.
func (in *Intake) add(ctx context.Context, b *workflow.Birth, a workflow.Application) error {
	if a.Empty() {
		return in.desk.Store.AddBirth(ctx, b)
	}
	return in.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		if err := tx.AddBirth(ctx, b); err != nil {
			return err
		}
		a.CaseID, a.Updated = b.Case.ID, b.Case.Received
		return tx.SaveApplication(ctx, a)
	})
}

// newCase is the case a letter begins, by the category in force when it came.
func (in *Intake) newCase(ctx context.Context, l workflow.Letter) (workflow.Case, error) {
	category, err := in.desk.Rules.Category(ctx, l.Category)
	if err != nil {
		return workflow.Case{}, err
	}
	policy, err := in.desk.Rules.Policy(ctx, category.Policy, l.Kind, l.Urgent)
	if err != nil {
		return workflow.Case{}, err
	}
	return workflow.Case{
		Kind: l.Kind, Category: category.ID, CategoryVersion: category.Version, Policy: policy.Version,
		Channel: l.Channel, Mode: l.Mode, WriterStatus: l.WriterStatus, Subject: l.Subject, Locale: l.Locale,
		About: l.About, Urgent: l.Urgent, Sealed: category.Seals(l.Kind), PublishWish: l.Publish, Received: l.Received,
	}, nil
}

// sealWriter seals who wrote. Of an anonymous letter nothing is kept.
func (in *Intake) sealWriter(l workflow.Letter) (workflow.SealedWriter, error) {
	if l.Mode == workflow.Anonymous || l.Identity.Empty() {
		return workflow.SealedWriter{}, nil
	}
	return in.vault.Seal(l.Identity, l.Received)
}

func enteredBy(l workflow.Letter) (workflow.Actor, workflow.Role) {
	if l.EnteredBy.ID != 0 {
		return l.EnteredBy, l.EnteredBy.As([]workflow.Role{workflow.Clerk, workflow.OfficeHead})
	}
	return workflow.Actor{Roles: []workflow.Role{workflow.Writer}}, workflow.Writer
}

func (in *Intake) keepLetter(b *workflow.Birth, l workflow.Letter, code workflow.Code) error {
	sealed, err := in.codes.Seal(code, lock(l))
	if err != nil {
		return err
	}
	b.Letter = workflow.StoredLetter{
		Channel: l.Channel, External: workflow.ExternalHash(l.Channel, l.External),
		ContentHash: l.ContentHash(), Receipt: sealed, RawMail: l.RawMail, Received: l.Received,
	}
	b.Message = workflow.Message{
		Kind: workflow.LetterMessage, Body: l.Body, Quoted: l.Quoted, HTML: l.HTML, Channel: l.Channel, At: l.Received,
	}
	b.Files = l.Files
	b.Words = workflow.SearchWords(b.Case.Number + " " + l.Subject + "\n" + l.Body + "\n" + l.Application.Asked)
	return nil
}

// tell lets the birth bring its notices: to the writer, and of an urgent letter
// to the office.
func (in *Intake) tell(ctx context.Context, b *workflow.Birth, code workflow.Code, quiet bool) error {
	if b.Writer.ID != "" && !b.Case.Channel.Chat() { // a chat says it itself: see Chat
		_, answer := promised(b.Clocks)
		n, err := in.desk.Keeper.ForWriter(ctx, in.desk.Store, b.Writer, workflow.Telling{
			Name: "case:" + b.Case.Number + ":received", Kind: workflow.NoticeReceived, Case: b.Case, At: b.Case.Received,
			Secret: in.vault.SealWords(code.Groups()), Quiet: quiet, Args: map[string]string{"due": answer.UTC().Format(time.RFC3339)},
		})
		if err != nil {
			return err
		}
		b.Notices = append(b.Notices, n)
	}
	if !b.Case.Urgent {
		return nil
	}
	return in.tellOfficeUrgent(ctx, b)
}

func (in *Intake) tellOfficeUrgent(ctx context.Context, b *workflow.Birth) error {
	roles := []workflow.Role{workflow.Clerk, workflow.OfficeHead}
	if b.Case.Sealed {
		roles = []workflow.Role{workflow.Discipline}
	}
	accounts, err := in.desk.Store.AccountsFor(ctx, 0, roles...)
	if err != nil {
		return err
	}
	t := workflow.Telling{Name: "case:" + b.Case.Number + ":urgent", Kind: workflow.NoticeUrgent, Case: b.Case, At: b.Case.Received}
	for _, a := range accounts {
		if workflow.ScopeOf(a.Actor()).Sees(b.Case, false) {
			b.Notices = append(b.Notices, in.desk.Keeper.ForAccount(a, t)...)
		}
	}
	return nil
}

func (in *Intake) receipt(c workflow.Case, clocks []workflow.Clock, code workflow.Code, content []byte) Receipt {
	r := Receipt{CaseID: c.ID, Number: c.Number, Code: code, Received: c.Received}
	r.Proof, r.Mark = in.proof.Sign(c.Number, c.Received, content)
	r.Next, r.Answer = promised(clocks)
	return r
}

// promised is by when somebody will have read a new letter, and by when it will
// be answered; zero where the policy promises nothing.
func promised(clocks []workflow.Clock) (read, answer time.Time) {
	for _, k := range clocks {
		switch {
		case k.Kind == workflow.Register && k.Occurrence == 1:
			read = k.Due
		case k.Kind == workflow.Overall && k.Occurrence == 1:
			answer = k.Due
		}
	}
	return read, answer
}
