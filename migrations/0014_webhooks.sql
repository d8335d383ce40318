-- What programs did to cases under names of their own, and what other programs
-- are told of cases.

CREATE TABLE deeds (
    account_id bigint      NOT NULL REFERENCES accounts (id),
    key        bytea       NOT NULL CHECK (length(key) = 32), -- hash of the program's name for it
    digest     bytea       NOT NULL, -- of what was sent
    case_id    bigint      NOT NULL REFERENCES cases (id),
    number     text        NOT NULL,
    action     text        NOT NULL,
    state      text        NOT NULL, -- of the case afterwards
    version    bigint      NOT NULL, -- of the case afterwards
    at         timestamptz NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX deeds_at ON deeds (at);

-- A program of another system that is told what happens to cases.
CREATE TABLE webhooks (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text        NOT NULL CHECK (name <> ''),
    url           text        NOT NULL CHECK (url <> ''),
    events        text[]      NOT NULL CHECK (cardinality(events) > 0),
    enabled       boolean     NOT NULL,
    key_id        text        NOT NULL, -- names the secret in every request
    secret        bytea       NOT NULL, -- sealed
    prior_id      text        NOT NULL DEFAULT '', -- of the secret before, while both sign
    prior         bytea,
    prior_until   timestamptz,
    version       bigint      NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    changed_by    bigint      REFERENCES accounts (id),
    -- How it does. Written apart from the settings and without their version.
    last_ok       timestamptz,
    failing_since timestamptz,
    resume_at     timestamptz, -- nothing is sent before
    last_status   int         NOT NULL DEFAULT 0,
    last_error    text        NOT NULL DEFAULT '', -- a catalogue key, never the other side's words
    given_up      timestamptz, -- switched off by itself after failing for long
    CHECK ((prior IS NULL) = (prior_until IS NULL) AND (prior IS NULL) = (prior_id = ''))
);

-- What a webhook is told. Rows are written with the event they tell of.
CREATE TABLE dispatches (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- what the receiver knows it by: later ones are larger
    webhook_id  bigint      NOT NULL, -- not referenced: no act on a case may wait for, or fail with, a webhook
    case_id     bigint      REFERENCES cases (id), -- NULL: a test
    number      text        NOT NULL,
    kind        text        NOT NULL,
    at          timestamptz NOT NULL,
    state       text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead', 'withheld')),
    attempts    int         NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,
    lease_until timestamptz,
    status      int         NOT NULL DEFAULT 0, -- of the last answer
    error       text        NOT NULL DEFAULT '', -- a catalogue key
    ended_at    timestamptz
);
CREATE INDEX dispatches_waiting ON dispatches (webhook_id, next_at, id) WHERE state = 'waiting';
CREATE INDEX dispatches_order ON dispatches (webhook_id, case_id, id) WHERE state = 'waiting';
CREATE INDEX dispatches_list ON dispatches (webhook_id, state, id DESC);
CREATE INDEX dispatches_ended ON dispatches (ended_at) WHERE state <> 'waiting';
CREATE INDEX dispatches_case ON dispatches (case_id) WHERE case_id IS NOT NULL;
