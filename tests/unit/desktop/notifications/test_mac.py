"""UserNotifications and osascript, and which of them shows a notification."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sealbreak_desktop.errors import NotifierFailedError, NotifierUnavailableError
from sealbreak_desktop.notifications import user_notifications
from sealbreak_desktop.notifications.notifier import notifiers_for
from sealbreak_desktop.notifications.script import SCRIPT, ScriptNotifier
from sealbreak_desktop.notifications.user_notifications import DISMISSED, UserNotifier
from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.notification import Action, Notification, notification_for
from support.desktop.scripted_server import golden
from support.desktop.systems.mac import BANNER, DENIED, LIST, NOT_ALLOWED_ERROR, FakeMac

OPENED = notification_for(read_event(golden("opened-through-gmail")))
IN_GMAIL = replace(notification_for(read_event(golden("opened-with-gmail-link"))), key="gmail")
Clicks = list[tuple[Action, Notification]]


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> FakeMac:
    fake = FakeMac()
    for name, module in fake.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    user_notifications._delegate_class.cache_clear()
    monkeypatch.setattr(user_notifications, "TIMEOUT", 0.2)
    monkeypatch.setattr(sys, "platform", "darwin")
    return fake


@pytest.fixture
def clicks() -> Clicks:
    return []


@pytest.fixture
def notifier(mac: FakeMac, clicks: Clicks) -> UserNotifier:
    return UserNotifier(lambda *click: clicks.append(click))


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines that were started."""
    started: list[list[str]] = []

    def run(command: list[str], **options: Any) -> None:
        assert (options["check"], options["timeout"] > 0) == (True, True)
        started.append(command)

    monkeypatch.setattr(subprocess, "run", run)
    return started


def test_each_notification_has_the_buttons_of_its_actions(
    notifier: UserNotifier, mac: FakeMac
) -> None:
    notifier.show(OPENED)
    notifier.show(IN_GMAIL)
    names = [
        [name for name, _ in mac.buttons[mac.shown[one.key].category]] for one in (OPENED, IN_GMAIL)
    ]
    assert names == [["default", "mute"], ["default", "gmail", "mute"]]
    assert mac.shown[OPENED.key].title == OPENED.title
    assert mac.asked == 1


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("com.apple.UNNotificationDefaultActionIdentifier", Action.OPEN),
        ("default", Action.OPEN),
        ("gmail", Action.GMAIL),
        ("mute", Action.MUTE),
    ],
)
def test_a_click_is_understood(
    notifier: UserNotifier, mac: FakeMac, clicks: Clicks, name: str, action: Action
) -> None:
    notifier.show(IN_GMAIL)
    mac.click(IN_GMAIL.key, name)
    assert clicks == [(action, IN_GMAIL)]


def test_a_dismissal_is_no_click(notifier: UserNotifier, mac: FakeMac, clicks: Clicks) -> None:
    notifier.show(OPENED)
    mac.click(OPENED.key, DISMISSED)
    assert clicks == []


def test_it_is_shown_in_front_of_the_program_too(notifier: UserNotifier, mac: FakeMac) -> None:
    notifier.show(OPENED)
    assert mac.presented() == BANNER | LIST


def test_outside_a_bundle_the_system_is_not_asked(notifier: UserNotifier, mac: FakeMac) -> None:
    mac.bundle = None
    with pytest.raises(NotifierUnavailableError, match="bundle"):
        notifier.show(OPENED)


def test_what_the_user_forbids_no_other_shows(notifier: UserNotifier, mac: FakeMac) -> None:
    mac.status = DENIED
    with pytest.raises(NotifierFailedError, match="settings"):
        notifier.show(OPENED)


def test_a_program_that_may_not_ask_lets_another_try(notifier: UserNotifier, mac: FakeMac) -> None:
    """As one that is not signed."""
    mac.error = NOT_ALLOWED_ERROR
    with pytest.raises(NotifierUnavailableError, match="1"):
        notifier.show(OPENED)


def test_a_silent_system_is_not_waited_for(notifier: UserNotifier, mac: FakeMac) -> None:
    mac.is_silent = True
    with pytest.raises(NotifierFailedError, match="answer"):
        notifier.show(OPENED)


def test_texts_are_arguments_of_the_script_and_no_part_of_it(scripts: list[list[str]]) -> None:
    hostile = Notification("key", '-e "quoted" \\', 'beep" & do shell script "id')
    ScriptNotifier().show(hostile)
    ((program, *words),) = scripts
    assert program == "/usr/bin/osascript"
    count = 2 * len(SCRIPT)
    assert words[:count] == [word for line in SCRIPT for word in ("-e", line)]
    assert words[count:] == ["Sealbreak", hostile.title, hostile.body]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (FileNotFoundError("osascript"), NotifierUnavailableError),
        (subprocess.CalledProcessError(1, "osascript"), NotifierUnavailableError),
        (subprocess.TimeoutExpired("osascript", 5), NotifierFailedError),
    ],
    ids=["not there", "refused", "silent"],
)
def test_a_script_that_fails_is_reported(
    monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[Exception]
) -> None:
    def run(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(NotifierUnavailableError) as raised:
        ScriptNotifier().show(OPENED)
    assert type(raised.value) is kind


@pytest.mark.parametrize(
    ("bundle", "name"), [("org.python.python", "UserNotifications"), (None, "osascript")]
)
def test_the_first_way_that_works_shows_it(
    mac: FakeMac, scripts: list[list[str]], bundle: str | None, name: str, tmp_path: Path
) -> None:
    mac.bundle = bundle
    chain = notifiers_for(tmp_path / "icon.png", lambda *_: None, lambda _: None)
    chain.show(OPENED)
    assert (chain.name, len(mac.shown) + len(scripts)) == (name, 1)
