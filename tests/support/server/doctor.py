"""What doctor says about a server, also behind an nginx."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.server.process import Server, command
from support.server.proxies import free_port, nginx

UPGRADE = """
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";"""
FORWARD = "proxy_set_header X-Forwarded-For $remote_addr;"
SITE = """
  proxy_cache_path {folder}/cache keys_zone=all:1m;
  server {{
    listen 127.0.0.1:{port} {tls};
    ssl_certificate {pem};
    ssl_certificate_key {pem};
    location / {{
      proxy_pass http://127.0.0.1:{target};
      proxy_http_version 1.1;
      proxy_set_header Host {host};
      {forward}
      {upgrade}
      {more}
    }}
  }}"""

Examined = list[tuple[str, str, str]]
"""Status, topic and text of each finding."""


@contextmanager
def site(folder: Path, pem: Path, server: str, **changes: str) -> Iterator[str]:
    """An nginx in front of the server at this address, and its public address."""
    port = changes.setdefault("port", str(free_port()))
    parts = {
        "folder": str(folder), "pem": str(pem), "tls": "ssl http2",
        "target": server.rpartition(":")[2], "forward": FORWARD, "upgrade": UPGRADE, "more": "",
        "host": "$http_host",
    }  # fmt: skip
    with nginx(folder, SITE.format(**(parts | changes)), int(port)):
        yield f"https://127.0.0.1:{port}"


def examine(server: Server, url: str) -> tuple[int, Examined]:
    """With the exit status."""
    port = server.url.rpartition(":")[2]
    done = command(server.data, "doctor", "--port", port, "--public-url", url)
    return done.returncode, findings(done.stdout)


def findings(output: str) -> Examined:
    found: Examined = []
    for line in output.splitlines():
        if line.startswith(" "):
            status, topic, text = found.pop()
            found.append((status, topic, f"{text} {line.strip()}"))
        else:
            found.append((line[:12].strip(), line[13:25].strip(), line[25:]))
    return found


def of(found: Examined, topic: str) -> list[tuple[str, str]]:
    return [(status, text) for status, about, text in found if about == topic]


def worst(found: Examined) -> Examined:
    return [finding for finding in found if finding[0] == "problem"]
