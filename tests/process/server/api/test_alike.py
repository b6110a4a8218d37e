"""Responses do not reveal whether something exists, is missing or is forged."""

import statistics
import time
from collections.abc import Iterator

import pytest
from support.server.process import Mail, Sender, Server
from support.server.stranger import device_of, join, token_of
from support.server.wire import Answer, ask, bearer

TARGET = "https://example.com/offer"


@pytest.fixture(scope="module")
def ann(server: Server) -> Iterator[Sender]:
    with join(server, "Ann") as sender:
        yield sender


def kinds(server: Server, ann: Sender) -> dict[str, Mail]:
    """Mails in every state that a stranger may find."""
    stopped, erased, off = ann.mail(), ann.mail(), ann.mail(level="off")
    ask(server.url, "POST", stopped.page())
    return {
        "registered": ann.mail(),
        "unknown": ann.blank(),
        "opted out": stopped,
        "off": off,
        "other": erased,
    }


def alike(answers: dict[str, Answer]) -> bool:
    return len({answer.without_date() for answer in answers.values()}) == 1


def test_all_pixel_responses_are_identical(server: Server, ann: Sender) -> None:
    mails = kinds(server, ann)
    good = mails["registered"]
    forged = {
        "forged": Mail(good.id, bytes(32), good.owner),
        "another owner's": Mail(good.id, good.key, "a" * 8),
    }
    answers = {k: ask(server.url, "GET", m.pixel()) for k, m in {**mails, **forged}.items()}
    answers["garbage"] = ask(server.url, "GET", "/o/x/y.gif")
    answers["copy"] = ask(server.url, "GET", good.pixel(7))
    assert alike(answers), answers


def test_all_redirects_of_valid_links_are_identical(server: Server, ann: Sender) -> None:
    mails = kinds(server, ann)
    answers = {k: ask(server.url, "GET", m.link(1, TARGET)) for k, m in mails.items()}
    answers["link not registered"] = ask(server.url, "GET", mails["registered"].link(9, TARGET))
    assert alike(answers), answers


def test_all_responses_to_invalid_links_differ_by_their_address_only(
    server: Server, ann: Sender
) -> None:
    mails = kinds(server, ann)
    good = mails["registered"]
    invalid = {k: m.link(1, TARGET).replace("offer", "other") for k, m in mails.items()}
    forged = Mail(good.id, bytes(32), good.owner)
    invalid["forged token"] = forged.link(1, TARGET).replace("offer", "other")
    invalid["no signature"] = invalid["registered"].partition("&")[0]
    answers = {k: ask(server.url, "GET", link) for k, link in invalid.items()}
    assert alike(answers), answers
    without = {
        "bad target": ask(server.url, "GET", good.link(1, "javascript:alert(1)")),
        "garbage": ask(server.url, "GET", "/l/x/y/z"),
    }
    assert alike(without), without
    assert "javascript" not in without["bad target"].text


def test_a_recipients_page_shows_only_what_the_mail_shows(server: Server, ann: Sender) -> None:
    """The page does not show whether a message is registered, nor its content."""
    mails = kinds(server, ann)
    shown = {k: ask(server.url, "GET", mails[k].page()) for k in ("registered", "unknown", "off")}
    assert alike(shown), shown
    assert "Offer 12" not in shown["registered"].text
    assert "ann@example.com" not in shown["registered"].text


def test_recipients_pages_of_forged_tokens_are_identical(server: Server, ann: Sender) -> None:
    good = ann.mail()
    answers = {
        "forged": ask(server.url, "GET", Mail(good.id, bytes(32), good.owner).page()),
        "garbage": ask(server.url, "GET", "/r/x/y"),
        "another owner's": ask(server.url, "GET", Mail(good.id, good.key, "a" * 8).page()),
        "posted": ask(server.url, "POST", Mail(good.id, bytes(32), good.owner).page()),
    }
    assert alike(answers), answers
    assert answers["forged"].status == 404


def test_responses_to_all_invalid_codes_are_identical(server: Server) -> None:
    answers = {
        code: ask(server.url, "GET", f"/sign-in/{code}") for code in ("x", "a" * 43, "%00", "%ff")
    }
    assert alike(answers), answers


def test_messages_of_another_account_look_like_missing_ones(server: Server, ann: Sender) -> None:
    with join(server, "Ben") as ben:
        ids = {"of another": ann.mail().id, "of nobody": ann.blank().id}
        answers = {
            k: ask(server.url, "GET", f"/api/v1/messages/{i}", [bearer(token_of(ben))])
            for k, i in ids.items()
        }
        assert alike(answers), answers
        devices = {"of another": device_of(ann), "of nobody": "a" * 16}
        answers = {
            k: ask(server.url, "DELETE", f"/api/v1/devices/{d}", [bearer(token_of(ben))])
            for k, d in devices.items()
        }
        assert alike(answers), answers


def test_without_a_token_existing_and_missing_things_look_the_same(
    server: Server, ann: Sender
) -> None:
    paths = {"there": ann.mail().id, "not there": ann.blank().id, "no id": "x"}
    answers = {k: ask(server.url, "GET", f"/api/v1/messages/{p}") for k, p in paths.items()}
    assert alike(answers), answers


def milliseconds(server: Server, path: str) -> float:
    began = time.perf_counter()
    ask(server.url, "GET", path)
    return 1000 * (time.perf_counter() - began)


def test_all_valid_tokens_take_the_same_time(server: Server, ann: Sender) -> None:
    """All wait for the disk. A factor of ten would mean a second way to the disk."""
    paths = {kind: mail.pixel() for kind, mail in kinds(server, ann).items()}
    rounds = [{kind: milliseconds(server, path) for kind, path in paths.items()} for _ in range(40)]
    times = {kind: statistics.median(one[kind] for one in rounds) for kind in paths}
    assert max(times.values()) < 10 * min(times.values()), times
