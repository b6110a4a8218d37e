"""Everything that is kept on the disk in a database."""

from sealbreak_server.storage.store import Storage

__all__ = ["Storage"]
