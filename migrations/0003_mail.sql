-- Mail as it arrived. The bytes are stored before anyone tries to read them.

CREATE TABLE mailboxes (
    name         text   PRIMARY KEY, -- user@host/INBOX, never a password
    uid_validity bigint NOT NULL DEFAULT 0,
    last_uid     bigint NOT NULL DEFAULT 0,
    server_uids  bigint NOT NULL DEFAULT 0, -- last count the server gave: the reconciliation shows both numbers
    seen_at      timestamptz,
    fault        text   NOT NULL DEFAULT ''
);

CREATE TABLE raw_mails (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source        text        NOT NULL CHECK (source IN ('smtp', 'imap', 'import')),
    mailbox       text        NOT NULL,
    external      text        NOT NULL UNIQUE, -- source's own name for it: imap:<mailbox>:<validity>:<uid>
    sha256        text        NOT NULL CHECK (length(sha256) = 64), -- in the attachment store
    size          bigint      NOT NULL,
    identity_hash bytea       NOT NULL, -- hash of Message-ID + sender, or of the content when there is none
    envelope_from text        NOT NULL DEFAULT '',
    envelope_to   text[]      NOT NULL DEFAULT '{}',
    received_at   timestamptz NOT NULL,
    state         text        NOT NULL CHECK (state IN ('new', 'case', 'reply', 'held', 'bounce', 'machine', 'duplicate', 'unreadable', 'dismissed')),
    case_id       bigint      REFERENCES cases (id),
    subject       text        NOT NULL DEFAULT '', -- for the trays
    reason        text        NOT NULL DEFAULT '', -- why it is where it is, a catalogue key
    guesses       jsonb       NOT NULL DEFAULT '[]', -- cases a held mail may belong to, best first
    attempts      int         NOT NULL DEFAULT 0,
    handled_at    timestamptz,
    handled_by    bigint      REFERENCES accounts (id)
);
CREATE INDEX raw_mails_new ON raw_mails (id) WHERE state = 'new';
CREATE INDEX raw_mails_tray ON raw_mails (state, id DESC) WHERE state IN ('held', 'unreadable');
CREATE INDEX raw_mails_mailbox ON raw_mails (mailbox);
CREATE INDEX raw_mails_identity ON raw_mails (identity_hash);
CREATE INDEX raw_mails_case ON raw_mails (case_id) WHERE case_id IS NOT NULL;

-- Addresses that bounced for good: nothing more is sent to them.
CREATE TABLE dead_addresses (
    mail_index bytea PRIMARY KEY,
    reason     text        NOT NULL,
    at         timestamptz NOT NULL
);
