"""The way to the server: proxy, HTTP calls, live connection."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from sealbreak_desktop.cli.checks.finding import (
    Finding,
    Status,
    not_checked,
    ok,
    problem,
    problem_of,
)
from sealbreak_desktop.errors import NotPairedError, SealbreakError
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.files.settings import Pairing, load_pairing
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.server.connection import Account, try_connection
from sealbreak_desktop.server.pairing import signed_in
from sealbreak_desktop.server.proxies import proxy_for

PROXY_TIMEOUT = 5.0
"""Seconds."""
STATUSES = [status.value for status in Status]
REACHED = ("test mail", "gmail")
"""What the server says about Gmail, by topic."""


def examine(paths: Paths) -> Iterator[Finding]:
    pairing = load_pairing(paths.settings)
    if pairing is None:
        yield problem_of("server", NotPairedError())
        yield from (not_checked(topic, "not paired") for topic in ("proxy", "live"))
        return
    yield _proxy(pairing.address)
    try:
        pairing, token = signed_in(paths)
    except SealbreakError as error:
        yield problem_of("server", error)
        yield not_checked("live", "there is no token to connect with")
        return
    yield _server(pairing, token)
    yield _live(pairing, token)
    yield from _reached(pairing, token)


def _proxy(address: str) -> Finding:
    try:
        proxy = proxy_for(address)
    except SealbreakError as error:
        return problem_of("proxy", error)
    if proxy is None:
        return ok("proxy", f"none is used for {address}")
    parts = urlsplit(proxy.address)
    try:
        socket.create_connection((parts.hostname, parts.port), PROXY_TIMEOUT).close()
    except OSError as error:
        advice = f"Correct it, or add {urlsplit(address).hostname} to NO_PROXY."
        return problem("proxy", f"no answer from {proxy.name}: {error.strerror or error}", advice)
    return ok("proxy", f"{proxy.name} is used for {address}, and accepts connections")


def _server(pairing: Pairing, token: str) -> Finding:
    try:
        Api(pairing.address, token).newest_event()
    except SealbreakError as error:
        return problem_of("server", error)
    kept = "in the keyring" if pairing.kept_in != "file" else "in a file"
    return ok("server", f"{pairing.address} accepts the token of {pairing.account}, kept {kept}")


def _live(pairing: Pairing, token: str) -> Finding:
    """Without it nothing pops up, and all else can be right."""
    try:
        hello = asyncio.run(try_connection(Account(pairing.address, token)))
    except SealbreakError as error:
        return problem_of("live", error)
    return ok("live", f"the live connection works; the newest event has number {hello.last}")


def _reached(pairing: Pairing, token: str) -> Iterator[Finding]:
    """Whether Gmail reaches the server. An older server does not say."""
    with suppress(SealbreakError):
        for found in Api(pairing.address, token).findings():
            if found["topic"] in REACHED and found["status"] in STATUSES:
                status = Status(found["status"])
                yield Finding(found["topic"], status, found["summary"], found["advice"])
