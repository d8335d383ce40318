package intake

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"mailbox/workflow"
)

// ChatVault seals what a chat brings; access.Vault implements it.
type ChatVault interface {
	PersonIndex(channel workflow.Channel, account string, person workflow.PlatformID) []byte
	CallIndex(channel workflow.Channel, account, external string) []byte
	SealFor(purpose string, plain []byte) []byte
	OpenFor(purpose string, sealed []byte) ([]byte, error)
}

// What is sealed of a chat, and for what.
const (
	sealCalls  = "calls/sealed"
	SealPerson = "conversations/person"
)

// Media fetches what a message only names: from the platform's own hosts, with
// no redirect, and at most limit bytes. The caller closes what it gives.
type Media interface {
	Fetch(ctx context.Context, ref MediaRef, limit int64) (Fetched, error)
}

// Fetched is a file on its way.
type Fetched struct {
	Name, MediaType string
	Content         io.ReadCloser
}

// Spool keeps calls on the machine's own disk while the database is away.
type Spool interface {
	// Keep stores content durably under a name; the same name twice is one.
	Keep(ctx context.Context, name string, content []byte) error
	// Each gives what is kept to do, and forgets that for which it returns nil.
	// It ends with the first error.
	Each(ctx context.Context, do func(content []byte) error) error
}

// ChatWord is what a writer adds to a case through a chat.
type ChatWord struct {
	Body     string
	Files    []workflow.NewFile
	Channel  workflow.Channel
	External string
}

// ChatDeps is what a Chat works with. All of it is required, but Media may lack
// channels that have none.
type ChatDeps struct {
	Intake *Intake
	Vault  ChatVault
	Blobs  workflow.Blobs
	Media  map[workflow.Channel]Media
	// Clean takes out of a file what its maker did not mean to tell, as is done
	// with files that are uploaded. A file that cannot be taken is Invalid.
	Clean func(f Fetched) (Fetched, error)
	Spool Spool
	// Follow adds a word to a case, by the desk of the transaction it is in.
	Follow func(ctx context.Context, desk *workflow.Desk, caseID int64, w ChatWord) error
	// Track lets in who has number and code, as the tracking page does.
	Track func(ctx context.Context, number, code, client string) (workflow.Actor, error)
	// Returned notes that what was sent came back.
	Returned Returned
	// Crisis lists the words that make a letter urgent.
	Crisis func(ctx context.Context) (CrisisWords, error)
}

// Chat makes what platforms call us with cases and additions, each exactly once.
//
// A call is stored before it is acknowledged. What it means is decided in one
// transaction that holds the person's conversation, so that a call repeated at
// the same moment, by the platform or by another process, waits, and then finds
// what became of the first.
type Chat struct {
	ChatDeps
	desk   *workflow.Desk
	crisis *crisisList
}

// NewChat returns a Chat.
func NewChat(d ChatDeps) *Chat { return &Chat{ChatDeps: d, desk: d.Intake.desk, crisis: &crisisList{}} }

const (
	// inTime is how long a call may take while the platform waits: it gives up
	// after five seconds.
	inTime = 3500 * time.Millisecond
	// afterwards is when a call that was not done in time is taken up again.
	afterwards = 15 * time.Second
	// triesToTake is how often a call is taken up before it is left to a person,
	// and triesToFetch how often its files are asked for.
	triesToTake  = 8
	triesToFetch = 3
)

// Arrive stores a call and answers it. stored says that the call cannot be lost
// any more: only then may it be acknowledged. An error with a stored call means
// that it is taken up again later, and the person answered then.
func (c *Chat) Arrive(ctx context.Context, h Heard) (r Reply, stored bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), inTime)
	defer cancel()
	call, fresh, err := c.store(ctx, h)
	if err != nil {
		return Reply{}, false, err
	}
	if fresh {
		if r, err = c.take(ctx, call, talk{Chat: c, h: h, inline: !h.Later, fresh: true}); workflow.KindOf(err) != workflow.Conflict || err == nil {
			return r, true, err
		}
	}
	r, err = c.take(ctx, call, talk{Chat: c, h: h, inline: !h.Later})
	return r, true, err
}

// store keeps a call before anything else is done with it. While the database is
// away the call waits on the disk: a platform repeats itself three times only.
func (c *Chat) store(ctx context.Context, h Heard) (call workflow.Call, fresh bool, err error) {
	packed, err := h.pack()
	if err != nil {
		return workflow.Call{}, false, err
	}
	now := c.desk.Now().UTC().Truncate(time.Microsecond)
	call = workflow.Call{
		Channel: h.Channel, External: c.Vault.CallIndex(h.Channel, h.Account, h.External), Sealed: c.Vault.SealFor(sealCalls, packed),
		Received: now, State: workflow.CallNew, Next: now.Add(afterwards),
	}
	err = c.desk.Store.AddCall(ctx, &call)
	switch {
	case err == nil:
		return call, true, nil
	case workflow.KindOf(err) == workflow.Conflict:
		call, err = c.desk.Store.CallBy(ctx, call.Channel, call.External)
		return call, false, err
	case workflow.KindOf(err) == workflow.Unavailable:
		return call, false, errors.Join(err, c.spool(ctx, call))
	}
	return call, false, fmt.Errorf("store call: %w", err)
}

func (c *Chat) spool(ctx context.Context, call workflow.Call) error {
	b, err := json.Marshal(call)
	if err != nil {
		return fmt.Errorf("spool call: %w", err)
	}
	return c.Spool.Keep(context.WithoutCancel(ctx), hex.EncodeToString(call.External), b)
}

// Unspool stores what came while the database was away.
func (c *Chat) Unspool(ctx context.Context) error {
	return c.Spool.Each(ctx, func(content []byte) error {
		var call workflow.Call
		if err := json.Unmarshal(content, &call); err != nil {
			return fmt.Errorf("read spooled call: %w", err)
		}
		call.Next = c.desk.Now() // nobody waits for it any more
		err := c.desk.Store.AddCall(ctx, &call)
		if workflow.KindOf(err) == workflow.Conflict {
			return nil
		}
		return err
	})
}

// Sort takes up calls that were not done while the platform waited, and returns
// how many. Any number of processes may do it.
func (c *Chat) Sort(ctx context.Context, limit int) (int, error) {
	calls, err := c.desk.Store.NewCalls(ctx, c.desk.Now(), limit)
	if err != nil {
		return 0, fmt.Errorf("list new calls: %w", err)
	}
	var errs []error
	for i, call := range calls {
		err := c.sort(ctx, call)
		if err != nil {
			errs = append(errs, fmt.Errorf("take call %d: %w", call.ID, err))
		}
		if outage(ctx, err) {
			return i, errors.Join(errs...)
		}
	}
	return len(calls), errors.Join(errs...)
}

// sort counts the attempt before it takes the call, so that one that brings the
// program down is left to a person after a few tries.
func (c *Chat) sort(ctx context.Context, call workflow.Call) error {
	was := call
	call.Attempts++
	call.Next = c.desk.Now().Add(time.Duration(call.Attempts*call.Attempts) * afterwards)
	if call.Attempts > triesToTake {
		call.State, call.Reason, call.Handled = workflow.CallFailed, "chat.reason.tries", c.desk.Now()
	}
	err := c.desk.Store.SaveCall(ctx, was, call)
	if err != nil || call.State != workflow.CallNew {
		return unlessTaken(err)
	}
	packed, err := c.Vault.OpenFor(sealCalls, call.Sealed)
	if err != nil {
		return err
	}
	h, err := unpack(packed)
	if err != nil {
		return err
	}
	_, err = c.take(ctx, call, talk{Chat: c, h: h})
	return err
}

// Retry takes a failed call up again, for the office or an administrator.
func (c *Chat) Retry(ctx context.Context, by workflow.Actor, channel workflow.Channel) (int, error) {
	if !by.Office() && !by.Is(workflow.Admin) {
		return 0, workflow.Absent()
	}
	all, err := c.desk.Store.FailedCalls(ctx, 0, 200)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, call := range all {
		if call.Channel != channel {
			continue
		}
		was := call
		call.State, call.Attempts, call.Reason, call.Next, call.Handled = workflow.CallNew, 0, "", c.desk.Now(), time.Time{}
		if err := unlessTaken(c.desk.Store.SaveCall(ctx, was, call)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// take decides what a call means and does it. Whatever needs the network is
// done before the transaction.
func (c *Chat) take(ctx context.Context, call workflow.Call, t talk) (r Reply, err error) {
	if err := t.prepare(ctx, call); err != nil {
		return Reply{}, err
	}
	var turned []workflow.Clock
	err = c.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		turned = nil
		r, err = t.in(tx, &turned).hold(ctx, call)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	if len(turned) > 0 {
		c.desk.Arm(ctx, turned...)
	}
	return r, nil
}

// fetch brings the files of a message to the attachment store. What cannot be
// had after some tries is left out, and the letter says so.
func (c *Chat) fetch(ctx context.Context, h Heard, attempts int) (files []workflow.NewFile, lost int, err error) {
	for _, ref := range h.Media {
		f, err := c.fetchOne(ctx, h, ref)
		switch {
		case err == nil:
			files = append(files, f)
		case attempts < triesToFetch && workflow.KindOf(err) != workflow.Invalid:
			return nil, 0, fmt.Errorf("fetch file: %w", err)
		default:
			lost++
		}
	}
	return files, lost, nil
}

func (c *Chat) fetchOne(ctx context.Context, h Heard, ref MediaRef) (workflow.NewFile, error) {
	source, ok := c.Media[h.Channel]
	if !ok {
		return workflow.NewFile{}, workflow.Fail(workflow.Invalid, "chat.no_media")
	}
	got, err := source.Fetch(ctx, ref, workflow.MaxFileSize)
	if err != nil {
		return workflow.NewFile{}, err
	}
	content, err := io.ReadAll(io.LimitReader(got.Content, workflow.MaxFileSize+1))
	if err := errors.Join(err, got.Content.Close()); err != nil {
		return workflow.NewFile{}, err
	}
	got.Content = io.NopCloser(bytes.NewReader(content))
	clean, err := c.Clean(got)
	if err != nil {
		return workflow.NewFile{}, err
	}
	sha, size, err := c.Blobs.Put(ctx, clean.Content, workflow.MaxFileSize)
	if err := errors.Join(err, clean.Content.Close()); err != nil {
		return workflow.NewFile{}, err
	}
	return workflow.NewFile{SHA256: sha, Name: cut(Text(clean.Name), maxFileName), MediaType: clean.MediaType, Size: size}, nil
}
