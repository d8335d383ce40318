-- How many cases are open, by what a board tells apart: a board adds up some
-- hundred numbers instead of counting all open cases. Whatever changes a case
-- adds a line to it and nobody's line is changed, so that no letter waits for
-- another; the program adds lines up from time to time (FoldOpenWork).
CREATE TABLE open_work (
    department_id bigint      NOT NULL, -- 0: the office
    about_id      bigint      NOT NULL, -- 0: no department
    sealed        boolean     NOT NULL,
    due_key       timestamptz NOT NULL,
    n             int         NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE FUNCTION count_open_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.ended_at IS NULL THEN
        INSERT INTO open_work (department_id, about_id, sealed, due_key, n)
        VALUES (coalesce(OLD.department_id, 0), coalesce(OLD.about_id, 0), OLD.sealed, coalesce(OLD.due_at, 'infinity'), -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.ended_at IS NULL THEN
        INSERT INTO open_work (department_id, about_id, sealed, due_key, n)
        VALUES (coalesce(NEW.department_id, 0), coalesce(NEW.about_id, 0), NEW.sealed, coalesce(NEW.due_at, 'infinity'), 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_open_work_new AFTER INSERT ON cases
    FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION count_open_work();
CREATE TRIGGER cases_open_work_changed AFTER UPDATE ON cases
    FOR EACH ROW WHEN ((OLD.ended_at IS NULL, OLD.department_id, OLD.about_id, OLD.sealed, OLD.due_at)
        IS DISTINCT FROM (NEW.ended_at IS NULL, NEW.department_id, NEW.about_id, NEW.sealed, NEW.due_at))
    EXECUTE FUNCTION count_open_work();
CREATE TRIGGER cases_open_work_gone AFTER DELETE ON cases
    FOR EACH ROW WHEN (OLD.ended_at IS NULL) EXECUTE FUNCTION count_open_work();

LOCK TABLE cases IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO open_work (department_id, about_id, sealed, due_key, n)
SELECT coalesce(department_id, 0), coalesce(about_id, 0), sealed, due_key, count(*) FROM cases WHERE ended_at IS NULL GROUP BY 1, 2, 3, 4;
