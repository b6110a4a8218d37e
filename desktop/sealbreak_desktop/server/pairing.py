"""Becoming a device of an account, and ceasing to be one."""

import contextlib
import platform
from dataclasses import replace

from sealbreak_desktop.errors import CredentialsError, NotPairedError, ServerError, SignedOutError
from sealbreak_desktop.files.credentials import LIMIT, Credentials, credentials_in
from sealbreak_desktop.files.history import History
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.files.settings import Pairing, TokenPlace, load_pairing, save_pairing
from sealbreak_desktop.server.api import Api


def signed_in(paths: Paths) -> tuple[Pairing, str]:
    """The pairing and its token, from the place where it was put. Raises `NotPairedError`."""
    pairing = load_pairing(paths.settings)
    if pairing is None or not pairing.signed_in:
        raise NotPairedError
    token = credentials_of(pairing, paths).load()
    if token is None:
        raise NotPairedError
    return pairing, token


def credentials_of(pairing: Pairing, paths: Paths, limit: float | None = LIMIT) -> Credentials:
    return credentials_in(pairing.kept_in, paths.token, pairing.address, limit)


def works(paths: Paths, address: str) -> bool:
    """Paired with that server, which accepts the token. Raises `UnreachableError`."""
    try:
        pairing, token = signed_in(paths)
        if pairing.address != address:
            return False
        Api(address, token).newest_event()
    except (NotPairedError, SignedOutError):
        return False
    return True


def pair(paths: Paths, address: str, code: str, place: TokenPlace) -> Pairing:
    """Raises before the code is used up when the token could not be kept."""
    store = credentials_in(place, paths.token, address)
    store.load()
    paired = Api(address).pair(code, f"{platform.node() or 'Desktop'} ({platform.system()})")
    _forget_former(paths)
    store.save(paired.token)
    pairing = Pairing(address, paired.owner, paired.account, paired.device, place)
    _begin_history(paths, paired.owner, Api(address, paired.token).newest_event())
    save_pairing(paths.settings, pairing)
    return pairing


def _forget_former(paths: Paths) -> None:
    former = load_pairing(paths.settings)
    if former is not None:
        with contextlib.suppress(CredentialsError):
            credentials_of(former, paths).forget()


def _begin_history(paths: Paths, owner: str, newest: int) -> None:
    """What happened before the pairing fills the history without a sound."""
    history = History(paths.history(owner))
    try:
        if history.snapshot(0).silent_until is None:
            history.be_silent_until(newest)
    finally:
        history.close()


def sign_out(paths: Paths) -> bool:
    """Forget the token here and at the server; false when the server could not be told."""
    pairing, token = signed_in(paths)
    try:
        Api(pairing.address, token).sign_out()
        told = True
    except SignedOutError:
        told = True
    except ServerError:
        told = False
    forget(paths, pairing)
    return told


def forget(paths: Paths, pairing: Pairing) -> None:
    # What stays in a keyring that fails is worth nothing: the server no longer takes it.
    with contextlib.suppress(CredentialsError):
        credentials_of(pairing, paths).forget()
    save_pairing(paths.settings, replace(pairing, signed_in=False))
