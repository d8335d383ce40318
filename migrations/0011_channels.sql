-- The campus channels: how each is set up, what came through it, with whom a
-- conversation is under way, and which way a notice took.

CREATE TABLE channels (
    channel       text PRIMARY KEY CHECK (channel IN ('wechat', 'wecom', 'qq', 'oa')),
    enabled       boolean     NOT NULL DEFAULT false,
    config        jsonb       NOT NULL DEFAULT '{}', -- what may be shown
    secrets       bytea,      -- sealed JSON: tokens, keys, passwords
    version       bigint      NOT NULL DEFAULT 1,
    changed_at    timestamptz NOT NULL,
    changed_by    bigint      REFERENCES accounts (id),
    -- How it does. Written apart from the settings and without their version.
    alive_at      timestamptz, -- the platform last gave us what we asked for
    last_out      timestamptz,
    last_error    text        NOT NULL DEFAULT '', -- a catalogue key, never a platform's words
    last_error_at timestamptz,
    errors_row    int         NOT NULL DEFAULT 0, -- since something last went well
    errors_day    date,
    errors_today  int         NOT NULL DEFAULT 0,
    token_expires timestamptz,
    announced_at  timestamptz -- the office knows that it is dead
);

-- Somebody on a platform. The platform's id of a person is identity: it is
-- sealed, and found again by a keyed hash.
CREATE TABLE conversations (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel   text        NOT NULL,
    account   text        NOT NULL, -- of ours: app id, corp id
    person    bytea       NOT NULL, -- keyed hash
    sealed    bytea       NOT NULL,
    locale    text        NOT NULL DEFAULT 'zh-CN' CHECK (locale IN ('zh-CN', 'en')),
    case_id   bigint      REFERENCES cases (id), -- the case talked about now
    said_at   timestamptz, -- last word that went into a case
    anew      boolean     NOT NULL DEFAULT false, -- the next word begins a letter
    heard_at  timestamptz, -- the person last did something: it opens the platform's window
    heard_by  text        NOT NULL DEFAULT '' CHECK (heard_by IN ('', 'message', 'event')),
    reply_to  text        NOT NULL DEFAULT '', -- the platform's name of what was said last
    room      text        NOT NULL DEFAULT '', -- the group it was said in
    used      int         NOT NULL DEFAULT 0 CHECK (used >= 0), -- messages sent since then
    grants    int         NOT NULL DEFAULT 0 CHECK (grants >= 0), -- notices the person has allowed
    gone_at   timestamptz, -- does not follow us any more
    UNIQUE (channel, account, person)
);

-- Where a case's writer is told. Only who holds number and code, or sent the
-- letter from there, is.
CREATE TABLE bindings (
    case_id         bigint PRIMARY KEY REFERENCES cases (id),
    conversation_id bigint      NOT NULL REFERENCES conversations (id),
    at              timestamptz NOT NULL
);
CREATE INDEX bindings_conversation ON bindings (conversation_id, at DESC);

-- What platforms called us with, stored before it is acknowledged.
CREATE TABLE calls (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel     text        NOT NULL,
    external    bytea       NOT NULL, -- keyed hash of the platform's name for it
    sealed      bytea,      -- what was said, as it came; NULL where it held a query code and was dealt with
    received_at timestamptz NOT NULL,
    state       text        NOT NULL CHECK (state IN ('new', 'case', 'added', 'event', 'junk', 'failed')),
    attempts    int         NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,
    case_id     bigint      REFERENCES cases (id),
    reason      text        NOT NULL DEFAULT '', -- a catalogue key
    handled_at  timestamptz,
    UNIQUE (channel, external)
);
CREATE INDEX calls_new ON calls (next_at, id) WHERE state = 'new';
CREATE INDEX calls_failed ON calls (id DESC) WHERE state = 'failed';
CREATE INDEX calls_received ON calls (channel, received_at DESC);
CREATE INDEX calls_case ON calls (case_id) WHERE case_id IS NOT NULL;

-- The steps a notice was tried on, in order: which one reached its reader, and
-- why the others did not.
CREATE TABLE notice_tries (
    notice_id bigint      NOT NULL REFERENCES notices (id),
    seq       int         NOT NULL,
    step      text        NOT NULL,
    outcome   text        NOT NULL CHECK (outcome IN ('sent', 'passed', 'refused', 'later', 'uncertain')),
    reason    text        NOT NULL DEFAULT '', -- a catalogue key
    external  text        NOT NULL DEFAULT '', -- the platform's name for what was sent
    at        timestamptz NOT NULL,
    PRIMARY KEY (notice_id, seq)
);
CREATE INDEX notice_tries_external ON notice_tries (external) WHERE external <> '';

ALTER TABLE notices DROP CONSTRAINT notices_channel_check;
ALTER TABLE notices ADD CONSTRAINT notices_channel_check CHECK (channel IN ('page', 'email', 'wechat', 'wecom', 'qq', 'oa'));
