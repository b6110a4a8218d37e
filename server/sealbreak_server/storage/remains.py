"""Whether deleted rows may have left copies in the file of the database.

The note is in the database, so that a killed server removes the copies after its next start.
"""

from sealbreak_server.storage.tables import Counter

NAME = "remains"


def note() -> None:
    """In the transaction that deletes."""
    Counter.insert(name=NAME, value=1).on_conflict(
        conflict_target=[Counter.name], update={Counter.value: Counter.value + 1}
    ).execute()


def noted() -> int:
    return int(Counter.select(Counter.value).where(Counter.name == NAME).scalar() or 0)


def settle(count: int) -> None:
    """The file was rewritten after so many notes. Later ones stay."""
    Counter.update(value=Counter.value - count).where(Counter.name == NAME).execute()
