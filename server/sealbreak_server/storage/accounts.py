"""Accounts, their devices, and what lets a device or a browser in."""

from collections.abc import Iterable
from dataclasses import dataclass

from sealbreak_server.errors import BadRequestError, ForbiddenError, NotFoundError
from sealbreak_server.security.secrets import hash_code, hash_secret, new_code, new_secret
from sealbreak_server.security.tokens import new_id, new_owner
from sealbreak_server.storage.engine.statements import CachedQuery, as_tuples
from sealbreak_server.storage.tables import Account, Device, OwnAddress, Pairing, Session, SignIn

PAIRING_SECONDS = 10 * 60
SIGN_IN_SECONDS = 5 * 60
SESSION_SECONDS = 7 * 24 * 3600
SET_UP = "first-steps"
"""The kind of the device that a link to the first steps belongs to."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The account and device that a token or a cookie belongs to."""

    account: int
    owner: str
    name: str
    device: str
    kind: str
    """The kind of the device, as it named itself when it was paired."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    id: str
    name: str
    kind: str
    created_at: float
    seen_at: float
    revoked_at: float | None
    live_until: float = 0.0
    """A tray app counts as connected until then."""


def the_account(name: str, now: float) -> Account:
    """The first account of this server, created at its first use; usually the only one."""
    account: Account | None = Account.select().order_by(Account.id).first()
    return account or Account.create(owner=new_owner(), name=name, created_at=now)


def account_named(name: str, now: float) -> Account:
    """Creates the account at its first use."""
    named = Account.select().where(Account.name == name)
    account: Account | None = named.order_by(Account.id).first()
    return account or Account.create(owner=new_owner(), name=name, created_at=now)


def meant_account(name: str | None) -> Account:
    """The account with this name; without a name, the only account. Raises `SealbreakError`."""
    wanted = Account.select().order_by(Account.id)
    found = list(wanted.where(Account.name == name) if name else wanted.limit(2))
    if not found:
        who = f"no account {name!r}" if name else "no account yet"
        raise NotFoundError(f"There is {who}: pair a device with `sealbreak-server pair`.")
    if len(found) > 1 and name:
        raise BadRequestError(
            f"Several accounts are named {name!r}. Give the oldest of them another name: "
            f"`sealbreak-server pair --account {name!r} --name NAME`."
        )
    if len(found) > 1:
        raise BadRequestError("There are several accounts: say which one with --account NAME.")
    return found[0]


def new_pairing(
    name: str | None, default_name: str, now: float, account_name: str | None = None
) -> str:
    """The code to type; `name` renames the account. Without a name it is the first account's.

    Raises `BadRequestError` when another account has this name.
    """
    if account_name:
        account = account_named(account_name, now)
    else:
        account = the_account(name or default_name, now)
    if name:
        _rename(account, name)
    return new_pairing_of(account.id, now)


def new_pairing_of(account: int, now: float) -> str:
    """The code to type."""
    Pairing.delete().where(Pairing.expires_at < now).execute()
    code = new_code()
    Pairing.create(code_hash=hash_code(code), account=account, expires_at=now + PAIRING_SECONDS)
    return code


def _rename(account: Account, name: str) -> None:
    if Account.select().where(Account.name == name, Account.id != account.id).exists():
        raise BadRequestError(
            f"Another account is named {name!r}: choose a name that tells the two apart, "
            f"or pair with that account, by --account {name!r} without --name."
        )
    Account.update(name=name).where(Account.id == account.id).execute()


@dataclass(frozen=True, slots=True)
class Owner:
    """Who tracks, as recipients read it on their page."""

    name: str
    contact: str


def pair(
    code: str,
    name: str,
    kind: str,
    now: float,
    owner_name: str | None = None,
    contact: str | None = None,
) -> tuple[str, Principal]:
    """`name` is the device's. The owner's name and contact are changed if they are given.

    Raises `BadRequestError` when another account has the owner's name.
    """
    pairing = Pairing.get_or_none(Pairing.code_hash == hash_code(code), Pairing.expires_at > now)
    if pairing is None or not pairing.delete_instance():
        raise ForbiddenError(
            "This code is wrong, used or older than 10 minutes. "
            "Make a new one with `sealbreak-server pair`."
        )
    introduce(pairing.account, owner_name, contact)
    secret = new_secret()
    device = Device.create(
        id=new_id(), account=pairing.account, name=name, kind=kind,
        token_hash=hash_secret(secret), created_at=now, seen_at=now,
    )  # fmt: skip
    raise_device_changes(pairing.account.id)
    return secret, _principal(Device.get_by_id(device.id))


def raise_device_changes(account: int) -> None:
    raised = Account.device_changes + 1
    Account.update(device_changes=raised).where(Account.id == account).execute()


def introduce(account: Account, name: str | None, contact: str | None) -> None:
    """Raises `BadRequestError` when another account has this name."""
    if name:
        _rename(account, name)
    if contact is not None:
        Account.update(contact=contact).where(Account.id == account.id).execute()


def owner_of(account: int) -> Owner:
    row: Account = Account.get_by_id(account)
    return Owner(row.name, row.contact)


def put_owner(account: int, name: str, contact: str) -> None:
    """Raises `BadRequestError` when another account has this name."""
    introduce(Account.get_by_id(account), name, contact)


def _principal(device: Device) -> Principal:
    account = device.account
    return Principal(account.id, account.owner, account.name, device.id, device.kind)


def principal_of_token(token: str) -> Principal | None:
    device = (
        Device.select(Device, Account)
        .join(Account)
        .where(Device.token_hash == hash_secret(token), Device.revoked_at.is_null())
        .first()
    )
    return _principal(device) if device else None


def principal_of_session(token: str, now: float) -> Principal | None:
    device = (
        Device.select(Device, Account)
        .join(Account)
        .switch(Device)
        .join(Session)
        .where(
            Session.token_hash == hash_secret(token),
            Session.expires_at > now,
            Device.revoked_at.is_null(),
        )
        .first()
    )
    return _principal(device) if device else None


def new_sign_in(device: str, path: str, now: float) -> str:
    SignIn.delete().where(SignIn.expires_at < now).execute()
    code = new_secret()
    SignIn.create(
        code_hash=hash_secret(code), device=device, path=path, expires_at=now + SIGN_IN_SECONDS
    )
    return code


def new_set_up_link(account: int, path: str, now: float) -> str:
    """The code of a link that signs in a browser of which no device is paired yet.

    The browser that an earlier link has signed in is signed out.
    """
    Device.delete().where(Device.account == account, Device.kind == SET_UP).execute()
    device = Device.create(
        id=new_id(), account=account, name="A browser with the first steps", kind=SET_UP,
        token_hash=hash_secret(new_secret()), created_at=now, seen_at=now,
    )  # fmt: skip
    return new_sign_in(device.id, path, now)


def made_at(device: str) -> float:
    """When the device was paired."""
    return float(Device.get_by_id(device).created_at)


def who_signs_in(code: str, now: float) -> Principal | None:
    """The device whose history a sign-in link opens. The link stays valid."""
    row = SignIn.get_or_none(SignIn.code_hash == hash_secret(code), SignIn.expires_at >= now)
    return _principal(row.device) if row else None


def use_sign_in(code: str, now: float, session: str = "") -> tuple[str, str] | None:
    """The session's secret and the path to show first; the code becomes invalid.

    `session`: the secret of the session that the browser has. It continues if it belongs to the
    same account, so that other tabs keep working; a session of another account ends.
    """
    row = SignIn.get_or_none(SignIn.code_hash == hash_secret(code))
    if row is None or not row.delete_instance() or row.expires_at < now:
        return None
    before = principal_of_session(session, now)
    goes_on = before is not None and before.account == row.device.account.id
    Session.delete().where(Session.expires_at < now).execute()
    end_session(session)
    secret = session if goes_on else new_secret()
    Session.create(
        token_hash=hash_secret(secret), device=row.device_id, expires_at=now + SESSION_SECONDS
    )
    return secret, row.path


def end_session(token: str) -> None:
    Session.delete().where(Session.token_hash == hash_secret(token)).execute()


def devices(account: int) -> list[DeviceRow]:
    rows = Device.select().where(Device.account == account).order_by(Device.created_at)
    return [
        DeviceRow(
            row.id, row.name, row.kind, row.created_at, row.seen_at, row.revoked_at, row.live_until
        )
        for row in rows
    ]


def revoke(account: int, device: str, now: float) -> bool:
    mine = (Device.account == account) & (Device.id == device) & Device.revoked_at.is_null()
    if not Device.update(revoked_at=now).where(mine).execute():
        return False
    Session.delete().where(Session.device == device).execute()
    SignIn.delete().where(SignIn.device == device).execute()
    raise_device_changes(account)
    return True


_paired = CachedQuery(
    lambda device: Device.select(Device.id).where(Device.id == device, Device.revoked_at.is_null())
)


def is_revoked(device: str) -> bool:
    return not _paired.rows(device)


def touch_devices(sightings: Iterable[tuple[int, str, str, float]]) -> None:
    """`sightings`: account, device, address (empty when many people share it), time."""
    for account, device, address, time in sightings:
        Device.update(seen_at=time).where(Device.id == device).execute()
        if not address:
            continue
        OwnAddress.insert(account=account, address=address, seen_at=time).on_conflict(
            conflict_target=[OwnAddress.account, OwnAddress.address],
            update={OwnAddress.seen_at: time},
        ).execute()


def is_own_address(account: int, address: str) -> bool:
    """Whether one of the account's devices was there lately."""
    mine = (OwnAddress.account == account) & (OwnAddress.address == address)
    return bool(OwnAddress.select().where(mine).exists())


def changes() -> dict[str, tuple[int, ...]]:
    """Numbers for each owner that grow with each change, whichever process wrote it."""
    numbers = (
        Account.last_event,
        Account.device_changes,
        Account.preference_changes,
        Account.erasures,
    )
    query = Account.select(Account.owner, *numbers)
    return {owner: tuple(found) for owner, *found in as_tuples(query)}


def who_tracks(owner: str) -> Owner | None:
    """By the short public name of the account."""
    account: Account | None = Account.get_or_none(Account.owner == owner)
    return Owner(account.name, account.contact) if account else None
