package admin

import (
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/rules"
)

type journalPage struct {
	listPage
	Account string
	People  []templates.Choice
	Action  string
	Actions []templates.Choice
	Check   string // where the chain is proved
	Proof   *proof
	Until   string // how far back a filtered list was read
}

// proof is what reading the whole journal found.
type proof struct {
	Good  bool
	Words string
	Head  string
}

// actionNames are the words for what accounts do; others are shown as they are.
var actionNames = map[string]string{
	"sign_in": "journal.sign_in", "account": "journal.account", "password": "journal.password", "department": "journal.department",
	"category": "journal.category", "policy": "journal.policy", "calendar": "journal.calendar", "template": "journal.template",
	"annual.freeze": "journal.annual.freeze", "annual.check": "journal.annual.check", "annual.sign": "journal.annual.sign",
	"annual.return": "journal.annual.return", "annual.publish": "journal.annual.publish", "annual.override": "journal.annual.override",
	"annual.export": "journal.annual.export", "annual.contacts": "journal.annual.contacts",
	"setting": "journal.setting", "export": "journal.export", "end_sessions": "journal.end_sessions",
	"token_add": "journal.token_add", "token_revoke": "journal.token_revoke",
	"channel": "journal.channel", "todo_replay": "journal.todo_replay",
	"factor_on": "journal.factor_on", "factor_off": "journal.factor_off", "factor_reset": "journal.factor_reset", "factor_recovery": "journal.factor_recovery",
	"webhook_add": "journal.webhook_add", "webhook_change": "journal.webhook_change", "webhook_rotate": "journal.webhook_rotate",
	"webhook_end_prior": "journal.webhook_end_prior", "webhook_remove": "journal.webhook_remove", "webhook_replay": "journal.webhook_replay",
	"webhook_given_up": "journal.webhook_given_up",
	"way":              "journal.way", "roster": "journal.roster", "campus_name": "journal.campus_name", "leaver": "journal.leaver",
}

func actionName(c *web.Context, action string) string {
	if key, ok := actionNames[action]; ok {
		return c.Text(key)
	}
	if strings.HasPrefix(action, "ledger.") || strings.HasPrefix(action, "review.") {
		return c.Text("journal." + action)
	}
	return action
}

func (p *Pages) journal(c *web.Context) error {
	q := rules.JournalQuery{Action: c.Query("action"), Limit: perPage}
	q.Account, _ = strconv.ParseInt(c.Query("account"), 10, 64) // what is no number filters nothing
	after, err := c.After(1)
	if err != nil {
		return err
	}
	if after != nil {
		q.Before, _ = strconv.ParseInt(after[0], 10, 64)
	}
	found, err := p.Rules.Journal(c.Context(), c.User.Actor(), q)
	if err != nil {
		return err
	}
	who, err := p.accountNames(c)
	if err != nil {
		return err
	}
	view := journalPage{Account: number(q.Account), Action: q.Action, Actions: actionChoices(c), People: accountChoices(c, who), Check: c.With("check", "yes")}
	view.Page, view.Table = page(c, "admin.journal"), journalTable(c, found.Entries, who)
	if found.Next != 0 || q.Before != 0 {
		view.Pages = &templates.Pagination{}
	}
	if found.Next != 0 {
		view.Pages.Next = c.With("after", web.Cursor(number(found.Next)))
		view.Pages.Words = c.Text("admin.journal.until", moment(c, found.Until))
	}
	if q.Before != 0 {
		view.Pages.Prev = c.With("after", "")
	}
	if c.Query("check") != "" {
		if view.Proof, err = p.prove(c); err != nil {
			return err
		}
	}
	return c.Render(http.StatusOK, "admin/journal.html", view)
}

// prove reads the journal from its beginning.
func (p *Pages) prove(c *web.Context) (*proof, error) {
	extent, faults, err := p.Proof(c.Context())
	if err != nil {
		return nil, err
	}
	out := &proof{Good: len(faults) == 0}
	if out.Good {
		out.Words = c.Text("admin.journal.good", strconv.Itoa(extent.Entries))
		out.Head = hex.EncodeToString(extent.Head[:min(len(extent.Head), 8)])
		return out, nil
	}
	out.Words = c.Text("admin.journal.bad", strconv.Itoa(len(faults)), strconv.FormatInt(faults[0].Seq, 10))
	return out, nil
}

func actionChoices(c *web.Context) []templates.Choice {
	out := []templates.Choice{{Label: c.Text("admin.journal.everything")}}
	for _, action := range slices.Sorted(maps.Keys(actionNames)) {
		out = append(out, templates.Choice{Value: action, Label: actionName(c, action)})
	}
	return out
}

func accountChoices(c *web.Context, who map[int64]string) []templates.Choice {
	out := []templates.Choice{{Label: c.Text("admin.journal.everybody")}}
	for _, id := range slices.Sorted(maps.Keys(who)) {
		out = append(out, templates.Choice{Value: number(id), Label: who[id]})
	}
	return out
}

func journalTable(c *web.Context, entries []workflow.JournalEntry, who map[int64]string) templates.Table {
	t := templates.Table{
		Caption: c.Text("admin.journal.newest"), Cards: true,
		Columns: columns(c, "admin.journal.at", "admin.journal.who", "admin.journal.what", "admin.journal.detail"),
		Empty:   &templates.Empty{Icon: "history", Title: c.Text("admin.journal.none"), Text: c.Text("admin.journal.none.text")},
	}
	for _, e := range entries {
		name := who[e.Account]
		if e.Account == 0 {
			name = c.Text("role.system")
		}
		t.Rows = append(t.Rows, templates.Row{Cells: []templates.Cell{
			{Text: moment(c, e.At), Hint: "#" + number(e.Seq)}, {Text: name}, {Text: actionName(c, e.Action)}, subjectCell(c, e, who),
		}})
	}
	return t
}
