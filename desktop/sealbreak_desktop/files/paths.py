"""Where the tray keeps its files, and how a private file is written."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

NAME = "sealbreak"


@dataclass(frozen=True, slots=True)
class Paths:
    config: Path
    state: Path
    log: Path
    autostart: Path
    override: Path | None = None
    """The value of `SEALBREAK_STATE`: one folder for all files."""

    @property
    def settings(self) -> Path:
        return self.config / "desktop.json"

    @property
    def token(self) -> Path:
        return self.config / "token"

    @property
    def lock(self) -> Path:
        return self.state / "tray.lock"

    @property
    def log_file(self) -> Path:
        return self.log / "tray.log"

    def history(self, owner: str) -> Path:
        return self.state / f"history-{owner}.sqlite3"


def paths_from(environment: Mapping[str, str] = os.environ) -> Paths:
    autostart = _autostart_folder()
    if one := environment.get("SEALBREAK_STATE"):
        folder = Path(one).expanduser().absolute()
        return Paths(folder, folder, folder, autostart, folder)
    return Paths(
        config=platformdirs.user_config_path(NAME, appauthor=False),
        state=platformdirs.user_state_path(NAME, appauthor=False),
        log=platformdirs.user_log_path(NAME, appauthor=False),
        autostart=autostart,
    )


def _autostart_folder() -> Path:
    """Not used on Windows, where the registry has the entry."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "LaunchAgents"
    return platformdirs.user_config_path() / "autostart"


def private_folder(folder: Path) -> Path:
    """Create it, if it is missing, for its owner only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def write_private(file: Path, text: str) -> None:
    """Replace the file in one step. Others can read it at no time."""
    private_folder(file.parent)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
