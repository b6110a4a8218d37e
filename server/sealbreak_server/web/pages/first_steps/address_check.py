"""Looks at the public address as doctor does. The page shows what is found so far."""

import logging
import threading
from asyncio import AbstractEventLoop, get_running_loop

from sealbreak_server.checks.examination import local_target
from sealbreak_server.checks.finding import Finding, Status
from sealbreak_server.checks.judgements.set_up import Address
from sealbreak_server.checks.probes import network
from sealbreak_server.checks.public_address import PublicAddress
from sealbreak_server.errors import SealbreakError
from sealbreak_server.security.nonces import new_nonce
from sealbreak_server.services import Services

log = logging.getLogger(__name__)


class AddressCheck:
    """The result lives in memory: after a restart the address counts as unchecked."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.findings: tuple[Finding, ...] = ()
        self.began_at: float | None = None
        self.is_running = False

    def start(self, *, gmail_came: bool) -> None:
        """Takes half a minute, as it watches a live connection for that long."""
        if self.is_running:
            return
        self.findings, self.began_at, self.is_running = (), self._services.clock(), True
        # The end of the server does not wait for it.
        arguments = (get_running_loop(), gmail_came)
        threading.Thread(target=self._run, args=arguments, daemon=True).start()

    def state(self, gmail_at: float) -> Address:
        """`gmail_at`: when Gmail came last, although a router may show a page of its own inside."""
        if self.began_at is None:
            return Address.UNCHECKED
        if any(finding.status is Status.PROBLEM for finding in self.findings):
            return Address.UNKNOWN if gmail_at > self.began_at else Address.PROBLEM
        if any(_is_reached(finding) for finding in self.findings):
            return Address.LIKELY  # whatever the slower checks find
        return Address.CHECKING if self.is_running else Address.UNKNOWN

    def _run(self, loop: AbstractEventLoop, gmail_came: bool) -> None:  # of a thread
        try:
            for finding in self._address(gmail_came=gmail_came).examine():
                self.findings = (*self.findings, finding)
                self._tell(loop)
        except (SealbreakError, OSError) as error:
            log.warning("the public address was not looked at: %s", error)
        finally:
            self.is_running = False
            self._tell(loop)

    def _tell(self, loop: AbstractEventLoop) -> None:
        """The pages that are open."""
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._services.feed.wake_all)

    def _address(self, *, gmail_came: bool) -> PublicAddress:
        services = self._services
        nonce = new_nonce(services.keyring, services.clock())
        return PublicAddress(
            url=services.settings.public_url,
            keyring=services.keyring,
            local=network.look(local_target(services.settings), nonce).answer,
            is_shared=services.storage.can_listen,
            gmail_came=gmail_came,
            clock=services.clock,
        )


def _is_reached(finding: Finding) -> bool:
    return finding.topic == "address" and finding.status is Status.OK
