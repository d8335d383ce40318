package postgres

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"mailbox/workflow"
)

// The changes of any number of cases are one statement; each kind of row comes
// as one list of records.
const sqlSaveChanges = `
	WITH saved AS (
		UPDATE cases c SET (version,
			code_hash, state, resume, kind, category_id, category_version_id, policy_version_id, channel, mode, writer_status, writer_id,
			subject, locale, department_id, about_id, urgent, sealed, binding, publish_wish, ground, outcome, merged_into, split_from,
			received_at, accepted_at, routed_at, signed_for_at, answered_at, ended_at, refuse_until, refusals, asked_again, redone,
			extensions, in_time, worked_minutes, rated_at, rate_speed, rate_attitude, rate_result, rate_solved, due_at, due_clock,
			chain_seq, chain_hash, updated_at, in_first, handled_minutes, signed_in_time, concern, decision, campaign_id, proposed_id)
			= (c.version + 1,
			v.code_hash, v.state, v.resume, v.kind, v.category_id, v.category_version_id, v.policy_version_id, v.channel, v.mode,
			v.writer_status, v.writer_id, v.subject, v.locale, v.department_id, v.about_id, v.urgent, v.sealed, v.binding,
			v.publish_wish, v.ground, v.outcome, v.merged_into, v.split_from, v.received_at, v.accepted_at, v.routed_at, v.signed_for_at,
			v.answered_at, v.ended_at, v.refuse_until, v.refusals, v.asked_again, v.redone, v.extensions, v.in_time, v.worked_minutes,
			v.rated_at, v.rate_speed, v.rate_attitude, v.rate_result, v.rate_solved, v.due_at, v.due_clock, v.chain_seq, v.chain_hash,
			v.updated_at, v.in_first, v.handled_minutes, v.signed_in_time, v.concern, v.decision, v.campaign_id, v.proposed_id)
		FROM json_populate_recordset(NULL::cases, $1) v WHERE c.id = v.id AND c.version = v.version
		RETURNING 1
	), turned AS (
		UPDATE clocks k SET (department_id, amount, unit, calendar_id, started_at, due_at, first_due_at, warn_at, provisional, urgent, paused_at,
			paused_minutes, extended_by, warned_at, breached_at, met_at, cancelled_at)
			= (v.department_id, v.amount, v.unit, v.calendar_id, v.started_at, v.due_at, v.first_due_at, v.warn_at, v.provisional, v.urgent,
			v.paused_at, v.paused_minutes, v.extended_by, v.warned_at, v.breached_at, v.met_at, v.cancelled_at)
		FROM json_populate_recordset(NULL::clocks, $2) v WHERE k.id = v.id
		RETURNING 1
	), happened AS (
		INSERT INTO events (case_id, seq, at, action, from_state, to_state, actor_id, actor_role, department_id, note, detail, hash)
		SELECT case_id, seq, at, action, from_state, to_state, actor_id, actor_role, department_id, note, detail, hash
		FROM json_populate_recordset(NULL::events, $3)
	), counted AS (
		INSERT INTO facts (case_id, measure, day, department_id, category_id, kind, channel, mode, status, bucket, n, at)
		SELECT case_id, measure, day, department_id, category_id, kind, channel, mode, status, bucket, n, at
		FROM json_populate_recordset(NULL::facts, $4)
	), told AS (
		INSERT INTO notices (dedup, kind, case_id, message_ref, to_kind, account_id, writer_id, channel, locale, args, secret, message_id, state, attempt,
			next_at, lease_until, reason, queued_at, sent_at, seen_at, settled_by, settled_at)
		SELECT dedup, kind, case_id, message_ref, to_kind, account_id, writer_id, channel, locale, args, secret, message_id, state, attempt,
			next_at, lease_until, reason, queued_at, sent_at, seen_at, settled_by, settled_at
		FROM json_populate_recordset(NULL::notices, $5)
		ON CONFLICT (dedup) DO NOTHING
	), hooked AS (
		INSERT INTO dispatches (webhook_id, case_id, number, kind, at, next_at)
		SELECT w.id, v.case_id, v.number, v.kind, v.at, v.next_at
		FROM json_populate_recordset(NULL::dispatches, $6) v JOIN webhooks w ON w.enabled AND v.kind = ANY (w.events)
		ORDER BY v.id, w.id
	)
	SELECT (SELECT count(*) FROM saved) AS cases, (SELECT count(*) FROM turned) AS clocks`

// The columns of the records, in the order of their values.
var (
	caseRecord = strings.Fields("id version " +
		"code_hash state resume kind category_id category_version_id policy_version_id channel mode writer_status " +
		"writer_id subject locale department_id about_id urgent sealed binding publish_wish ground outcome merged_into " +
		"split_from received_at accepted_at routed_at signed_for_at answered_at ended_at refuse_until refusals " +
		"asked_again redone extensions in_time worked_minutes rated_at rate_speed rate_attitude rate_result rate_solved " +
		"due_at due_clock chain_seq chain_hash updated_at in_first handled_minutes signed_in_time concern decision campaign_id proposed_id")
	clockRecord = strings.Fields("id " +
		"department_id amount unit calendar_id started_at due_at first_due_at warn_at provisional urgent paused_at " +
		"paused_minutes extended_by warned_at breached_at met_at cancelled_at")
	eventRecord  = strings.Fields("case_id seq at action from_state to_state actor_id actor_role department_id note detail hash")
	factRecord   = strings.Fields("case_id measure day department_id category_id kind channel mode status bucket n at")
	toldRecord   = strings.Fields("id case_id number kind at next_at")
	noticeRecord = strings.Fields("dedup kind case_id message_ref to_kind account_id writer_id channel locale args secret message_id state " +
		"attempt next_at lease_until reason queued_at sent_at seen_at settled_by settled_at")
)

// SaveChanges implements workflow.Cases.
func (s *Store) SaveChanges(ctx context.Context, changes ...*workflow.Change) error {
	var all written
	for _, c := range changes {
		all.add(c, s.now())
	}
	return s.together(ctx, func(tx *Store) error {
		done, err := one[struct {
			Cases  int `db:"cases"`
			Clocks int `db:"clocks"`
		}](ctx, tx, "save changes", sqlSaveChanges, all.cases.text(), all.clocks.text(), all.events.text(), all.facts.text(), all.notices.text(), all.told.text())
		switch {
		case err != nil:
			return err
		case done.Clocks != all.clocks.n:
			return workflow.Absent()
		case done.Cases != all.cases.n:
			return stale("save changes")
		}
		for _, c := range changes {
			if c.Case.ID != 0 {
				c.Case.Version++
			}
		}
		if all.queued {
			tx.noticed()
		}
		return nil
	})
}

// written is the records of changes.
type written struct {
	cases, clocks, events, facts, notices, told records
	queued                                      bool
}

func (w *written) add(c *workflow.Change, now time.Time) {
	if c.Case.ID != 0 {
		w.cases.add(caseRecord, slices.Concat([]any{c.Case.ID, c.Case.Version}, caseValues(&c.Case), caseVerdicts(&c.Case), matterValues(&c.Case)))
	}
	for _, k := range c.Clocks {
		w.clocks.add(clockRecord, append([]any{k.ID}, clockValues(&k)...))
	}
	for _, e := range c.Events {
		w.events.add(eventRecord, append([]any{e.CaseID}, eventValues(e)...))
	}
	for _, f := range c.Facts {
		w.facts.add(factRecord, []any{c.Case.ID, f.Measure, f.Day, f.Department, f.Category, f.Kind, f.Channel, f.Mode, f.Status, f.Bucket, f.N, moment(f.At)})
	}
	for _, d := range c.Told { // their order is their id's
		w.told.add(toldRecord, []any{w.told.n, d.CaseID, d.Number, d.Kind, instant(d.At), instant(d.Next)})
	}
	for _, n := range c.Notices {
		w.notices.add(noticeRecord, noticeValues(&n, now))
		w.queued = w.queued || n.State == workflow.Queued
	}
}

// records is a list of rows in JSON.
type records struct {
	json []byte
	n    int
}

func (r *records) add(names []string, values []any) {
	open := byte(',')
	if r.n++; r.n == 1 {
		open = '['
	}
	r.json = append(r.json, open)
	open = '{'
	for i, name := range names {
		r.json = append(append(append(r.json, open, '"'), name...), '"', ':')
		r.json = append(r.json, inRecord(values[i])...)
		open = ','
	}
	r.json = append(r.json, '}')
}

func (r *records) text() string {
	if r.n == 0 {
		return "[]"
	}
	return string(r.json) + "]"
}

// inRecord is a value as a record holds it: what a column takes as text.
func inRecord(v any) []byte {
	if p, ok := v.(pairs); ok {
		return []byte(p.text())
	}
	if valuer, ok := v.(driver.Valuer); ok {
		v, _ = valuer.Value() // the types of this package always have one
	}
	switch known := v.(type) {
	case []byte:
		v = `\x` + hex.EncodeToString(known)
	case time.Time:
		v = known.UTC().Format(time.RFC3339Nano)
	}
	b, _ := json.Marshal(v) // numbers, words and truth always marshal
	return b
}
