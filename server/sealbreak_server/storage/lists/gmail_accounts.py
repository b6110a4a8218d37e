"""The Gmail accounts that an account sends from."""

from peewee import fn

from sealbreak_server.storage.tables import Message

MOST = 50


def gmail_accounts(account: int) -> list[str]:
    """In order. Steps from one to the next along the index, so many messages cost no more."""
    found: list[str] = []
    while len(found) < MOST:
        query = Message.select(fn.MIN(Message.gmail_account)).where(
            Message.account == account, Message.gmail_account > (found[-1] if found else "")
        )
        name = query.scalar()
        if name is None:
            break
        found.append(str(name))
    return found
