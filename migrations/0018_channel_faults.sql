-- What goes wrong with a channel, counted by day and kind: a stranger's forged
-- callback, a platform that is away. Nothing of what was said is kept.

CREATE TABLE channel_faults (
    channel text        NOT NULL CHECK (channel IN ('wechat', 'wecom', 'qq', 'oa')),
    day     date        NOT NULL, -- in the college's zone
    kind    text        NOT NULL CHECK (kind <> ''), -- a catalogue key
    n       bigint      NOT NULL CHECK (n > 0),
    last_at timestamptz NOT NULL,
    PRIMARY KEY (channel, day, kind)
);
