"""The limits of Windows, where a longer text shows nothing at all."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from sealbreak_desktop.errors import NotifierUnavailableError
from sealbreak_desktop.notifications import plyer
from sealbreak_desktop.notifications.plyer import PlyerNotifier, texts_for
from sealbreak_desktop.state.notification import Notification
from sealbreak_desktop.text import utf16_units
from support.desktop.processes import eventually

FLAGS = Notification("key", "🇩🇪" * 60, "🇫🇷" * 300)


def test_windows_gets_no_more_utf16_units_than_it_takes() -> None:
    title, body = texts_for(FLAGS, windows=True)
    assert utf16_units(title) <= 63
    assert utf16_units(body) <= 255
    assert title == "🇩🇪" * 15 + "…"


def test_a_text_that_fits_is_whole_on_windows() -> None:
    short = Notification("key", "Your mail to Ann, 'Offer 12', was opened", "Opened, through Gmail")
    assert texts_for(short, windows=True) == (short.title, short.body)


def test_other_systems_get_the_longer_text() -> None:
    title, _ = texts_for(FLAGS, windows=False)
    assert utf16_units(title) > 63


class FakeBalloon:
    """plyer's WindowsBalloonTip: the same arguments, and Windows' limits."""

    made: "list[FakeBalloon]"

    def __init__(
        self, title: str, message: str, app_name: str, app_icon: str = "", timeout: int = 10
    ) -> None:
        assert timeout == 0, "it would sleep so long in here"
        assert not app_icon or app_icon.endswith(".ico")
        self.icon = app_icon
        self.shown: tuple[str, str] | None = None
        self.made.append(self)
        self.notify(title, message, app_name)

    def notify(self, title: str, message: str, app_name: str) -> None:
        units = [utf16_units(text) for text in (title, message, app_name)]
        if units[0] > 63 or units[1] > 255 or units[2] > 127:
            raise ValueError("string too long")
        self.shown = (title, message)

    def remove_notify(self) -> None:
        self.shown = None


@pytest.fixture
def balloons(monkeypatch: pytest.MonkeyPatch) -> list[FakeBalloon]:
    module = ModuleType("balloontip")
    vars(module).update(WindowsBalloonTip=FakeBalloon)
    monkeypatch.setitem(sys.modules, "plyer.platforms.win.libs.balloontip", module)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(FakeBalloon, "made", [], raising=False)
    return FakeBalloon.made


def test_one_icon_has_all_balloons_and_goes_after_a_while(
    balloons: list[FakeBalloon], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plyer, "DURATION", 0.05)
    (tmp_path / "icon.ico").touch()
    notifier = PlyerNotifier(tmp_path / "icon.png")
    notifier.show(FLAGS)
    notifier.show(Notification("key", "second", "body"))
    (balloon,) = balloons
    assert balloon.icon == str(tmp_path / "icon.ico")
    eventually(lambda: balloon.shown is None, "the end of the balloon")


def test_an_error_of_windows_reaches_the_chain(
    balloons: list[FakeBalloon], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("Shell_NotifyIconW failed.")

    notifier = PlyerNotifier(tmp_path / "icon.png")
    monkeypatch.setattr(FakeBalloon, "notify", fail)
    with pytest.raises(NotifierUnavailableError, match="OSError"):
        notifier.show(FLAGS)


def test_a_balloon_ends_with_the_tray(balloons: list[FakeBalloon], tmp_path: Path) -> None:
    notifier = PlyerNotifier(tmp_path / "icon.png")
    notifier.show(FLAGS)
    assert balloons[0].icon == ""
    notifier.close()
    assert balloons[0].shown is None
