import pytest
from sealbreak_desktop.errors import NotifierFailedError, NotifierUnavailableError
from sealbreak_desktop.notifications.notifier import FirstThatWorks, NullNotifier
from sealbreak_desktop.state.notification import Alert
from support.desktop.processes import eventually

ALERT = Alert("key", "Ann opened 'Offer 12'", "Opened, through Gmail")


class Stub:
    name = "stub"

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.shown: list[Alert] = []
        self.closed = False

    def show(self, alert: Alert) -> None:
        if self.error:
            raise self.error
        self.shown.append(alert)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def said() -> list[str]:
    return []


def test_the_first_that_works_shows_it(said: list[str]) -> None:
    broken, works, spare = Stub(NotifierUnavailableError("x")), Stub(), Stub()
    FirstThatWorks([broken, works, spare], said.append).show(ALERT)
    assert (works.shown, spare.shown, said) == ([ALERT], [], [])


def test_one_that_came_late_is_used_as_soon_as_it_is_there(said: list[str]) -> None:
    late = Stub(NotifierUnavailableError("not yet"))
    chain = FirstThatWorks([late, Stub()], said.append)
    chain.show(ALERT)
    late.error = None
    chain.show(ALERT)
    assert late.shown == [ALERT]


def test_no_pop_ups_at_all_is_said_once(said: list[str]) -> None:
    chain = FirstThatWorks([Stub(NotifierUnavailableError("x")), NullNotifier()], said.append)
    chain.show(ALERT)
    chain.show(ALERT)
    assert len(said) == 1
    assert "sealbreak history" in said[0]


def test_what_nobody_could_show_is_shown_once_by_one_that_comes_late(said: list[str]) -> None:
    late = Stub(NotifierUnavailableError("not yet"))
    chain = FirstThatWorks([late, NullNotifier()], said.append)
    chain.show(ALERT)
    chain.show(Alert("key", "Ann opened 'Offer 12' again", ""))
    late.error = None
    chain.catch_up()
    eventually(lambda: late.shown, "the late alert")
    chain.catch_up()
    chain.show(ALERT)
    assert [alert.title for alert in late.shown] == ["Ann opened 'Offer 12' again", ALERT.title]


def test_what_was_kept_comes_with_the_next_alert_at_the_latest(said: list[str]) -> None:
    late = Stub(NotifierUnavailableError("not yet"))
    chain = FirstThatWorks([late, NullNotifier()], said.append)
    chain.show(ALERT)
    late.error = None
    chain.show(Alert("another", "Ben opened 'Offer 12'", ""))
    eventually(lambda: len(late.shown) == 2, "the kept alert")


def test_one_that_hangs_is_not_followed_by_another_that_would(said: list[str]) -> None:
    spare = Stub()
    FirstThatWorks([Stub(NotifierFailedError("no answer")), spare], said.append).show(ALERT)
    assert spare.shown == []


def test_all_are_closed(said: list[str]) -> None:
    stubs = [Stub(), Stub()]
    FirstThatWorks(stubs, said.append).close()
    assert [stub.closed for stub in stubs] == [True, True]
