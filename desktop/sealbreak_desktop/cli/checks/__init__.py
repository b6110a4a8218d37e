"""Checks of all that the tray depends on: "ok" only for what was checked in this moment."""

from collections.abc import Iterator

from sealbreak_desktop.cli.checks import desktop, files, server
from sealbreak_desktop.cli.checks.finding import Finding
from sealbreak_desktop.files.paths import Paths


def examine(paths: Paths) -> Iterator[Finding]:
    yield from server.examine(paths)
    yield from files.examine(paths)
    yield from desktop.examine(paths)
