"""Test mails to oneself: makes them, and notes who asks for their pictures and pages."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from starlette.types import Scope

from sealbreak_server.checks.finding import Finding, not_checked
from sealbreak_server.checks.judgements.gmail import judge_gmail
from sealbreak_server.checks.judgements.self_test import (
    Place,
    judge_device,
    judge_self_test,
    obstacle,
    reusable,
)
from sealbreak_server.errors import UnavailableError
from sealbreak_server.model.self_test import SelfTest, SelfTestVisit
from sealbreak_server.security.nonces import TEST_SECONDS, new_test_nonce, nonce_end
from sealbreak_server.security.rate_limit import RateBucket
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts, self_tests
from sealbreak_server.storage.health import gmail_records

VISITS_AT_ONCE = 20
SECONDS_EACH = 10.0
"""So often visits of one kind are noted. All are answered."""

COMPOSE = "https://mail.google.com/mail/?"
TEXT = """\
This mail tests whether Gmail reaches your Sealbreak server.

Send it to your own address. The extension adds the picture of the test when you press Send. Then \
open the mail that you receive, in Gmail."""

log = logging.getLogger(__name__)


def compose_url(test: SelfTest, gmail_accounts: Sequence[str]) -> str:
    """Opens Gmail's compose window. It can carry no picture, so the extension adds that at Send."""
    own = {"authuser": gmail_accounts[0], "to": gmail_accounts[0]} if gmail_accounts else {}
    window = {"view": "cm", "fs": "1", "tf": "1"}
    return COMPOSE + urlencode({**window, **own, "su": test.subject, "body": TEXT})


async def gmail_finding(services: Services, account: int) -> Finding | None:
    """When Gmail last came for this account; `None` when that is not known."""
    now, url = services.clock(), services.settings.public_url
    known = await services.storage.read(gmail_records, account, now)
    if known is None:
        return None
    if known.came_at is None and (why := obstacle(url)):
        return not_checked("gmail", why)
    return next(judge_gmail(known.came_at, known.sent_since, now))


class SelfTests:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._visits = RateBucket(VISITS_AT_ONCE, SECONDS_EACH)
        self._noting: set[asyncio.Task[None]] = set()

    async def current(self, account: int, *, again: bool = False) -> SelfTest:
        """One that is not opened in Gmail yet, or a new one. `again`: a new one in any case."""
        url, now = self._services.settings.public_url, self._services.clock()
        tests = await self._services.storage.read(self_tests.self_tests_of, account)
        known = None if again else reusable(tests, url, now)
        if known is not None:
            return known
        nonce = new_test_nonce(self._services.keyring, now)
        test = SelfTest(nonce, url, now, now + TEST_SECONDS)
        await self._services.storage.write(
            self_tests.add, account, nonce, url, test.made_at, test.expires_at
        )
        return test

    async def findings(self, account: int) -> tuple[Finding, ...]:
        """On the newest test mail, on visits from other networks, and on Gmail's last visit."""
        read, now = self._services.storage.read, self._services.clock()
        url = self._services.settings.public_url
        tests = await read(self_tests.self_tests_of, account)
        visit = next((test.device for test in tests if test.device), None)
        place = Place()
        if visit is not None:
            is_own = await read(accounts.is_own_address, account, visit.address)
            place = Place(self._services.classifier.place(visit.address), is_own)
        gmail = await gmail_finding(self._services, account)
        found = (judge_self_test(tests, url, now), judge_device(tests, url, place))
        return found if gmail is None else (*found, gmail)

    async def proven_at(self, account: int) -> float:
        """When Gmail came last for a test mail with this address; 0 for never."""
        url = self._services.settings.public_url
        tests = await self._services.storage.read(self_tests.self_tests_of, account)
        return max((t.gmail.time for t in tests if t.gmail and t.public_url == url), default=0.0)

    def is_current(self, nonce: str) -> bool:
        """By the keys and the clock: a request with an unknown nonce costs no query."""
        end = nonce_end(self._services.keyring, nonce)
        return end is not None and end > self._services.clock()

    def take_picture(self, nonce: str, scope: Scope, done: Callable[[], None]) -> None:
        """Somebody asks for the picture of a mail. Calls `done` once that is noted."""
        noting = asyncio.create_task(self._note_picture(nonce, scope))
        self._noting.add(noting)
        noting.add_done_callback(self._noting.discard)
        noting.add_done_callback(lambda _task: done())

    async def _note_picture(self, nonce: str, scope: Scope) -> None:
        visit = self._visit(scope)
        await self._note(self_tests.note_picture, nonce, visit, visit.visitor)

    async def take_device(self, nonce: str, scope: Scope) -> SelfTestVisit:
        """Somebody opens the page of the test."""
        visit = self._visit(scope)
        await self._note(self_tests.note_device, nonce, visit, "device")
        return visit

    def _visit(self, scope: Scope) -> SelfTestVisit:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        address = scope["client"][0]
        visitor = self._services.classifier.recognise(headers.get(b"user-agent", ""), address)
        host = headers.get(b"host", "").replace("\0", "")[:255]
        return SelfTestVisit(self._services.clock(), address, visitor, host)

    async def _note(
        self,
        note: Callable[[str, SelfTestVisit], str | None],
        nonce: str,
        visit: SelfTestVisit,
        kind: str,
    ) -> None:
        if self._visits.wait(f"{nonce} {kind}", visit.time):
            return
        try:
            owner = await self._services.storage.write(note, nonce, visit)
        except UnavailableError as error:
            log.warning("a visit of a test mail was not noted: %s", error.message)
            return
        if owner:
            self._services.feed.wake([owner])
