"""This process without what Windows does not have, and with Windows' rules for files.

Run as a program it starts Sealbreak's server so: `python tests/support/windows.py serve ...`. What
stays Linux's: paths, the event loop, and how the C library opens files.
"""

import asyncio
import errno
import importlib
import os
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

POSIX_MODULES = ("fcntl", "grp", "pwd", "resource", "syslog", "termios", "uvloop")
LOADED_BEFORE = (
    "click", "multiprocessing.connection", "platformdirs", "shutil", "sysconfig", "tempfile",
    "zoneinfo",
)  # fmt: skip
"""What would look for the real Windows when it is loaded."""
POSIX_ONLY = {
    os: (
        "fdatasync", "fork", "getegid", "geteuid", "getgid", "getpgid", "getuid", "killpg",
        "posix_fallocate", "pread", "pwrite", "setsid", "sysconf",
    ),
    signal: ("SIGHUP", "SIGKILL", "SIGUSR1", "pthread_sigmask"),
    asyncio.AbstractEventLoop: ("add_signal_handler",),
}  # fmt: skip
BREAK = signal.SIGUSR2
"""What stands for Ctrl+Break."""
LARGEST_POSITION = 2**31 - 1


class FakeMsvcrt(ModuleType):
    """`msvcrt.locking`: each open file has locks of its own, and nobody else reads a locked byte.

    https://docs.python.org/3/library/msvcrt.html#msvcrt.locking
    """

    LK_UNLCK, LK_LOCK, LK_NBLCK, LK_RLCK, LK_NBRLCK = range(5)

    def __init__(self) -> None:
        super().__init__("msvcrt")
        import fcntl

        self._fcntl = fcntl
        self.calls: list[tuple[int, int, int]] = []
        """Mode, position and number of bytes."""

    def locking(self, fd: int, mode: int, nbytes: int, /) -> None:
        if type(fd) is not int or type(nbytes) is not int:
            raise TypeError("an integer is required")
        assert mode == self.LK_NBLCK, "the only one that neither waits 10 s nor unlocks"
        position = os.lseek(fd, 0, os.SEEK_CUR)
        assert position + nbytes <= LARGEST_POSITION, "the C library takes 31 bits"
        assert position >= os.fstat(fd).st_size, "locked bytes cannot be read or written"
        self.calls.append((mode, position, nbytes))
        # Of the open file, not of the process. Linux asks for the right that fits the lock.
        flags = self._fcntl.fcntl(fd, self._fcntl.F_GETFL) & os.O_ACCMODE
        kind = self._fcntl.F_RDLCK if flags == os.O_RDONLY else self._fcntl.F_WRLCK
        self._lock(fd, kind, position, nbytes)

    def _lock(self, fd: int, kind: int, position: int, nbytes: int) -> None:
        import struct

        wanted = struct.pack("hhqqi4x", kind, os.SEEK_SET, position, nbytes, 0)
        try:
            self._fcntl.fcntl(fd, self._fcntl.F_OFD_SETLK, wanted)
        except OSError:
            raise PermissionError(errno.EACCES, "Permission denied") from None


def become_windows() -> FakeMsvcrt:
    """For the rest of this process."""
    for name in LOADED_BEFORE:
        importlib.import_module(name)
    fake = FakeMsvcrt()
    sys.modules["msvcrt"] = fake
    for name in POSIX_MODULES:
        sys.modules[name] = None  # type: ignore[assignment]
    for owner, names in POSIX_ONLY.items():
        for name in names:
            if name in vars(owner):
                delattr(owner, name)
    vars(signal).update(SIGBREAK=BREAK, CTRL_BREAK_EVENT=1)
    vars(sys.modules["shutil"]).update(_use_fd_functions=False)
    vars(asyncio).update(ProactorEventLoop=asyncio.SelectorEventLoop)
    asyncio.SelectorEventLoop.add_signal_handler = _not_there  # type: ignore[assignment, method-assign]
    _restrict_files()
    sys.platform = "win32"
    return fake


def _not_there(*_: object) -> None:
    raise NotImplementedError


def _restrict_files() -> None:
    """An open file cannot be renamed, replaced or removed. A folder cannot be opened."""
    for name in ("rename", "replace", "unlink", "remove"):
        setattr(os, name, _refusing_open(getattr(os, name)))
    open_before, fsync, utime = os.open, os.fsync, os.utime

    def checked_open(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if Path(os.fsdecode(path)).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return open_before(path, flags, *rest, **named)

    def checked_fsync(fd: int) -> None:
        flags = Path(f"/proc/self/fdinfo/{fd}").read_text().split("flags:")[1].split()[0]
        if int(flags, 8) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, "Bad file descriptor")
        fsync(fd)

    def checked_utime(path: Any, *rest: Any, **named: Any) -> None:
        if isinstance(path, int):
            raise TypeError("utime: path should be string, bytes or os.PathLike, not int")
        utime(path, *rest, **named)

    vars(os).update(open=checked_open, fsync=checked_fsync, utime=checked_utime)


def _refusing_open(call: Any) -> Any:
    def checked(path: Any, *rest: Any, **named: Any) -> Any:
        if named.get("dir_fd") is None and _is_open(Path(os.fsdecode(path))):
            raise PermissionError(
                errno.EACCES, "The process cannot access the file: it is being used", str(path)
            )
        return call(path, *rest, **named)

    return checked


def _is_open(path: Path) -> bool:
    try:
        wanted = path.stat()
    except OSError:
        return False
    for link in Path("/proc/self/fd").iterdir():
        try:
            found = link.stat()
        except OSError:  # the folder's own
            continue
        if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
            return True
    return False


if __name__ == "__main__":
    become_windows()
    from sealbreak_server.cli.main import main

    sys.exit(main())
