import pytest
from sealbreak_desktop.errors import NotifierFailedError, NotifierUnavailableError
from sealbreak_desktop.notifications.notifier import FallbackNotifier, NullNotifier
from sealbreak_desktop.state.notification import Notification
from support.desktop.notifier import StubNotifier

OPENED = Notification("key", "Your mail to Ann, 'Offer 12', was opened", "Opened, through Gmail")


@pytest.fixture
def warnings() -> list[str]:
    return []


def test_the_first_that_works_shows_it(warnings: list[str]) -> None:
    broken, works, spare = (
        StubNotifier(NotifierUnavailableError("x")),
        StubNotifier(),
        StubNotifier(),
    )
    FallbackNotifier([broken, works, spare], warnings.append).show(OPENED)
    assert (works.shown, spare.shown, warnings) == ([OPENED], [], [])


def test_a_notifier_that_works_later_is_used_from_then_on(warnings: list[str]) -> None:
    late = StubNotifier(NotifierUnavailableError("not yet"))
    chain = FallbackNotifier([late, StubNotifier()], warnings.append)
    chain.show(OPENED)
    late.error = None
    chain.show(OPENED)
    assert late.shown == [OPENED]


def test_a_desktop_without_pop_ups_is_reported_once(warnings: list[str]) -> None:
    chain = FallbackNotifier(
        [StubNotifier(NotifierUnavailableError("x")), NullNotifier()], warnings.append
    )
    chain.show(OPENED)
    chain.show(OPENED)
    assert len(warnings) == 1
    assert "sealbreak history" in warnings[0]


def test_after_a_notifier_that_hangs_no_other_is_tried(warnings: list[str]) -> None:
    spare = StubNotifier()
    FallbackNotifier([StubNotifier(NotifierFailedError("no answer")), spare], warnings.append).show(
        OPENED
    )
    assert spare.shown == []


def test_all_are_closed(warnings: list[str]) -> None:
    stubs = [StubNotifier(), StubNotifier()]
    FallbackNotifier(stubs, warnings.append).close()
    assert [stub.closed for stub in stubs] == [True, True]
