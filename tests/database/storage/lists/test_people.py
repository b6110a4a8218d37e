"""Who got the mails, and what was counted of them."""

from unicodedata import normalize

import pytest
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.preferences import DAY
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.erasure import erase_recipient
from sealbreak_server.storage.lists import people, search
from sealbreak_server.storage.lists.seen import Seen
from sealbreak_server.storage.registration import withdraw
from support.server.timeline import BEN, NOON, Timeline

ANN = "ann@example.com"


@pytest.fixture
def timeline(storage: Storage) -> Timeline:
    return Timeline(storage)


def listed(
    timeline: Timeline, limit: int = 10, after: str = "", text: str = ""
) -> list[people.Person]:
    return timeline.storage.query(people.listed, timeline.account.id, limit, after, text).found


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """No account has few recipients, and a page looks at three of them."""
    monkeypatch.setattr(search, "FEW", 0)
    monkeypatch.setattr(search, "LOOKED_THROUGH", 3)


def test_a_person_is_one_whatever_the_case_of_the_address(timeline: Timeline) -> None:
    for address in ("Ann@Example.com", ANN):
        timeline.mail(address)
    (person,) = listed(timeline)
    assert (person.address, person.mails) == (ANN, 2)
    assert timeline.storage.query(people.names, timeline.account.id, "ANN@example.com") == (2, None)


def test_a_mail_that_did_not_leave_counts_for_nobody(timeline: Timeline) -> None:
    account = timeline.account.id
    for address in (ANN, BEN):
        timeline.storage.transaction(withdraw, account, timeline.mail(address), True)
    timeline.mail(ANN)
    assert [(person.address, person.mails) for person in listed(timeline)] == [(ANN, 1)]
    assert timeline.storage.query(people.names, account, ANN) == (1, None)
    assert len(timeline.storage.query(people.got, account, ANN, 10)) == 1


def test_people_are_listed_by_address_page_by_page(timeline: Timeline) -> None:
    for name in ("cleo", "ann", "ben"):
        timeline.mail(f"{name}@example.com")
    first = listed(timeline, limit=2)
    rest = listed(timeline, after=first[-1].address)
    assert [person.address[0] for person in (*first, *rest)] == ["a", "b", "c"]


def test_a_search_looks_in_addresses(timeline: Timeline) -> None:
    for address in (ANN, BEN):
        timeline.mail(address)
    assert [person.address for person in listed(timeline, text="BEN@")] == [BEN]
    assert listed(timeline, text="%") == []


@pytest.mark.usefixtures("many")
def test_a_search_among_many_goes_on_from_page_to_page(timeline: Timeline) -> None:
    for name in ("ann", "ann", "ben", "cleo", "dora", "eve"):
        timeline.mail(f"{name}@example.com")
    first = timeline.storage.query(people.listed, timeline.account.id, 10, "", "dora")
    assert (first.found, first.next, first.is_full) == ([], BEN, False)
    (dora,) = listed(timeline, after=BEN, text="dora")
    last = timeline.storage.query(people.listed, timeline.account.id, 10, "eve@example.com", "dora")
    assert (dora.address, last.next) == ("dora@example.com", None)


@pytest.mark.usefixtures("many")
def test_a_person_is_whole_where_looking_ends_among_their_mails(timeline: Timeline) -> None:
    for name in ("ann", "ben", "ben", "ben", "ben", "cleo"):
        timeline.mail(f"{name}@example.com")
    page = timeline.storage.query(people.listed, timeline.account.id, 10)
    assert [(person.address, person.mails) for person in page.found] == [(ANN, 1), (BEN, 4)]
    assert [person.address for person in listed(timeline, after=BEN)] == ["cleo@example.com"]


@pytest.mark.usefixtures("many")
def test_among_many_of_others_only_the_accounts_own_are_listed(timeline: Timeline) -> None:
    timeline.mail(ANN)
    other = timeline.storage.transaction(accounts.account_named, "Ben", NOON).id
    assert timeline.storage.query(people.listed, other, 10).found == []
    assert [person.address for person in listed(timeline)] == [ANN]


def test_people_of_another_account_are_not_listed(timeline: Timeline) -> None:
    timeline.mail(ANN)
    other = timeline.storage.transaction(accounts.account_named, "Ben", NOON).id
    assert timeline.storage.query(people.listed, other, 10).found == []
    assert timeline.storage.query(people.got, other, ANN, 10) == []
    assert timeline.storage.query(people.page, other, ANN, 10) == ([], None)


def test_last_seen_is_of_mails_that_nobody_shares(timeline: Timeline) -> None:
    shared, alone = timeline.mail(ANN, BEN, days_ago=9), timeline.mail(ANN, days_ago=9)
    timeline.hit(shared, days_ago=1)
    timeline.hit(alone, days_ago=5)
    ann, ben = listed(timeline)
    assert (ann.seen.at, ben.seen.at) == (NOON - 5 * DAY, None)


def test_each_copy_says_whether_somebody_shares_it(timeline: Timeline) -> None:
    timeline.mail(ANN, BEN, days_ago=3)
    timeline.mail(ANN, BEN, days_ago=2, own_copies=True)
    own, shared = timeline.storage.query(people.got, timeline.account.id, ANN, 10)
    assert (own.alone, own.copy, shared.alone, shared.copy) == (True, 1, False, 0)
    assert len(timeline.storage.query(people.got, timeline.account.id, ANN, 1)) == 1


def test_signs_are_what_was_counted_of_each_copy(timeline: Timeline) -> None:
    message = timeline.mail(ANN, days_ago=9)
    for days_ago, kind in ((6, Kind.OPEN), (4, Kind.OPEN), (3, Kind.CLICK)):
        timeline.hit(message, days_ago=days_ago, kind=kind)
    found = {sign.kind: sign for sign in timeline.storage.query(people.signs, [message])}
    assert (found["open"].count, found["click"].count) == (2, 1)
    assert (found["open"].first, found["open"].last) == (NOON - 6 * DAY, NOON - 4 * DAY)


def test_mails_to_a_person_come_newest_first_and_page_by_page(timeline: Timeline) -> None:
    sent = [timeline.mail(ANN, days_ago=days_ago) for days_ago in (1, 2, 2, 3)]
    timeline.mail(BEN)
    first, more = timeline.storage.query(people.page, timeline.account.id, ANN, 2)
    rest, end = timeline.storage.query(people.page, timeline.account.id, ANN, 2, more)
    found = [view.id for view in (*first, *rest)]
    assert (found[0], found[-1], sorted(found)) == (sent[0], sent[-1], sorted(sent))
    assert (more is None, end) == (False, None)


def test_somebody_in_to_and_cc_got_one_mail(timeline: Timeline) -> None:
    timeline.mail(ANN, ANN.upper())
    assert [person.mails for person in listed(timeline)] == [1]
    found, _ = timeline.storage.query(people.page, timeline.account.id, ANN, 10)
    assert len(found) == 1


def test_erasing_takes_a_person_out_of_all_mails(timeline: Timeline) -> None:
    timeline.mail(ANN), timeline.mail(ANN, BEN)

    def erase(address: str) -> int:
        return len(
            timeline.storage.transaction(erase_recipient, timeline.account.id, address, NOON)
        )

    assert erase("Ann@example.com") == 2
    assert [person.address for person in listed(timeline)] == [BEN]
    assert erase(ANN) == 0


NAMES = ("özlem", "иван", "łącka", "núñez")
ASKED = (*NAMES, *(name.upper() for name in NAMES))


@pytest.mark.parametrize("text", [*ASKED, *(normalize("NFD", name) for name in ASKED)])
def test_people_are_found_in_any_case_and_encoding(timeline: Timeline, text: str) -> None:
    for at, name in enumerate(NAMES):
        timeline.mail((f"p{at}@example.com", normalize("NFD", name.title())), BEN)
    (person,) = listed(timeline, text=text)
    assert normalize("NFC", (person.name or "").lower()) == normalize("NFC", text.lower())


def test_an_address_in_another_encoding_is_the_same_person(timeline: Timeline) -> None:
    for form in ("NFC", "NFD"):
        timeline.mail(normalize(form, "NÚÑEZ@example.com"))
    (person,) = listed(timeline, text="núñez@")
    assert person.mails == 2


def ranked(timeline: Timeline, order: people.Order, limit: int = 10, after: str = "") -> list[str]:
    page = timeline.storage.query(people.listed, timeline.account.id, limit, after, "", order)
    return [person.address.partition("@")[0] for person in page.found]


@pytest.fixture
def busy(timeline: Timeline) -> Timeline:
    """Ann opened most, Ben followed a link and was seen last, and Cleo did nothing."""
    ann, ben = timeline.mail(ANN, days_ago=9), timeline.mail(BEN, days_ago=9)
    timeline.mail("cleo@example.com")
    for message, days_ago in ((ann, 6), (ann, 4), (ben, 5)):
        timeline.hit(message, days_ago=days_ago)
    timeline.hit(ben, days_ago=1, kind=Kind.CLICK)
    return timeline


def test_people_have_opens_clicks_and_the_last_sign_of_either(busy: Timeline) -> None:
    ann, ben, cleo = listed(busy)
    assert ann.seen == Seen(2, 0, NOON - 4 * DAY)
    assert ben.seen == Seen(1, 1, NOON - DAY)
    assert cleo.seen == Seen()


def test_people_are_sorted_by_what_they_did(busy: Timeline) -> None:
    assert ranked(busy, people.Order.OPENS) == ["ann", "ben", "cleo"]
    assert ranked(busy, people.Order.CLICKS) == ["ben", "ann", "cleo"]
    assert ranked(busy, people.Order.SEEN) == ["ben", "ann", "cleo"]


def test_sorted_people_come_page_by_page(busy: Timeline) -> None:
    first = busy.storage.query(people.listed, busy.account.id, 2, "", "", people.Order.OPENS)
    assert first.next is not None
    assert ranked(busy, people.Order.OPENS, after=first.next) == ["cleo"]


def test_hits_on_a_shared_copy_belong_to_nobody(timeline: Timeline) -> None:
    timeline.hit(timeline.mail(ANN, BEN))
    assert {person.seen for person in listed(timeline)} == {Seen()}


def test_somebody_in_to_and_cc_shares_with_nobody(timeline: Timeline) -> None:
    timeline.hit(timeline.mail(ANN, ANN.upper()))
    (person,) = listed(timeline)
    assert person.seen.opens == 1
    (copy,) = timeline.storage.query(people.got, timeline.account.id, ANN, 10)
    assert copy.alone
