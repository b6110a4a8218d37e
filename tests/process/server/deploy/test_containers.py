"""The files for containers agree with each other and with the server.

`make soak ARGS=containers` builds the image and runs it.
"""

import ipaddress
import json
import os
import re
import subprocess

from sealbreak_server.settings import SETTINGS
from support.server.proxies import DEPLOY, program

CONTAINER = (DEPLOY / "Containerfile").read_text()
COMPOSE = (DEPLOY / "compose.yaml").read_text()


def test_the_caddy_of_the_containers_leads_to_the_server_and_logs_no_request() -> None:
    done = subprocess.run(
        [program("caddy"), "adapt", "--config", str(DEPLOY / "Caddyfile.compose"),
         "--adapter", "caddyfile"],
        env={**os.environ, "SEALBREAK_DOMAIN": "track.example.com"},
        capture_output=True, check=True,
    )  # fmt: skip
    adapted = json.loads(done.stdout)
    assert adapted["logging"]["logs"]["default"]["exclude"] == ["http.log.error"]
    text = json.dumps(adapted)
    assert '"dial": "app:8787"' in text
    assert '"host": ["track.example.com"]' in text


def test_only_settings_that_exist_are_set() -> None:
    known = {setting.env for setting in SETTINGS} | {"SEALBREAK_DOMAIN"}
    assert set(re.findall(r"SEALBREAK_[A-Z_]+", CONTAINER + COMPOSE)) <= known


def test_the_network_of_the_containers_is_the_trusted_one() -> None:
    (trusted,) = re.findall(r"SEALBREAK_TRUSTED_PROXIES: (\S+)", COMPOSE)
    (subnet,) = re.findall(r"subnet: (\S+)", COMPOSE)
    assert ipaddress.ip_network(trusted) == ipaddress.ip_network(subnet)


def test_the_server_runs_as_the_user_that_owns_its_data() -> None:
    users = set(re.findall(r"(?:USER|user:|chown) \"?(\d+:\d+)", CONTAINER + COMPOSE))
    assert len(users) == 1
    assert "read_only: true" in COMPOSE
    assert "8787:8787" not in COMPOSE


def test_the_files_that_the_image_is_made_of_have_their_names() -> None:
    (copied,) = re.findall(r"^COPY (dist\S+ \S+) /build/", CONTAINER, re.MULTILINE)
    assert copied == "dist/*.whl constraints.txt"
    assert (DEPLOY.parents[1] / "constraints.txt").is_file()
    assert "dockerfile: server/deploy/Containerfile" in COMPOSE
