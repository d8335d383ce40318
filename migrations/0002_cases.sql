-- Letters, the cases made of them, and everything that happens to a case.

-- Who wrote. Nothing else in the schema says it; sealed is AES-256-GCM of the
-- name, telephone, address and so on, readable through one function only.
CREATE TABLE writers (
    id         uuid PRIMARY KEY,
    sealed     bytea       NOT NULL,
    key_id     text        NOT NULL,
    mail_index bytea,      -- keyed hash of the normalised mail address, to know a writer's reply
    created_at timestamptz NOT NULL
);
CREATE INDEX writers_mail ON writers (mail_index) WHERE mail_index IS NOT NULL;

CREATE SEQUENCE case_serial;
-- The serial before the first case of a day: number = day + (serial - base).
CREATE TABLE case_days (
    day  date   PRIMARY KEY,
    base bigint NOT NULL
);

CREATE TABLE cases (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number              text        COLLATE "C" NOT NULL UNIQUE, -- "C": beginnings are found by the index in any locale
    code_hash           bytea       NOT NULL, -- keyed hash of the query code
    state               text        NOT NULL CHECK (state IN
        ('received', 'accepted', 'declined', 'merged', 'waiting', 'routed', 'in_hand', 'drafted', 'signed', 'answered', 'closed', 'withdrawn', 'archived')),
    resume              text        NOT NULL DEFAULT '', -- where a waiting case goes on
    kind                text        NOT NULL CHECK (kind IN ('inquiry', 'help', 'suggestion', 'complaint', 'report', 'praise', 'disclosure')),
    category_id         bigint      NOT NULL REFERENCES categories (id),
    category_version_id bigint      NOT NULL REFERENCES category_versions (id),
    policy_version_id   bigint      NOT NULL REFERENCES policy_versions (id),
    channel             text        NOT NULL CHECK (channel IN ('web', 'email', 'wechat', 'wecom', 'qq', 'oa', 'api', 'phone', 'visit', 'paper', 'group', 'board')),
    mode                text        NOT NULL CHECK (mode IN ('signed', 'confidential', 'anonymous')),
    writer_status       text        NOT NULL DEFAULT '' CHECK (writer_status IN ('', 'student', 'teacher', 'staff', 'parent', 'graduate', 'public')),
    writer_id           uuid        REFERENCES writers (id),
    subject             text        NOT NULL,
    locale              text        NOT NULL DEFAULT 'zh-CN',
    department_id       bigint      REFERENCES departments (id), -- who has it now
    about_id            bigint      REFERENCES departments (id), -- who is complained about: never sees it
    urgent              boolean     NOT NULL DEFAULT false,
    sealed              boolean     NOT NULL DEFAULT false, -- discipline lane
    binding             boolean     NOT NULL DEFAULT false, -- the office has ruled whose it is
    publish_wish        boolean     NOT NULL DEFAULT false,
    ground              text        NOT NULL DEFAULT '' CHECK (ground IN ('', 'unlawful', 'outside_authority', 'statutory_channel', 'unclear', 'duplicate', 'already_closed', 'impersonation', 'advertising', 'private', 'not_signed', 'suggestion_only')),
    outcome             text        NOT NULL DEFAULT '' CHECK (outcome IN ('', 'solved', 'rated', 'silence', 'no_reply', 'office')),
    merged_into         bigint      REFERENCES cases (id),
    split_from          bigint      REFERENCES cases (id),
    received_at         timestamptz NOT NULL,
    accepted_at         timestamptz,
    routed_at           timestamptz,
    signed_for_at       timestamptz,
    answered_at         timestamptz,
    ended_at            timestamptz,
    refuse_until        timestamptz, -- last moment at which the department may refuse it back
    refusals            int         NOT NULL DEFAULT 0,
    asked_again         int         NOT NULL DEFAULT 0,
    redone              int         NOT NULL DEFAULT 0,
    extensions          int         NOT NULL DEFAULT 0,
    in_time             boolean,     -- the verdict of the overall clock when it was first answered
    worked_minutes      int,         -- working time from acceptance to the first answer, waiting for the writer removed
    rated_at            timestamptz,
    rate_speed          int         CHECK (rate_speed BETWEEN 1 AND 5),
    rate_attitude       int         CHECK (rate_attitude BETWEEN 1 AND 5),
    rate_result         int         CHECK (rate_result BETWEEN 1 AND 5),
    rate_solved         boolean,
    due_at              timestamptz, -- earliest of the running clocks, for lists
    due_clock           text        NOT NULL DEFAULT '',
    due_key             timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(due_at, 'infinity')) STORED, -- lists page by it
    chain_seq           int         NOT NULL DEFAULT 0, -- number of events; with chain_hash it shows a cut tail
    chain_hash          bytea       NOT NULL DEFAULT '',
    version             bigint      NOT NULL DEFAULT 1,
    updated_at          timestamptz NOT NULL,
    CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
    CHECK ((state = 'declined') = (ground <> '')),
    CHECK ((state IN ('declined', 'merged', 'closed', 'withdrawn', 'archived')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'waiting') = (resume <> ''))
);
-- Open work, what is due first at the top: desk, tray and board.
-- The first holds all that a board counts, so that it need not visit the rows.
CREATE INDEX cases_open_department ON cases (department_id, due_key, id) INCLUDE (sealed, about_id) WHERE ended_at IS NULL;
CREATE INDEX cases_open_state ON cases (state, due_key, id) WHERE ended_at IS NULL;
CREATE INDEX cases_open_due ON cases (due_key, id) WHERE ended_at IS NULL;
-- Lists by time, newest first, with keyset pages.
CREATE INDEX cases_received ON cases (received_at DESC, id DESC);
CREATE INDEX cases_department_received ON cases (department_id, received_at DESC, id DESC);
CREATE INDEX cases_category_received ON cases (category_id, received_at DESC, id DESC);
CREATE INDEX cases_state_received ON cases (state, received_at DESC, id DESC);
CREATE INDEX cases_writer ON cases (writer_id) WHERE writer_id IS NOT NULL;
CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX cases_split ON cases (split_from) WHERE split_from IS NOT NULL;
CREATE INDEX cases_answered ON cases (answered_at) WHERE state = 'answered';

-- Departments that help the one that has the case. What their lists are sorted
-- and chosen by is here as well, and follows the case.
CREATE TABLE case_departments (
    case_id       bigint NOT NULL REFERENCES cases (id),
    department_id bigint NOT NULL REFERENCES departments (id),
    since         timestamptz NOT NULL,
    received_at   timestamptz NOT NULL,
    open          boolean NOT NULL,
    PRIMARY KEY (case_id, department_id)
);
CREATE INDEX case_departments_open ON case_departments (department_id, case_id) WHERE open;
CREATE INDEX case_departments_received ON case_departments (department_id, received_at DESC, case_id DESC);
CREATE FUNCTION follow_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE case_departments SET received_at = NEW.received_at, open = NEW.ended_at IS NULL WHERE case_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER case_departments_follow AFTER UPDATE OF received_at, ended_at ON cases FOR EACH ROW
    WHEN (OLD.received_at <> NEW.received_at OR (OLD.ended_at IS NULL) <> (NEW.ended_at IS NULL))
    EXECUTE FUNCTION follow_case();

-- What somebody sent. external is a hash of what the channel calls it: the same
-- letter sent twice is one row.
CREATE TABLE letters (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel      text        NOT NULL,
    external     bytea       NOT NULL,
    case_id      bigint      NOT NULL REFERENCES cases (id),
    content_hash bytea       NOT NULL, -- SHA-256 of subject, body and files, signed on the receipt
    receipt      bytea,      -- the query code, sealed with a key only the sender's browser has
    raw_id       bigint,     -- the mail it came as
    received_at  timestamptz NOT NULL,
    UNIQUE (channel, external)
);
CREATE INDEX letters_case ON letters (case_id);

-- The conversation of a case, internal notes included.
CREATE TABLE messages (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint      NOT NULL REFERENCES cases (id),
    kind        text        NOT NULL CHECK (kind IN ('letter', 'addition', 'again', 'answer', 'question', 'decline', 'note', 'instruction')),
    internal    boolean     NOT NULL CHECK (internal = (kind IN ('note', 'instruction'))),
    author_id   bigint      REFERENCES accounts (id), -- NULL: the writer, or the system
    author_department_id bigint REFERENCES departments (id),
    body        text        NOT NULL,
    quoted      text        NOT NULL DEFAULT '', -- history a mail carried along, folded away
    html        text        NOT NULL DEFAULT '', -- cleaned HTML of a mail
    channel     text        NOT NULL,
    external    bytea,      -- makes a repeated addition one
    at          timestamptz NOT NULL
);
CREATE INDEX messages_case ON messages (case_id, id);
CREATE UNIQUE INDEX messages_external ON messages (channel, external) WHERE external IS NOT NULL;

CREATE TABLE files (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id    bigint      NOT NULL REFERENCES cases (id),
    message_id bigint      REFERENCES messages (id), -- NULL: belongs to a draft answer
    answer_id  bigint,
    sha256     text        NOT NULL CHECK (length(sha256) = 64),
    name       text        NOT NULL,
    media_type text        NOT NULL,
    size       bigint      NOT NULL CHECK (size >= 0),
    at         timestamptz NOT NULL
);
CREATE INDEX files_case ON files (case_id, id);
CREATE INDEX files_sha ON files (sha256);

-- Drafts and answers. One row a round; every saved text is kept.
CREATE TABLE answers (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint      NOT NULL REFERENCES cases (id),
    round       int         NOT NULL CHECK (round > 0),
    body        text        NOT NULL,
    author_id   bigint      NOT NULL REFERENCES accounts (id),
    signed_by   bigint      REFERENCES accounts (id),
    signed_at   timestamptz,
    checked_by  bigint      REFERENCES accounts (id),
    checked_at  timestamptz,
    sent_at     timestamptz,
    version     bigint      NOT NULL DEFAULT 1,
    updated_at  timestamptz NOT NULL,
    UNIQUE (case_id, round)
);
ALTER TABLE files ADD FOREIGN KEY (answer_id) REFERENCES answers (id);
CREATE INDEX files_answer ON files (answer_id) WHERE answer_id IS NOT NULL;
CREATE INDEX files_message ON files (message_id) WHERE message_id IS NOT NULL;
CREATE TABLE answer_versions (
    answer_id bigint      NOT NULL REFERENCES answers (id),
    version   bigint      NOT NULL,
    body      text        NOT NULL,
    author_id bigint      NOT NULL REFERENCES accounts (id),
    at        timestamptz NOT NULL,
    PRIMARY KEY (answer_id, version)
);

-- Facts about a promise. Overdue is not stored: it is due < now and not met.
CREATE TABLE clocks (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id        bigint      NOT NULL REFERENCES cases (id),
    kind           text        NOT NULL CHECK (kind IN ('register', 'route', 'sign', 'answer', 'check', 'overall', 'writer', 'rating')),
    occurrence     int         NOT NULL CHECK (occurrence > 0),
    department_id  bigint      REFERENCES departments (id), -- whose time it is; NULL: the office's
    amount         int         NOT NULL CHECK (amount > 0),
    unit           text        NOT NULL CHECK (unit IN ('working_days', 'working_hours', 'days', 'hours')),
    calendar_id    bigint      NOT NULL REFERENCES calendar_versions (id),
    started_at     timestamptz NOT NULL,
    due_at         timestamptz NOT NULL,
    first_due_at   timestamptz NOT NULL, -- before pauses and extensions
    warn_at        timestamptz NOT NULL,
    provisional    boolean     NOT NULL DEFAULT false, -- crosses days whose holiday table is not known yet
    urgent         boolean     NOT NULL DEFAULT false,
    paused_at      timestamptz,
    paused_minutes int         NOT NULL DEFAULT 0, -- working time of finished pauses
    extended_by    int         NOT NULL DEFAULT 0, -- working days granted
    warned_at      timestamptz,
    breached_at    timestamptz,
    met_at         timestamptz,
    cancelled_at   timestamptz,
    rings_at       timestamptz NOT NULL GENERATED ALWAYS AS -- its next step
        (CASE WHEN warned_at IS NULL THEN least(warn_at, due_at) ELSE due_at END) STORED,
    UNIQUE (case_id, kind, occurrence),
    CHECK (met_at IS NULL OR cancelled_at IS NULL),
    CHECK (paused_at IS NULL OR (met_at IS NULL AND cancelled_at IS NULL))
);
-- What may still ring: the sweep and the rebuilding of Redis read only these.
CREATE INDEX clocks_ringing ON clocks (rings_at, id) WHERE met_at IS NULL AND cancelled_at IS NULL AND paused_at IS NULL AND breached_at IS NULL;
CREATE INDEX clocks_armed ON clocks (id) WHERE met_at IS NULL AND cancelled_at IS NULL AND paused_at IS NULL AND breached_at IS NULL;

-- A department's wish for more time, and what became of it.
CREATE TABLE extensions (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id      bigint      NOT NULL REFERENCES cases (id),
    days         int         NOT NULL CHECK (days BETWEEN 1 AND 30),
    reason       text        NOT NULL,
    asked_by     bigint      NOT NULL REFERENCES accounts (id),
    asked_at     timestamptz NOT NULL,
    decided_by   bigint      REFERENCES accounts (id),
    decided_at   timestamptz,
    granted      boolean,
    remark       text        NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX extensions_open ON extensions (case_id) WHERE decided_at IS NULL;

-- What happened to a case, for ever. hash chains each event to the one before
-- it in the same case with a key that is not in the database.
CREATE TABLE events (
    case_id       bigint      NOT NULL REFERENCES cases (id),
    seq           int         NOT NULL CHECK (seq > 0),
    at            timestamptz NOT NULL,
    action        text        NOT NULL,
    from_state    text        NOT NULL,
    to_state      text        NOT NULL,
    actor_id      bigint      REFERENCES accounts (id),
    actor_role    text        NOT NULL,
    department_id bigint      REFERENCES departments (id),
    note          text        NOT NULL DEFAULT '',
    detail        jsonb       NOT NULL DEFAULT '{}',
    hash          bytea       NOT NULL,
    PRIMARY KEY (case_id, seq)
);
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Bigrams of number, subject, letters and answers; no identity is in it.
CREATE TABLE case_search (
    case_id bigint   PRIMARY KEY REFERENCES cases (id),
    words   tsvector NOT NULL
);
ALTER TABLE case_search ALTER COLUMN words SET STATISTICS 1000; -- common words must be known as common
CREATE INDEX case_search_words ON case_search USING gin (words);

-- The outbox. A notice is facts; its words are made when it is sent.
CREATE TABLE notices (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dedup       text        NOT NULL UNIQUE, -- for example "clock:17:breach:account:3": never told twice
    kind        text        NOT NULL,
    case_id     bigint      REFERENCES cases (id),
    message_ref bigint      REFERENCES messages (id),
    to_kind     text        NOT NULL CHECK (to_kind IN ('writer', 'account', 'address')),
    account_id  bigint      REFERENCES accounts (id),
    writer_id   uuid        REFERENCES writers (id),
    channel     text        NOT NULL CHECK (channel IN ('page', 'email')),
    locale      text        NOT NULL,
    args        jsonb       NOT NULL DEFAULT '{}',
    secret      bytea,      -- sealed words such as a query code; wiped once sent
    message_id  text        NOT NULL UNIQUE, -- Message-ID, fixed when queued
    state       text        NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'uncertain')),
    attempt     int         NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,
    lease_until timestamptz,
    reason      text        NOT NULL DEFAULT '', -- why the last attempt did not succeed, in words of ours
    queued_at   timestamptz NOT NULL,
    sent_at     timestamptz,
    seen_at     timestamptz, -- a page notice that its account has read
    settled_by  bigint      REFERENCES accounts (id), -- who dealt with a failed one
    settled_at  timestamptz,
    CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX notices_queue ON notices (next_at, id) WHERE state = 'queued';
CREATE INDEX notices_leased ON notices (lease_until) WHERE state = 'sending';
CREATE INDEX notices_case ON notices (case_id, id);
CREATE INDEX notices_writer ON notices (writer_id, queued_at) WHERE writer_id IS NOT NULL AND channel = 'email';
CREATE INDEX notices_trouble ON notices (id) WHERE state IN ('failed', 'uncertain') AND settled_at IS NULL;
CREATE INDEX notices_account ON notices (account_id, id DESC) WHERE channel = 'page';
