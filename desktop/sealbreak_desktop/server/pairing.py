"""Pairing this computer with an account, and signing out."""

import contextlib
import platform
from dataclasses import replace

from sealbreak_desktop.errors import CredentialsError, NotPairedError, ServerError, SignedOutError
from sealbreak_desktop.files.credentials import TIMEOUT, Credentials, credentials_in
from sealbreak_desktop.files.history import History
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.files.settings import Pairing, TokenPlace, load_pairing, save_pairing
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.system.clock import zone_name


def signed_in(paths: Paths) -> tuple[Pairing, str]:
    """The pairing and its token. Raises `NotPairedError`."""
    pairing = load_pairing(paths.settings)
    if pairing is None or not pairing.signed_in:
        raise NotPairedError
    token = credentials_of(pairing, paths).load()
    if token is None:
        raise NotPairedError
    return pairing, token


def credentials_of(pairing: Pairing, paths: Paths, timeout: float | None = TIMEOUT) -> Credentials:
    return credentials_in(pairing.kept_in, paths.token, pairing.address, timeout)


def works(paths: Paths, address: str) -> bool:
    """Whether the server at this address accepts our token. Raises `UnreachableError`."""
    try:
        pairing, token = signed_in(paths)
        if pairing.address != address:
            return False
        Api(address, token).newest_event()
    except (NotPairedError, SignedOutError):
        return False
    return True


def pair(paths: Paths, address: str, code: str, place: TokenPlace) -> Pairing:
    """Raises before the code is used up when the token cannot be stored."""
    store = credentials_in(place, paths.token, address)
    store.load()
    paired = Api(address).pair(
        code, f"{platform.node() or 'Desktop'} ({platform.system()})", zone_name()
    )
    _delete_former_token(paths)
    store.save(paired.token)
    pairing = Pairing(address, paired.owner, paired.account, paired.device, place)
    _start_history(paths, paired.owner, Api(address, paired.token).newest_event())
    save_pairing(paths.settings, pairing)
    return pairing


def _delete_former_token(paths: Paths) -> None:
    former = load_pairing(paths.settings)
    if former is not None:
        with contextlib.suppress(CredentialsError):
            credentials_of(former, paths).delete()


def _start_history(paths: Paths, owner: str, newest: int) -> None:
    """Events from before the pairing are recorded, but do not pop up."""
    history = History(paths.history(owner))
    try:
        if history.snapshot(0).silent_until is None:
            history.save_silent_until(newest)
    finally:
        history.close()


def sign_out(paths: Paths) -> bool:
    """Delete the token here and on the server. False when the server could not be reached."""
    pairing, token = signed_in(paths)
    try:
        Api(pairing.address, token).sign_out()
        reached = True
    except SignedOutError:
        reached = True
    except ServerError:
        reached = False
    _delete_token(paths, pairing)
    return reached


def _delete_token(paths: Paths, pairing: Pairing) -> None:
    # A token left in a keyring that fails is worthless: the server no longer accepts it.
    with contextlib.suppress(CredentialsError):
        credentials_of(pairing, paths).delete()
    save_pairing(paths.settings, replace(pairing, signed_in=False))
