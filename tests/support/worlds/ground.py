"""A database on which worlds are played, one after another."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sealbreak_server.storage import Storage
from sealbreak_server.storage.engine.database import running_on
from sealbreak_server.storage.tables import TABLES, Counter

MEMORY = Path("/dev/shm")  # where there is one, files cost no disk
KEPT = (Counter,)


class Ground:
    """Not safe from a power cut. Tables can be read without a job."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder, self._url = folder, url
        self._stack = ExitStack()
        self._open()

    def _open(self) -> None:
        self.storage = Storage.at(self._url, self._folder)
        self.storage.transaction(lambda: None)
        if not self._url:
            self.storage.database.execute_sql("PRAGMA synchronous = off")  # type: ignore[no-untyped-call]  # stubs
        self._stack.enter_context(running_on(self.storage.database))

    def restart(self) -> None:
        self.close()
        self._open()

    def clear(self) -> None:
        self.storage.transaction(self._delete)

    def _delete(self) -> None:
        for table in TABLES:
            if table not in KEPT:
                name = table._meta.table_name
                self.storage.database.execute_sql(f'DELETE FROM "{name}"')  # type: ignore[no-untyped-call]

    def close(self) -> None:
        self._stack.close()
        self.storage.close()


@contextmanager
def ground(url: str = "") -> Iterator[Ground]:
    """On SQLite without a URL."""
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="sealbreak-worlds-", dir=memory) as folder:
        made = Ground(Path(folder), url)
        yield made
        made.close()
