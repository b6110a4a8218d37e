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
DEPLOY = ROOT / "server/deploy"
FILES = {"caddy": "Caddyfile", "haproxy": "haproxy.cfg", "nginx": "nginx.conf"}
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
    config = folder / "whole.conf"
    config.write_text(NGINX.format(folder=folder, user=user, site=site))
    with listening([program("nginx"), "-p", str(folder), "-c", str(config)], folder, port):
        yield


@contextmanager
def deployed(name: str, folder: Path, pem: Path, server: str) -> Iterator[str]:
    """The public address of a proxy that runs on its file in `server/deploy`.

    Only addresses, ports and certificates are others: see `_adapted`.
    """
    folder.mkdir()
    port, plain_port = free_port(), free_port()
    target = server.removeprefix("http://")
    text = _adapted(name, (DEPLOY / FILES[name]).read_text(), port, plain_port, pem, target, folder)
    file = folder / FILES[name]
    file.write_text(text)
    environ = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    started = {
        "caddy": lambda: listening(
            [program("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"],
            *(folder, port, environ),
        ),
        "haproxy": lambda: listening([program("haproxy"), "-f", str(file)], folder, port),
        "nginx": lambda: nginx(folder, text, port),
    }
    with started[name]():
        yield f"https://127.0.0.1:{port}"


def _adapted(
    name: str, text: str, port: int, plain_port: int, pem: Path, target: str, folder: Path
) -> str:
    changes = {
        "caddy": {
            "{\n\t#": f"{{\n\tadmin off\n\tauto_https off\n\thttp_port {plain_port}\n\t#",
            "track.example.com {": f"https://127.0.0.1:{port} {{\n\ttls {pem} {pem}",
        },
        "haproxy": {
            "bind :443": f"bind 127.0.0.1:{port}",
            "bind :80": f"bind 127.0.0.1:{plain_port}",
            "/etc/haproxy/track.example.com.pem": str(pem),
        },
        "nginx": {
            "\tlisten [::]:80;\n": "",
            "\tlisten [::]:443 ssl http2;\n": "",
            "listen 80;": f"listen 127.0.0.1:{plain_port};",
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "/etc/letsencrypt/live/track.example.com/fullchain.pem": str(pem),
            "/etc/letsencrypt/live/track.example.com/privkey.pem": str(pem),
            "/var/log/nginx/sealbreak.log": str(folder / "sealbreak.log"),
            "server_name track.example.com;": "server_name 127.0.0.1;",
        },
    }[name]
    for old, new in {**changes, "127.0.0.1:8787": target}.items():
        assert old in text, f"{old!r} is not in the file of {name}"
        text = text.replace(old, new)
    return text


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
