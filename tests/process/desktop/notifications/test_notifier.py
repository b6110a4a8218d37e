import pytest
from sealbreak_desktop.errors import NotifierUnavailableError
from sealbreak_desktop.notifications.notifier import FallbackNotifier, NullNotifier
from sealbreak_desktop.state.notification import Notification
from support.desktop.notifier import StubNotifier
from support.desktop.processes import eventually

OPENED = Notification("key", "Your mail to Ann, 'Offer 12', was opened", "Opened, through Gmail")


@pytest.fixture
def warnings() -> list[str]:
    return []


def test_a_notification_that_nothing_could_show_is_shown_once_by_a_late_daemon(
    warnings: list[str],
) -> None:
    late = StubNotifier(NotifierUnavailableError("not yet"))
    chain = FallbackNotifier([late, NullNotifier()], warnings.append)
    chain.show(OPENED)
    chain.show(Notification("key", "Your mail to Ann, 'Offer 12', was opened again", ""))
    late.error = None
    chain.catch_up()
    eventually(lambda: late.shown, "the late alert")
    chain.catch_up()
    chain.show(OPENED)
    assert [one.title for one in late.shown] == [
        "Your mail to Ann, 'Offer 12', was opened again",
        OPENED.title,
    ]


def test_kept_notifications_appear_with_the_next_one_at_the_latest(warnings: list[str]) -> None:
    late = StubNotifier(NotifierUnavailableError("not yet"))
    chain = FallbackNotifier([late, NullNotifier()], warnings.append)
    chain.show(OPENED)
    late.error = None
    chain.show(Notification("another", "Your mail to Ben, 'Offer 12', was opened", ""))
    eventually(lambda: len(late.shown) == 2, "the kept alert")
