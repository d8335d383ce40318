package workflow

import "time"

// Department of the college.
type Department struct {
	ID     int64
	Code   string
	NameZH string
	NameEN string
	Phone  string
	Sort   int
	Active bool
}

// Account is a member of staff who can sign in.
type Account struct {
	ID           int64
	Username     string
	Name         string
	Email        string
	Department   int64
	Roles        []Role
	PasswordHash string // argon2id; "" when the account cannot sign in with one
	Locale       string
	WeCom        string // user id in the corporation's WeCom, in lower case; "": none
	Disabled     time.Time
	Created      time.Time
	Version      int64
}

// Actor is the account as somebody who does things.
func (a Account) Actor() Actor {
	return Actor{ID: a.ID, Name: a.Name, Roles: a.Roles, Department: a.Department}
}

// Category is what a case is about, as it is at one time: a version.
type Category struct {
	ID         int64 // the category, the same for all versions
	Version    int64 // this version
	Code       string
	Parent     int64
	NameZH     string
	NameEN     string
	HintZH     string
	HintEN     string
	Department int64 // where its cases are routed; 0: by hand
	Policy     int64 // policy (not version)
	Sealed     bool  // its reports (举报) go to the discipline lane
	Sort       int
	Active     bool
	From, To   time.Time
}

// Seals reports whether a case of this kind belongs in the discipline lane.
func (c Category) Seals(kind CaseKind) bool { return c.Sealed && kind == Report }

// Policy is what is promised, as it is at one time: a version.
type Policy struct {
	ID       int64
	Version  int64
	Code     string
	NameZH   string
	NameEN   string
	Promises Promises
	From, To time.Time
}

// UrgentPolicy is the code of the policy that urgent cases are held to.
const UrgentPolicy = "urgent"

// CalendarVersion is one edition of the college's calendar.
type CalendarVersion struct {
	ID         int64
	Name       string
	Hours      [][2]string // office hours of a working day, "08:30"–"12:00", in order
	KnownUntil string      // 2006-01-02: last day whose official holiday table is known
	Days       []CalendarDay
	Vacations  []Vacation
	Created    time.Time
	CreatedBy  int64
	Current    bool
}

// CalendarDay is a holiday, or a weekend day on which people work.
type CalendarDay struct {
	Day  string // 2006-01-02
	Off  bool
	Name string
}

// Vacation is a span in which promises run, stretch or stop.
type Vacation struct {
	First, Last string // 2006-01-02, both included
	Name        string
	Policy      string // run, stretch, stop
}

// AnswerTemplate is a text to start an answer from. {来信人} and the like are
// filled in by plain replacement, never executed.
type AnswerTemplate struct {
	ID       int64
	Title    string
	Body     string
	Purpose  string // answer, decline, ask, note
	Category int64  // 0: any
	Active   bool
	ReviewOn string // 2006-01-02 or ""
	Version  int64
	Updated  time.Time
}

// JournalEntry is something an account did outside of cases.
type JournalEntry struct {
	ID      int64
	Seq     int64
	At      time.Time
	Account int64
	Action  string
	Subject string
	Detail  map[string]string
	Hash    []byte
}
