"""Counts all totals afresh, by SQL that shares nothing with the code that keeps them."""

from sealbreak_server.storage.migrations.steps.version_09_totals import COUNT

RECOUNT = (
    COUNT.replace("judgement", "verdict")
    .replace("h.copy", "h.copy_number")
    .replace("kind, copy, link", "kind, copy_number, link")
    .replace("opens, clicks, machines", "withdrawn, opens, clicks, machines")
    .replace(
        "THEN 'wait-4' ELSE 'wait-5' END, day FROM mail",
        "THEN 'wait-4' ELSE 'wait-5' END, day FROM sent_mail",
    )
    .replace("), fact AS (", "), sent_mail AS (SELECT * FROM mail WHERE NOT withdrawn), fact AS (")
    .replace("FROM mail WHERE", "FROM sent_mail WHERE")
    .replace("FROM mail\n    WHERE", "FROM sent_mail\n    WHERE")
    .replace("'sent', day FROM mail", "'sent', day FROM sent_mail")
    .replace("FROM sent_mail WHERE muted", "FROM mail WHERE muted")
    .replace(
        "(SELECT * FROM sent_mail WHERE NOT withdrawn)", "(SELECT * FROM mail WHERE NOT withdrawn)"
    )
)
"""The migration's SQL, with the names of today's tables, and without mails that did not leave."""
