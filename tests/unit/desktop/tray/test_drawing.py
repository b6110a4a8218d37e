from itertools import pairwise

import pytest
from PIL import Image, ImageChops
from sealbreak_desktop.state.state import Link
from sealbreak_desktop.tray.drawing import Look, badge_of, icon, look_of

PANEL_SIZE = (22, 22)
BADGES = ["", *map(str, range(1, 10)), "9+"]


def difference(one: Image.Image, other: Image.Image) -> int:
    """Pixels that differ clearly at the size of a panel."""
    small = [image.resize(PANEL_SIZE).convert("RGB") for image in (one, other)]
    grey = ImageChops.difference(*small).convert("L")
    return sum(value > 40 for value in grey.tobytes())


@pytest.mark.parametrize("look", list(Look))
@pytest.mark.parametrize("panel", [(245, 245, 245), (30, 32, 36)], ids=["light", "dark"])
def test_the_seal_stands_out_on_light_and_dark_panels(
    look: Look, panel: tuple[int, int, int]
) -> None:
    ground = Image.new("RGB", (64, 64), panel)
    painted = ground.copy()
    painted.paste(icon(look), mask=icon(look))
    assert difference(painted, ground) > 200


def test_no_two_states_look_alike() -> None:
    looks = list(Look)
    for number, look in enumerate(looks):
        for other in looks[number + 1 :]:
            assert difference(icon(look), icon(other)) > 100


@pytest.mark.parametrize(("badge", "other"), list(pairwise(BADGES)))
def test_badges_can_be_told_apart_in_a_panel(badge: str, other: str) -> None:
    assert difference(icon(Look.ONLINE, badge), icon(Look.ONLINE, other)) >= 6


@pytest.mark.parametrize(
    ("unread", "badge"), [(0, ""), (1, "1"), (9, "9"), (10, "9+"), (999, "9+")]
)
def test_the_badge_counts_to_nine(unread: int, badge: str) -> None:
    assert badge_of(unread) == badge


@pytest.mark.parametrize(
    ("link", "muted", "look"),
    [
        (Link.ONLINE, False, Look.ONLINE),
        (Link.ONLINE, True, Look.MUTED),
        (Link.CONNECTING, False, Look.OFFLINE),
        (Link.OFFLINE, True, Look.OFFLINE),
        (Link.SIGNED_OUT, True, Look.SIGNED_OUT),
    ],
)
def test_each_state_has_its_look(link: Link, muted: bool, look: Look) -> None:
    assert look_of(link, muted) is look


def test_an_icon_is_drawn_once() -> None:
    assert icon(Look.MUTED, "3") is icon(Look.MUTED, "3")
