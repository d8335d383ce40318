// Package access answers who somebody is and what they may learn: signing in,
// sessions, accounts, and the vault in which writers' identities are sealed.
package access

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// Vault seals and opens identities. Its keys come from the key file; without
// them nobody, not even with the whole database, learns who wrote.
type Vault struct {
	aead  cipher.AEAD
	index []byte
	keyID string
	desk  *workflow.Desk
}

// NewVault returns a Vault whose keys are derived from secret (32 bytes or more).
func NewVault(secret []byte, desk *workflow.Desk) (*Vault, error) {
	seal, err := hkdf.Key(sha256.New, secret, nil, "mailbox identity", 32)
	if err != nil {
		return nil, fmt.Errorf("derive identity key: %w", err)
	}
	index, err := hkdf.Key(sha256.New, secret, nil, "mailbox mail index", 32)
	if err != nil {
		return nil, fmt.Errorf("derive index key: %w", err)
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return nil, fmt.Errorf("identity cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("identity cipher: %w", err)
	}
	id := sha256.Sum256(seal)
	return &Vault{aead: aead, index: index, keyID: hex.EncodeToString(id[:4]), desk: desk}, nil
}

// plain is an identity as it is sealed; the type workflow.Identity itself
// refuses to be written down.
type plain struct {
	Name, Phone, Email, Number string
	Platform                   string `json:",omitempty"`
}

// Seal makes an identity record with a new id.
func (v *Vault) Seal(i workflow.Identity, at time.Time) (workflow.SealedWriter, error) {
	b, err := json.Marshal(plain{i.Name, i.Phone, i.Email, i.Number, string(i.Platform)})
	if err != nil {
		return workflow.SealedWriter{}, fmt.Errorf("seal identity: %w", err)
	}
	id := newUUID()
	return workflow.SealedWriter{
		ID: id, Sealed: v.aead.Seal(nil, nil, b, []byte("writers/"+id)), KeyID: v.keyID,
		MailIndex: v.MailIndex(i.Email), Created: at,
	}, nil
}

func (v *Vault) open(w workflow.SealedWriter) (workflow.Identity, error) {
	b, err := v.aead.Open(nil, nil, w.Sealed, []byte("writers/"+w.ID))
	if err != nil {
		return workflow.Identity{}, fmt.Errorf("open identity sealed with key %s: %w", w.KeyID, err)
	}
	var p plain
	if err := json.Unmarshal(b, &p); err != nil {
		return workflow.Identity{}, fmt.Errorf("read identity: %w", err)
	}
	return workflow.Identity{Name: p.Name, Phone: p.Phone, Email: p.Email, Number: p.Number, Platform: workflow.PlatformID(p.Platform)}, nil
}

// MailIndex is the keyed hash under which a mail address is known, or nil for
// no address. Case and spaces around do not matter.
func (v *Vault) MailIndex(address string) []byte {
	address = strings.ToLower(strings.TrimSpace(address))
	if address == "" {
		return nil
	}
	mac := hmac.New(sha256.New, v.index)
	mac.Write([]byte(address))
	return mac.Sum(nil)
}

// openers are the roles in which an identity may be opened.
var openers = []workflow.Role{workflow.Discipline, workflow.Clerk, workflow.OfficeHead, workflow.DeptHead, workflow.DeptClerk}

// Reveal opens the identity behind a case for a person: only for those
// workflow.MayReveal names, only with a reason, and never without an event that
// the case keeps for ever. To everybody else the case does not exist.
func (v *Vault) Reveal(ctx context.Context, by workflow.Actor, caseID int64, reason string) (workflow.Identity, error) {
	reason = strings.TrimSpace(reason)
	var out workflow.Identity
	_, err := v.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if !workflow.ScopeOf(by).Sees(s.Case, false) || !workflow.MayReveal(by, s.Case) {
			return workflow.Absent()
		}
		switch {
		case reason == "":
			return workflow.Wrong("reason", "case.note_required")
		case utf8.RuneCountInString(reason) > workflow.MaxNote:
			return workflow.Wrong("reason", "invalid.too_long", workflow.MaxNote)
		}
		w, err := s.Tx.Writer(ctx, s.Case.Writer)
		if err != nil {
			return err
		}
		if out, err = v.open(w); err != nil {
			return err
		}
		s.Mark(workflow.MarkReveal, by, by.As(openers), reason, nil)
		return nil
	})
	if err != nil {
		return workflow.Identity{}, err
	}
	return out, nil
}

// Address opens an identity for the machine that sends: it tells the courier
// where a notice goes and nobody anything.
func (v *Vault) Address(ctx context.Context, writerID string) (workflow.Identity, error) {
	w, err := v.desk.Store.Writer(ctx, writerID)
	if err != nil {
		return workflow.Identity{}, err
	}
	return v.open(w)
}

// SealWords locks words of a notice, such as a query code, until it is sent.
func (v *Vault) SealWords(words string) []byte {
	return v.aead.Seal(nil, nil, []byte(words), []byte("notices/secret"))
}

// OpenWords opens what SealWords locked; nothing stays nothing.
func (v *Vault) OpenWords(sealed []byte) (string, error) {
	if sealed == nil {
		return "", nil
	}
	b, err := v.aead.Open(nil, nil, sealed, []byte("notices/secret"))
	if err != nil {
		return "", fmt.Errorf("open sealed words: %w", err)
	}
	return string(b), nil
}

// newUUID is a random UUID, version 4 (RFC 9562).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails; see crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// PersonIndex is the keyed hash under which a person of a platform is known.
func (v *Vault) PersonIndex(channel workflow.Channel, account string, person workflow.PlatformID) []byte {
	return v.indexOf("person", string(channel), account, string(person))
}

// CallIndex is the keyed hash under which a call of a platform is known: its
// name may hold who called.
func (v *Vault) CallIndex(channel workflow.Channel, account, external string) []byte {
	return v.indexOf("call", string(channel), account, external)
}

func (v *Vault) indexOf(parts ...string) []byte {
	mac := hmac.New(sha256.New, v.index)
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p))
		mac.Write(sum[:])
	}
	return mac.Sum(nil)
}

// SealFor locks bytes for one purpose, such as a channel's secrets; what was
// locked for one cannot be opened for another.
func (v *Vault) SealFor(purpose string, plain []byte) []byte {
	return v.aead.Seal(nil, nil, plain, []byte(purpose))
}

// OpenFor opens what SealFor locked.
func (v *Vault) OpenFor(purpose string, sealed []byte) ([]byte, error) {
	b, err := v.aead.Open(nil, nil, sealed, []byte(purpose))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", purpose, err)
	}
	return b, nil
}
