"""How this server was installed: from a clone of the repository, or as a package.

A package carries the extension as a zip file. A clone builds it into a folder.
"""

import io
import json
import shutil
from functools import cache
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from platformdirs import user_downloads_path

from sealbreak_server.errors import ExtensionError

_REPOSITORY = Path(__file__).parents[3]
CLONE = _REPOSITORY if (_REPOSITORY / "extension/manifest.json").is_file() else None
PACKED = Path(__file__).parents[1] / "extension.zip"
MANIFEST = "manifest.json"
NAME = "Sealbreak"
"""The name in the manifest, by which a folder of an earlier version is recognised."""


def command(*arguments: str) -> str:
    """The command line that starts the server with these arguments."""
    if CLONE is None:
        return " ".join(["sealbreak-server run", *arguments])
    given = " ".join(arguments)
    return f'make run ARGS="{given}"' if " " in given else f"make run ARGS={given}"


def built_extension() -> Path | None:
    """The folder with the built extension, in a clone."""
    folder = CLONE and CLONE / "extension/dist"
    return folder if folder and (folder / MANIFEST).is_file() else None


def packed_extension() -> bytes | None:
    """The extension as a zip file."""
    if folder := built_extension():
        buffer = io.BytesIO()
        with ZipFile(buffer, "w") as archive:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                archive.write(path, path.relative_to(folder))
        return buffer.getvalue()
    return PACKED.read_bytes() if PACKED.is_file() else None


@cache
def extension_version() -> str | None:
    """The version of the extension that came with this server; `None` without one."""
    packed = packed_extension()
    if packed is None:
        return None
    with ZipFile(io.BytesIO(packed)) as archive:
        return str(json.loads(archive.read(MANIFEST))["version"])


def extension_folder() -> Path:
    """The default folder to unpack it to. Snap and Flatpak browsers see no hidden folder."""
    return user_downloads_path() / "sealbreak-extension"


def unpack_extension(folder: Path) -> None:
    """Puts the extension there, or in place of an earlier version. Raises `ExtensionError`."""
    packed = packed_extension()
    if packed is None:
        raise ExtensionError("This package does not contain it. `make dist` in a clone builds it.")
    fresh, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    try:
        if _holds_something_else(folder):
            raise ExtensionError(f"{folder} holds something else. Name an empty or a new folder.")
        shutil.rmtree(fresh, ignore_errors=True)
        with ZipFile(io.BytesIO(packed)) as archive:
            archive.extractall(fresh)
        if folder.exists():
            folder.replace(old)
        fresh.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    except (OSError, BadZipFile) as error:
        raise ExtensionError(f"{folder}: {_reason(error)}") from error


def _reason(error: OSError | BadZipFile) -> str:
    return error.strerror or "" if isinstance(error, OSError) else str(error)


def _holds_something_else(folder: Path) -> bool:
    if not folder.exists():
        return False
    if not folder.is_dir():
        return True
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return any(folder.iterdir())
    return not isinstance(manifest, dict) or manifest.get("name") != NAME
