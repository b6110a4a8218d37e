"""What browsers send besides their agent."""

import pytest
from sealbreak_server.classification.evidence.browsers import (
    Contradiction,
    contradiction,
    is_phone,
    sends_fetch_metadata,
)
from support.server.hit_cases import AGENTS, PROFILES


@pytest.mark.parametrize(
    ("agent", "sends"),
    [
        ("chrome", True),
        ("firefox-95", True),
        ("firefox-89", False),
        ("falkon", False),
        ("kmail", False),
        ("safari", False),
        ("iphone", False),
        ("tbird", False),
        ("ie8", False),
    ],
)
def test_chromium_and_firefox_of_version_90_send_fetch_metadata(agent: str, sends: bool) -> None:
    assert sends_fetch_metadata(AGENTS[agent]) is sends


@pytest.mark.parametrize(
    ("agent", "phone"), [("android", True), ("iphone", True), ("webview", True), ("chrome", False)]
)
def test_phones_are_told_from_computers(agent: str, phone: bool) -> None:
    assert is_phone(AGENTS[agent]) is phone


@pytest.mark.parametrize(
    ("agent", "headers", "expected"),
    [
        ("chrome", "chrome-131", None),
        ("edge", "chrome-131", None),
        ("android", "on-android", None),
        ("linux-chrome", "on-linux", None),
        ("linux-chrome", "on-android", None),
        ("chrome", "page", None),
        ("safari", "on-linux", None),
        ("chrome", "headless", Contradiction.HEADLESS),
        ("chrome", "chrome-124", Contradiction.VERSION),
        ("chrome", "on-linux", Contradiction.SYSTEM),
        ("chrome", "on-android", Contradiction.SYSTEM),
        ("mac-chrome", "chrome-131", Contradiction.SYSTEM),
    ],
)
def test_client_hints_are_compared_with_the_agent(
    agent: str, headers: str, expected: Contradiction | None
) -> None:
    assert contradiction(AGENTS[agent], PROFILES[headers]) == expected


def test_brands_of_other_makers_and_odd_values_contradict_nothing() -> None:
    for brands in ("", "x", '"Brave";v="131"', '"Chromium";v=""', '"Not/A)Brand";v="8"'):
        assert contradiction(AGENTS["chrome"], {"sec-ch-ua": brands}) is None
    assert contradiction(AGENTS["chrome"], {"sec-ch-ua-platform": '"Fuchsia"'}) is None
