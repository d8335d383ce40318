-- To-dos of staff in the college's office system: whose turn it is with a case,
-- and how far the system knows it.

CREATE TABLE todos (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint      NOT NULL REFERENCES cases (id),
    account_id  bigint      NOT NULL REFERENCES accounts (id),
    occasion    int         NOT NULL CHECK (occasion > 0), -- the how-manieth of the account about the case
    kind        text        NOT NULL CHECK (kind IN ('accept', 'route', 'sign_for', 'answer', 'approve', 'check')),
    state       text        NOT NULL CHECK (state IN ('open', 'done', 'withdrawn')),
    since       int         NOT NULL, -- number of the case's last event then
    opened_at   timestamptz NOT NULL,
    ended_at    timestamptz,
    told        text        NOT NULL DEFAULT '' CHECK (told IN ('', 'open', 'done', 'withdrawn')), -- what the system knows
    told_at     timestamptz,
    tried_at    timestamptz,
    attempt     int         NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,
    lease_until timestamptz,
    reason      text        NOT NULL DEFAULT '', -- a catalogue key
    dead_at     timestamptz, -- nobody tries any more
    UNIQUE (account_id, case_id, occasion),
    CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX todos_open ON todos (case_id, account_id) WHERE state = 'open';
CREATE INDEX todos_case ON todos (case_id, id);
CREATE INDEX todos_late ON todos (next_at, id) WHERE state <> told AND dead_at IS NULL;
CREATE INDEX todos_shown ON todos (id DESC) WHERE state = 'open' AND told = 'open';
CREATE INDEX todos_dead ON todos (id DESC) WHERE dead_at IS NOT NULL;

-- Cases of which it may be somebody else's turn. A case is noted by the act that
-- turns it, so that no to-do is lost; nothing is noted while the channel is off.
CREATE TABLE turned_cases (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id bigint NOT NULL
);

CREATE FUNCTION note_born_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM channels WHERE channel = 'oa' AND enabled) THEN
        INSERT INTO turned_cases (case_id) SELECT id FROM born;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_born AFTER INSERT ON cases REFERENCING NEW TABLE AS born
    FOR EACH STATEMENT EXECUTE FUNCTION note_born_cases();

CREATE FUNCTION note_turned_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM channels WHERE channel = 'oa' AND enabled) THEN
        INSERT INTO turned_cases (case_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_turned AFTER UPDATE ON cases FOR EACH ROW
    WHEN ((OLD.state, OLD.department_id, OLD.sealed, OLD.about_id) IS DISTINCT FROM (NEW.state, NEW.department_id, NEW.sealed, NEW.about_id))
    EXECUTE FUNCTION note_turned_case();
