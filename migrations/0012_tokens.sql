-- Tokens by which programs speak for a member of staff. The token itself is
-- nowhere: only a keyed hash of it.

CREATE TABLE tokens (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint      NOT NULL REFERENCES accounts (id),
    name       text        NOT NULL CHECK (name <> ''),
    hash       bytea       NOT NULL CHECK (length(hash) = 32),
    roles      text[]      NOT NULL CHECK (cardinality(roles) > 0),
    may_write  boolean     NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_on    date,       -- the day it was used last, and nothing finer
    revoked_at timestamptz,
    revoked_by bigint      REFERENCES accounts (id),
    CHECK (expires_at > created_at AND expires_at <= created_at + interval '366 days'),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE UNIQUE INDEX tokens_hash ON tokens (hash);
CREATE UNIQUE INDEX tokens_name ON tokens (account_id, name) WHERE revoked_at IS NULL;
