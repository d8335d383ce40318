-- What staff are called in the corporation's WeCom: they can be sent cards, and
-- come in from there. In lower case, as the platform does not tell them apart.
ALTER TABLE accounts ADD COLUMN wecom text NOT NULL DEFAULT '' CHECK (wecom = lower(wecom) AND length(wecom) <= 64);
CREATE UNIQUE INDEX accounts_wecom ON accounts (wecom) WHERE wecom <> '';

-- Cards that were sent, from which the ones that are done are taken back.
CREATE INDEX notices_cards ON notices (sent_at) WHERE channel = 'wecom' AND account_id IS NOT NULL AND state = 'sent';
