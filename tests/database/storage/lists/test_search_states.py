"""A mail has one state, which lists, filters and counts agree on."""

from unicodedata import normalize

import pytest
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.open_state import OpenState
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage
from sealbreak_server.storage.lists import search
from sealbreak_server.storage.lists.search import Count, Order, Show, Wanted
from support.server.account import HUMAN, AccountBuilder

APPLE = Verdict(Actor.MACHINE, "apple-mpp", "apple-proxy")
UNCLEAR = Verdict(Actor.UNKNOWN, "gmail-proxy", "proxy-at-once")
SCANNER = Verdict(Actor.MACHINE, "barracuda", "mail-filter-network")
CLICKS = {"kind": Kind.CLICK, "link": 1}

FATES: dict[str, tuple[list[tuple[Verdict, dict[str, object]]], dict[str, object]]] = {
    "untouched": ([], {}),
    "scanned": ([(SCANNER, {})], {}),
    "apple": ([(APPLE, {}), (SCANNER, {}), (UNCLEAR, {})], {}),
    "apple, then opened": ([(APPLE, {}), (HUMAN, {})], {}),
    "apple, then clicked": ([(APPLE, {}), (HUMAN, CLICKS)], {}),
    "doubtful": ([(UNCLEAR, {})], {}),
    "only links": ([], {"pixel": False}),
    "only links, scanned": ([(SCANNER, CLICKS)], {"pixel": False}),
    "off": ([], {"level": "off"}),
}
"""What came for each mail, and how it was registered."""
STATES = {
    "untouched": OpenState.NOT_OPENED,
    "scanned": OpenState.AUTOMATED,
    "apple": OpenState.UNKNOWABLE,
    "apple, then opened": OpenState.OPENED,
    "apple, then clicked": OpenState.CLICKED,
    "doubtful": OpenState.UNCLEAR,
    "only links": OpenState.NOT_TRACKED,
    "only links, scanned": OpenState.AUTOMATED,
    "off": OpenState.NOT_TRACKED,
}
LISTED = {
    Show.NOT_OPENED: {"untouched", "scanned"},
    Show.MACHINES: {"scanned", "only links, scanned"},
    Show.UNKNOWABLE: {"apple"},
    Show.UNCLEAR: {"apple", "doubtful"},
    Show.OPENED: {"apple, then opened"},
    Show.CLICKED: {"apple, then clicked"},
}


@pytest.fixture
def fates(storage: Storage) -> AccountBuilder:
    builder = AccountBuilder(storage)
    for subject, (came, registered) in FATES.items():
        builder.message = new_id()
        builder.register(subject=subject, **registered)
        for at, (verdict, more) in enumerate(came):
            builder.record_as(verdict, seconds=at * 1000, **more)
    return builder


def found(builder: AccountBuilder, wanted: Wanted) -> dict[str, OpenState]:
    page = builder.storage.query(search.page, int(builder.account.id), 20, wanted)
    return {mail.message.subject: mail.state for mail in page.found}


def test_each_mail_has_the_state_that_its_hits_prove(fates: AccountBuilder) -> None:
    assert found(fates, Wanted()) == STATES


@pytest.mark.parametrize(("show", "expected"), LISTED.items())
def test_each_filter_lists_its_states(
    fates: AccountBuilder, show: Show, expected: set[str]
) -> None:
    assert set(found(fates, Wanted(show=show))) == expected
    assert set(found(fates, Wanted(show=show, order=Order.ACTIVITY))) == expected
    for text in ("", "example.com"):
        counts = fates.storage.query(search.counts, int(fates.account.id), text)
        assert counts[show] == Count(len(expected), more=False)


def test_a_filter_with_an_index_orders_apples_mails_too(fates: AccountBuilder) -> None:
    wanted = Wanted(show=Show.UNKNOWABLE, order=Order.OPENS)
    assert set(found(fates, wanted)) == {"apple"}


# Letters in any case and encoding

WORDS = ("özlem", "иван", "łącka", "núñez")


@pytest.mark.parametrize("word", WORDS)
def test_a_search_finds_letters_in_any_case_and_encoding(storage: Storage, word: str) -> None:
    builder = AccountBuilder(storage)
    for subject in WORDS:
        builder.message = new_id()
        builder.register(subject=normalize("NFD", f"Offer for {subject.title()}"))
    for text in (word, word.upper(), normalize("NFD", word), normalize("NFD", word.upper())):
        (mail,) = found(builder, Wanted(text))
        assert normalize("NFC", mail) == f"Offer for {word.title()}"
