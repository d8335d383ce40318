package workflowtest

import (
	"errors"

	"mailbox/workflow"
)

// data is everything a Memory remembers.
type data struct {
	cases      table[int64, workflow.Case]
	serials    table[string, int64] // numbers given, by day
	assists    table[string, assist]
	words      table[int64, string]
	extensions table[int64, workflow.Extension]

	letters  table[int64, workflow.StoredLetter]
	sealed   table[string, workflow.SealedWriter]
	messages table[int64, workflow.Message]
	files    table[int64, workflow.File]
	answers  table[int64, workflow.AnswerDraft]
	versions table[int64, answerVersion]
	clocks   table[int64, workflow.Clock]
	events   table[string, workflow.Event]
	journal  table[int64, workflow.JournalEntry]

	notices table[int64, workflow.Notice]
	mails   table[int64, workflow.RawMail]
	cursors table[string, workflow.MailCursor]
	dead    table[string, string]

	departments table[int64, workflow.Department]
	categories  table[int64, workflow.Category] // by version
	templates   table[int64, workflow.AnswerTemplate]
	settings    table[string, string]
	accounts    table[int64, workflow.Account]
	policies    table[int64, workflow.Policy] // by version
	calendars   table[int64, workflow.CalendarVersion]

	applications table[int64, workflow.Application]
	campaigns    table[int64, workflow.Campaign]
	appraisals   table[int64, workflow.Appraisal]

	categoryIDs, policyIDs int64

	reviews      table[int64, workflow.Review]
	publications table[int64, workflow.Publication]
	redactions   table[int64, workflow.Redaction]
	proofs       table[string, workflow.ProofDay]

	reports   table[int64, workflow.AnnualReport]
	blocks    table[string, workflow.AnnualBlock]
	texts     table[string, annualText]
	comments  table[int64, workflow.AnnualComment]
	overrides table[string, workflow.AnnualOverride]
	snapshots table[int64, workflow.AnnualSnapshot]
	contacts  table[int64, yearContacts]
	columns   table[int64, workflow.Column]
	items     table[int64, workflow.Item]
	imports   table[int64, workflow.Import]
	duties    table[int64, workflow.Duty]

	facts   table[int64, storedFact]
	figures map[workflow.Fact]int

	bulletins table[int64, workflow.Bulletin]

	tokens        table[int64, workflow.Token]
	deeds         table[string, workflow.Deed]
	factors       table[int64, workflow.SecondFactor]
	recovery      table[string, recoveryCode]
	ways          table[string, workflow.WaySettings]
	campusNames   table[int64, workflow.CampusName]
	roster        table[string, workflow.RosterRow]
	webhooks      table[int64, workflow.Webhook]
	dispatches    table[int64, workflow.Dispatch]
	channels      table[string, workflow.ChannelSettings]
	calls         table[int64, workflow.Call]
	conversations table[int64, workflow.Conversation]
	bindings      table[int64, int64] // conversation by case
	tries         table[int64, workflow.NoticeTry]

	todos  table[int64, todoRow]
	turned table[int64, turned]
	faults table[string, workflow.ChannelFault] // by channel, day and kind
}

func newData() *data {
	return &data{
		todos: newTable[int64, todoRow](), turned: newTable[int64, turned](),
		tokens:  newTable[int64, workflow.Token](),
		deeds:   newTable[string, workflow.Deed](),
		factors: newTable[int64, workflow.SecondFactor](), recovery: newTable[string, recoveryCode](),
		ways: newTable[string, workflow.WaySettings](), campusNames: newTable[int64, workflow.CampusName](), roster: newTable[string, workflow.RosterRow](),
		webhooks: newTable[int64, workflow.Webhook](), dispatches: newTable[int64, workflow.Dispatch](),
		channels: newTable[string, workflow.ChannelSettings](), calls: newTable[int64, workflow.Call](),
		faults:        newTable[string, workflow.ChannelFault](),
		conversations: newTable[int64, workflow.Conversation](), bindings: newTable[int64, int64](), tries: newTable[int64, workflow.NoticeTry](),
		applications: newTable[int64, workflow.Application](), campaigns: newTable[int64, workflow.Campaign](),
		appraisals: newTable[int64, workflow.Appraisal](),
		columns:    newTable[int64, workflow.Column](), items: newTable[int64, workflow.Item](),
		imports: newTable[int64, workflow.Import](), duties: officialDuties(),
		cases: newTable[int64, workflow.Case](), serials: newTable[string, int64](), assists: newTable[string, assist](),
		words: newTable[int64, string](), extensions: newTable[int64, workflow.Extension](),
		letters: newTable[int64, workflow.StoredLetter](), sealed: newTable[string, workflow.SealedWriter](),
		messages: newTable[int64, workflow.Message](), files: newTable[int64, workflow.File](),
		answers: newTable[int64, workflow.AnswerDraft](), versions: newTable[int64, answerVersion](),
		clocks: newTable[int64, workflow.Clock](), events: newTable[string, workflow.Event](),
		journal: newTable[int64, workflow.JournalEntry](), notices: newTable[int64, workflow.Notice](),
		mails: newTable[int64, workflow.RawMail](), cursors: newTable[string, workflow.MailCursor](), dead: newTable[string, string](),
		departments: newTable[int64, workflow.Department](), categories: newTable[int64, workflow.Category](),
		templates: newTable[int64, workflow.AnswerTemplate](), settings: newTable[string, string](),
		accounts: newTable[int64, workflow.Account](), policies: newTable[int64, workflow.Policy](),
		calendars: newTable[int64, workflow.CalendarVersion](), facts: newTable[int64, storedFact](),
		figures: map[workflow.Fact]int{}, bulletins: newTable[int64, workflow.Bulletin](),
		reports: newTable[int64, workflow.AnnualReport](), blocks: newTable[string, workflow.AnnualBlock](), texts: newTable[string, annualText](),
		comments: newTable[int64, workflow.AnnualComment](), overrides: newTable[string, workflow.AnnualOverride](),
		snapshots: newTable[int64, workflow.AnnualSnapshot](), contacts: newTable[int64, yearContacts](),
		reviews: newTable[int64, workflow.Review](), publications: newTable[int64, workflow.Publication](),
		redactions: newTable[int64, workflow.Redaction](), proofs: newTable[string, workflow.ProofDay](),
	}
}

func (d *data) clone() *data {
	return &data{
		tokens: d.tokens.clone(), deeds: d.deeds.clone(),
		todos: d.todos.clone(), turned: d.turned.clone(),
		faults:  d.faults.clone(),
		factors: d.factors.clone(), recovery: d.recovery.clone(), ways: d.ways.clone(), campusNames: d.campusNames.clone(), roster: d.roster.clone(),
		webhooks: d.webhooks.clone(), dispatches: d.dispatches.clone(),
		channels: d.channels.clone(), calls: d.calls.clone(), conversations: d.conversations.clone(), bindings: d.bindings.clone(), tries: d.tries.clone(),
		applications: d.applications.clone(), campaigns: d.campaigns.clone(), appraisals: d.appraisals.clone(),
		columns: d.columns.clone(), items: d.items.clone(), imports: d.imports.clone(), duties: d.duties.clone(),
		cases: d.cases.clone(), serials: d.serials.clone(), assists: d.assists.clone(),
		words: d.words.clone(), extensions: d.extensions.clone(),
		letters: d.letters.clone(), sealed: d.sealed.clone(),
		messages: d.messages.clone(), files: d.files.clone(),
		answers: d.answers.clone(), versions: d.versions.clone(),
		clocks: d.clocks.clone(), events: d.events.clone(),
		journal: d.journal.clone(), notices: d.notices.clone(),
		mails: d.mails.clone(), cursors: d.cursors.clone(), dead: d.dead.clone(),
		departments: d.departments.clone(), categories: d.categories.clone(),
		templates: d.templates.clone(), settings: d.settings.clone(),
		accounts: d.accounts.clone(), policies: d.policies.clone(),
		calendars: d.calendars.clone(), facts: d.facts.clone(),
		reports: d.reports.clone(), blocks: d.blocks.clone(), texts: d.texts.clone(), comments: d.comments.clone(),
		overrides: d.overrides.clone(), snapshots: d.snapshots.clone(), contacts: d.contacts.clone(),
		reviews: d.reviews.clone(), publications: d.publications.clone(),
		redactions: d.redactions.clone(), proofs: d.proofs.clone(),
		bulletins: d.bulletins.clone(),
		figures:   cloneFigures(d.figures), categoryIDs: d.categoryIDs, policyIDs: d.policyIDs,
	}
}

func conflict() error { return workflow.Fail(workflow.Conflict, "conflict") }

// refused is what a CHECK constraint says: a fault of the program, not of a
// person.
func refused(why string) error { return errors.New("refused by a constraint: " + why) }

// need returns NotFound unless every reference leads somewhere.
func need(found ...bool) error {
	for _, ok := range found {
		if !ok {
			return workflow.Absent()
		}
	}
	return nil
}

// The references; 0 and "" lead nowhere and are allowed.
func (d *data) account(id int64) bool    { return id == 0 || d.accounts.has(id) }
func (d *data) department(id int64) bool { return id == 0 || d.departments.has(id) }
func (d *data) caseRef(id int64) bool    { return id == 0 || d.cases.has(id) }
func (d *data) message(id int64) bool    { return id == 0 || d.messages.has(id) }
func (d *data) answer(id int64) bool     { return id == 0 || d.answers.has(id) }
func (d *data) writer(id string) bool    { return id == "" || d.sealed.has(id) }

func (d *data) category(id int64) bool {
	return id == 0 || d.categories.any(func(c workflow.Category) bool { return c.ID == id })
}

func (d *data) policy(id int64) bool {
	return id == 0 || d.policies.any(func(p workflow.Policy) bool { return p.ID == id })
}

func (d *data) accountName(id int64) string { return d.accounts.rows[id].Name }
