"""Which program listens on a port, so that an error message can name it. Known on Linux only."""

import errno
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

LISTEN = "0A"
"""The state of a listening socket (linux/include/net/tcp_states.h)."""


def is_taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        if sys.platform != "win32":  # where it lets two programs listen on one port
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def port_owner(port: int, proc: Path = Path("/proc")) -> str:
    """Such as `nginx (process 812)`, or `another program` when it is not known."""
    wanted = set()
    for table in ("net/tcp", "net/tcp6"):
        if (path := proc / table).exists():
            wanted |= set(_listening(path.read_text(), port))
    for process in proc.glob("[0-9]*"):
        if wanted & set(_sockets(process)):
            return f"{_name(process)} (process {process.name})"
    return "another program"


def _listening(table: str, port: int) -> Iterator[str]:
    """The inodes of the sockets that listen on this port."""
    for row in table.splitlines()[1:]:
        columns = row.split()
        if columns[3] == LISTEN and int(columns[1].rpartition(":")[2], 16) == port:
            yield columns[9]


def _sockets(process: Path) -> Iterator[str]:
    """The inodes of the open sockets of a process, if this user may see them."""
    try:
        for link in (process / "fd").iterdir():
            target = str(link.readlink())
            if target.startswith("socket:["):
                yield target[len("socket:[") : -1]
    except OSError:
        return


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:  # it has just ended
        return "a program"
