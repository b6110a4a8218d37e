"""What was erased is in no file of a running server, nor of one that was killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from sealbreak_server.ingest.spool import Spool
from sealbreak_server.model.hit import Hit, Kind
from support.paths import TESTS
from support.server.process import (
    READER,
    Mail,
    Sender,
    Server,
    command,
    csrf_token_of,
    running,
    visit,
)

HOUR = 3600.0
DAY = 24 * HOUR
SUBJECT, PERSON, NAME, LINK = (
    "Quinces",
    "zelda@example.com",
    "Zelda Z",
    "https://example.com/quince",
)
ADDRESS, LATER, HEADER = "84.130.20.91", "84.130.20.92", "Marmalade/1.0"
REFUSED = "84.130.20.93"
"""The address of a hit that the server could not record."""
MAIL = (SUBJECT, PERSON, NAME, LINK)
HIT = (ADDRESS, HEADER)
ZELDA = {"address": PERSON, "name": NAME, "kind": "to", "copy": 1}
BEN = {"address": "ben@example.com", "name": "Ben", "kind": "to", "copy": 2}

KILLED = 9
ERASE = f"""
import os, sys, time
from pathlib import Path
from sealbreak_server.storage import Storage, erasure
data, mail = sys.argv[1:]
assert Storage.at("", Path(data)).transaction(erasure.erase_message, 1, mail, time.time())
os._exit({KILLED})
"""
"""Is killed before it has cleaned the files."""


class Clock:
    """Of a server that runs in a process of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.move(0)

    def move(self, seconds: float) -> None:
        draft = self._file.with_suffix(".new")
        draft.write_text(str(seconds), encoding="ascii")
        draft.replace(self._file)

    @contextmanager
    def running(self, data: Path, *flags: str) -> Iterator[Server]:
        script = str(TESTS / "support" / "server" / "moved_clock.py")
        program = (sys.executable, "-W", "error", script, str(self._file))
        with running(data, *flags, program=program) as server:
            yield server


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


def found(server: Server, *words: str) -> set[str]:
    """Which of these are in the log or in a file of the data folder, in any case."""
    files = [server.log, *(Path(top) / n for top, _, ns in os.walk(server.data) for n in ns)]
    text = b"\n".join(file.read_bytes() for file in files if file.exists()).lower()
    return {word for word in words if word.lower().encode() in text}


def eventually_gone(server: Server, *words: str) -> set[str]:
    end = time.monotonic() + 30
    while (left := found(server, *words)) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def opened(server: Server, sender: Sender, *people: dict[str, object], copy: int = 1) -> Mail:
    """Among others, so that the pages of the file are full."""
    for at in range(25):
        visit(server, sender.mail(subject=f"Other {at}").pixel(1), READER)
    links = [{"n": 1, "url": LINK, "hidden": False}]
    mail = sender.mail(
        subject=SUBJECT, recipients=people or [ZELDA], links=links, sent_at=a_while_ago()
    )
    headers = READER | {"x-forwarded-for": ADDRESS, "accept-language": HEADER}
    visit(server, mail.pixel(copy), headers)
    visit(server, mail.link2(1, LINK, copy), headers)
    assert sender.wait_for_events(mail, 2)
    for at in range(25):
        visit(server, sender.mail(subject=f"Other {at}").pixel(1), READER)
    assert found(server, *MAIL, *HIT) == {*MAIL, *HIT}
    return mail


def a_while_ago() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - HOUR))


def keep_refused_hit(server: Server, mail: Mail) -> None:
    hit = Hit(Kind.OPEN, mail.owner, mail.id, 1, None, time.time(), "GET", REFUSED, ())
    (server.data / "spool").mkdir(exist_ok=True)
    Spool(server.data / "spool").add_dead_letter(mail.id, [hit])
    assert found(server, REFUSED)


def copy_before_update(data: Path) -> Path:
    """Of a mail that is erased later."""
    copy = data / "backups" / f"version-12-{time.time_ns()}.sqlite3"
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(f"{SUBJECT} {PERSON} {ADDRESS}".encode())
    return copy


def press_erase(sender: Sender, page: str, form: str, **fields: str) -> None:
    with httpx2.Client(base_url=sender.url, follow_redirects=True) as browser:
        sender.sign_in(browser)
        token = csrf_token_of(browser.get(page).text)
        answer = browser.post(form, data={"csrf_token": token, **fields})
        assert (answer.status_code, "erased" in answer.text) == (200, True), answer.text


def by_page_of_mail(server: Server, sender: Sender, mail: Mail) -> None:
    press_erase(sender, f"/history/{mail.id}", f"/history/{mail.id}/erase")


def by_page_of_person(server: Server, sender: Sender, mail: Mail) -> None:
    page = f"/history/people/{PERSON}"
    press_erase(sender, page, "/history/people/erase", address=PERSON)


def by_command_for_mail(server: Server, sender: Sender, mail: Mail) -> None:
    done = command(server.data, "erase", "--yes", "--message", mail.id)
    assert done.returncode == 0, done.stderr


def by_command_for_person(server: Server, sender: Sender, mail: Mail) -> None:
    done = command(server.data, "erase", "--yes", "--recipient", PERSON)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "erase", [by_page_of_mail, by_page_of_person, by_command_for_mail, by_command_for_person]
)
def test_an_erased_mail_is_in_no_file(
    tmp_path: Path, erase: Callable[[Server, Sender, Mail], None]
) -> None:
    """Neither while the server runs, nor when it is killed at once, nor after the next hits."""
    with running(tmp_path / "data") as server:
        sender = server.sender()
        mail = opened(server, sender)
        copy_before_update(server.data)
        keep_refused_hit(server, mail)
        erase(server, sender, mail)
        assert found(server, *MAIL, *HIT, REFUSED) == set()
        assert sender.register(mail, subject=SUBJECT).status_code == 410
        assert visit(server, mail.link2(1, LINK, 1), {"x-forwarded-for": LATER}).status_code == 302
        server.process.kill()
    assert found(server, *MAIL, *HIT) == set()
    with running(server.data) as server:
        assert visit(server, mail.pixel(1), {"x-forwarded-for": LATER}).status_code == 200
        assert eventually_gone(server, *MAIL, *HIT, LATER) == set()


def test_a_server_that_was_killed_while_it_erased_completes_that(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        mail = opened(server, server.sender())
        server.process.kill()
    killed = subprocess.run([sys.executable, "-c", ERASE, str(server.data), mail.id])
    assert killed.returncode == KILLED
    assert found(server, *MAIL, *HIT)
    with running(server.data) as server:
        assert eventually_gone(server, *MAIL, *HIT) == set()


def test_an_erased_person_is_in_no_file_and_the_others_keep_theirs(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        sender = server.sender()
        mail = opened(server, sender, ZELDA, BEN, copy=2)
        visit(server, mail.pixel(1), READER | {"x-forwarded-for": LATER})
        before = sender.wait_for_events(mail, 3)
        by_page_of_person(server, sender, mail)
        assert found(server, PERSON, NAME, LATER) == set()
        assert found(server, SUBJECT, "ben@example.com", LINK, *HIT)
        bens = [event for event in before if event["copy"] == 2]
        assert [e["number"] for e in sender.events_of(mail)] == [e["number"] for e in bens]
        assert [e["verdict"] for e in sender.events_of(mail)] == [e["verdict"] for e in bens]
        again = sender.register(mail, recipients=[ZELDA, BEN], subject=SUBJECT)
        assert [p["name"] for p in again.json()["recipients"]] == ["Ben"]
        visit(server, mail.pixel(1), READER | {"x-forwarded-for": LATER})
        assert eventually_gone(server, PERSON, NAME, LATER) == set()


def test_an_opt_out_takes_the_address_from_the_files(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        sender = server.sender()
        mail = opened(server, sender)
        keep_refused_hit(server, mail)
        assert httpx2.post(server.url + mail.page(1)).status_code == 200
        assert found(server, *HIT, REFUSED) == set()
        visit(server, mail.pixel(1), {"x-forwarded-for": LATER})
        assert eventually_gone(server, LATER) == set()
        assert found(server, *MAIL) == set(MAIL)
        assert sender.message(mail)["opens"] == 1


def test_what_is_too_old_is_in_no_file(tmp_path: Path, clock: Clock) -> None:
    with clock.running(tmp_path / "data", "--keep-days", "14") as server:
        sender = server.sender()
        opened(server, sender)
        unregistered = sender.blank()
        visit(server, unregistered.pixel(), {"x-forwarded-for": LATER})
        keep_refused_hit(server, unregistered)
        copy = copy_before_update(server.data)
        clock.move(23 * HOUR)
        time.sleep(1)
        assert found(server, *MAIL, *HIT, LATER) == {*MAIL, *HIT, LATER}
        copy.unlink()
        clock.move(26 * HOUR)
        assert eventually_gone(server, *HIT) == set()
        assert found(server, *MAIL, LATER, REFUSED) == {*MAIL, LATER, REFUSED}
        copy = copy_before_update(server.data)
        clock.move(50 * HOUR)
        time.sleep(1)
        assert copy.exists()
        clock.move(15 * DAY)
        assert eventually_gone(server, *MAIL, *HIT, LATER, REFUSED) == set()
        server.process.kill()
    assert found(server, *MAIL, *HIT, LATER) == set()


def test_pruned_mails_are_in_no_file(tmp_path: Path, clock: Clock) -> None:
    with clock.running(tmp_path / "data") as server:
        mail = opened(server, server.sender())
        clock.move(-3 * DAY)
        old = server.sender().mail(subject="Medlars", sent_at=a_while_ago())
        keep_refused_hit(server, old)
        assert command(server.data, "prune", "--yes", "1").returncode == 0
        assert found(server, "Medlars", REFUSED) == set()
        assert found(server, *MAIL) == set(MAIL)
        assert server.senders[0].http.get(f"/messages/{old.id}").status_code == 410
        assert server.senders[0].http.get(f"/messages/{mail.id}").status_code == 200
