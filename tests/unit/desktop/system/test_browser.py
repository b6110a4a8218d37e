import sys
import webbrowser
from types import SimpleNamespace

import pytest
from sealbreak_desktop.errors import SealbreakError
from sealbreak_desktop.system.browser import browser_program, open_link


def test_the_program_that_would_start_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "get", lambda: SimpleNamespace(name=sys.executable))
    assert browser_program() == sys.executable


def test_a_browser_that_is_not_installed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(webbrowser, "get", lambda: SimpleNamespace(name="/gone/firefox"))
    with pytest.raises(SealbreakError, match="/gone/firefox was not found"):
        browser_program()


def test_no_browser_at_all_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none)
    with pytest.raises(SealbreakError, match="BROWSER"):
        browser_program()


def test_a_page_that_no_browser_opens_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    with pytest.raises(SealbreakError, match="No browser could be started"):
        open_link("https://track.example.com")
