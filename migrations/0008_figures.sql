-- Figures: what the writer is as a dimension, when a fact was recorded, the hour
-- a letter came, what became of it, the time a department had it; the data
-- check; the monthly bulletin.

-- Verdicts that are taken when they fall and never change.
ALTER TABLE cases ADD COLUMN in_first        boolean; -- the first answer by the date promised before extensions
ALTER TABLE cases ADD COLUMN handled_minutes int;     -- working time the answering department had it before the first answer
ALTER TABLE cases ADD COLUMN signed_in_time  boolean; -- the department signed for it in time
UPDATE cases c SET in_first = c.in_time AND (k.extended_by = 0 OR c.answered_at <= k.first_due_at)
FROM clocks k WHERE k.case_id = c.id AND k.kind = 'overall' AND k.met_at = c.answered_at;
UPDATE cases c SET signed_in_time = k.met_at <= k.due_at
FROM clocks k WHERE k.case_id = c.id AND k.kind = 'sign' AND k.met_at = c.signed_for_at;

-- Facts so far were recorded on the day they are about, as far as anybody knows.
-- The defaults let the release before go on writing.
ALTER TABLE facts ADD COLUMN status text        NOT NULL DEFAULT 'none';
ALTER TABLE facts ADD COLUMN at     timestamptz NOT NULL DEFAULT '-infinity';
UPDATE facts f SET status = coalesce(nullif(c.writer_status, ''), 'none'), at = f.day::timestamp AT TIME ZONE 'Asia/Shanghai', projected = false
FROM cases c WHERE c.id = f.case_id;
ALTER TABLE facts ALTER COLUMN at SET DEFAULT now();
INSERT INTO facts (case_id, measure, day, department_id, category_id, kind, channel, mode, status, bucket, n, at)
SELECT c.id, CASE WHEN c.sealed THEN 'sealed.' ELSE '' END || f.measure, (f.moment AT TIME ZONE 'Asia/Shanghai')::date,
    coalesce(c.department_id, 0), c.category_id, c.kind, c.channel, c.mode, coalesce(nullif(c.writer_status, ''), 'none'), f.bucket, f.n, f.known
FROM cases c
CROSS JOIN LATERAL (SELECT CASE WHEN c.state IN ('declined', 'merged', 'withdrawn') THEN c.ended_at ELSE coalesce(c.answered_at, c.ended_at) END AS at) e
CROSS JOIN LATERAL (VALUES
    ('arrived', CASE WHEN c.mode <> 'anonymous' THEN c.received_at END, c.received_at, -- the hour could point at somebody
        24 * (extract(isodow FROM c.received_at AT TIME ZONE 'Asia/Shanghai')::int - 1) + extract(hour FROM c.received_at AT TIME ZONE 'Asia/Shanghai')::int, 1),
    ('fate', c.received_at, c.received_at, 0, 1), -- waits for its answer
    ('fate', c.received_at, e.at, 0, -1), -- until something became of it
    ('fate', c.received_at, e.at,
        CASE WHEN c.state = 'declined' THEN 1 WHEN c.state = 'withdrawn' THEN 2 WHEN c.state = 'merged' THEN 6
            WHEN c.answered_at IS NULL THEN 5 WHEN c.in_time IS FALSE THEN 4 ELSE 3 END, 1),
    ('in_first', CASE WHEN c.in_first THEN c.answered_at END, c.answered_at, 0, 1),
    ('signed', CASE WHEN c.signed_in_time IS NOT NULL THEN c.signed_for_at END, c.signed_for_at, CASE WHEN c.signed_in_time THEN 1 ELSE 2 END, 1)
) AS f (measure, moment, known, bucket, n)
WHERE f.moment IS NOT NULL AND f.known IS NOT NULL
ORDER BY c.id;
CREATE INDEX facts_at ON facts (at);

-- All facts are added up anew: the rows so far do not know what the writer is.
TRUNCATE figures_daily, figures_monthly;
ALTER TABLE figures_daily ADD COLUMN status text NOT NULL DEFAULT '';
ALTER TABLE figures_daily DROP CONSTRAINT figures_daily_pkey;
ALTER TABLE figures_daily ADD PRIMARY KEY (grain, measure, department_id, day, category_id, kind, channel, mode, status, bucket);
CREATE TABLE figures_daily_status PARTITION OF figures_daily FOR VALUES IN ('status');
ALTER TABLE figures_monthly ADD COLUMN status text NOT NULL DEFAULT '';
ALTER TABLE figures_monthly DROP CONSTRAINT figures_monthly_pkey;
ALTER TABLE figures_monthly ADD PRIMARY KEY (grain, measure, department_id, month, category_id, kind, channel, mode, status, bucket);
CREATE TABLE figures_monthly_status PARTITION OF figures_monthly FOR VALUES IN ('status');

-- What departments did to cases that tables of departments count.
CREATE INDEX events_by_departments ON events (action, at, department_id, case_id) WHERE action IN ('refuse', 'more_time');

-- The data check: cases that cannot be right are few, and found at once.
CREATE INDEX cases_flaw_dates ON cases (id) WHERE (accepted_at < received_at OR answered_at < accepted_at OR signed_for_at < routed_at
    OR routed_at < received_at OR ended_at < received_at OR rated_at < answered_at);
CREATE INDEX cases_flaw_unanswered ON cases (id) WHERE (state IN ('closed', 'archived') AND answered_at IS NULL AND outcome <> 'no_reply');
CREATE INDEX cases_flaw_nodepartment ON cases (id) WHERE (department_id IS NULL AND (answered_at IS NOT NULL OR state IN ('routed', 'in_hand', 'drafted', 'signed')));
CREATE INDEX cases_flaw_verdict ON cases (id) WHERE (answered_at IS NOT NULL AND (in_time IS NULL OR worked_minutes IS NULL));
CREATE INDEX cases_flaw_rating ON cases (id) WHERE (rated_at IS NOT NULL AND (rate_result IS NULL OR rate_speed IS NULL OR rate_attitude IS NULL OR answered_at IS NULL));
CREATE INDEX clocks_open ON clocks (case_id) WHERE met_at IS NULL AND cancelled_at IS NULL;

-- The monthly bulletin (通报). Once it was sent, nothing of it changes.
CREATE TABLE bulletins (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    month       date        NOT NULL UNIQUE CHECK (extract(day FROM month) = 1),
    state       text        NOT NULL CHECK (state IN ('draft', 'sent')),
    body        text        NOT NULL DEFAULT '', -- what the office says to the figures
    figures     jsonb       NOT NULL,            -- numbers by department, frozen with the approval
    created_at  timestamptz NOT NULL,
    edited_at   timestamptz,
    edited_by   bigint      REFERENCES accounts (id),
    approved_at timestamptz,
    approved_by bigint      REFERENCES accounts (id),
    version     bigint      NOT NULL DEFAULT 1,
    CHECK ((state = 'sent') = (approved_at IS NOT NULL)),
    CHECK ((state = 'sent') = (approved_by IS NOT NULL))
);
CREATE FUNCTION keep_bulletin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'sent' THEN
        RAISE EXCEPTION 'a bulletin that was sent is not changed' USING ERRCODE = 'raise_exception';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bulletins_keep BEFORE UPDATE OR DELETE ON bulletins FOR EACH ROW EXECUTE FUNCTION keep_bulletin();
