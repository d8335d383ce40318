package intake

import (
	"crypto/sha256"
	"strconv"

	"mailbox/workflow"
)

// lock is what the receipt of a letter is locked with, so that only who sends
// the letter again gets it again.
//
// Our own forms name a letter by a token that is not repeated. Programs choose
// names themselves, and not always well: there everything that was sent is part
// of the lock. Another letter under a name that was used is refused; it neither
// vanishes behind the receipt of the first nor learns its code.
func lock(l workflow.Letter) string {
	if l.Channel != workflow.API {
		return l.External
	}
	h := sha256.New()
	for _, s := range []string{
		l.External, string(l.Mode), string(l.Kind), strconv.FormatInt(l.Category, 10), string(l.WriterStatus),
		l.Identity.Name, l.Identity.Phone, l.Identity.Email, l.Identity.Number,
		strconv.FormatInt(l.About, 10), strconv.FormatBool(l.Publish), string(l.ContentHash()),
	} {
		sum := sha256.Sum256([]byte(s))
		h.Write(sum[:])
	}
	return string(h.Sum(nil))
}
