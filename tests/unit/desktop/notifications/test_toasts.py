import sys
from pathlib import Path

import pytest
from sealbreak_desktop.errors import NotifierFailedError, NotifierUnavailableError
from sealbreak_desktop.notifications.notifier import notifiers_for
from sealbreak_desktop.notifications.toasts import ToastNotifier
from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.notification import Action, Notification, notification_for
from support.desktop.scripted_server import golden
from support.desktop.systems.registry import FakeWinreg
from support.desktop.systems.toasts import DISABLED_FOR_APPLICATION, FakeWindows

IN_GMAIL = notification_for(read_event(golden("opened-with-gmail-link")))
Clicks = list[tuple[Action, Notification]]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> FakeWindows:
    registry = FakeWinreg()
    fake = FakeWindows(registry)
    monkeypatch.setitem(sys.modules, "winreg", registry)
    monkeypatch.setitem(sys.modules, "windows_toasts", fake.module)
    monkeypatch.setattr(sys, "platform", "win32")
    return fake


@pytest.fixture
def clicks() -> Clicks:
    return []


@pytest.fixture
def refused() -> list[Notification]:
    return []


@pytest.fixture
def notifier(
    windows: FakeWindows, clicks: Clicks, refused: list[Notification], tmp_path: Path
) -> ToastNotifier:
    return ToastNotifier(tmp_path / "icon.png", lambda *click: clicks.append(click), refused.append)


def test_a_toast_has_both_texts_and_a_button_for_each_action(
    notifier: ToastNotifier, windows: FakeWindows
) -> None:
    notifier.show(IN_GMAIL)
    (toast,) = windows.shown.values()
    assert toast.text_fields == [IN_GMAIL.title, IN_GMAIL.body]
    assert [button.arguments for button in toast.actions] == ["default", "gmail", "mute"]


@pytest.mark.parametrize(
    ("button", "action"),
    [(None, Action.OPEN), (0, Action.OPEN), (1, Action.GMAIL), (2, Action.MUTE)],
)
def test_a_click_is_understood(
    notifier: ToastNotifier,
    windows: FakeWindows,
    clicks: Clicks,
    button: int | None,
    action: Action,
) -> None:
    notifier.show(IN_GMAIL)
    ((tag, toast),) = windows.shown.items()
    windows.click(tag, None if button is None else toast.actions[button].content)
    assert clicks == [(action, IN_GMAIL)]


def test_a_toast_replaces_the_one_with_the_same_key(
    notifier: ToastNotifier, windows: FakeWindows
) -> None:
    for key, title in (("one", "first"), ("one", "second"), ("two", "third")):
        notifier.show(Notification(key, title, ""))
    assert [toast.text_fields[0] for toast in windows.shown.values()] == ["second", "third"]


def test_a_hostile_text_is_made_safe(notifier: ToastNotifier, windows: FakeWindows) -> None:
    notifier.show(Notification("key", "half \ud83d\x00 of one" * 40, "<toast/>" * 90))
    (toast,) = windows.shown.values()
    assert [len(text or "") for text in toast.text_fields] == [120, 300]


def test_a_toast_that_windows_refuses_later_is_shown_by_another(
    notifier: ToastNotifier, windows: FakeWindows, refused: list[Notification]
) -> None:
    notifier.show(IN_GMAIL)
    (tag,) = windows.shown
    windows.fail(tag)
    assert refused == [IN_GMAIL]
    with pytest.raises(NotifierUnavailableError, match="refused"):
        notifier.show(IN_GMAIL)


def test_what_the_user_forbids_no_other_shows(
    notifier: ToastNotifier, windows: FakeWindows
) -> None:
    windows.setting = DISABLED_FOR_APPLICATION
    with pytest.raises(NotifierFailedError, match="settings"):
        notifier.show(IN_GMAIL)


def test_an_error_of_the_system_lets_another_try(
    notifier: ToastNotifier, windows: FakeWindows
) -> None:
    windows.error = OSError("Class not registered")
    with pytest.raises(NotifierUnavailableError, match="OSError"):
        notifier.show(IN_GMAIL)


def test_without_the_library_another_tries(
    notifier: ToastNotifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "windows_toasts", None)
    with pytest.raises(NotifierUnavailableError, match="ModuleNotFoundError"):
        notifier.show(IN_GMAIL)


def test_windows_tries_toasts_before_balloons(windows: FakeWindows, tmp_path: Path) -> None:
    chain = notifiers_for(tmp_path / "icon.png", lambda *_: None, lambda _: None)
    chain.show(IN_GMAIL)
    assert (chain.name, len(windows.shown)) == ("windows-toasts", 1)
