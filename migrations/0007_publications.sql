-- Selected answers (选登): what everybody may read of a case. Public is a case
-- only by three consents at once: the writer's, the school's decision, and a
-- confidentiality review that passed of exactly this content. The database sees
-- to all three.
CREATE TABLE publications (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id        bigint      NOT NULL REFERENCES cases (id),
    slug           text        NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]{8,24}$'), -- random: it tells nothing of the case
    state          text        NOT NULL CHECK (state IN ('draft', 'in_review', 'reviewed', 'published', 'withdrawn')),
    kind           text        NOT NULL,
    category_id    bigint      NOT NULL REFERENCES categories (id),
    department_id  bigint      REFERENCES departments (id),
    subject        text        NOT NULL CHECK (subject <> ''), -- of content
    content        bytea       NOT NULL, -- all that is public, as it is hashed; what is hidden never stood in it
    content_hash   bytea       NOT NULL CHECK (content_hash = sha256(content)),
    review_subject text        NOT NULL GENERATED ALWAYS AS ('answer') STORED,
    review_id      bigint,
    review_passed  boolean,
    visible_at     timestamptz, -- from then on public; later than published_at: under embargo
    published_at   timestamptz,
    published_by   bigint      REFERENCES accounts (id),
    withdrawn_at   timestamptz,
    withdrawn_by   bigint      REFERENCES accounts (id), -- NULL: the writer
    reason         text        NOT NULL DEFAULT '',
    words          tsvector,    -- of content, while it is published
    created_by     bigint      NOT NULL REFERENCES accounts (id),
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        bigint      NOT NULL DEFAULT 1,
    FOREIGN KEY (review_id, review_subject, content_hash, review_passed) REFERENCES reviews (id, subject, content_hash, passed),
    CHECK (state <> 'published' OR (review_id IS NOT NULL AND review_passed IS TRUE
        AND published_at IS NOT NULL AND published_by IS NOT NULL AND visible_at >= published_at)),
    CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
    CHECK (words IS NULL OR state = 'published')
);
CREATE UNIQUE INDEX publications_case ON publications (case_id) WHERE state <> 'withdrawn';
CREATE INDEX publications_of ON publications (case_id, id);
CREATE INDEX publications_state ON publications (state, id DESC);
CREATE INDEX publications_visible ON publications (visible_at DESC, id DESC) WHERE state = 'published';
CREATE INDEX publications_category ON publications (category_id, visible_at DESC, id DESC) WHERE state = 'published';
CREATE INDEX publications_department ON publications (department_id, visible_at DESC, id DESC) WHERE state = 'published';
CREATE INDEX publications_became ON publications (visible_at) WHERE published_at IS NOT NULL;
CREATE INDEX publications_words ON publications USING gin (words) WHERE words IS NOT NULL;

-- Texts while they are edited, with marks around what is to be hidden. They are
-- gone once the answer is published.
CREATE TABLE redactions (
    publication_id bigint PRIMARY KEY REFERENCES publications (id),
    subject        text NOT NULL,
    question       text NOT NULL,
    answer         text NOT NULL
);

-- The root hash of what became public on each day; each hangs on the one before.
CREATE TABLE proof_days (
    day    date    PRIMARY KEY,
    prev   bytea   NOT NULL,
    leaves bytea[] NOT NULL,
    root   bytea   NOT NULL CHECK (length(root) = 32)
);
CREATE TRIGGER proof_days_append_only BEFORE UPDATE OR DELETE ON proof_days
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Nothing is public that the writer does not want public, or that is sealed;
-- what was published does not change, and what was withdrawn does not come back.
CREATE FUNCTION keep_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state IN ('published', 'withdrawn') AND (NEW.content_hash <> OLD.content_hash
        OR NEW.case_id <> OLD.case_id OR NEW.slug <> OLD.slug OR NEW.published_at IS DISTINCT FROM OLD.published_at
        OR NEW.visible_at IS DISTINCT FROM OLD.visible_at OR NEW.state NOT IN (OLD.state, 'withdrawn')) THEN
        RAISE EXCEPTION 'what was published does not change' USING ERRCODE = 'raise_exception';
    END IF;
    IF NEW.state = 'published' THEN
        PERFORM FROM cases WHERE id = NEW.case_id AND publish_wish AND NOT sealed AND kind <> 'report'
            AND state IN ('answered', 'closed', 'archived') FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'this case is not to be public' USING ERRCODE = 'raise_exception';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publications_keep BEFORE INSERT OR UPDATE ON publications FOR EACH ROW EXECUTE FUNCTION keep_publication();

CREATE FUNCTION keep_unpublished() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM publications WHERE case_id = NEW.id AND state = 'published';
    IF FOUND THEN
        RAISE EXCEPTION 'the answer to this case is still public' USING ERRCODE = 'raise_exception';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_keep_unpublished AFTER UPDATE OF publish_wish, sealed, kind ON cases FOR EACH ROW
    WHEN ((OLD.publish_wish AND NOT NEW.publish_wish) OR (NEW.sealed AND NOT OLD.sealed) OR (NEW.kind = 'report' AND OLD.kind <> 'report'))
    EXECUTE FUNCTION keep_unpublished();
