"""Counts all totals afresh, by SQL that shares nothing with the code that keeps them."""

from sealbreak_server.storage.migrations.steps.version_09_totals import COUNT
from sealbreak_server.storage.migrations.steps.version_14_states import TOTALS

RECOUNT = (
    COUNT.replace("judgement", "verdict")
    .replace("h.copy", "h.copy_number")
    .replace("kind, copy, link", "kind, copy_number, link")
    .replace("opens, clicks, machines", "withdrawn, opens, clicks, machines")
    .replace("FROM mail", "FROM sent_mail")
    .replace("'is-all' AS name, 0 AS day FROM sent_mail", "'is-all' AS name, 0 AS day FROM mail")
    .replace("FROM sent_mail WHERE muted", "FROM mail WHERE muted")
    .replace("), fact AS", "), sent_mail AS (SELECT * FROM mail WHERE NOT withdrawn), fact AS")
) + TOTALS
"""The migrations' SQL, with the names of today's tables and without mails that did not leave."""
