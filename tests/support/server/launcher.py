"""The programs `run` and `demo` in processes of their own."""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sealbreak_server.cli.run.subprocesses import installed_program
from support.desktop.display import Display, skip_reason, virtual_display
from support.desktop.processes import Program, eventually, start

on_a_desktop = pytest.mark.skipif(bool(skip_reason()), reason=skip_reason())


@contextmanager
def desktop_session() -> Iterator[Display]:
    """A desktop whose tray app keeps its state in the desktop's folder."""
    with virtual_display() as here:
        here.env["SEALBREAK_STATE"] = str(here.folder / "tray")
        yield here


def headless(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def launched(env: Mapping[str, str], folder: Path, *arguments: str) -> Iterator[Program]:
    command = installed_program("sealbreak-server")
    launcher = start([command, *arguments], env, folder / "launcher.out")
    try:
        yield launcher
    finally:
        launcher.stop()


def wait_for_output(launcher: Program, text: str) -> None:
    def said() -> bool:
        assert text in launcher.said() or launcher.process.poll() is None, launcher.said()
        return text in launcher.said()

    eventually(said, text, within=40)


@contextmanager
def running(env: Mapping[str, str], folder: Path, *more: str) -> Iterator[tuple[Program, int]]:
    port = free_port()
    data = str(folder / "data")
    with launched(env, folder, "run", "--port", str(port), "--data", data, *more) as launcher:
        wait_for_output(launcher, "Ctrl+C stops everything.")
        yield launcher, port


def first_steps(launcher: Program) -> str:
    return next(word for word in launcher.said().split() if "/first-steps/" in word)


def file_of(address: str) -> Path:
    assert address.startswith("file:///")
    return Path(urlsplit(address).path)
