"""The real nginx, Caddy and HAProxy on loopback. Tests are skipped where one is missing."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.desktop.processes import eventually
from support.paths import ROOT

FETCHED = ROOT / ".venv/proxies"
LIBRARIES = FETCHED / "usr/lib/x86_64-linux-gnu"
NGINX = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{site}
}}
"""


def program(name: str) -> str:
    places = [FETCHED / "usr/sbin", FETCHED / "usr/bin", *os.get_exec_path(), "/usr/sbin"]
    found = shutil.which(name, path=os.pathsep.join(map(str, places)))
    if found is None:
        pytest.skip(f"{name} is not here: .ci/fetch-proxies gets it")
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def nginx(folder: Path, site: str, port: int) -> Iterator[None]:
    """`site`: what stands in its part `http`."""
    folder.mkdir(exist_ok=True)
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, user=user, site=site))
    with listening([program("nginx"), "-p", str(folder), "-c", str(config)], folder, port):
        yield


@contextmanager
def listening(
    command: list[str], folder: Path, port: int, environ: Mapping[str, str] | None = None
) -> Iterator[None]:
    """The program, from when it accepts connections. Its output goes to a file."""
    output = folder / "output.log"
    with output.open("ab") as file:
        process = subprocess.Popen(
            command,
            stdout=file,
            stderr=file,
            env={**os.environ, "LD_LIBRARY_PATH": str(LIBRARIES), **(environ or {})},
        )
    try:
        assert eventually(lambda: accepts(port) or process.poll() is not None), output.read_text()
        assert process.poll() is None, output.read_text()
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
