"""A parent that holds the listening socket, as systemd does."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sealbreak_server.web import systemd
from support.server.process import PROGRAM

WITH_OWN_PID = ("sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh")


@contextmanager
def activated(data: Path, listener: socket.socket, **environ: str) -> Iterator[str]:
    """A server that inherits the socket as descriptor 3."""

    def hand_over() -> None:
        os.dup2(listener.fileno(), systemd.FIRST_DESCRIPTOR)

    with subprocess.Popen(
        [*WITH_OWN_PID, *PROGRAM, "serve", "--data", str(data), "--trusted-proxies", "127.0.0.0/8"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "LISTEN_FDS": "1", **environ},
        preexec_fn=hand_over,
        pass_fds=[systemd.FIRST_DESCRIPTOR],
    ) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().removeprefix("listening on ").strip()
        finally:
            server.terminate()
