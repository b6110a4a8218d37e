"""The limits of Windows, where a longer text shows nothing at all."""

from sealbreak_desktop.notifications.plyer import texts_for
from sealbreak_desktop.state.notification import Notification
from sealbreak_desktop.text import utf16_units

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
