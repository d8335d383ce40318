package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"mailbox/workflow"
)

// A case and everything it begins with is one statement: one journey to the
// database, kept whole or not at all without a transaction around it. Parts
// that are not there insert no row.
const sqlAddBirth = `
	WITH writer AS (
		INSERT INTO writers (id, sealed, key_id, mail_index, created_at)
		SELECT $81::uuid, $82::bytea, $83::text, $84::bytea, $85::timestamptz WHERE $81::uuid IS NOT NULL
	), born AS (
		INSERT INTO cases (id, number, code_hash, state, resume, kind, category_id, category_version_id, policy_version_id, channel, mode,
			writer_status, writer_id, subject, locale, department_id, about_id, urgent, sealed, binding, publish_wish,
			ground, outcome, merged_into, split_from, received_at, accepted_at, routed_at, signed_for_at, answered_at,
			ended_at, refuse_until, refusals, asked_again, redone, extensions, in_time, worked_minutes, rated_at,
			rate_speed, rate_attitude, rate_result, rate_solved, due_at, due_clock, chain_seq, chain_hash, updated_at,
			concern, decision, campaign_id, proposed_id)
		OVERRIDING SYSTEM VALUE
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
			$19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36,
			$37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $121, $122, $123, $124)
	), event AS (
		INSERT INTO events (case_id, seq, at, action, from_state, to_state, actor_id, actor_role, department_id, note, detail, hash)
		SELECT $1, $49::int, $50::timestamptz, $51::text, $52::text, $53::text, $54::bigint, $55::text, $56::bigint, $57::text, $58::jsonb, $59::bytea WHERE $49::int > 0
	), counted AS (
		INSERT INTO facts (case_id, measure, day, department_id, category_id, kind, channel, mode, status, bucket, n, at)
		SELECT $1, f.measure, f.day, f.department_id, f.category_id, f.kind, f.channel, f.mode,
			coalesce(nullif($12, ''), 'none'), f.bucket, f.n, $48 -- a new case has one status and one moment
		FROM unnest($60::text[], $61::date[], $62::bigint[], $63::bigint[], $64::text[], $65::text[], $66::text[], $67::int[], $68::smallint[])
			WITH ORDINALITY AS f (measure, day, department_id, category_id, kind, channel, mode, bucket, n, place)
		ORDER BY f.place
	), started AS (
		INSERT INTO clocks (case_id, kind, occurrence, department_id, amount, unit, calendar_id, started_at, due_at, first_due_at,
			warn_at, provisional, urgent)
		SELECT $1, k.kind, k.occurrence, nullif(k.department_id, 0), k.amount, k.unit, k.calendar_id, k.started_at, k.due_at,
			k.first_due_at, k.warn_at, k.provisional, k.urgent
		FROM unnest($69::text[], $70::int[], $71::bigint[], $72::int[], $73::text[], $74::bigint[], $75::timestamptz[],
			$76::timestamptz[], $77::timestamptz[], $78::timestamptz[], $79::boolean[], $80::boolean[])
			WITH ORDINALITY AS k (kind, occurrence, department_id, amount, unit, calendar_id, started_at, due_at, first_due_at,
				warn_at, provisional, urgent, place)
		ORDER BY k.place
		RETURNING id
	), letter AS (
		INSERT INTO letters (case_id, channel, external, content_hash, receipt, raw_id, received_at)
		SELECT $1, $86::text, $87::bytea, $88::bytea, $89::bytea, $90::bigint, $91::timestamptz WHERE $87::bytea IS NOT NULL
	), message AS (
		INSERT INTO messages (case_id, kind, internal, author_id, author_department_id, body, quoted, html, channel, external, at)
		SELECT $1, $92::text, $93::boolean, $94::bigint, $95::bigint, $96::text, $97::text, $98::text, $99::text, $100::bytea, $101::timestamptz WHERE $92 <> ''
		RETURNING id
	), attached AS (
		INSERT INTO files (case_id, message_id, sha256, name, media_type, size, at)
		SELECT $1, message.id, f.sha256, f.name, f.media_type, f.size, $101::timestamptz
		FROM message, unnest($102::text[], $103::text[], $104::text[], $105::bigint[])
			WITH ORDINALITY AS f (sha256, name, media_type, size, place)
		ORDER BY f.place
	), indexed AS (
		INSERT INTO case_search (case_id, words) SELECT $1, $106::text::tsvector WHERE $106::text <> ''
	), told AS (
		INSERT INTO notices (case_id, dedup, kind, to_kind, account_id, writer_id, channel, locale, args, secret,
			message_id, state, next_at, queued_at, sent_at)
		SELECT $1, n.dedup, n.kind, n.to_kind, nullif(n.account_id, 0), nullif(n.writer_id, '')::uuid, n.channel, n.locale, n.args,
			nullif(n.secret, ''), n.message_id, n.state, n.next_at, n.queued_at, nullif(n.sent_at, '-infinity')
		FROM unnest($107::text[], $108::text[], $109::text[], $110::bigint[], $111::text[], $112::text[], $113::text[], $114::jsonb[],
			$115::bytea[], $116::text[], $117::text[], $118::timestamptz[], $119::timestamptz[], $120::timestamptz[])
			WITH ORDINALITY AS n (dedup, kind, to_kind, account_id, writer_id, channel, locale, args, secret, message_id, state,
				next_at, queued_at, sent_at, place)
		ORDER BY n.place
		ON CONFLICT (dedup) DO NOTHING
	), hooked AS (
		INSERT INTO dispatches (webhook_id, case_id, number, kind, at, next_at)
		SELECT w.id, $1, $2, $125::text, $126::timestamptz, $127::timestamptz FROM webhooks w WHERE w.enabled AND $125::text = ANY (w.events)
		ORDER BY w.id
	)
	SELECT id FROM started ORDER BY id`

// AddBirth implements workflow.Cases. Outside of a transaction a broken line is
// no reason to give up: the case was named, so that storing it twice is a
// Conflict and never a second case.
func (s *Store) AddBirth(ctx context.Context, b *workflow.Birth) error {
	args := birthValues(b, s.now())
	var ids []int64
	err := s.persist(ctx, func() (again bool, err error) {
		ids, err = s.addBirth(ctx, args)
		return s.act == nil && (lost(err) || yielded(err)), err
	})
	if err != nil {
		return err
	}
	b.Case.Version = 1
	for i := range b.Clocks {
		b.Clocks[i].ID, b.Clocks[i].CaseID = ids[i], b.Case.ID
	}
	if slices.ContainsFunc(b.Notices, func(n workflow.Notice) bool { return n.State == workflow.Queued }) {
		s.noticed()
	}
	return nil
}

// addBirth uses a statement that every connection has ready: understanding one
// of this size takes longer than doing what it says.
func (s *Store) addBirth(ctx context.Context, args []any) (ids []int64, err error) {
	statement, err := s.ready.statement(ctx, s.db, sqlAddBirth)
	if err != nil {
		return nil, translate("add case", err)
	}
	if tx, inside := s.q.(*sqlx.Tx); inside {
		statement = tx.StmtxContext(ctx, statement) //nolint:sqlclosecheck // it ends with the transaction
	}
	err = statement.SelectContext(ctx, &ids, args...)
	return ids, translate("add case", err)
}

// birthValues are the arguments of sqlAddBirth, in their order.
func birthValues(b *workflow.Birth, now time.Time) []any {
	args := append([]any{b.Case.ID, b.Case.Number}, caseValues(&b.Case)...)
	args = append(args, eventValues(b.Event)...)
	args = append(args, factArrays(b.Facts)...)
	args = append(args, clockArrays(b.Clocks)...)
	w, l, m := b.Writer, b.Letter, b.Message
	args = append(args, uid(w.ID), solid(w.Sealed), w.KeyID, octets(w.MailIndex), instant(w.Created).or(now),
		l.Channel, octets(l.External), solid(l.ContentHash), octets(l.Receipt), ref(l.RawMail), instant(l.Received).or(now),
		m.Kind, m.Kind.Internal(), ref(m.Author), ref(m.Department), m.Body, m.Quoted, m.HTML, m.Channel, octets(m.External),
		instant(m.At).or(now))
	args = append(args, fileArrays(b.Files)...)
	args = append(args, tokens(b.Words))
	args = append(args, noticeArrays(b.Notices, now)...)
	args = append(args, matterValues(&b.Case)...)
	return append(args, firstTold(b, now)...)
}

func clockArrays(clocks []workflow.Clock) []any {
	var kinds, units, started, due, firstDue, warn pq.StringArray
	var occurrences, departments, amounts, calendars pq.Int64Array
	var provisional, urgent pq.BoolArray
	for _, k := range clocks {
		kinds, units = append(kinds, string(k.Kind)), append(units, string(k.Promise.Unit))
		occurrences, departments = append(occurrences, int64(k.Occurrence)), append(departments, k.Department)
		amounts, calendars = append(amounts, int64(k.Promise.Amount)), append(calendars, k.Calendar)
		started, due = append(started, moment(k.Started)), append(due, moment(k.Due))
		firstDue, warn = append(firstDue, moment(k.FirstDue)), append(warn, moment(k.Warn))
		provisional, urgent = append(provisional, k.Provisional), append(urgent, k.Urgent)
	}
	return []any{kinds, occurrences, departments, amounts, units, calendars, started, due, firstDue, warn, provisional, urgent}
}

// noticeArrays are what distinguishes notices of one case.
func noticeArrays(notices []workflow.Notice, now time.Time) []any {
	var dedups, kinds, tos, writers, channels, locales, args, messageIDs, states, next, queued, sent pq.StringArray
	var accounts pq.Int64Array
	var secrets pq.ByteaArray
	for _, n := range notices {
		at := time.Time(instant(n.Queued).or(now))
		dedups, kinds, tos = append(dedups, n.Dedup), append(kinds, string(n.Kind)), append(tos, recipient(n))
		accounts, writers = append(accounts, n.Account), append(writers, n.Writer)
		channels, locales = append(channels, n.Channel), append(locales, n.Locale)
		args, secrets = append(args, pairs(n.Args).text()), append(secrets, solid(n.Secret))
		messageIDs, states = append(messageIDs, n.MessageID), append(states, string(n.State))
		next, queued, sent = append(next, moment(time.Time(instant(n.Next).or(at)))), append(queued, moment(at)), append(sent, moment(n.Sent))
	}
	return []any{dedups, kinds, tos, accounts, writers, channels, locales, args, secrets, messageIDs, states, next, queued, sent}
}

// firstTold is what webhooks are told of a birth; no kind is nothing.
func firstTold(b *workflow.Birth, now time.Time) []any {
	if len(b.Told) == 0 {
		return []any{"", now, now}
	}
	return []any{b.Told[0].Kind, instant(b.Told[0].At), instant(b.Told[0].Next)}
}
