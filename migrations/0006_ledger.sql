-- The disclosure ledger: what the college made public, where, by whom, checked
-- by whom. An item cannot be published without a review that passed of exactly
-- this content: the foreign key, not the pages, sees to that.

-- Sections of the school's site, a tree; each belongs to a department.
CREATE TABLE columns (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id     bigint REFERENCES columns (id),
    name          text   NOT NULL CHECK (name <> ''),
    url           text   NOT NULL DEFAULT '',
    department_id bigint REFERENCES departments (id),
    sort          int    NOT NULL DEFAULT 0,
    opened_on     date   NOT NULL,
    closed_on     date, -- exclusive; NULL: still there
    version       bigint NOT NULL DEFAULT 1,
    CHECK (closed_on IS NULL OR closed_on >= opened_on)
);
CREATE UNIQUE INDEX columns_name ON columns (coalesce(parent_id, 0), name) WHERE closed_on IS NULL;

CREATE TABLE imports (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source     text        NOT NULL CHECK (source IN ('sheet', 'feed', 'sitemap', 'mailbox', 'api')),
    name       text        NOT NULL,
    sha256     text        NOT NULL DEFAULT '',
    rows       int         NOT NULL,
    added      int         NOT NULL,
    by_id      bigint      NOT NULL REFERENCES accounts (id),
    at         timestamptz NOT NULL,
    undone_by  bigint      REFERENCES accounts (id),
    undone_at  timestamptz
);

CREATE TABLE items (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel       text        NOT NULL CHECK (channel IN ('site', 'account', 'video', 'minutes', 'document', 'board', 'oa', 'group', 'screen', 'meeting', 'other')),
    column_id     bigint      REFERENCES columns (id),
    title         text        NOT NULL CHECK (title <> ''),
    summary       text        NOT NULL DEFAULT '',
    url           text        NOT NULL DEFAULT '',
    day           date        NOT NULL, -- when it became, or is to become, public; the college's day
    made_on       date,                 -- when the information came into being: publish within 20 working days
    series        text        NOT NULL DEFAULT '', -- of documents, for example 校办发〔2023〕
    serial        int         CHECK (serial > 0),  -- the number in the series: a serial, never a count
    meeting       text        NOT NULL DEFAULT '' CHECK (meeting IN ('', 'party', 'president', 'affairs', 'topic', 'other')),
    department_id bigint      REFERENCES departments (id),
    author        text        NOT NULL DEFAULT '',
    author_id     bigint      REFERENCES accounts (id),
    external      text        NOT NULL DEFAULT '', -- what its source calls it: the same item twice is one
    import_id     bigint      REFERENCES imports (id),
    state         text        NOT NULL CHECK (state IN ('draft', 'in_review', 'reviewed', 'published', 'withdrawn', 'undone')),
    content_hash  bytea       NOT NULL CHECK (length(content_hash) = 32),
    subject       text        NOT NULL GENERATED ALWAYS AS ('item') STORED,
    review_id     bigint,
    review_passed boolean,
    published_at  timestamptz, -- when the ledger learnt of it: what a report as of a moment may know
    withdrawn_at  timestamptz,
    created_by    bigint      NOT NULL REFERENCES accounts (id),
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    version       bigint      NOT NULL DEFAULT 1,
    FOREIGN KEY (review_id, subject, content_hash, review_passed) REFERENCES reviews (id, subject, content_hash, passed),
    CHECK (state NOT IN ('published', 'withdrawn') OR (review_id IS NOT NULL AND review_passed IS TRUE AND published_at IS NOT NULL)),
    CHECK (state <> 'withdrawn' OR withdrawn_at IS NOT NULL),
    CHECK (channel <> 'document' OR serial IS NOT NULL),
    CHECK (channel <> 'minutes' OR meeting <> '')
);
CREATE UNIQUE INDEX items_external ON items (channel, external) WHERE external <> '' AND state <> 'undone';
CREATE INDEX items_day ON items (channel, day, id) WHERE state IN ('published', 'withdrawn');
CREATE INDEX items_list ON items (day DESC, id DESC);
CREATE INDEX items_column ON items (column_id, day DESC, id DESC);
CREATE INDEX items_department ON items (department_id, day DESC, id DESC);
CREATE INDEX items_import ON items (import_id) WHERE import_id IS NOT NULL;

-- The 清单 of what colleges must publish (教办函〔2014〕23号): which of it applies
-- here and where it stands.
CREATE TABLE duties (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    no            int     NOT NULL UNIQUE CHECK (no > 0),
    class         int     NOT NULL CHECK (class > 0),
    title         text    NOT NULL,
    applies       boolean NOT NULL DEFAULT true,
    why_not       text    NOT NULL DEFAULT '',
    url           text    NOT NULL DEFAULT '',
    department_id bigint  REFERENCES departments (id),
    changed_on    date,   -- when its information last changed: to be published within 20 working days
    updated_on    date,   -- when what is public was last brought up to date, by hand
    version       bigint  NOT NULL DEFAULT 1,
    CHECK (applies OR why_not <> '')
);
CREATE TABLE duty_columns (
    duty_id   bigint NOT NULL REFERENCES duties (id),
    column_id bigint NOT NULL REFERENCES columns (id),
    PRIMARY KEY (duty_id, column_id)
);
