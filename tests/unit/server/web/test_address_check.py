"""What the first steps know of the public address while it is looked at, and afterwards."""

from typing import cast

from sealbreak_server.checks.finding import Finding, not_checked, ok, problem
from sealbreak_server.checks.judgements.set_up import Address
from sealbreak_server.services import Services
from sealbreak_server.web.pages.first_steps.address_check import AddressCheck

BEGAN = 1_000_000.0
REACHED = ok("address", "This server reaches itself.")
WRONG = problem("address", "Another program answers.")


def state(*findings: Finding, running: bool = False, gmail_at: float = 0) -> Address:
    check = AddressCheck(cast("Services", None))
    check.began_at, check.findings, check.is_running = BEGAN, findings, running
    return check.state(gmail_at)


def test_after_a_start_of_the_server_nothing_is_known() -> None:
    assert AddressCheck(cast("Services", None)).state(BEGAN) is Address.UNCHECKED


def test_nothing_is_claimed_before_something_is_found() -> None:
    assert state(running=True) is Address.CHECKING
    assert state(not_checked("address", "This machine cannot look."), running=True) is (
        Address.CHECKING
    )
    assert state(not_checked("address", "This machine cannot look.")) is Address.UNKNOWN


def test_the_address_itself_must_have_been_reached() -> None:
    assert state(REACHED, running=True) is Address.LIKELY
    assert state(ok("pixels", "They come uncached.")) is Address.UNKNOWN


def test_a_problem_counts_unless_gmail_came_after_it() -> None:
    assert state(REACHED, WRONG) is Address.PROBLEM
    assert state(WRONG, gmail_at=BEGAN - 1) is Address.PROBLEM
    assert state(WRONG, gmail_at=BEGAN + 1) is Address.UNKNOWN
