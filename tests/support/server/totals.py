"""Counts all totals afresh, by SQL that shares nothing with the code that keeps them."""

from sealbreak_server.storage.migrations.steps.version_09_totals import COUNT

RECOUNT = (
    COUNT.replace("judgement", "verdict")
    .replace("h.copy", "h.copy_number")
    .replace("kind, copy, link", "kind, copy_number, link")
)
"""The migration's SQL, with the names of today's tables."""
