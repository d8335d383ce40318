-- The confidentiality review (保密审查): nothing becomes public without one that
-- passed. 《高等学校信息公开办法》Art. 5; 「先审查、后公开」「一事一审」.
CREATE TABLE reviews (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject       text        NOT NULL CHECK (subject IN ('item', 'answer', 'report', 'bulletin')),
    subject_id    bigint      NOT NULL,
    title         text        NOT NULL CHECK (title <> ''),
    content_hash  bytea       NOT NULL CHECK (length(content_hash) = 32), -- SHA-256 of exactly what is reviewed
    department_id bigint      REFERENCES departments (id),                -- whose it is; NULL: the office's
    doubtful      boolean     NOT NULL DEFAULT false,                     -- goes to the reviewer (保密办), not to the department head
    asked_by      bigint      NOT NULL REFERENCES accounts (id),
    asked_at      timestamptz NOT NULL,
    checklist     jsonb       NOT NULL DEFAULT '{}', -- question -> yes or no, as answered by the reviewer
    basis         text        NOT NULL DEFAULT '',   -- what the decision rests on
    reviewer_id   bigint      REFERENCES accounts (id),
    decided_at    timestamptz,
    result        text        CHECK (result IN ('public', 'partly', 'refused')),
    ground        text        NOT NULL DEFAULT '' CHECK (ground IN ('', 'state_secret', 'commercial_secret', 'privacy', 'undecided', 'disturbs_order', 'law', 'other')),
    remark        text        NOT NULL DEFAULT '',
    passed        boolean     NOT NULL GENERATED ALWAYS AS (coalesce(result IN ('public', 'partly'), false)) STORED,
    version       bigint      NOT NULL DEFAULT 1,
    CHECK ((result IS NULL) = (decided_at IS NULL)),
    CHECK ((result IS NULL) = (reviewer_id IS NULL)),
    CHECK (reviewer_id <> asked_by), -- nobody reviews what they ask for
    CHECK ((result = 'refused') IS NOT TRUE OR ground <> ''),
    CHECK (result IS NULL OR basis <> ''),
    UNIQUE (id, subject, content_hash, passed)
);
CREATE INDEX reviews_open ON reviews (doubtful, department_id, id) WHERE result IS NULL;
CREATE INDEX reviews_subject ON reviews (subject, subject_id, id);

-- A decision is final: who has second thoughts asks for another review.
CREATE FUNCTION keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.result IS NOT NULL
        OR NEW.content_hash <> OLD.content_hash OR NEW.subject <> OLD.subject OR NEW.subject_id <> OLD.subject_id THEN
        RAISE EXCEPTION 'a review is not changed' USING ERRCODE = 'raise_exception';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_keep BEFORE UPDATE OR DELETE ON reviews FOR EACH ROW EXECUTE FUNCTION keep_decision();
