-- The annual report on information disclosure: drafts that are edited block by
-- block, and snapshots that nothing changes any more.

CREATE TABLE annual_reports (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    family_id     bigint      REFERENCES annual_reports (id), -- the first revision; its own for the first
    revision      int         NOT NULL DEFAULT 1 CHECK (revision > 0),
    reason        text        NOT NULL DEFAULT '', -- why there is a further revision
    form          text        NOT NULL CHECK (form <> ''),
    year          int         NOT NULL,
    from_day      date        NOT NULL,
    last_day      date        NOT NULL, -- included
    as_of         timestamptz,          -- NULL: the moment of freezing
    title         text        NOT NULL CHECK (title <> ''),
    addressee     text        NOT NULL,
    notice        text        NOT NULL,
    day           date        NOT NULL, -- on the report
    state         text        NOT NULL CHECK (state IN ('draft', 'frozen', 'checked', 'signed', 'returned', 'published')),
    hash          bytea,                -- of the snapshot
    frozen_by     bigint      REFERENCES accounts (id),
    frozen_at     timestamptz,
    checked_by    bigint      REFERENCES accounts (id),
    checked_at    timestamptz,
    signed_by     bigint      REFERENCES accounts (id),
    signed_at     timestamptz,
    subject       text        NOT NULL GENERATED ALWAYS AS ('report') STORED,
    review_id     bigint,
    review_passed boolean,
    published_by  bigint      REFERENCES accounts (id),
    published_at  timestamptz,
    returned_by   bigint      REFERENCES accounts (id),
    returned_at   timestamptz,
    return_note   text        NOT NULL DEFAULT '',
    created_by    bigint      NOT NULL REFERENCES accounts (id),
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    version       bigint      NOT NULL DEFAULT 1,
    FOREIGN KEY (review_id, subject, hash, review_passed) REFERENCES reviews (id, subject, content_hash, passed),
    CHECK (last_day >= from_day),
    CHECK (revision = 1 OR reason <> ''),
    CHECK ((state = 'draft') = (hash IS NULL)),
    CHECK ((hash IS NULL) = (frozen_at IS NULL)),
    CHECK (state NOT IN ('checked', 'signed', 'published') OR checked_at IS NOT NULL),
    CHECK (state NOT IN ('signed', 'published') OR signed_at IS NOT NULL),
    CHECK (state <> 'published' OR (published_at IS NOT NULL AND review_id IS NOT NULL AND review_passed IS TRUE)),
    CHECK (state <> 'returned' OR (returned_at IS NOT NULL AND return_note <> ''))
);
CREATE UNIQUE INDEX annual_reports_revision ON annual_reports (family_id, revision);

CREATE TABLE annual_blocks (
    report_id bigint      NOT NULL REFERENCES annual_reports (id),
    key       text        NOT NULL CHECK (key <> ''),
    place     int         NOT NULL,
    name      text        NOT NULL,
    text      text        NOT NULL,
    by_id     bigint      REFERENCES accounts (id), -- NULL: as the form has it
    at        timestamptz NOT NULL,
    version   bigint      NOT NULL DEFAULT 1,
    PRIMARY KEY (report_id, key)
);

-- Every text a block ever had.
CREATE TABLE annual_texts (
    report_id bigint      NOT NULL,
    key       text        NOT NULL,
    version   bigint      NOT NULL,
    text      text        NOT NULL,
    by_id     bigint      REFERENCES accounts (id),
    at        timestamptz NOT NULL,
    PRIMARY KEY (report_id, key, version),
    FOREIGN KEY (report_id, key) REFERENCES annual_blocks (report_id, key)
);
CREATE TRIGGER annual_texts_append_only BEFORE UPDATE OR DELETE ON annual_texts FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE annual_comments (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report_id  bigint      NOT NULL,
    key        text        NOT NULL,
    by_id      bigint      NOT NULL REFERENCES accounts (id),
    at         timestamptz NOT NULL,
    text       text        NOT NULL CHECK (text <> ''),
    settled_by bigint      REFERENCES accounts (id),
    settled_at timestamptz,
    FOREIGN KEY (report_id, key) REFERENCES annual_blocks (report_id, key)
);
CREATE INDEX annual_comments_report ON annual_comments (report_id, id);

-- A value that stands in place of the one that was counted, and why.
CREATE TABLE annual_overrides (
    report_id bigint      NOT NULL REFERENCES annual_reports (id),
    field     text        NOT NULL CHECK (field <> ''),
    value     text        NOT NULL CHECK (value <> ''),
    reason    text        NOT NULL CHECK (reason <> ''),
    by_id     bigint      NOT NULL REFERENCES accounts (id),
    at        timestamptz NOT NULL,
    PRIMARY KEY (report_id, field)
);

-- What a report was frozen as. The bytes prove themselves, and nothing but a new
-- revision ever says otherwise.
CREATE TABLE annual_snapshots (
    report_id bigint      PRIMARY KEY REFERENCES annual_reports (id),
    body      bytea       NOT NULL,
    sha256    bytea       NOT NULL CHECK (sha256 = sha256(body)),
    at        timestamptz NOT NULL,
    UNIQUE (report_id, sha256)
);
CREATE TRIGGER annual_snapshots_keep BEFORE UPDATE OR DELETE ON annual_snapshots FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER annual_snapshots_stay BEFORE TRUNCATE ON annual_snapshots FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE annual_reports ADD FOREIGN KEY (id, hash) REFERENCES annual_snapshots (report_id, sha256);

-- What was frozen keeps what it says; only how far it has come goes on.
CREATE FUNCTION keep_frozen_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an annual report is not deleted' USING ERRCODE = 'raise_exception';
    END IF;
    IF OLD.hash IS NOT NULL AND
        (NEW.hash, NEW.form, NEW.year, NEW.from_day, NEW.last_day, NEW.as_of, NEW.title, NEW.addressee, NEW.notice, NEW.day, NEW.revision, NEW.family_id, NEW.reason)
        IS DISTINCT FROM
        (OLD.hash, OLD.form, OLD.year, OLD.from_day, OLD.last_day, OLD.as_of, OLD.title, OLD.addressee, OLD.notice, OLD.day, OLD.revision, OLD.family_id, OLD.reason) THEN
        RAISE EXCEPTION 'a frozen report is not changed' USING ERRCODE = 'raise_exception';
    END IF;
    IF OLD.state IN ('published', 'returned') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'a report that has ended stays as it is' USING ERRCODE = 'raise_exception';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annual_reports_keep BEFORE UPDATE OR DELETE ON annual_reports FOR EACH ROW EXECUTE FUNCTION keep_frozen_report();

-- Parts change only while their report is a draft. The row of the report is held,
-- so that freezing and saving wait for each other.
CREATE FUNCTION keep_frozen_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    frozen boolean;
BEGIN
    SELECT hash IS NOT NULL INTO frozen FROM annual_reports
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.report_id ELSE NEW.report_id END FOR SHARE;
    IF frozen OR (TG_OP = 'UPDATE' AND NEW.report_id <> OLD.report_id) THEN
        RAISE EXCEPTION 'a frozen report is not changed' USING ERRCODE = 'raise_exception';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER annual_blocks_keep BEFORE INSERT OR UPDATE OR DELETE ON annual_blocks FOR EACH ROW EXECUTE FUNCTION keep_frozen_part();
CREATE TRIGGER annual_overrides_keep BEFORE INSERT OR UPDATE OR DELETE ON annual_overrides FOR EACH ROW EXECUTE FUNCTION keep_frozen_part();

-- Who answers for information disclosure, by year: the annex of the report.
CREATE TABLE annual_contacts (
    year       int         NOT NULL,
    post       text        NOT NULL CHECK (post IN ('leader', 'head', 'clerk')),
    place      int         NOT NULL,
    name       text        NOT NULL,
    duty       text        NOT NULL,
    phone      text        NOT NULL,
    mobile     text        NOT NULL,
    mail       text        NOT NULL,
    updated_by bigint      NOT NULL REFERENCES accounts (id),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (year, post)
);
