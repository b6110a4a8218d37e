"""The commands `backup` and `restore`."""

from collections.abc import Callable
from pathlib import Path

from support.server.process import Done, Server, command


def back_up(server: Server, run: Callable[..., Done] = command) -> Path:
    target = server.data.with_name("copy.sqlite3")
    done = run(server.data, "backup", str(target))
    assert done.returncode == 0, done.stderr
    return target


def restore(copy: Path, data: Path) -> Done:
    done = command(data, "restore", str(copy))
    assert done.returncode == 0, done.stderr
    return done
