-- The college: who works in it, what letters are about, what is promised.
-- Everything that a rule is read from has versions with dates, so that an old
-- case keeps the rule it was begun under. valid_to is exclusive; NULL is open.

CREATE TABLE departments (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code    text    NOT NULL UNIQUE CHECK (code ~ '^[a-z][a-z0-9-]{1,31}$'),
    name_zh text    NOT NULL CHECK (name_zh <> ''),
    name_en text    NOT NULL CHECK (name_en <> ''),
    phone   text    NOT NULL DEFAULT '',
    sort    int     NOT NULL DEFAULT 0,
    active  boolean NOT NULL DEFAULT true
);

CREATE TABLE accounts (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username      text        NOT NULL UNIQUE CHECK (username = lower(username) AND username <> ''),
    name          text        NOT NULL CHECK (name <> ''),
    email         text        NOT NULL DEFAULT '',
    department_id bigint      REFERENCES departments (id),
    roles         text[]      NOT NULL DEFAULT '{}'
        CHECK (roles <@ ARRAY['clerk', 'office_head', 'leader', 'principal', 'reviewer', 'discipline', 'admin', 'dept_clerk', 'dept_head']),
    password_hash text        NOT NULL DEFAULT '', -- argon2id; empty: cannot sign in with a password
    locale        text        NOT NULL DEFAULT 'zh-CN' CHECK (locale IN ('zh-CN', 'en')),
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL,
    version       bigint      NOT NULL DEFAULT 1,
    CHECK (department_id IS NOT NULL OR NOT roles && ARRAY['dept_clerk', 'dept_head'])
);
CREATE INDEX accounts_department ON accounts (department_id) WHERE disabled_at IS NULL;

CREATE TABLE policies (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[a-z][a-z0-9_-]{1,31}$')
);

CREATE TABLE policy_versions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    policy_id  bigint      NOT NULL REFERENCES policies (id),
    name_zh    text        NOT NULL,
    name_en    text        NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to   timestamptz,
    created_by bigint      REFERENCES accounts (id),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE UNIQUE INDEX policy_versions_open ON policy_versions (policy_id) WHERE valid_to IS NULL;

CREATE TABLE policy_promises (
    policy_version_id bigint NOT NULL REFERENCES policy_versions (id),
    clock             text   NOT NULL CHECK (clock IN ('register', 'route', 'sign', 'answer', 'rework', 'check', 'overall', 'writer', 'rating')),
    amount            int    NOT NULL CHECK (amount > 0),
    unit              text   NOT NULL CHECK (unit IN ('working_days', 'working_hours', 'days', 'hours')),
    PRIMARY KEY (policy_version_id, clock)
);

CREATE TABLE categories (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code      text    NOT NULL UNIQUE CHECK (code ~ '^[a-z][a-z0-9_-]{1,31}$'),
    parent_id bigint  REFERENCES categories (id),
    sort      int     NOT NULL DEFAULT 0,
    active    boolean NOT NULL DEFAULT true
);

CREATE TABLE category_versions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    category_id   bigint      NOT NULL REFERENCES categories (id),
    name_zh       text        NOT NULL,
    name_en       text        NOT NULL,
    hint_zh       text        NOT NULL DEFAULT '', -- shown to the writer when this category is chosen
    hint_en       text        NOT NULL DEFAULT '',
    department_id bigint      REFERENCES departments (id), -- where its cases are routed; NULL: by hand
    policy_id     bigint      NOT NULL REFERENCES policies (id),
    sealed        boolean     NOT NULL DEFAULT false, -- its letters go to the discipline lane
    valid_from    timestamptz NOT NULL,
    valid_to      timestamptz,
    created_by    bigint      REFERENCES accounts (id),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE UNIQUE INDEX category_versions_open ON category_versions (category_id) WHERE valid_to IS NULL;

CREATE TABLE calendar_versions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text        NOT NULL,
    hours       jsonb       NOT NULL, -- [["08:30","12:00"],["14:00","17:30"]]
    known_until date        NOT NULL, -- last day whose official table is known; dues beyond are provisional
    created_at  timestamptz NOT NULL,
    created_by  bigint      REFERENCES accounts (id),
    current     boolean     NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX calendar_versions_current ON calendar_versions (current) WHERE current;

CREATE TABLE calendar_days (
    version_id bigint  NOT NULL REFERENCES calendar_versions (id),
    day        date    NOT NULL,
    off        boolean NOT NULL, -- true: holiday; false: make-up working day
    name       text    NOT NULL,
    PRIMARY KEY (version_id, day)
);

CREATE TABLE calendar_vacations (
    version_id bigint NOT NULL REFERENCES calendar_versions (id),
    first_day  date   NOT NULL,
    last_day   date   NOT NULL,
    name       text   NOT NULL,
    policy     text   NOT NULL CHECK (policy IN ('run', 'stretch', 'stop')),
    PRIMARY KEY (version_id, first_day),
    CHECK (last_day >= first_day)
);

CREATE TABLE answer_templates (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title       text        NOT NULL CHECK (title <> ''),
    body        text        NOT NULL,
    purpose     text        NOT NULL CHECK (purpose IN ('answer', 'decline', 'ask', 'note')),
    category_id bigint      REFERENCES categories (id),
    active      boolean     NOT NULL DEFAULT true,
    review_on   date,
    version     bigint      NOT NULL DEFAULT 1,
    updated_at  timestamptz NOT NULL
);

-- What the college says of itself and chooses: one row a setting.
CREATE TABLE settings (
    key        text PRIMARY KEY,
    value      text        NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by bigint      REFERENCES accounts (id)
);

-- What people with accounts did outside of cases: signing in, changing rules,
-- opening an identity, exporting. Append-only and chained like events.
CREATE TABLE journal (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq        bigint      NOT NULL UNIQUE,
    at         timestamptz NOT NULL,
    account_id bigint      REFERENCES accounts (id),
    action     text        NOT NULL,
    subject    text        NOT NULL, -- what it was done to, for example "account:12"; never an identity
    detail     jsonb       NOT NULL DEFAULT '{}',
    hash       bytea       NOT NULL
);
CREATE INDEX journal_subject ON journal (subject, id);
CREATE INDEX journal_account ON journal (account_id, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'raise_exception';
END $$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
