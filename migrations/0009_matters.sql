-- What the annual report on information disclosure asks of cases: applications
-- and how they were decided, complaints about disclosure, campaigns, and the
-- college's appraisals.

ALTER TABLE cases
    -- about disclosure: told apart from the category, so that none is a count
    ADD COLUMN concern text NOT NULL DEFAULT '' CHECK (concern IN ('', 'report', 'complaint', 'reconsideration', 'litigation')),
    -- how an application for disclosure was decided
    ADD COLUMN decision text NOT NULL DEFAULT '' CHECK (decision IN ('', 'public', 'partly', 'refused', 'nonexistent', 'not_ours', 'supplement_failed', 'repeated', 'withdrawn', 'other')),
    ADD CHECK (decision = '' OR kind = 'disclosure');

-- What the college promised to get done. Both days belong to it.
CREATE TABLE campaigns (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name    text   NOT NULL UNIQUE CHECK (name <> ''),
    from_on date   NOT NULL,
    to_on   date   NOT NULL,
    rule    text   NOT NULL DEFAULT '', -- how it is counted, in the college's words
    version bigint NOT NULL DEFAULT 1,
    CHECK (from_on <= to_on)
);

ALTER TABLE cases
    ADD COLUMN campaign_id bigint REFERENCES campaigns (id), -- it counts for this one
    ADD COLUMN proposed_id bigint REFERENCES campaigns (id); -- a department wishes it counted
CREATE INDEX cases_concern ON cases (received_at DESC, id DESC) WHERE concern <> '';
CREATE INDEX cases_applications ON cases (received_at DESC, id DESC) WHERE kind = 'disclosure';
CREATE INDEX cases_campaign ON cases (campaign_id, received_at DESC, id DESC) WHERE campaign_id IS NOT NULL;
CREATE INDEX cases_proposed ON cases (proposed_id, received_at DESC, id DESC) WHERE proposed_id IS NOT NULL;

-- What an application says beyond a letter, and what was decided beyond the
-- decision. Fees are in fen.
CREATE TABLE applications (
    case_id      bigint PRIMARY KEY REFERENCES cases (id),
    asked        text   NOT NULL DEFAULT '',
    purpose      text   NOT NULL DEFAULT '' CHECK (purpose IN ('', 'study', 'research', 'work', 'life')),
    delivery     text   NOT NULL DEFAULT '' CHECK (delivery IN ('', 'email', 'post', 'collect', 'read')),
    ground       text   NOT NULL DEFAULT '' CHECK (ground IN ('', 'state_secret', 'commercial_secret', 'privacy', 'undecided', 'disturbs_order', 'law', 'other')),
    referral     text   NOT NULL DEFAULT '',
    fee          int    NOT NULL DEFAULT 0 CHECK (fee >= 0),
    waived       int    NOT NULL DEFAULT 0 CHECK (waived >= 0),
    checked_by   bigint REFERENCES accounts (id), -- who recorded the confidentiality check
    checked_at   timestamptz,
    checked_hash bytea, -- SHA-256 of exactly the answer that was checked
    updated_at   timestamptz NOT NULL,
    CHECK ((checked_at IS NULL) = (checked_by IS NULL)),
    CHECK ((checked_at IS NULL) = (checked_hash IS NULL))
);

-- Surveys and meetings in which the college had its disclosure appraised (评议).
CREATE TABLE appraisals (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text        NOT NULL CHECK (kind IN ('survey', 'meeting', 'other')),
    day          date        NOT NULL,
    title        text        NOT NULL CHECK (title <> ''),
    participants int         NOT NULL DEFAULT 0,
    satisfied    int         NOT NULL DEFAULT 0 CHECK (satisfied >= 0),
    basically    int         NOT NULL DEFAULT 0 CHECK (basically >= 0),
    dissatisfied int         NOT NULL DEFAULT 0 CHECK (dissatisfied >= 0),
    findings     text        NOT NULL DEFAULT '',
    sha256       text        NOT NULL DEFAULT '' CHECK (length(sha256) IN (0, 64)),
    file_name    text        NOT NULL DEFAULT '',
    media_type   text        NOT NULL DEFAULT '',
    size         bigint      NOT NULL DEFAULT 0,
    external     text        NOT NULL DEFAULT '', -- the form it was entered with: sent twice it is one
    created_by   bigint      NOT NULL REFERENCES accounts (id),
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    removed_at   timestamptz, -- entered by mistake: kept, but it does not count
    version      bigint      NOT NULL DEFAULT 1,
    CHECK (satisfied + basically + dissatisfied <= participants)
);
CREATE UNIQUE INDEX appraisals_external ON appraisals (external) WHERE external <> '';
CREATE INDEX appraisals_sha ON appraisals (sha256) WHERE sha256 <> '';
CREATE INDEX appraisals_day ON appraisals (day DESC, id DESC) WHERE removed_at IS NULL;
