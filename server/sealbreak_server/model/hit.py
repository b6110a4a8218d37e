"""A hit: one request for a pixel or a link, exactly as it came in."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    OPEN = "open"
    """A request for the pixel."""
    CLICK = "click"
    """A request for a wrapped link."""


class Hit(NamedTuple):
    """A named tuple: it is made and written in a third of the time of a dataclass."""

    kind: Kind
    owner: str
    message: str
    """The tracking ID, 16 letters and digits."""
    copy: int
    link: int | None
    """The number of the link that was followed, `None` for the pixel."""
    time: float
    """Seconds since the epoch, read once when the request arrived."""
    method: str
    address: str
    """From the socket or a trusted proxy, never from a header that anybody can set."""
    headers: tuple[tuple[str, str], ...]
    """Names in lower case; decoded as Latin-1 and cut to a maximum length."""
    own_click: bool = False
    """The sender's own browser marked the request."""
