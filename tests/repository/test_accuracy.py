"""docs/accuracy.md says the numbers that the code has."""

import re

import pytest
from sealbreak_server.classification import context as facts
from sealbreak_server.classification.rules import origins
from sealbreak_server.classification.rules.outcomes import QUICK_SECONDS
from sealbreak_server.events import digest, reopened
from sealbreak_server.events import reminders as rules
from sealbreak_server.model import context, visit
from sealbreak_server.model.preferences import Preferences
from sealbreak_server.storage import retention, totals
from sealbreak_server.storage.events import reminders
from sealbreak_server.storage.hits import contexts, history, unsettled
from sealbreak_server.storage.lists import charts, digests
from support.paths import ROOT

PAGE = (ROOT / "docs" / "accuracy.md").read_text()
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}

ROWS = {
    "Loads of a copy by one source are one visit": visit.VISIT_GAP_SECONDS,
    "A visit lasts no longer than": visit.VISIT_SECONDS,
    "Clicks on one link by one source are one click": visit.CLICK_SECONDS,
    "All hits of the mail before it and after it": context.CONTEXT_SECONDS,
    "For a click, loads of the image": context.SHOWN_SECONDS,
    "Loads of newer mails of the conversation": context.THREAD_SECONDS,
    "The sender looked at the mail up to so long before": facts.VIEW_BEFORE_SECONDS,
    "The sender looked at the mail up to so long after": facts.VIEW_AFTER_SECONDS,
    "An address of the sender's own devices": facts.OWN_ADDRESS_SECONDS,
    "From a datacenter, after the send no hit": origins.QUIET_SECONDS,
    "From a datacenter, a browser is only perhaps": origins.SCAN_IN_CLOUD_SECONDS,
    "Unless its address had loaded the image": origins.READ_SECONDS,
    "Of a flood, so many hits on each side": facts.NEAREST_HITS,
    "Of these, so many on each side": facts.NEAREST_SHAPES,
    "Loads in the hour before a click": contexts.SHOWN_LIMIT,
    "A verdict that other hits may change waits": context.SETTLE_SECONDS,
    "It is such a verdict for a click": QUICK_SECONDS,
    "A copy is hot after so many opens": reopened.HOT_OPENS,
    "A copy is hot after opens from so many networks": reopened.HOT_NETWORKS,
    "A hot copy is told again after": reopened.HOT_AGAIN_SECONDS,
    "A copy is revived": reopened.REVIVED_SECONDS,
}
"""The beginning of each row of the page's tables."""


def rows() -> dict[str, float]:
    found = re.findall(r"^\| ([^|]+) \| ([\d,]+) (\w+) \|$", PAGE, re.MULTILINE)
    return {rule: int(number.replace(",", "")) * UNITS.get(unit, 1) for rule, number, unit in found}


@pytest.mark.parametrize("rule", ROWS)
def test_a_row_has_the_number_of_the_code(rule: str) -> None:
    (number,) = [number for row, number in rows().items() if row.startswith(rule)]
    assert number == ROWS[rule]


def test_the_page_has_no_other_rows() -> None:
    assert len(rows()) == len(ROWS)


SENTENCES = (
    f"more than {history.LATEST:,} loads of a copy by readers in 5 minutes",
    f"They are kept for {retention.EVIDENCE_SECONDS // 3600} hours",
    f"the oldest first, {unsettled.SETTLED_AT_ONCE} at a time",
    f"so many networks within {reopened.NETWORKS_SECONDS // 3600} hours",
    f"the newest {charts.CLICKED_MAILS:,} mails with clicks",
    f"beyond {unsettled.SETTLED_AT_ONCE} hits at once",
    f"in {Preferences().reminder_days} days unless the settings say otherwise",
    f"the newest {reminders.MAILS_OF_AN_ADDRESS} mails are looked at",
    f"down for more than {rules.LATE_DAYS} days after it was due",
    f"each of the last {digest.MOST_DAYS} days has its own",
    f"the first {digests.MAX_EVENTS:,} events",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_has_the_number_of_the_code(sentence: str) -> None:
    assert sentence in " ".join(PAGE.split())


def test_numbers_that_the_page_writes_as_words() -> None:
    assert "so many opens within an hour" in PAGE
    assert reopened.HOT_SECONDS == 3600
    assert "5 minutes, 1 hour, 4 hours, 1 day and 7 days" in PAGE
    assert totals.WAITS == (300, 3600, 4 * 3600, 86400, 7 * 86400)


@pytest.mark.parametrize(
    ("address", "network"), [("192.0.2.1", "192.0.0.0/16"), ("2001:db8::1", "2001:db8::/32")]
)
def test_networks_are_as_large_as_the_page_says(address: str, network: str) -> None:
    assert visit.network_of(address) == network
    assert "first 16 bits of an IPv4 address, the first 32 bits of an IPv6 address" in PAGE
