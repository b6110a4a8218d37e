from sealbreak_server.checks.finding import Finding, Status, not_checked, ok
from sealbreak_server.checks.judgements.address import NOBODY_YET
from sealbreak_server.checks.judgements.self_test import OUTSIDE, TOPIC
from sealbreak_server.checks.judgements.set_up import Address, Situation, State
from sealbreak_server.security.reachability import Reach
from sealbreak_server.storage.accounts import DeviceRow
from sealbreak_server.web.pages.first_steps.steps import Door, Known, facts

NOW = 1_800_000_000.0
DOOR = Door("local", "http://127.0.0.1:8787", makes_codes=True, is_local=True)
URL = "https://track.example.com"
LIKELY = f"This server reaches itself at {URL} (IPv4).{NOBODY_YET}"


class Check:
    began_at: float | None = NOW
    findings = (ok("name", "It exists."), ok("address", LIKELY))


def said(state: State, *devices: DeviceRow, **findings: Finding) -> dict[str, Finding]:
    known = Known(state, list(devices), {TOPIC: not_checked(TOPIC, "No."), **findings})
    known.findings.setdefault(OUTSIDE, not_checked(OUTSIDE, "None."))
    return {one.topic: one for one in facts(known, Check(), DOOR, URL, NOW)}  # type: ignore[arg-type]


def device(kind: str, live_until: float = 0.0) -> DeviceRow:
    return DeviceRow("d" * 16, f"My {kind}", kind, NOW, NOW, None, live_until)


ELSEWHERE = State(Situation.ELSEWHERE, Reach.PUBLIC, Address.LIKELY)


def test_once_gmail_came_nobody_says_that_nobody_came() -> None:
    before = said(ELSEWHERE)["Address"].summary
    after = said(State(Situation.ELSEWHERE, Reach.PUBLIC, Address.LIKELY, gmail_came=True))
    assert "Nobody outside has come yet" in before
    assert "Nobody outside" not in after["Address"].summary
    assert after["Address"].summary.endswith("Looked at 2027-01-15 08:00 UTC.")


def test_a_tray_is_connected_only_while_its_lease_lasts() -> None:
    tray = [said(ELSEWHERE, device("desktop", end))["Tray"] for end in (NOW + 60, NOW - 60)]
    assert [one.status for one in tray] == [Status.OK, Status.NOT_CHECKED]
    assert tray[1].summary == "Paired, and not connected now: My desktop."
    assert said(ELSEWHERE)["Tray"].summary == "None is paired."


def test_where_gmail_cannot_come_there_is_no_line_on_a_test_mail() -> None:
    assert "Test mail" in said(ELSEWHERE)
    for state in (
        State(Situation.ALONE, Reach.LOOPBACK), State(Situation.OFFICE, Reach.PRIVATE),
        State(None, Reach.LOOPBACK),
    ):  # fmt: skip
        assert "Test mail" not in said(state)
    assert "Phone" in said(State(Situation.OFFICE, Reach.PRIVATE))
