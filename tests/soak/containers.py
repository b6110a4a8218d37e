"""Builds the image of `server/deploy` on a local Debian, runs it, and behind Caddy by compose.

`python tests/soak containers` does it. The wheel must be there: `make dist`. Nothing is pulled; the
base is made by mmdebstrap, and the files keep all but the published ports, which are on loopback.
"""

import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from support.desktop.processes import eventually
from support.paths import ROOT
from support.server.process import READER, Sender
from support.server.proxies import DEPLOY, FETCHED, free_port

PROGRAMS = ("podman", "buildah", "mmdebstrap", "runc", "iptables")
NEEDED = "podman buildah runc netavark aardvark-dns iptables mmdebstrap"
BASE, IMAGE, CADDY = "localhost/sealbreak-base", "localhost/sealbreak", "localhost/caddy:2"
BUILD = ("buildah", "build", "--isolation", "chroot", "--network", "host", "--pull-never")
SAFE = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt",
        "no-new-privileges", "--user", "10001:10001")  # fmt: skip
NO_INDEX = "[global]\nno-index = true\nfind-links = /wheels\n"
CADDY_FILE = """\
FROM localhost/sealbreak-base
ENV XDG_DATA_HOME=/data XDG_CONFIG_HOME=/config
COPY caddy /usr/bin/caddy
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
"""
STORAGE = '[storage]\ndriver = "vfs"\nrunroot = "{0}/run"\ngraphroot = "{0}/store"\n'
ENGINE = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
[network]
network_backend = "netavark"
"""
"""What a container in a container can do: no limits are raised, and no systemd is asked."""

Rows = Iterator[dict[str, object]]


def missing() -> str:
    """Why this cannot run here; empty if it can."""
    if lacking := [name for name in PROGRAMS if shutil.which(name) is None]:
        return f"{', '.join(lacking)} not found: apt-get install {NEEDED}"
    if os.geteuid() != 0:
        return "only root can do it in this way"
    if not (FETCHED / "usr/bin/caddy").is_file():
        return "Caddy is not here: .ci/fetch-proxies gets it"
    if len(list((ROOT / "dist").glob("*.whl"))) != 1:
        return "the wheel is not here: make dist"
    return ""


@dataclass
class Engine:
    folder: Path
    environ: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        storage, engine = self.folder / "storage.conf", self.folder / "containers.conf"
        storage.write_text(STORAGE.format(self.folder))
        engine.write_text(ENGINE)
        self.environ = {
            **os.environ,
            "CONTAINERS_STORAGE_CONF": str(storage),
            "CONTAINERS_CONF": str(engine),
        }

    def run(self, *command: str | Path, cwd: Path | None = None) -> str:
        done = subprocess.run(
            [str(part) for part in command],
            env=self.environ, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stderr[-2000:]}")
        return done.stdout

    def podman(self, *arguments: str) -> str:
        return self.run("podman", *arguments)

    def inside(self, container: str, *command: str) -> str:
        return self.podman("exec", container, *command)


def run(folder: Path) -> Rows:
    engine = Engine(folder)
    for name, step in (("base", make_base), ("image", make_image), ("alone", run_alone),
                       ("compose", run_compose)):  # fmt: skip
        start = time.monotonic()
        seen = step(engine)
        yield {
            "name": "containers",
            "step": name,
            "seconds": round(time.monotonic() - start),
            **seen,
        }


def make_base(engine: Engine) -> dict[str, object]:
    archive = engine.folder / "base.tar"
    config = f"printf '{NO_INDEX}' >\"$1/etc/pip.conf\"".replace("\n", "\\n")
    engine.run("mmdebstrap", "--variant=minbase", f"--customize-hook={config}",
               "--include=python3,python3-venv,ca-certificates", "bookworm", archive)  # fmt: skip
    engine.podman("import", str(archive), BASE)
    archive.unlink()
    return {}


def make_image(engine: Engine) -> dict[str, object]:
    (wheel,) = (ROOT / "dist").glob("*.whl")
    wheels = engine.folder / "wheels"
    engine.run(
        sys.executable, "-m", "pip", "download", "--quiet", "--only-binary", ":all:", "--dest",
        wheels, "--constraint", ROOT / "constraints.txt", f"{wheel}[server,postgres]",
    )  # fmt: skip
    engine.run(*BUILD, "--volume", f"{wheels}:/wheels:ro", "--build-arg", f"BASE={BASE}",
               "--file", DEPLOY / "Containerfile", "--tag", IMAGE, ROOT)  # fmt: skip
    size = engine.podman("image", "inspect", "--format", "{{.Size}}", IMAGE)
    return {"megabytes": round(int(size) / 1e6)}


def run_alone(engine: Engine) -> dict[str, object]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    published = f"127.0.0.1:{port}:8787"
    engine.podman("run", "--detach", "--pull", "never", "--name", "alone", *SAFE,
                  "--volume", "alone:/data", "--publish", published, IMAGE)  # fmt: skip
    assert eventually(lambda: ready(url)), engine.podman("logs", "alone")
    sender = paired(url, engine.inside("alone", "sealbreak-server", "pair"))
    assert "ok           database" in doctor(engine, "alone")
    assert refuses(engine, "alone", "touch", "/opt/sealbreak/x")
    assert "CapEff:\t0000000000000000" in engine.inside("alone", "cat", "/proc/1/status")
    start = time.monotonic()
    engine.podman("stop", "alone")
    seconds = round(time.monotonic() - start, 1)
    assert engine.podman("inspect", "--format", "{{.State.ExitCode}}", "alone").strip() == "0"
    engine.podman("start", "alone")
    assert eventually(lambda: ready(url))
    assert sender.http.post("/ids", json={"count": 1}).status_code == 200
    engine.podman("rm", "--force", "--time", "5", "alone")
    return {"seconds_to_stop": seconds}


def run_compose(engine: Engine) -> dict[str, object]:
    with composed(engine) as (port, app, caddy):
        url = f"https://localhost:{port}"
        pem = engine.folder / "root.crt"
        assert eventually(lambda: can_read(engine, caddy, pem))
        context = ssl.create_default_context(cafile=pem)
        with httpx2.Client(base_url=url, verify=context, headers=READER) as client:
            assert eventually(lambda: ready(url, client))
            code = engine.inside(app, "sealbreak-server", "pair").split()[0]
            body = {"code": code, "name": "Test", "kind": "api"}
            paired_device = client.post("/api/v1/pair", json=body)
            assert paired_device.status_code == 201
            sender = Sender(url, paired_device.json())
            with httpx2.Client(
                base_url=f"{url}/api/v1", verify=context, headers=sender.http.headers
            ) as sender.http:
                mail = sender.mail()
                assert client.get(mail.pixel()).status_code == 200
                sender.wait_for_hits(mail, 1)
        addresses = engine.inside(app, "python3", "-c", ADDRESSES).split()
        assert addresses, "no hit was stored"
        assert READER["x-forwarded-for"] not in addresses
        # The published port is seen from the gateway of the network, never as Caddy itself.
        assert set(addresses) == {"172.31.87.1"}, addresses
        said = engine.podman("logs", app)
        assert "is not trusted" not in said, said
    return {}


ADDRESSES = """\
import sqlite3
for address, in sqlite3.connect("/data/sealbreak.sqlite3").execute("SELECT address FROM hit"):
    print(address)
"""


@contextmanager
def composed(engine: Engine) -> Iterator[tuple[int, str, str]]:
    """The published port, and the names of the two containers, of a copy of compose.yaml."""
    image, project = engine.folder / "caddy", engine.folder / "sealbreak"
    image.mkdir()
    shutil.copy2(FETCHED / "usr/bin/caddy", image)
    (image / "Containerfile").write_text(CADDY_FILE)
    engine.run(*BUILD, "--tag", CADDY, image)
    shutil.copytree(DEPLOY, project)
    port = free_port()
    text = (project / "compose.yaml").read_text()
    text = re.sub(r' +- "443:443/udp"\n', "", text)
    text = text.replace('"80:80"', f'"127.0.0.1:{free_port()}:80"')
    text = text.replace('"443:443"', f'"127.0.0.1:{port}:443"')
    (project / "compose.yaml").write_text(text)
    (project / ".env").write_text("SEALBREAK_DOMAIN=localhost\n")
    compose = (compose_program(engine), "--in-pod", "false")
    engine.run(*compose, "up", "--detach", cwd=project)
    try:
        yield port, "sealbreak_app_1", "sealbreak_caddy_1"
    finally:
        engine.run(*compose, "down", "--volumes", cwd=project)


def compose_program(engine: Engine) -> Path:
    """Debian 12's podman-compose (1.0.3) does not know the addresses of a network."""
    environment = engine.folder / "compose-venv"
    engine.run(sys.executable, "-m", "venv", environment)
    engine.run(environment / "bin/pip", "install", "--quiet", "podman-compose>=1.5")
    return environment / "bin/podman-compose"


def ready(url: str, client: httpx2.Client | None = None) -> bool:
    try:
        return (client or httpx2).get(f"{url}/readyz").status_code == 200
    except httpx2.TransportError:
        return False


def paired(url: str, said: str) -> Sender:
    body = {"code": said.split()[0], "name": "Test", "kind": "api"}
    answer = httpx2.post(f"{url}/api/v1/pair", json=body)
    assert answer.status_code == 201, answer.text
    return Sender(url, answer.json())


def doctor(engine: Engine, container: str) -> str:
    """It ends with 1, as nobody outside reaches the container."""
    done = subprocess.run(
        ["podman", "exec", container, "sealbreak-server", "doctor"],
        env=engine.environ, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


def refuses(engine: Engine, container: str, *command: str) -> bool:
    try:
        engine.inside(container, *command)
    except RuntimeError:
        return True
    return False


def can_read(engine: Engine, caddy: str, pem: Path) -> bool:
    """The certificate of Caddy's own authority, which it makes for the name localhost."""
    try:
        pem.write_text(engine.inside(caddy, "cat", "/data/caddy/pki/authorities/local/root.crt"))
    except RuntimeError:
        return False
    return True
