"""Totals and hit counts, and an index for each filter of the messages."""

from sealbreak_server.storage.migrations.step import script

TABLES = """
ALTER TABLE message ADD COLUMN unclear INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN apple INTEGER NOT NULL DEFAULT 0;
CREATE TABLE hit_count (
    message VARCHAR(16) NOT NULL,
    kind VARCHAR(8) NOT NULL,
    copy INTEGER NOT NULL,
    link INTEGER NOT NULL,
    actor VARCHAR(8) NOT NULL,
    hits INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    PRIMARY KEY (message, kind, copy, link, actor)
);
CREATE TABLE total (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name VARCHAR(16) NOT NULL,
    at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (account_id, name, at)
);
CREATE INDEX total_account_id ON total (account_id);
"""

COUNT = """
INSERT INTO hit_count (message, kind, copy, link, actor, hits, counted)
SELECT j.message, h.kind, h.copy, COALESCE(h.link, 0), j.actor,
    COUNT(*), COUNT(CASE WHEN j.counted THEN 1 END)
FROM judgement j JOIN hit h ON h.id = j.hit_id
GROUP BY j.message, h.kind, h.copy, COALESCE(h.link, 0), j.actor;
UPDATE message SET
    unclear = (SELECT COALESCE(SUM(c.hits), 0) FROM hit_count c
        WHERE c.message = message.id AND c.actor = 'unknown'),
    own = (SELECT COALESCE(SUM(c.hits), 0) FROM hit_count c
        WHERE c.message = message.id AND c.actor = 'sender'),
    apple = (SELECT COUNT(*) FROM judgement j
        WHERE j.message = message.id AND j.via = 'apple-mpp');
INSERT INTO total (account_id, name, at, count)
WITH mail AS (
    SELECT account_id, CAST(FLOOR(sent_at / 86400) AS INTEGER) AS day,
        opens, clicks, machines, unclear, own,
        EXISTS (SELECT 1 FROM muted_message u WHERE u.message_id = message.id) AS muted,
        first_opened_at - COALESCE(scheduled_for, sent_at) AS wait,
        level <> 'off' AND pixel AND NOT (opens = 0 AND apple > 0)
            AND NOT EXISTS (SELECT 1 FROM opt_out o WHERE o.message = message.id) AS knowable,
        EXISTS (SELECT 1 FROM link l WHERE l.message_id = message.id) AS linked
    FROM message
), fact AS (
    SELECT account_id, 'is-all' AS name, 0 AS day FROM mail
    UNION ALL SELECT account_id, 'is-opened', 0 FROM mail WHERE opens > 0
    UNION ALL SELECT account_id, 'is-not-opened', 0 FROM mail WHERE opens = 0 AND clicks = 0
    UNION ALL SELECT account_id, 'is-clicked', 0 FROM mail WHERE clicks > 0
    UNION ALL SELECT account_id, 'is-only-machines', 0 FROM mail
    WHERE opens = 0 AND clicks = 0 AND machines > 0
    UNION ALL SELECT account_id, 'is-unclear', 0 FROM mail WHERE unclear > 0
    UNION ALL SELECT account_id, 'is-own', 0 FROM mail WHERE own > 0
    UNION ALL SELECT account_id, 'is-muted', 0 FROM mail WHERE muted
    UNION ALL SELECT account_id, 'sent', day FROM mail
    UNION ALL SELECT account_id, 'knowable', day FROM mail WHERE knowable
    UNION ALL SELECT account_id, 'opened', day FROM mail WHERE knowable AND opens > 0
    UNION ALL SELECT account_id, 'linked', day FROM mail WHERE knowable AND linked
    UNION ALL SELECT account_id, 'clicked', day FROM mail WHERE knowable AND linked AND clicks > 0
    UNION ALL SELECT account_id, CASE WHEN wait < 300 THEN 'wait-0' WHEN wait < 3600 THEN 'wait-1'
        WHEN wait < 14400 THEN 'wait-2' WHEN wait < 86400 THEN 'wait-3'
        WHEN wait < 604800 THEN 'wait-4' ELSE 'wait-5' END, day FROM mail WHERE wait IS NOT NULL
    UNION ALL SELECT m.account_id, 'opens', CAST(FLOOR(h.time / 900) AS INTEGER)
    FROM judgement j JOIN hit h ON h.id = j.hit_id JOIN message m ON m.id = j.message
    WHERE j.counted AND h.kind = 'open'
)
SELECT account_id, name, day, COUNT(*) FROM fact GROUP BY account_id, name, day;
"""
"""Fills both tables from the hits."""

INDEXES = """
DROP INDEX message_account_id;
CREATE INDEX message_opened ON message (account_id, sent_at, id) WHERE opens <> 0;
CREATE INDEX message_clicked ON message (account_id, sent_at, id) WHERE clicks > 0;
CREATE INDEX message_unread ON message (account_id, sent_at, id) WHERE opens + clicks = 0;
CREATE INDEX message_only_machines ON message (account_id, sent_at, id)
    WHERE opens + clicks = 0 AND machines > 0;
CREATE INDEX message_unclear ON message (account_id, sent_at, id) WHERE unclear > 0;
CREATE INDEX message_own ON message (account_id, sent_at, id) WHERE own > 0;
"""

STEP = script(TABLES + COUNT + INDEXES)
