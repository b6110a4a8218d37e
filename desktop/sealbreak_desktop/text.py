"""Text for labels and pop-ups, made safe: strangers choose subjects and names."""

import html
import unicodedata
from datetime import datetime

TITLE_LIMIT = 120
"""Characters, as all limits here."""
BODY_LIMIT = 300
BODY_LINES = 3
LABEL_LIMIT = 60
ELLIPSIS = "…"
ISOLATED = 2
"""Characters that `isolate` adds at most."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""In the interface's language: `strftime` would use the one of the desktop."""

_DIRECTION = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
_LINE_ENDS = str.maketrans(dict.fromkeys("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029", "\n"))
_MAX_CODES = 8
"""Code points in one character. More combining marks would cover the lines above."""


def sanitise(text: str, limit: int, markup: bool = False, lines: int = 1) -> str:
    """Text without control or direction characters, of at most `limit` characters.

    `markup`: escape tags, for a place that interprets them. The limit counts before escaping.
    """
    rows = [_clean(row) for row in text.translate(_LINE_ENDS).split("\n")]
    kept = [row for row in rows if row]
    head, rest = kept[: lines - 1], kept[lines - 1 :]
    short = _shorten("\n".join([*head, " ".join(rest)] if rest else head), limit)
    return html.escape(short, quote=False) if markup else short


def _clean(row: str) -> str:
    encodable = row.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(map(_printable, encodable)).split())


def _printable(code: str) -> str:
    if code.isspace():
        return " "
    if ord(code) in _DIRECTION or unicodedata.category(code) in ("Cc", "Cs"):
        return ""
    return code


def _shorten(text: str, limit: int) -> str:
    characters = _characters(text)
    if len(characters) <= limit:
        return "".join(characters)
    return "".join(characters[: limit - 1]).rstrip() + ELLIPSIS


def fit_utf16(text: str, units: int) -> str:
    """Cut it to so many UTF-16 units, as Windows counts. An emoji has two or more of them."""
    if utf16_units(text) <= units:
        return text
    kept, left = "", units - utf16_units(ELLIPSIS)
    for character in _characters(text):
        if (left := left - utf16_units(character)) < 0:
            break
        kept += character
    return kept.rstrip() + ELLIPSIS


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _characters(text: str) -> list[str]:
    """What must not be cut apart: a letter with its accents, the parts of an emoji."""
    characters: list[str] = []
    for code in text:
        if characters and (_joins(code) or _is_half(characters[-1], code)):
            if len(characters[-1]) < _MAX_CODES:
                characters[-1] += code
        else:
            characters.append(code)
    return characters


def _joins(code: str) -> bool:
    return (
        unicodedata.combining(code) > 0
        or unicodedata.category(code) in ("Mn", "Me", "Cf")
        or 0x1F3FB <= ord(code) <= 0x1F3FF
    )


def _is_half(before: str, code: str) -> bool:
    """The part of an emoji that follows a joiner, or the second letter of a flag."""
    return before.endswith("\u200d") or (_is_flag_letter(code) and _is_flag_letter(before))


def _is_flag_letter(text: str) -> bool:
    return len(text) == 1 and 0x1F1E6 <= ord(text) <= 0x1F1FF


def isolate(text: str) -> str:
    """Keep right-to-left text from reordering the words around it."""
    reorders = any(unicodedata.bidirectional(code) in ("R", "AL", "AN") for code in text)
    return f"\u2068{text}\u2069" if reorders else text


def plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def format_time(time: datetime, now: datetime) -> str:
    """In the time zone of `now`; the further away, the coarser."""
    local = time.astimezone(now.tzinfo)
    days = (now.date() - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if abs(days) < 6:
        return f"{WEEKDAYS[local.weekday()]} {local:%H:%M}"
    day = f"{local.day:02} {MONTHS[local.month - 1]}"
    return day if local.year == now.year else f"{day} {local.year}"
