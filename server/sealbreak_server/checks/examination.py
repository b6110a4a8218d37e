"""All checks of an installation, in the order in which they are shown."""

from collections.abc import Callable, Iterator
from importlib.metadata import version

from sealbreak_server.checks.finding import Finding, not_checked, ok, problem
from sealbreak_server.checks.judgements.answers import (
    Answer,
    Failed,
    Failure,
    Seen,
    Stale,
)
from sealbreak_server.checks.judgements.gmail import judge_gmail
from sealbreak_server.checks.judgements.machine import Clock, judge_clock, judge_disk, judge_zones
from sealbreak_server.checks.judgements.program import (
    judge_backups,
    judge_database,
    judge_dead_letters,
    judge_keys,
    judge_spool,
    judge_versions,
)
from sealbreak_server.checks.judgements.readers import judge_hits
from sealbreak_server.checks.judgements.self_test import judge_self_test
from sealbreak_server.checks.judgements.server import judge_server
from sealbreak_server.checks.probes import machine, network, program
from sealbreak_server.checks.public_address import PublicAddress
from sealbreak_server.classification.evidence.data_files import missing
from sealbreak_server.errors import SealbreakError
from sealbreak_server.security.nonces import new_nonce
from sealbreak_server.security.reachability import Reach, reach
from sealbreak_server.security.tokens import Keyring
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage
from sealbreak_server.storage.health import Records, records
from sealbreak_server.storage.hits.commits import touch
from sealbreak_server.storage.migrations.backup import COPY_SECONDS
from sealbreak_server.storage.migrations.migrate import VERSION

Check = Callable[[], Iterator[Finding]]
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # compared, not listened on


class Examination:
    """What one check learns, later ones use."""

    def __init__(self, settings: Settings, storage: Storage, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._storage = storage
        self._clock = clock
        self._keyring: Keyring | None = None
        self._records: Records | None = None
        self._local: Answer = Failed(Failure.REFUSED)

    def findings(self) -> Iterator[Finding]:
        """A check that cannot be made is a finding, and the next ones follow."""
        checks: tuple[tuple[str, Check], ...] = (
            ("keys", self._read_keys), ("database", self._database), ("keys", self._keys),
            ("spool", self._spool), ("disk", self._disk), ("backups", self._backups),
            ("data", self._data_files), ("server", self._server), ("version", self._versions),
            ("clock", self._clocks), ("time zone", self._zones), ("gmail", self._visits),
            ("address", self._address),
        )  # fmt: skip
        for topic, check in checks:
            try:
                yield from check()
            except (SealbreakError, OSError) as error:
                yield problem(topic, str(error))

    def _read_keys(self) -> Iterator[Finding]:
        self._keyring = program.keyring(self._settings.keys_file)
        yield from ()

    def _database(self) -> Iterator[Finding]:
        stored = self._storage.version()
        if stored in (0, VERSION):
            self._storage.transaction(touch)
            self._records = self._storage.transaction(records, self._clock())
        yield from judge_database(stored, VERSION)
        if self._records and not self._records.accounts:
            yield not_checked("account", "There is none yet.", "Run `sealbreak-server pair`.")

    def _keys(self) -> Iterator[Finding]:
        path = self._settings.keys_file
        if self._keyring is not None or not path.exists():
            yield from judge_keys(program.keys(path, self._keyring, self._records))

    def _spool(self) -> Iterator[Finding]:
        folder = self._settings.spool_folder
        yield from judge_spool(program.waiting(folder, self._clock()))
        if letters := program.dead_letters(folder):
            yield from judge_dead_letters(*letters)

    def _disk(self) -> Iterator[Finding]:
        yield from judge_disk(*machine.free_room(self._settings.data), str(self._settings.data))

    def _backups(self) -> Iterator[Finding]:
        copies = program.backups(self._settings.data)
        yield from judge_backups(
            copies, COPY_SECONDS, self._clock(), is_postgresql=self._storage.can_listen
        )

    def _data_files(self) -> Iterator[Finding]:
        """The classification works without them."""
        lacking = [not_checked("data", sentence) for sentence in missing(self._settings.data)]
        yield from lacking or [ok("data", "All data files are installed.")]

    def _server(self) -> Iterator[Finding]:
        target = local_target(self._settings)
        if self._keyring is None:
            yield not_checked("server", "Without keys nothing proves that a server is this one.")
            return
        nonce = new_nonce(self._keyring, self._clock())
        self._local = network.look(target, nonce).answer
        yield from judge_server(target.url, self._local, self._settings.public_url)

    def _versions(self) -> Iterator[Finding]:
        running = self._local.version if isinstance(self._local, Seen) else None
        yield from judge_versions(version("sealbreak"), running)

    def _clocks(self) -> Iterator[Finding]:
        known = self._records
        clock = Clock(
            now=self._clock(),
            is_synchronised=machine.is_synchronised(),
            server_now=self._local.now if isinstance(self._local, Seen | Stale) else None,
            newest_record=known.newest_time if known else None,
            sender_ahead=known.sender_ahead if known else None,
        )
        yield from judge_clock(clock)

    def _zones(self) -> Iterator[Finding]:
        chosen = self._records.zones if self._records else ()
        yield from judge_zones(machine.time_zone(), chosen, machine.unknown_zones(chosen))

    def _visits(self) -> Iterator[Finding]:
        if known := self._records:
            if known.tests:
                yield judge_self_test(known.tests, self._public_url, self._clock())
            yield from judge_gmail(known.gmail_at, known.sent_since, self._clock())
            yield from judge_hits(known.hit_addresses)

    @property
    def _public_url(self) -> str:
        """What the running server puts into mails, unless doctor was told."""
        told = self._local.public_url if isinstance(self._local, Seen) else ""
        return self._settings.public_url or (told if reach(told) is not Reach.LOOPBACK else "")

    def _address(self) -> Iterator[Finding]:
        came = self._records is not None and self._records.gmail_at is not None
        yield from PublicAddress(
            url=self._public_url,
            keyring=self._keyring,
            local=self._local,
            is_shared=self._storage.can_listen,
            gmail_came=came,
            clock=self._clock,
        ).examine()


def local_target(settings: Settings) -> network.Target:
    """Where this machine reaches a server with these settings."""
    host = EVERYWHERE.get(settings.host, settings.host)
    written = f"[{host}]" if ":" in host else host
    return network.Target(f"http://{written}:{settings.port}", host)
