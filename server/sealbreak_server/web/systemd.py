"""What systemd hands to a service and wants to hear from it. Nothing happens without systemd.

Socket activation: connections wait in the kernel while the server restarts, so no pixel is lost.
The protocols are those of sd_listen_fds(3), sd_notify(3) and sd_watchdog_enabled(3).
"""

import asyncio
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress

from sealbreak_server.errors import SettingsError

FIRST_DESCRIPTOR = 3


def inherited_listener(environ: Mapping[str, str]) -> socket.socket | None:
    """The TCP socket that systemd listens on for this process.

    Raises `SettingsError` when it hands over anything else.
    """
    if environ.get("LISTEN_PID") != str(os.getpid()):
        return None
    if environ.get("LISTEN_FDS") != "1":
        raise SettingsError("systemd must hand over exactly one socket: one ListenStream= line.")
    try:
        listener = socket.socket(fileno=FIRST_DESCRIPTOR)
    except OSError as error:
        raise SettingsError(f"What systemd handed over is no socket: {error.strerror}.") from error
    if listener.family not in {socket.AF_INET, socket.AF_INET6}:
        raise SettingsError("systemd must hand over a TCP socket, such as ListenStream=8787.")
    listener.set_inheritable(False)
    return listener


def report_started(environ: Mapping[str, str]) -> None:
    """Tells that requests are accepted, and from then on, in time, that the loop still runs."""
    _notify(environ, "READY=1")
    microseconds = environ.get("WATCHDOG_USEC", "")
    is_ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    if microseconds.isdigit() and int(microseconds) and is_ours:
        # Half of the time, as sd_watchdog_enabled(3) recommends.
        _keep_telling(environ, int(microseconds) / 2e6)


def _keep_telling(environ: Mapping[str, str], seconds: float) -> None:
    _notify(environ, "WATCHDOG=1")
    asyncio.get_running_loop().call_later(seconds, _keep_telling, environ, seconds)


def _notify(environ: Mapping[str, str], state: str) -> None:
    address = environ.get("NOTIFY_SOCKET", "")
    if sys.platform != "win32" and address:
        if address.startswith("@"):
            address = f"\0{address[1:]}"
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifier:
            notifier.setblocking(False)
            notifier.sendto(state.encode(), address)
