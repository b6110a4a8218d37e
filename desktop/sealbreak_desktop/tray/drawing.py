"""Draws the wax seal: one for each state, with the number of unread events."""

from enum import Enum
from functools import cache
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFont

from sealbreak_desktop.state.state import Link

SIZE = 64
"""Pixels. Panels scale it down to between 16 and 48."""
SCALE = 4
"""It is drawn larger by this factor and then reduced, for smooth edges."""
FULL = SIZE * SCALE

INK = (255, 255, 255, 255)
BADGE = (255, 255, 255, 255)
BADGE_TEXT = (40, 10, 10, 255)
RIM = (255, 255, 255, 110)
"""A thin light edge that separates the seal from a dark panel. It cannot be seen on a light one."""


class Appearance(Enum):
    """How the seal looks in a state: the colour of the wax, and of its shade."""

    ONLINE = ((196, 30, 45, 255), (150, 14, 32, 255))
    OFFLINE = ((128, 134, 142, 255), (98, 104, 112, 255))
    SIGNED_OUT = ((206, 124, 10, 255), (160, 92, 0, 255))
    MUTED = ((84, 84, 160, 255), (58, 58, 126, 255))


def appearance_of(link: Link, muted: bool) -> Appearance:
    if link is Link.SIGNED_OUT:
        return Appearance.SIGNED_OUT
    if link is not Link.ONLINE:
        return Appearance.OFFLINE
    return Appearance.MUTED if muted else Appearance.ONLINE


def badge_of(unread: int) -> str:
    return "" if unread <= 0 else str(unread) if unread <= 9 else "9+"


@cache
def icon(appearance: Appearance, badge: str = "") -> Image.Image:
    image = Image.new("RGBA", (FULL, FULL))
    draw = ImageDraw.Draw(image)
    wax, shade = appearance.value
    draw.polygon(_blob(0.5), fill=RIM)
    draw.polygon(_blob(0.475), fill=wax)
    _disc(draw, 0.5, 0.5, 0.335, shade)
    _MARKS[appearance](draw)
    if badge:
        _number(draw, badge, shade)
    return image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


def _blob(radius: float) -> list[tuple[float, float]]:
    """The uneven edge of pressed wax: a circle with nine shallow waves."""
    points = []
    for number in range(180):
        angle = number * pi / 90
        reach = FULL * radius * (0.955 + 0.045 * sin(9 * angle + 0.6 * sin(2 * angle)))
        points.append((FULL / 2 + reach * cos(angle), FULL / 2 + reach * sin(angle)))
    return points


def _disc(
    draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, fill: tuple[int, ...]
) -> None:
    box = [FULL * (x - radius), FULL * (y - radius), FULL * (x + radius), FULL * (y + radius)]
    draw.ellipse(box, fill=fill)


def _stroke(draw: ImageDraw.ImageDraw, *points: tuple[float, float], width: float = 0.085) -> None:
    draw.line([(FULL * x, FULL * y) for x, y in points], fill=INK, width=int(FULL * width))
    for x, y in points:
        _disc(draw, x, y, width / 2, INK)


def _crack(draw: ImageDraw.ImageDraw) -> None:
    """A crack through the seal."""
    _stroke(draw, (0.58, 0.16), (0.42, 0.40), (0.60, 0.56), (0.44, 0.84))


def _unplugged(draw: ImageDraw.ImageDraw) -> None:
    for x in (0.30, 0.50, 0.70):
        _disc(draw, x, 0.5, 0.062, INK)


def _exclamation(draw: ImageDraw.ImageDraw) -> None:
    _stroke(draw, (0.5, 0.26), (0.5, 0.54), width=0.12)
    _disc(draw, 0.5, 0.73, 0.07, INK)


def _moon(draw: ImageDraw.ImageDraw) -> None:
    _disc(draw, 0.48, 0.5, 0.24, INK)
    _disc(draw, 0.60, 0.42, 0.20, Appearance.MUTED.value[1])


_MARKS = {
    Appearance.ONLINE: _crack,
    Appearance.OFFLINE: _unplugged,
    Appearance.SIGNED_OUT: _exclamation,
    Appearance.MUTED: _moon,
}


def _number(draw: ImageDraw.ImageDraw, badge: str, edge: tuple[int, ...]) -> None:
    x, y, radius = 0.70, 0.70, 0.30
    _disc(draw, x, y, radius, edge)
    _disc(draw, x, y, radius - 0.03, BADGE)
    font = ImageFont.load_default(FULL * (0.50 if len(badge) == 1 else 0.36))
    draw.text(
        (FULL * x, FULL * y),
        badge,
        font=font,
        fill=BADGE_TEXT,
        anchor="mm",
        stroke_width=FULL * 0.012,
        stroke_fill=BADGE_TEXT,
    )
