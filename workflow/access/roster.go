package access

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"strings"
	"time"
	"unicode"

	"mailbox/workflow"
)

// limitNumber is how often a letter may be signed with one number: a name is not
// guessed at that pace.
var limitNumber = workflow.Limit{Name: "roster-number", Rate: 10, Burst: 10, Per: time.Hour}

// Roster knows who belongs to the college, without being able to say it: what is
// kept are keyed hashes, which answer whether a name and a number belong
// together.
type Roster struct {
	door   *Door
	ways   *Ways
	tables Tables
	key    []byte
	zone   *time.Location
}

// NewRoster returns a Roster that hashes with a secret key of at least 32 bytes.
func NewRoster(door *Door, ways *Ways, tables Tables, key []byte, zone *time.Location) *Roster {
	return &Roster{door: door, ways: ways, tables: tables, key: key, zone: zone}
}

// On reports whether letters are signed by people of the roster alone.
func (r *Roster) On(ctx context.Context) (bool, error) {
	w, err := r.ways.Way(ctx, workflow.Local)
	return w.Config["roster"] != "", err
}

// MaySign refuses a name and a number that do not belong together, or belong to
// somebody who has left, with one answer: nobody learns who is on the roster.
func (r *Roster) MaySign(ctx context.Context, name, number string) error {
	on, err := r.On(ctx)
	if err != nil || !on {
		return err
	}
	number = compared(number)
	if number == "" || name == "" {
		return workflow.Wrong("school_number", "roster.number")
	}
	hash := r.hash("number", number)
	if err := r.door.allow(ctx, limitNumber, string(hash)); err != nil {
		return err
	}
	row, err := r.door.store.RosterRow(ctx, hash)
	missing := absent(err)
	if err != nil && !missing {
		return err
	}
	fits := hmac.Equal(row.Name, r.hash("name", number, compared(name)))
	if missing || !fits || r.left(row) {
		return workflow.Wrong("school_number", "roster.no")
	}
	return nil
}

func (r *Roster) today() string { return r.door.now().In(r.zone).Format(time.DateOnly) }

func (r *Roster) left(row workflow.RosterRow) bool { return row.Left != "" && row.Left <= r.today() }

// hash is what the database keeps.
func (r *Roster) hash(what string, parts ...string) []byte {
	mac := hmac.New(sha256.New, r.key)
	mac.Write([]byte(what))
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p))
		mac.Write(sum[:])
	}
	return mac.Sum(nil)
}

// compared is a name or a number as it is compared: without blanks and dots, in
// narrow small letters.
func compared(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r = r - '！' + '!'
		case unicode.IsSpace(r), r == '·', r == '•', r == '・', r == '‧':
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// Counts says how many are on the roster, to an administrator.
func (r *Roster) Counts(ctx context.Context, by workflow.Actor) (workflow.RosterCounts, error) {
	if !by.Is(workflow.Admin) {
		return workflow.RosterCounts{}, workflow.Absent()
	}
	return r.door.store.CountRoster(ctx, r.today())
}

// SeeOut disables the accounts of staff who have left by the roster; it returns
// how many.
func (r *Roster) SeeOut(ctx context.Context) (int, error) {
	n := 0
	for _, way := range []workflow.Way{"", workflow.CAS, workflow.OIDC, workflow.LDAP} {
		for after := int64(0); ; {
			part, err := r.door.store.CampusNames(ctx, way, after, sweepPage)
			if err != nil {
				return n, err
			}
			for _, one := range part {
				after = one.Account
				gone, err := r.seeOut(ctx, one)
				if err != nil {
					return n, err
				}
				if gone {
					n++
				}
			}
			if len(part) < sweepPage {
				break
			}
		}
	}
	return n, nil
}

func (r *Roster) seeOut(ctx context.Context, one workflow.CampusName) (bool, error) {
	row, err := r.door.store.RosterRow(ctx, r.hash("number", compared(one.Name)))
	missing := absent(err)
	if missing || err == nil && !r.left(row) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	a, err := r.door.store.Account(ctx, one.Account)
	if err != nil || !a.Disabled.IsZero() {
		return false, err
	}
	return true, r.door.leave(ctx, one.Account, one.Way)
}
