"""The page about a link that is not followed, because no signature of this server holds for it."""

from sealbreak_server.web.pages.base import environment

MAX_SHOWN = 2000
"""Characters of the address that are shown: the extension makes no longer links."""


class DeadLinkPage:
    def __init__(self) -> None:
        self._template = environment().get_template("dead_link.html")

    def render(self, target: str | None) -> bytes:
        """`target`: the web address in the link, if there is one. It is shown as text only: a
        stranger may have written it."""
        shown = target if target is not None and len(target) <= MAX_SHOWN else None
        return self._template.render(target=shown).encode()
