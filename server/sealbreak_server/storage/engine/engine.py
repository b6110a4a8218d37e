"""What a store needs of the program that keeps its database."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from peewee import Database

CHANNEL = "sealbreak"
"""PostgreSQL's channel for the owners of changed accounts."""


class Engine(ABC):
    database: Database
    can_listen = False

    @abstractmethod
    def follow(self, release: Callable[[], None]) -> bool:
        """Before each transaction. True when another database has taken the place of the last.

        `release` closes all connections to the last one.
        """

    @abstractmethod
    def connect(self) -> None:
        """Before each transaction: uses the open connection of this thread or makes one."""

    @abstractmethod
    def check_readable(self) -> None:
        """Before each query. Raises `UnavailableError` when only a transaction can reconnect."""

    @abstractmethod
    def exclusive(self) -> AbstractContextManager[None]:
        """A transaction, one at a time: classification reads what it then changes."""

    @abstractmethod
    def purge(self, *, rewrite: bool, unattended: bool) -> bool:
        """Removes what was deleted from the files too.

        Without `rewrite`, copies of rows stay, and the time does not grow with the database.
        `unattended`: others must not wait long for it. False when something is left for a person.
        Raises `UnavailableError` when it could not be done.
        """

    def migration_lock(self) -> AbstractContextManager[None]:
        """Held while the version is compared and the migrations run."""
        return nullcontext()

    def without_timeouts(self) -> AbstractContextManager[None]:
        """For statements of this transaction that may take minutes."""
        return nullcontext()

    def may_be_dead(self) -> bool:
        """An open connection may have died unnoticed, so that a failed query deserves a retry."""
        return False

    async def listen(self, heard: Callable[[str | None], None]) -> None:
        """Where `can_listen`: calls `heard` with the owner of each account that changes."""
        raise NotImplementedError
