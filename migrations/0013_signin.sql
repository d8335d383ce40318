-- Who comes in by which door: the second step of signing in, the ways of the
-- campus, and who may sign a letter.

-- The second step of an account. The secret is sealed; without the key file the
-- database opens no door.
CREATE TABLE second_factors (
    account_id   bigint PRIMARY KEY REFERENCES accounts (id),
    sealed       bytea       NOT NULL,
    created_at   timestamptz NOT NULL,
    confirmed_at timestamptz, -- NULL: begun, and asked for by nobody
    last_step    bigint      NOT NULL DEFAULT 0 -- of the last code that was used: none is used twice
);

-- Codes on paper for who has lost the device: keyed hashes, each good once.
CREATE TABLE recovery_codes (
    account_id bigint NOT NULL REFERENCES second_factors (account_id) ON DELETE CASCADE,
    hash       bytea  NOT NULL CHECK (length(hash) = 32),
    used_at    timestamptz,
    PRIMARY KEY (account_id, hash)
);

-- How each way is set up. local holds what is asked of passwords of our own.
CREATE TABLE signin_ways (
    way        text PRIMARY KEY CHECK (way IN ('local', 'cas', 'oidc', 'ldap')),
    enabled    boolean     NOT NULL DEFAULT false,
    config     jsonb       NOT NULL DEFAULT '{}', -- what may be shown
    secrets    bytea,      -- sealed JSON
    version    bigint      NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL,
    changed_by bigint      REFERENCES accounts (id)
);

-- What an account is called on the campus, by staff number. An account without
-- one is opened by its password alone.
CREATE TABLE campus_names (
    account_id bigint PRIMARY KEY REFERENCES accounts (id),
    name       text        NOT NULL UNIQUE CHECK (name <> '' AND length(name) <= 100),
    way        text        NOT NULL DEFAULT '', -- it came in by last; '': by none yet
    seen_at    timestamptz -- and when
);

-- Who belongs to the college, as the last file said. Nobody can be read from it:
-- numbers and names are keyed hashes.
CREATE TABLE roster (
    number_hash bytea PRIMARY KEY CHECK (length(number_hash) = 32),
    name_hash   bytea NOT NULL CHECK (length(name_hash) = 32), -- of the number and the name together
    status      text  NOT NULL CHECK (status IN ('student', 'staff')),
    unit        text  NOT NULL DEFAULT '', -- department or class
    left_on     date
);
