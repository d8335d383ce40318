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

-- A table, feed or archive from which items came. Its rows become items in one
-- transaction; a second person confirms the review of the time; it can be taken
-- back.
CREATE TABLE imports (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source       text        NOT NULL CHECK (source IN ('sheet', 'feed', 'sitemap', 'mailbox', 'api')),
    name         text        NOT NULL,
    sha256       text        NOT NULL DEFAULT '', -- of the file
    state        text        NOT NULL CHECK (state IN ('begun', 'queued', 'added', 'confirmed', 'undone', 'failed')),
    mapping      jsonb       NOT NULL DEFAULT '{}', -- field -> column of the table, as the importer chose
    basis        text        NOT NULL DEFAULT '',   -- of the review that was done at the time
    reviewed_by  text        NOT NULL DEFAULT '',   -- who did it then
    rows         int         NOT NULL DEFAULT 0,
    done         int         NOT NULL DEFAULT 0,    -- rows dealt with so far
    added        int         NOT NULL DEFAULT 0,
    known        int         NOT NULL DEFAULT 0,    -- left out: twice in the file, or in the ledger already
    wrong        int         NOT NULL DEFAULT 0,
    fault        text        NOT NULL DEFAULT '',   -- why it failed, a key of the catalogue
    by_id        bigint      NOT NULL REFERENCES accounts (id),
    at           timestamptz NOT NULL,
    confirmed_by bigint      REFERENCES accounts (id),
    confirmed_at timestamptz,
    undone_by    bigint      REFERENCES accounts (id),
    undone_at    timestamptz,
    CHECK (confirmed_by <> by_id), -- the review of an import is confirmed by somebody else
    CHECK (state <> 'confirmed' OR confirmed_by IS NOT NULL),
    CHECK ((state = 'undone') = (undone_at IS NOT NULL))
);
CREATE UNIQUE INDEX imports_once ON imports (sha256) WHERE sha256 <> '' AND state NOT IN ('begun', 'undone', 'failed');
CREATE INDEX imports_queued ON imports (id) WHERE state = 'queued';

-- SHA-256 over texts one after another, each with its length before it: no two
-- lists give the same bytes. All databases of ours are UTF-8, therefore immutable.
CREATE FUNCTION digest_of(VARIADIC parts text[]) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT sha256(convert_to(string_agg(octet_length(part) || ':' || part, '' ORDER BY no), 'UTF8'))
    FROM unnest(parts) WITH ORDINALITY AS p (part, no)
$$;

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
    replaces      bigint      REFERENCES items (id), -- the published item that this one takes the place of when it is published
    -- What a review is about: the same bytes as workflow.Item.Digest, and nobody
    -- can store others. The id is among them, so that no review fits two items.
    content_hash  bytea       NOT NULL GENERATED ALWAYS AS (digest_of(
        id::text, channel, title, summary, url, (day - DATE '2000-01-01')::text, series, coalesce(serial, 0)::text, meeting, author)) STORED,
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
    CHECK (state <> 'undone' OR published_at IS NULL OR withdrawn_at IS NOT NULL),
    CHECK (channel <> 'document' OR serial IS NOT NULL),
    CHECK (channel <> 'minutes' OR meeting <> '')
);
CREATE UNIQUE INDEX items_external ON items (channel, external) WHERE external <> '' AND state <> 'undone';
-- A serial is given once in its series; what stands in for a published item may
-- carry the same until it takes its place.
CREATE UNIQUE INDEX items_serial ON items (series, serial)
    WHERE channel = 'document' AND series <> '' AND (state = 'published' OR replaces IS NULL AND state NOT IN ('withdrawn', 'undone'));
CREATE UNIQUE INDEX items_replaces ON items (replaces) WHERE replaces IS NOT NULL AND state IN ('draft', 'in_review', 'reviewed');
CREATE INDEX items_number ON items (series, serial) WHERE series <> '';
CREATE INDEX items_same ON items (channel, day, title) WHERE state <> 'undone';
CREATE INDEX items_day ON items (channel, day, id) WHERE published_at IS NOT NULL;
CREATE INDEX items_states ON items (state, department_id) WHERE state IN ('draft', 'in_review', 'reviewed');
CREATE INDEX items_list ON items (day DESC, id DESC);
CREATE INDEX items_column ON items (column_id, day DESC, id DESC);
CREATE INDEX items_department ON items (department_id, day DESC, id DESC);
CREATE INDEX items_import ON items (import_id) WHERE import_id IS NOT NULL;

-- The history of an item is what the journal says of it and of its reviews.
CREATE INDEX journal_about ON journal ((detail ->> 'subject'), id);

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
    told_on       date,   -- the day its lateness was told
    CHECK (applies OR why_not <> '')
);
CREATE TABLE duty_columns (
    duty_id   bigint NOT NULL REFERENCES duties (id),
    column_id bigint NOT NULL REFERENCES columns (id),
    PRIMARY KEY (duty_id, column_id)
);

-- The wording of the notice as far as it is known; administrators edit it.
INSERT INTO duties (no, class, title) VALUES
    (1, 1, '办学规模、校级领导班子简介及分工、学校机构设置、学科情况、专业情况、各类在校生情况、教师和专业技术人员数量等办学基本情况'),
    (2, 1, '学校章程及制定的各项规章制度'),
    (3, 1, '教职工代表大会相关制度、工作报告'),
    (4, 1, '学术委员会相关制度、年度报告'),
    (5, 1, '学校发展规划、年度工作计划及重点工作安排'),
    (6, 1, '信息公开年度报告'),
    (7, 2, '招生章程及特殊类型招生办法，分批次、分科类招生计划'),
    (8, 2, '保送、自主选拔录取、高水平运动员和艺术特长生招生等特殊类型招生入选考生资格及测试结果'),
    (9, 2, '考生个人录取信息查询渠道和办法，分批次、分科类录取人数和录取最低分'),
    (10, 2, '招生咨询及考生申诉渠道，新生复查期间有关举报、调查及处理结果'),
    (11, 2, '研究生招生简章、招生专业目录、复试录取办法，各院(系、所)或学科、专业招收研究生人数'),
    (12, 2, '参加研究生复试的考生成绩'),
    (13, 2, '拟录取研究生名单'),
    (14, 2, '研究生招生咨询及申诉渠道'),
    (15, 3, '财务、资产管理制度'),
    (16, 3, '受捐赠财产的使用与管理情况'),
    (17, 3, '校办企业资产、负债、国有资产保值增值等信息'),
    (18, 3, '仪器设备、图书、药品等物资设备采购和重大基建工程的招投标'),
    (19, 3, '收支预算总表、收入预算表、支出预算表、财政拨款支出预算表'),
    (20, 3, '收支决算总表、收入决算表、支出决算表、财政拨款支出决算表'),
    (21, 3, '收费项目、收费依据、收费标准及投诉方式'),
    (22, 4, '校级领导干部社会兼职情况'),
    (23, 4, '校级领导干部因公出国(境)情况'),
    (24, 4, '岗位设置管理与聘用办法'),
    (25, 4, '校内中层干部任免、人员招聘信息'),
    (26, 4, '教师争议解决办法'),
    (27, 5, '本科生占全日制在校生总数的比例、教师数量及结构'),
    (28, 5, '专业设置、当年新增专业、停招专业名单'),
    (29, 5, '全校开设课程总门数、实践教学学分占总学分比例、选修课学分占总学分比例'),
    (30, 5, '主讲本科课程的教授占教授总数的比例、教授授本科课程占课程总门次数的比例'),
    (31, 5, '促进毕业生就业的政策措施和指导服务'),
    (32, 5, '毕业生的规模、结构、就业率、就业流向'),
    (33, 5, '高校毕业生就业质量年度报告'),
    (34, 5, '艺术教育发展年度报告'),
    (35, 5, '本科教学质量报告'),
    (36, 6, '学籍管理办法'),
    (37, 6, '学生奖学金、助学金、学费减免、助学贷款、勤工俭学的申请与管理规定'),
    (38, 6, '学生奖励处罚办法'),
    (39, 6, '学生申诉办法'),
    (40, 7, '学风建设机构'),
    (41, 7, '学术规范制度'),
    (42, 7, '学术不端行为查处机制'),
    (43, 8, '授予博士、硕士、学士学位的基本要求'),
    (44, 8, '拟授予硕士、博士学位同等学力人员资格审查和学力水平认定'),
    (45, 8, '新增硕士、博士学位授权学科或专业学位授权点审核办法'),
    (46, 8, '拟新增学位授权学科或专业学位授权点的申报及论证材料'),
    (47, 9, '中外合作办学情况'),
    (48, 9, '来华留学生管理相关规定'),
    (49, 10, '巡视组反馈意见，落实反馈意见整改情况'),
    (50, 10, '自然灾害等突发事件的应急处理预案、预警信息和处置情况，涉及学校的重大事件的调查和处理情况');
