"""Clock, time zone and disk of this machine. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sealbreak_server.checks.finding import Finding, not_checked, ok, problem, warning
from sealbreak_server.checks.words import count, duration, listed, size, when

CLOCK_SECONDS = 60.0
SENDER_SECONDS = 300.0
"""A sender's clock that is off by less is corrected at each registration, and common."""
LITTLE_BYTES, SCARCE_BYTES = 1_000_000_000, 100_000_000


@dataclass(frozen=True, slots=True)
class Clock:
    now: float
    is_synchronised: bool | None
    """By the kernel; `None` where it cannot be asked."""
    server_now: float | None
    """By the running server."""
    newest_record: float | None
    sender_ahead: float | None
    """Seconds, of the sender's computer at the newest registration."""


def judge_clock(clock: Clock) -> Iterator[Finding]:
    yield from _against_server(clock)
    ahead = (clock.newest_record or 0.0) - clock.now
    if ahead > CLOCK_SECONDS:
        yield problem(
            "clock",
            f"The newest record is {duration(ahead)} in the future: this clock is late, or it was"
            " early.",
            "Set it: verdicts compare times.",
        )
    elif clock.is_synchronised:
        yield ok("clock", f"A time service keeps the clock; it is {when(clock.now)}.")
    else:
        yield not_checked(
            "clock",
            f"It is {when(clock.now)} by this clock, and no time service says whether that is so.",
            "On systemd: `timedatectl set-ntp true`.",
        )
    if abs(difference := clock.sender_ahead or 0.0) > SENDER_SECONDS:
        late = "ahead of" if difference > 0 else "behind"
        yield warning(
            "clock",
            f"The sender's computer was {duration(abs(difference))} {late} this clock at its last"
            " mail: one of the two is wrong.",
        )


def _against_server(clock: Clock) -> Iterator[Finding]:
    if clock.server_now is None:
        return
    difference = clock.server_now - clock.now
    if abs(difference) > CLOCK_SECONDS:
        yield problem(
            "clock",
            f"The running server's clock differs from this one by {duration(abs(difference))}.",
            "Set the wrong one: verdicts compare times.",
        )


def judge_zones(machine: str, chosen: Sequence[str], unknown: Sequence[str]) -> Iterator[Finding]:
    """`machine`: the zone of the log's times. `chosen`: those of quiet hours and digests."""
    for name in unknown:
        yield warning(
            "time zone",
            f"{name} is not known here, so its quiet hours and digests follow UTC.",
            "Install tzdata.",
        )
    said = f" Quiet hours and digests follow {listed(chosen)}." if chosen else ""
    yield ok("time zone", f"This machine's is {machine}.{said}")


def judge_disk(free_bytes: int, free_files: int | None, folder: str) -> Iterator[Finding]:
    """`free_files`: `None` where the file system has no bound."""
    if free_bytes < SCARCE_BYTES or (free_files is not None and free_files < 1000):
        room = size(free_bytes) if free_bytes < SCARCE_BYTES else count(free_files or 0, "file")
        yield problem("disk", f"Room for {room} is left at {folder}: hits will be lost.")
    elif free_bytes < LITTLE_BYTES:
        yield warning("disk", f"Only {size(free_bytes)} are free at {folder}.")
    else:
        yield ok("disk", f"{size(free_bytes)} are free at {folder}.")
