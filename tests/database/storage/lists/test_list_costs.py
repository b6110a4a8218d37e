"""A page costs the same however much there is: the steps of SQLite are counted, not seconds."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bench.server_ground import Ground
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.lists import charts, messages, people, search, tallies
from sealbreak_server.storage.lists.gmail_accounts import gmail_accounts
from sealbreak_server.storage.lists.search import Order, Show, Wanted

SMALL, LARGE = 800, 8000
"""Messages; both are beyond the bounds below."""
EACH = 10
ACCOUNT, OTHER = 1, 2
DAY = 24 * 3600
Job = Callable[[str, str], object]


def first_page(wanted: Wanted, *_: str) -> object:
    return search.page(ACCOUNT, 50, wanted)


def later_page(wanted: Wanted, _: str, message: str) -> object:
    """The one that begins in the middle, by the time of sending."""
    middle = time.time() - 180 * DAY
    numbers = (5.0, middle)[-search.keys_of(wanted) :]
    return search.page(ACCOUNT, 50, wanted, (numbers, message))


LISTS: dict[str, Wanted] = {
    **{f"{show}, {order}": Wanted("", show, order) for show in Show for order in Order},
    "held by all": Wanted("ann"),
    "held by none": Wanted("nobody"),
    "held by none, opened": Wanted("nobody", Show.OPENED),
    "held by none, most opens": Wanted("nobody", order=Order.OPENS),
    **{
        f"{show}, {order}, from {name}": Wanted("", show, order, sent_from=name)
        for show in (Show.ALL, Show.OPENED, Show.MUTED)
        for order in Order
        for name in ("ann@example.com", "ann@example.org")
    },
    "from no account": Wanted(sent_from="nobody@example.com"),
    "held by none, from one account": Wanted("nobody", sent_from="ann@example.com"),
    "conversations": Wanted(threads=("18aa000000000001", "18aa000000000002")),
}
JOBS: dict[str, Job] = {
    **{name: partial(first_page, wanted) for name, wanted in LISTS.items()},
    **{f"a later page, {order}": partial(later_page, Wanted(order=order)) for order in Order},
    "counts": lambda *_: search.counts(ACCOUNT, ""),
    "counts from one account": lambda *_: search.counts(ACCOUNT, "", "ann@example.com"),
    "Gmail accounts": lambda *_: gmail_accounts(ACCOUNT),
    "counts of a text": lambda *_: search.counts(ACCOUNT, "nobody"),
    "a message": lambda _, message: messages.view(ACCOUNT, message),
    "its tallies": lambda _, message: tallies.of_message(message),
    "its hits": messages.hits,
    "people": lambda *_: people.listed(ACCOUNT, 50),
    "people, a later page": lambda *_: people.listed(ACCOUNT, 50, "p5"),
    "people, held by none": lambda *_: people.listed(ACCOUNT, 50, "", "nobody"),
    "people of a small account": lambda *_: people.listed(OTHER, 50),
    "people of a small account, held by none": lambda *_: people.listed(OTHER, 50, "", "nobody"),
    "best links": lambda *_: charts.best_links(ACCOUNT, charts.Days(0, 40_000), 10),
}


@contextmanager
def steps(storage: Storage) -> Iterator[list[int]]:
    """In tens: the list grows by one with each."""
    made: list[int] = []
    connection: Any = storage.database.connection()  # type: ignore[no-untyped-call]  # stubs
    connection.set_progress_handler(lambda: made.append(1), 10)
    yield made
    connection.set_progress_handler(None, 0)


def spread_people(data: Path) -> None:
    """Of the mails, which went to one person, every second goes to somebody new."""
    with closing(sqlite3.connect(data / "sealbreak.sqlite3")) as database, database:
        database.execute("UPDATE recipient SET person = 'p' || (rowid / 2) || '@example.com'")


def costs(data: Path, size: int) -> dict[str, int]:
    storage = Storage.at("", data)
    owner = storage.transaction(accounts.the_account, "Ann", 1.0).owner
    message = Ground(data, ACCOUNT, owner).add_hits(size * EACH, each=EACH)[1]
    spread_people(data)
    other = storage.transaction(accounts.account_named, "Ben", 1.0)
    Ground(data, other.id, other.owner).add_messages(3)
    found = {}
    for name, job in JOBS.items():
        with steps(storage) as made:
            storage.query(job, owner, message)
        found[name] = len(made)
    storage.close()
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, int]]:
    with pytest.MonkeyPatch.context() as bounds:
        bounds.setattr(search, "LOOKED_THROUGH", 300)
        bounds.setattr(search, "FEW", 40)
        bounds.setattr(charts, "CLICKED_MAILS", 40)
        folder = tmp_path_factory.mktemp("costs")
        return {size: costs(folder / str(size), size) for size in (SMALL, LARGE)}


@pytest.mark.parametrize("name", JOBS)
def test_ten_times_the_messages_cost_no_more(name: str, found: dict[int, dict[str, int]]) -> None:
    assert found[LARGE][name] <= 1.2 * found[SMALL][name] + 5


def test_the_steps_are_counted(found: dict[int, dict[str, int]]) -> None:
    assert found[SMALL]["counts of a text"] > 10 * found[SMALL]["counts"] > 0
