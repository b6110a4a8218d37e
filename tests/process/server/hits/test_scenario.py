import asyncio
from collections.abc import Iterator

import httpx2
import pytest
from sealbreak_server.cli.run.scenario import LINKS, Mail, ScenarioError, play
from sealbreak_server.security.tokens import Keyring, message_key
from support.desktop.server import Server, server
from support.server.process import csrf_token_of

SERVER_KEY = bytes(32)
OWNER = "abcdefgh"
MAIL = Mail("abcdefghijklmnop", OWNER, message_key(SERVER_KEY, OWNER, "abcdefghijklmnop"))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[str], str]]:
    """The scenario, played once because it takes some seconds."""
    folder = tmp_path_factory.mktemp("scenario")
    with server(folder, SEALBREAK_TRUSTED_PROXIES="127.0.0.1") as running:
        lines: list[str] = []
        link = asyncio.run(play(running.address, running.pairing_code(), lines.append))
        yield running, lines, link


def test_each_step_is_printed_with_what_the_live_connection_received(
    played: tuple[Server, list[str], str],
) -> None:
    _, lines, _ = played
    said = [line.strip() for line in lines if line.startswith("  live: ")]
    assert said[0] == "live: Opened, through Gmail"
    assert "Firefox on Linux" in said[-1]
    assert len(said) == 3


def test_a_mail_filter_is_not_taken_for_a_reader(played: tuple[Server, list[str], str]) -> None:
    running, lines, _ = played
    assert any("live: nothing" in line for line in lines)
    message = running.call("GET", "messages")["messages"][0]
    assert (message["opens"], message["clicks"], message["machines"]) == (1, 1, 2)


def test_the_scenario_ends_with_a_link_into_the_history(
    played: tuple[Server, list[str], str],
) -> None:
    _, _, link = played
    with httpx2.Client(follow_redirects=True) as browser:
        answer = browser.post(link, data={"csrf_token": csrf_token_of(browser.get(link).text)})
    assert "/history/" in str(answer.url)
    assert "Tea on Friday?" in answer.text


def test_a_code_that_does_not_pair_ends_the_scenario(played: tuple[Server, list[str], str]) -> None:
    running, _, _ = played
    with pytest.raises(ScenarioError, match="POST pair was answered with 403"):
        asyncio.run(play(running.address, "ABCD-EFGH", print))


def test_the_scenarios_mail_has_valid_tokens_and_links() -> None:
    keyring = Keyring((SERVER_KEY,))
    token = keyring.read(OWNER, MAIL.pixel.split("/")[3].removesuffix(".gif"))
    signature = MAIL.link(2).partition("&sig=")[2]
    assert token is not None
    assert token.signs(2, LINKS[1], signature)
