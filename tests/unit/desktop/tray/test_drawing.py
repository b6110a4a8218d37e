from itertools import pairwise

import pytest
from PIL import Image, ImageChops
from sealbreak_desktop.state.state import Link
from sealbreak_desktop.tray.drawing import Appearance, appearance_of, badge_of, icon

PANEL_SIZE = (22, 22)
BADGES = ["", *map(str, range(1, 10)), "9+"]


def difference(one: Image.Image, other: Image.Image) -> int:
    """Pixels that differ clearly at the size of a panel."""
    small = [image.resize(PANEL_SIZE).convert("RGB") for image in (one, other)]
    grey = ImageChops.difference(*small).convert("L")
    return sum(value > 40 for value in grey.tobytes())


@pytest.mark.parametrize("look", list(Appearance))
@pytest.mark.parametrize("panel", [(245, 245, 245), (30, 32, 36)], ids=["light", "dark"])
def test_the_seal_stands_out_on_light_and_dark_panels(
    look: Appearance, panel: tuple[int, int, int]
) -> None:
    ground = Image.new("RGB", (64, 64), panel)
    painted = ground.copy()
    painted.paste(icon(look), mask=icon(look))
    assert difference(painted, ground) > 200


def test_no_two_states_look_alike() -> None:
    looks = list(Appearance)
    for number, look in enumerate(looks):
        for other in looks[number + 1 :]:
            assert difference(icon(look), icon(other)) > 100


@pytest.mark.parametrize(("badge", "other"), list(pairwise(BADGES)))
def test_badges_can_be_distinguished_in_a_panel(badge: str, other: str) -> None:
    assert difference(icon(Appearance.ONLINE, badge), icon(Appearance.ONLINE, other)) >= 6


@pytest.mark.parametrize(
    ("unread", "badge"), [(0, ""), (1, "1"), (9, "9"), (10, "9+"), (999, "9+")]
)
def test_the_badge_counts_to_nine(unread: int, badge: str) -> None:
    assert badge_of(unread) == badge


@pytest.mark.parametrize(
    ("link", "muted", "look"),
    [
        (Link.ONLINE, False, Appearance.ONLINE),
        (Link.ONLINE, True, Appearance.MUTED),
        (Link.CONNECTING, False, Appearance.OFFLINE),
        (Link.OFFLINE, True, Appearance.OFFLINE),
        (Link.SIGNED_OUT, True, Appearance.SIGNED_OUT),
    ],
)
def test_each_state_has_its_look(link: Link, muted: bool, look: Appearance) -> None:
    assert appearance_of(link, muted) is look


def test_an_icon_is_drawn_once() -> None:
    assert icon(Appearance.MUTED, "3") is icon(Appearance.MUTED, "3")
