package workflow

import "slices"

// CaseKind says what a letter wants.
type CaseKind string

// The kinds of case. The same list is a CHECK constraint in migrations/.
const (
	Inquiry    CaseKind = "inquiry"    // 咨询
	Help       CaseKind = "help"       // 求助
	Suggestion CaseKind = "suggestion" // 建议
	Complaint  CaseKind = "complaint"  // 投诉
	Report     CaseKind = "report"     // 举报
	Praise     CaseKind = "praise"     // 表扬
	Disclosure CaseKind = "disclosure" // 信息公开申请
)

// CaseKinds lists every kind in the order forms show them.
var CaseKinds = []CaseKind{Inquiry, Help, Suggestion, Complaint, Report, Praise, Disclosure}

// Channel is how a letter came.
type Channel string

// The channels. Phone, Visit, Paper, Group and Board are entered by the office.
const (
	Web    Channel = "web"
	Email  Channel = "email"
	WeChat Channel = "wechat"
	WeCom  Channel = "wecom"
	QQ     Channel = "qq"
	OA     Channel = "oa"
	API    Channel = "api"
	Phone  Channel = "phone"
	Visit  Channel = "visit"
	Paper  Channel = "paper"
	Group  Channel = "group" // a work group chat
	Board  Channel = "board" // a notice board or letter box on the wall
)

// Channels lists every channel.
var Channels = []Channel{Web, Email, WeChat, WeCom, QQ, OA, API, Phone, Visit, Paper, Group, Board}

// ByHand lists the channels whose letters the office enters for the writer.
var ByHand = []Channel{Phone, Visit, Paper, Group, Board}

// Mode is how much of the writer is known, and to whom.
type Mode string

// The identity modes.
const (
	Signed       Mode = "signed"       // the office and the department may learn who wrote
	Confidential Mode = "confidential" // the office may, the department may not
	Anonymous    Mode = "anonymous"    // nobody knows; nothing about the writer is stored
)

// Modes lists every mode.
var Modes = []Mode{Signed, Confidential, Anonymous}

// WriterStatus is what the writer is to the college, if they said so.
type WriterStatus string

// Unsaid is what a writer counts as who did not say.
const Unsaid WriterStatus = "none"

// Counted is the status as figures tell it apart.
func (s WriterStatus) Counted() WriterStatus {
	if s == "" {
		return Unsaid
	}
	return s
}

// Stored is the status of Counted as a case has it.
func (s WriterStatus) Stored() WriterStatus {
	if s == Unsaid {
		return ""
	}
	return s
}

// WriterStatuses lists every status; the empty one is "not said".
var WriterStatuses = []WriterStatus{"", "student", "teacher", "staff", "parent", "graduate", "public"}

// Ground is why a letter is not accepted.
type Ground string

// Grounds lists the grounds that college mailboxes publish.
var Grounds = []Ground{
	"unlawful", "outside_authority", "statutory_channel", "unclear", "duplicate", "already_closed",
	"impersonation", "advertising", "private", "not_signed", "suggestion_only",
}

// Outcome is how an answered or waiting case came to its end.
type Outcome string

// The outcomes of closed cases.
const (
	NoOutcome      Outcome = ""
	OutcomeSolved  Outcome = "solved"   // the writer said so
	OutcomeRated   Outcome = "rated"    // the writer rated it
	OutcomeSilence Outcome = "silence"  // answered, and nothing was heard in the time for rating
	OutcomeNoReply Outcome = "no_reply" // the writer did not answer a question
	OutcomeOffice  Outcome = "office"   // closed by the office with a reason
)

// Role is what an actor may be.
type Role string

// The roles. Writer and System are no accounts.
const (
	Writer     Role = "writer"
	System     Role = "system"
	Clerk      Role = "clerk" // of the office: 信箱管理员
	OfficeHead Role = "office_head"
	Leader     Role = "leader" // 分管校领导
	Principal  Role = "principal"
	Reviewer   Role = "reviewer"   // 保密审查员
	Discipline Role = "discipline" // 纪检
	Admin      Role = "admin"
	DeptClerk  Role = "dept_clerk" // 经办人
	DeptHead   Role = "dept_head"
)

// Roles lists every role.
var Roles = []Role{Writer, System, Clerk, OfficeHead, Leader, Principal, Reviewer, Discipline, Admin, DeptClerk, DeptHead}

// StaffRoles lists the roles an account may have.
var StaffRoles = Roles[2:]

// ParseKind returns the kind named s, or an Invalid error on the field "kind".
func ParseKind(s string) (CaseKind, error) { return parse(CaseKinds, CaseKind(s), "kind") }

// ParseChannel returns the channel named s, or an Invalid error on the field "channel".
func ParseChannel(s string) (Channel, error) { return parse(Channels, Channel(s), "channel") }

// ParseMode returns the identity mode named s, or an Invalid error on the field "identity".
func ParseMode(s string) (Mode, error) { return parse(Modes, Mode(s), "identity") }

// ParseGround returns the ground named s, or an Invalid error on the field "ground".
func ParseGround(s string) (Ground, error) { return parse(Grounds, Ground(s), "ground") }

func parse[T ~string](all []T, v T, field string) (T, error) {
	if !slices.Contains(all, v) {
		return "", Wrong(field, "invalid.choice")
	}
	return v, nil
}
