package templates

// MailView is what every kind of mail is written from; kinds leave out what
// they do not say. All of it is words already.
type MailView struct {
	Greeting string // the writer's name, or ""
	Number   string // of the case
	Code     string // query code in groups; only in the acknowledgement
	Subject  string // of the case; "" when the mail must not show it
	Due      string
	Body     string // of the message that is carried
	Files    string // names of its files
	Ground   string
	Outcome  string
	Days     string
	Reason   string
	What     string // what staff are told
	Title    string // of what it is about when that is no case
	CanReply bool   // an answer to the mail reaches the case
	TrackURL string
	CaseURL  string
	College  string
	URL      string
}
