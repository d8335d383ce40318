package workflow

import (
	"context"
	"time"
)

// BulletinState is how far a monthly bulletin (通报) is.
type BulletinState string

// The states of a bulletin.
const (
	BulletinDraft BulletinState = "draft" // the office writes; its figures are those of the moment
	BulletinSent  BulletinState = "sent"  // approved: nothing of it changes any more
)

// Bulletin is what departments and leaders are told of a month. It holds
// numbers of departments only: no letter, no word of one.
type Bulletin struct {
	ID       int64
	Month    string // its first day
	State    BulletinState
	Text     string // what the office says to the figures
	Values   BulletinValues
	Created  time.Time
	Edited   time.Time
	EditedBy int64
	Approved time.Time // and sent
	By       int64     // who approved
	Version  int64
}

// BulletinValues are the numbers of a bulletin, as they were when it was
// approved; of a draft they are empty.
type BulletinValues struct {
	AsOf  time.Time      `json:"as_of"`
	Total BulletinLine   `json:"total"`
	Lines []BulletinLine `json:"lines"`
}

// BulletinLine is the numbers of one department, or of all.
type BulletinLine struct {
	Department int64                     `json:"department"`
	NameZH     string                    `json:"name_zh"`
	NameEN     string                    `json:"name_en"`
	Overdue    int                       `json:"overdue"` // cases late at the moment of AsOf
	Numbers    map[string]BulletinNumber `json:"numbers"` // by the key of the figure
}

// BulletinNumber is a figure as it was.
type BulletinNumber struct {
	None bool    `json:"none,omitempty"`
	Few  bool    `json:"few,omitempty"`
	N    int     `json:"n,omitempty"`
	Of   int     `json:"of,omitempty"`
	Days float64 `json:"days,omitempty"`
}

// MaxBulletinText is how many characters the office may add.
const MaxBulletinText = 4000

// Bulletins keeps the monthly bulletins. One that was sent is never changed;
// the store itself refuses to.
type Bulletins interface {
	// AddBulletin stores *b and sets its ID and Version; Conflict when the month
	// has one.
	AddBulletin(ctx context.Context, b *Bulletin) error
	// SaveBulletin stores *b if the stored version is still b.Version, and counts
	// it up; otherwise, and when it was sent, Conflict.
	SaveBulletin(ctx context.Context, b *Bulletin) error
	// Bulletin is that of a month, or NotFound.
	Bulletin(ctx context.Context, month string) (Bulletin, error)
	// Bulletins lists those of months before (all when it is ""), newest first.
	Bulletins(ctx context.Context, before string, limit int) ([]Bulletin, error)
}
