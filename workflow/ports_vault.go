package workflow

import "time"

// Vault seals identities and small secrets; access.Vault implements it. Opening
// an identity is not part of it: that has one door of its own.
type Vault interface {
	Seal(i Identity, at time.Time) (SealedWriter, error)
	MailIndex(address string) []byte
	SealWords(words string) []byte
}
