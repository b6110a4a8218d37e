"""Counts all totals afresh, by SQL that shares nothing with the code that keeps them."""

from sealbreak_server.storage.migrations.steps.version_09_totals import COUNT
from sealbreak_server.storage.migrations.steps.version_14_states import TOTALS

RECOUNT = (
    COUNT.replace("judgement", "verdict")
    .replace("h.copy", "h.copy_number")
    .replace("kind, copy, link", "kind, copy_number, link")
    .replace("opens, clicks, machines", "withdrawn, opens, clicks, machines")
    .replace(
        "AND NOT EXISTS (SELECT 1 FROM opt_out o WHERE o.message = message.id)",
        """AND (NOT EXISTS (SELECT 1 FROM opt_out o WHERE o.message = message.id)
            OR EXISTS (SELECT 1 FROM recipient r WHERE r.message_id = message.id
                AND r.copy_number NOT IN
                    (SELECT copy_number FROM opt_out o WHERE o.message = message.id)))""",
    )
    .replace("FROM mail", "FROM sent_mail")
    .replace("'is-all' AS name, 0 AS day FROM sent_mail", "'is-all' AS name, 0 AS day FROM mail")
    .replace("FROM sent_mail WHERE muted", "FROM mail WHERE muted")
    .replace("), fact AS", "), sent_mail AS (SELECT * FROM mail WHERE NOT withdrawn), fact AS")
) + TOTALS
"""The migrations' SQL, with the names of today's tables, without mails that did not leave, and with
mails of which one copy is still tracked."""
