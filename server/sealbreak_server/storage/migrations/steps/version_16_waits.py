"""Messages with hits that wait to be classified, so that a few are classified at a time.

The totals of messages whose openings are known hold those of which one copy is still tracked.
"""

from sealbreak_server.storage.migrations.step import script

_STILL_KNOWABLE = """
    SELECT account_id, CAST(FLOOR(sent_at / 86400) AS INTEGER) AS day, opens, clicks,
        EXISTS (SELECT 1 FROM link l WHERE l.message_id = message.id) AS linked
    FROM message
    WHERE level <> 'off' AND pixel AND NOT withdrawn AND NOT (opens = 0 AND apple > 0)
        AND EXISTS (SELECT 1 FROM opt_out o WHERE o.message = message.id)
        AND EXISTS (SELECT 1 FROM recipient r WHERE r.message_id = message.id
            AND r.copy_number NOT IN
                (SELECT copy_number FROM opt_out o WHERE o.message = message.id))
"""

STEP = script(f"""
ALTER TABLE message ADD COLUMN waits_since DOUBLE PRECISION;
CREATE INDEX message_waits_since ON message (waits_since) WHERE waits_since IS NOT NULL;
INSERT INTO total (account_id, name, at, count)
WITH mail AS ({_STILL_KNOWABLE}), fact AS (
    SELECT account_id, 'knowable' AS name, day FROM mail
    UNION ALL SELECT account_id, 'opened', day FROM mail WHERE opens > 0
    UNION ALL SELECT account_id, 'linked', day FROM mail WHERE linked
    UNION ALL SELECT account_id, 'clicked', day FROM mail WHERE linked AND clicks > 0
)
SELECT account_id, name, day, COUNT(*) FROM fact WHERE true GROUP BY account_id, name, day
ON CONFLICT (account_id, name, at) DO UPDATE SET count = total.count + excluded.count;
""")  # noqa: S608  # of constants
