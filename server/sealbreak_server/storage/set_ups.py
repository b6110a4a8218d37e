"""What the user told the first steps."""

from sealbreak_server.storage.tables import SetUp


def set_up_of(account: int) -> tuple[str, frozenset[str]]:
    """The situation, empty until it is chosen, and what was told."""
    row: SetUp | None = SetUp.get_or_none(SetUp.account == account)
    return (row.situation, frozenset(row.told.split())) if row else ("", frozenset())


def choose(account: int, situation: str) -> None:
    """Empty: to choose again. What was told before is about another situation."""
    _put(account, situation, "")


def tell(account: int, word: str) -> None:
    situation, told = set_up_of(account)
    _put(account, situation, " ".join(sorted({*told, word})))


def _put(account: int, situation: str, told: str) -> None:
    SetUp.insert(account=account, situation=situation, told=told).on_conflict(
        conflict_target=[SetUp.account],
        update={SetUp.situation: situation, SetUp.told: told},
    ).execute()
