"""Which device alerts about an event: the tray app while it is connected, or else one browser.

Write transactions come one after the other, so of several devices that ask only one is told to.
"""

from collections.abc import Sequence

from sealbreak_server.storage.tables import Account, Device

TRAY = "desktop"
AT_ONCE = 1000


def trays_connected(devices: Sequence[str], until: float) -> None:
    """Browsers are quiet until this time, or until the connections end."""
    for at in range(0, len(devices), AT_ONCE):
        some = Device.id.in_(devices[at : at + AT_ONCE])
        Device.update(live_until=until).where(some).execute()


def tray_disconnected(account: int, device: str, until: float, sent: int) -> None:
    """`until`: as last said by this connection; a later connection of the device goes on.

    `sent`: the number of the newest event that went to the tray, 0 for none.
    """
    mine = (Device.id == device) & (Device.live_until == until)
    Device.update(live_until=0).where(mine).execute()
    older = (Account.id == account) & (Account.alerted_by_tray < sent)
    Account.update(alerted_by_tray=sent).where(older).execute()


def claim(account: int, after: int, up_to: int, now: float) -> int:
    """Events with a greater number, up to `up_to`, are the calling browser's to alert about."""
    trays = Device.select().where(
        Device.account == account,
        Device.kind == TRAY,
        Device.live_until > now,
        Device.revoked_at.is_null(),
    )
    if trays.exists():
        return up_to
    row: Account = Account.get_by_id(account)
    up_to = min(up_to, row.last_event)
    told = max(after, row.alerted_by_tray, row.alerted_by_browser)
    if told < up_to:
        Account.update(alerted_by_browser=up_to).where(Account.id == account).execute()
    return told


def alerted_by_browser(account: int) -> int:
    query = Account.select(Account.alerted_by_browser).where(Account.id == account)
    return int(query.scalar() or 0)
