-- What is counted. A fact is +1 or -1 of one measure on one day (the college's
-- day) with the dimensions the case has at that moment; a change of the case
-- writes the difference. Adding all facts up gives every figure.

CREATE TABLE facts (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint   NOT NULL REFERENCES cases (id),
    measure       text     NOT NULL,
    day           date     NOT NULL,
    department_id bigint   NOT NULL, -- 0: none yet
    category_id   bigint   NOT NULL,
    kind          text     NOT NULL,
    channel       text     NOT NULL,
    mode          text     NOT NULL,
    bucket        int      NOT NULL DEFAULT 0, -- of measures with a size: working hours, marks
    n             smallint NOT NULL CHECK (n <> 0),
    projected     boolean  NOT NULL DEFAULT false
);
CREATE INDEX facts_waiting ON facts (id) WHERE NOT projected;
CREATE INDEX facts_measure ON facts (measure, day, department_id, case_id);
CREATE INDEX facts_case ON facts (case_id);

-- Facts added up by day. Rows of the grain 'all' have every dimension; those of
-- the other grains only the one they are named after, so that most questions
-- read a few rows and not every combination that occurred. Each grain lies on
-- pages of its own: among the many rows of 'all' the few of a year would be
-- anywhere.
CREATE TABLE figures_daily (
    grain         text   NOT NULL,
    measure       text   NOT NULL,
    department_id bigint NOT NULL,
    day           date   NOT NULL,
    category_id   bigint NOT NULL,
    kind          text   NOT NULL,
    channel       text   NOT NULL,
    mode          text   NOT NULL,
    bucket        int    NOT NULL,
    n             bigint NOT NULL,
    PRIMARY KEY (grain, measure, department_id, day, category_id, kind, channel, mode, bucket)
) PARTITION BY LIST (grain);
CREATE TABLE figures_daily_all PARTITION OF figures_daily FOR VALUES IN ('all');
CREATE TABLE figures_daily_total PARTITION OF figures_daily FOR VALUES IN ('total');
CREATE TABLE figures_daily_department PARTITION OF figures_daily FOR VALUES IN ('department');
CREATE TABLE figures_daily_category PARTITION OF figures_daily FOR VALUES IN ('category');
CREATE TABLE figures_daily_kind PARTITION OF figures_daily FOR VALUES IN ('kind');
CREATE TABLE figures_daily_channel PARTITION OF figures_daily FOR VALUES IN ('channel');
CREATE TABLE figures_daily_mode PARTITION OF figures_daily FOR VALUES IN ('mode');
CREATE INDEX figures_daily_day ON figures_daily_all (day);
CREATE INDEX figures_daily_by_department ON figures_daily_department (measure, day);

-- The same by month (its first day): a year is read from twelve months and some
-- days.
CREATE TABLE figures_monthly (
    grain         text   NOT NULL,
    measure       text   NOT NULL,
    department_id bigint NOT NULL,
    month         date   NOT NULL,
    category_id   bigint NOT NULL,
    kind          text   NOT NULL,
    channel       text   NOT NULL,
    mode          text   NOT NULL,
    bucket        int    NOT NULL,
    n             bigint NOT NULL,
    PRIMARY KEY (grain, measure, department_id, month, category_id, kind, channel, mode, bucket)
) PARTITION BY LIST (grain);
CREATE TABLE figures_monthly_all PARTITION OF figures_monthly FOR VALUES IN ('all');
CREATE TABLE figures_monthly_total PARTITION OF figures_monthly FOR VALUES IN ('total');
CREATE TABLE figures_monthly_department PARTITION OF figures_monthly FOR VALUES IN ('department');
CREATE TABLE figures_monthly_category PARTITION OF figures_monthly FOR VALUES IN ('category');
CREATE TABLE figures_monthly_kind PARTITION OF figures_monthly FOR VALUES IN ('kind');
CREATE TABLE figures_monthly_channel PARTITION OF figures_monthly FOR VALUES IN ('channel');
CREATE TABLE figures_monthly_mode PARTITION OF figures_monthly FOR VALUES IN ('mode');
CREATE INDEX figures_monthly_by_department ON figures_monthly_department (measure, month);
