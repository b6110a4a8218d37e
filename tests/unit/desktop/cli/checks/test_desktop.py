import sys

import pytest
from sealbreak_desktop.cli.checks import desktop
from sealbreak_desktop.cli.checks.finding import Finding, Status
from sealbreak_desktop.errors import (
    NotifierFailedError,
    NotifierUnavailableError,
    SealbreakError,
    TrayUnavailableError,
)
from sealbreak_desktop.files.paths import paths_from
from sealbreak_desktop.system import environment


class Icon:
    backend = "appindicator"


class Prepared:
    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def prepare(self) -> None:
        if self._error is not None:
            raise self._error


@pytest.fixture(autouse=True)
def _whole_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ("dunst 1.9", frozenset({"actions"}))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(environment, "connect_to_bus", lambda _: (object(), ""))
    monkeypatch.setattr(environment, "notification_server", lambda: found)
    monkeypatch.setattr(environment, "has_tray_host", lambda: True)
    monkeypatch.setattr(desktop, "browser_program", lambda: "firefox")
    monkeypatch.setattr(desktop, "Tray", lambda *_: Icon())


def findings() -> dict[str, Finding]:
    return {finding.topic: finding for finding in desktop.examine(paths_from({}))}


def test_what_was_checked_is_ok() -> None:
    found = findings()
    assert {one.status for one in found.values()} == {Status.OK}
    assert found["pop-ups"].summary == "dunst 1.9 answers; its pop-ups can be clicked"
    assert found["browser"].summary == "firefox is installed; it was not started"


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (None, Status.OK, "none was shown"),
        (NotifierFailedError("Windows' settings forbid them"), Status.PROBLEM, "settings"),
        (NotifierUnavailableError("ImportError"), Status.PROBLEM, "by plyer"),
    ],
    ids=["there", "forbidden", "missing"],
)
def test_windows_pop_ups_are_ok_when_the_system_would_take_them(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None, status: Status, words: str
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(desktop, "ToastNotifier", lambda *_: Prepared(error))
    found = findings()
    assert (found["pop-ups"].status, words in found["pop-ups"].summary) == (status, True)
    assert found["panel"].status is Status.NOT_CHECKED
    assert "session bus" not in found


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (None, Status.OK, "none was shown"),
        (NotifierFailedError("the system's settings forbid them"), Status.PROBLEM, "settings"),
        (NotifierUnavailableError("no bundle"), Status.NOT_CHECKED, "osascript"),
    ],
    ids=["there", "forbidden", "missing"],
)
def test_macs_pop_ups_are_ok_when_the_system_would_take_them(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None, status: Status, words: str
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(desktop, "UserNotifier", lambda *_: Prepared(error))
    found = findings()
    assert (found["pop-ups"].status, words in found["pop-ups"].summary) == (status, True)
    assert "session bus" not in found


def test_each_missing_part_is_a_problem_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_icon(*_: object) -> None:
        raise TrayUnavailableError("a library is missing", advice="Install it")

    def no_browser() -> str:
        raise SealbreakError("No browser was found", advice="Set BROWSER")

    monkeypatch.setattr(environment, "notification_server", lambda: None)
    monkeypatch.setattr(environment, "has_tray_host", lambda: False)
    monkeypatch.setattr(desktop, "Tray", no_icon)
    monkeypatch.setattr(desktop, "browser_program", no_browser)
    found = findings()
    for topic in ("pop-ups", "tray icon", "panel", "browser"):
        assert (found[topic].status, bool(found[topic].advice)) == (Status.PROBLEM, True)
