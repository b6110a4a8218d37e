"""A PostgreSQL cluster of the tests' own, on a socket of its own, without disk syncs."""

import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
QUICK = "-c fsync=off -c full_page_writes=off"


@dataclass
class Cluster:
    folder: Path
    programs: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @contextmanager
    def database(self, like: str = "") -> Iterator[str]:
        """The address of an empty one, or of a copy of one that nobody is connected with."""
        name, pattern = f"tests_{next(self.numbers)}", self._name(like) or "template0"
        self._order(f"CREATE DATABASE {name} TEMPLATE {pattern}")
        try:
            yield self.address(name)
        finally:
            self._order(f"DROP DATABASE {name} WITH (FORCE)")

    def _order(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def address(self, name: str) -> str:
        return f"postgresql://sealbreak@/{name}?host={self.folder}"

    @staticmethod
    def _name(address: str) -> str:
        return urlsplit(address).path.removeprefix("/")

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' {QUICK}"
        self._control("-o", options, "start")

    def stop(self) -> None:
        self._control("-m", "immediate", "stop")

    @contextmanager
    def hung(self) -> Iterator[None]:
        """It says nothing, though the machine takes what it is sent."""
        processes = list(self._processes())
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def _processes(self) -> Iterator[int]:
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        yield first
        yield from map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())

    def make(self) -> None:
        how = ("--locale=C.UTF-8", "--encoding=UTF8", "--auth=trust", "--no-sync")
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "sealbreak", *how)

    def _control(self, *arguments: str) -> None:
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self._run("pg_ctl", "-D", data, "-w", "-l", log, *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        """PostgreSQL refuses to run as root."""
        user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        command = [str(self.programs / program), *arguments]
        nothing = subprocess.DEVNULL
        subprocess.run(  # type: ignore[call-overload]  # a user or none
            command, check=True, cwd=self.folder, stdin=nothing, stdout=nothing, **user
        )


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("the driver of PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="sealbreak-pg-") as name:
        if os.geteuid() == 0:
            shutil.chown(name, "postgres", "postgres")
        cluster = Cluster(Path(name), PROGRAMS[-1].parent)
        cluster.make()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
