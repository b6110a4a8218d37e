import time

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # type: ignore[import-untyped]
from sealbreak_server.classification.evidence.agents import Agent, AgentKind, Agents
from sealbreak_server.classification.evidence.data_files import SHIPPED
from support.server.hit_cases import AGENTS

PROGRAMS = Agents.load(SHIPPED)
MAIL_FETCHERS = {
    AgentKind.GMAIL_PROXY,
    AgentKind.YAHOO_PROXY,
    AgentKind.PROXY,
}


def read(agent: str) -> Agent:
    return PROGRAMS.read(AGENTS.get(agent, agent))


ANDROID_BUILD = r"AP3A\.240617\.008"
"""The list takes everybody whose phone runs this build of Android for a scanner."""


def test_every_sample_of_the_public_crawler_list_is_a_machine_or_a_mail_proxy() -> None:
    listed = [e for e in CRAWLER_USER_AGENTS_DATA if e["pattern"] != ANDROID_BUILD]
    samples = [sample for entry in listed for sample in entry["instances"]]
    missed = [s for s in samples if read(s).kind not in {AgentKind.MACHINE, *MAIL_FETCHERS}]
    assert len(samples) > 2000
    assert missed == []


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("chrome", "Chrome on Windows"),
        ("firefox", "Firefox on Linux"),
        ("edge", "Edge on Windows"),
        ("safari", "Safari on Mac"),
        ("iphone", "Safari on iPhone"),
        ("android", "Chrome on Android"),
        ("samsung", "Samsung Internet on Android"),
        ("webview", "an app on Android"),
        ("ios-mail", "an app on iPhone"),
        ("ipad-mail", "an app on iPad"),
        ("mac-mail", "a mail program"),
        ("outlook", "Outlook on Windows"),
        ("mac-outlook", "Outlook on Mac"),
        ("outlook-ios", "Outlook on iPhone"),
        ("outlook-android", "Outlook on Android"),
        ("tbird", "Thunderbird on Windows"),
        ("webkit-gtk", "a program on Linux"),
        ("qt-web-engine", "a program on Linux"),
        ("kmail", "KMail on Linux"),
        ("falkon", "Falkon on Linux"),
        ("Fancy Viewer", "Claws Mail"),
        ("Evolution/3.52.3", "Evolution"),
        ("NetSurf/3.11 (Linux)", "NetSurf on Linux"),
        ("Dillo/3.1.1", "Dillo"),
        ("em-client", "eM Client"),
    ],
)
def test_a_device_is_named_as_far_as_the_agent_shows_it(agent: str, device: str) -> None:
    assert read(agent).device == device


@pytest.mark.parametrize(
    "agent", ["gip", "pre", "ymp", "bare", "frontapp", "long", "-", "headless"]
)
def test_a_proxys_agent_names_no_device(agent: str) -> None:
    assert read(agent).device is None


@pytest.mark.parametrize("agent", ["cubot", "m-bot", "instagram", "samsung", "webview"])
def test_a_phone_whose_name_sounds_like_a_machine_is_a_phone(agent: str) -> None:
    assert read(agent).kind is AgentKind.BROWSER


def test_a_crawler_on_a_phone_it_made_up_is_a_crawler() -> None:
    assert read("googlebot") == Agent(AgentKind.MACHINE, "crawler", "a crawler")


def test_an_agent_is_too_long_beyond_1024_characters() -> None:
    assert read("M" * 1024).kind is not AgentKind.MALFORMED
    assert read("M" * 1025).kind is AgentKind.MALFORMED


@pytest.mark.parametrize("piece", ["a", "a.", "bot", "(", "@", "Chrome/42", "x@", "é", " ("])
def test_no_agent_is_slow_to_read(piece: str) -> None:
    agents = [(f"{number} " + piece * 1024)[:1024] for number in range(5)]
    start = time.process_time()
    for agent in agents:
        PROGRAMS.read(agent)
    assert (time.process_time() - start) / len(agents) < 0.01


def test_a_mail_word_does_not_hide_a_crawler() -> None:
    assert read("Mozilla/5.0 Thunderbird/1.0.6 - WebCrawler").kind is AgentKind.MACHINE


def test_agents_are_cached() -> None:
    read("chrome")
    before = PROGRAMS.read.cache_info().hits
    read("chrome")
    assert PROGRAMS.read.cache_info().hits == before + 1


def test_samples_of_the_public_crawler_list_that_may_be_apps_are_apps() -> None:
    """Editors and Facebook's app. Only with a person's headers are they taken as such."""
    samples = [sample for entry in CRAWLER_USER_AGENTS_DATA for sample in entry["instances"]]
    apps = [sample for sample in samples if read(sample).app]
    assert all("Electron/" in sample or "; wv)" in sample for sample in apps)
    assert len(apps) <= 5


@pytest.mark.parametrize(
    "agent", ["NetSurf/3.10", "Dillo/3.0.5", "URL/Emacs Emacs/29.1", "Lynx/2.9.0", "w3m/0.5.3"]
)
def test_small_browsers_are_readers_that_may_send_few_headers(agent: str) -> None:
    assert (read(agent).kind, read(agent).few_headers) == (AgentKind.BROWSER, True)


@pytest.mark.parametrize("agent", ["wkhtmltopdf", "WeasyPrint 62.3", "acme-linkcheck"])
def test_converters_and_link_checkers_are_machines(agent: str) -> None:
    assert read(agent).kind is AgentKind.MACHINE
