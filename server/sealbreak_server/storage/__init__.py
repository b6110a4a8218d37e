"""Every query, and the one door from asyncio to the threads that run them."""

from sealbreak_server.storage.engine.store import Storage

__all__ = ["Storage"]
