from typing import cast

import pytest
from sealbreak_server.checks.finding import Finding, not_checked, ok, problem, warning
from sealbreak_server.checks.judgements.set_up import Address
from sealbreak_server.services import Services
from sealbreak_server.web.pages.first_steps.address_check import AddressCheck

BEGAN = 1000.0
NAME, REACHED = ok("name", "It exists."), ok("address", "It reaches itself.")
ROUTER = problem("address", "Another program answers.")
SILENT = not_checked("address", "It cannot be looked at.")


def check(*findings: Finding, is_running: bool = False) -> AddressCheck:
    made = AddressCheck(cast("Services", None))
    made.began_at, made.findings, made.is_running = BEGAN, findings, is_running
    return made


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (check(NAME, is_running=True), Address.CHECKING),
        (check(NAME, REACHED, is_running=True), Address.LIKELY),
        (check(NAME, REACHED, warning("certificate", "It ends soon.")), Address.LIKELY),
        (check(NAME, REACHED, problem("live", "It is cut.")), Address.PROBLEM),
        (check(NAME, SILENT), Address.UNKNOWN),
        (check(), Address.UNKNOWN),
        (check(NAME, ROUTER), Address.PROBLEM),
    ],
    ids=lambda value: value.value if isinstance(value, Address) else "",
)
def test_what_is_found_decides_on_the_address(found: AddressCheck, state: Address) -> None:
    assert found.state(gmail_at=0.0) is state


def test_before_the_first_look_nothing_is_known() -> None:
    assert AddressCheck(cast("Services", None)).state(BEGAN) is Address.UNCHECKED


def test_a_visit_of_gmail_counts_more_than_what_was_seen_from_inside_before() -> None:
    assert check(NAME, ROUTER).state(gmail_at=BEGAN + 1) is Address.UNKNOWN
    assert check(NAME, ROUTER).state(gmail_at=BEGAN - 1) is Address.PROBLEM
