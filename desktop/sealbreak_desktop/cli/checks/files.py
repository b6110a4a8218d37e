"""What is kept on this computer: the token, the history, the entry at login."""

import os
from collections.abc import Iterator

from sealbreak_desktop.cli.checks.finding import Finding, not_checked, ok, problem, problem_of
from sealbreak_desktop.errors import SealbreakError
from sealbreak_desktop.files.credentials import TIMEOUT, call_with_timeout
from sealbreak_desktop.files.keyrings import (
    KeyringState,
    keyring_backend,
    keyring_state,
    tells_state,
)
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.files.settings import load_pairing
from sealbreak_desktop.system.autostart import Autostart, autostart_for
from sealbreak_desktop.system.packages import Package, installing

WITHOUT_KEYRING = "pair with --token-file"


def examine(paths: Paths) -> Iterator[Finding]:
    yield _token(paths)
    yield _files(paths)
    yield _autostart(autostart_for(paths))


def _token(paths: Paths) -> Finding:
    pairing = load_pairing(paths.settings)
    if pairing is not None and pairing.kept_in == "file":
        return _token_file(paths)
    try:
        return call_with_timeout(TIMEOUT, _keyring)
    except SealbreakError as error:
        return problem_of("keyring", error)


def _token_file(paths: Paths) -> Finding:
    try:
        mode = paths.token.stat().st_mode
    except FileNotFoundError:
        return problem("token file", "there is none", "Pair this computer again.")
    if os.name == "posix" and mode & 0o077:
        return problem("token file", "others can read it", f"chmod 600 {paths.token}")
    return ok("token file", f"{paths.token}; the keyring is not used")


def _keyring() -> Finding:
    state, backend = keyring_state(), keyring_backend()
    name = type(backend).__module__.removeprefix("keyring.backends.")
    if state is KeyringState.NONE:
        return problem("keyring", "none on this computer", _without_keyring())
    if state is KeyringState.LOCKED:
        return problem("keyring", f"{name} is locked", "Unlock it: the tray then connects.")
    if not tells_state(backend):
        return not_checked("keyring", f"{name}; whether it is unlocked")
    return ok("keyring", f"{name} is unlocked")


def _without_keyring() -> str:
    return ", or ".join(filter(None, [installing(Package.KEYRING), WITHOUT_KEYRING]))


def _files(paths: Paths) -> Finding:
    where = f"{paths.state} (log: {paths.log_file})"
    if not paths.state.exists():
        return not_checked("files", f"{where}: not created yet")
    if not os.access(paths.state, os.W_OK | os.X_OK):
        return problem(
            "files", f"{paths.state} cannot be written", "Allow yourself to write in it."
        )
    return ok("files", f"{where} can be written")


def _autostart(autostart: Autostart) -> Finding:
    if not autostart.state:
        return ok("login", "the tray does not start at login (Open at login, in its menu)")
    if missing := autostart.missing_program:
        advice = "Switch Open at login off and on, in the tray's menu."
        return problem("login", f"{autostart.place} starts {missing}, which is not there", advice)
    return ok("login", f"the tray starts at login, by {autostart.place}")
