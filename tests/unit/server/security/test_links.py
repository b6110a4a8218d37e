"""Every way in which a link was seen to be changed, in both forms, for targets of every kind."""

import json
import re
from collections.abc import Callable
from html import escape
from itertools import product
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealbreak_server.security import links
from sealbreak_server.security.links import (
    MAX_READINGS,
    MAX_TEXT,
    LinkAddress,
    read_link,
    shown_target,
    signed_target,
)
from sealbreak_server.security.tokens import Keyring, Token, make_token, sign_link, sign_link2
from sealbreak_server.security.urls import is_web_address
from support.paths import TESTS

KEYRING = Keyring((bytes(32),))
OWNER, MESSAGE = "abcdefgh", "uwuurgx7iezxer6s"
KEY = KEYRING.message_key(OWNER, MESSAGE)
TEXT = make_token(KEY, MESSAGE, 0)
SHARED = json.loads((TESTS / "contract/links.json").read_text())
TARGETS = sorted({case.get("target", case["url"]) for case in SHARED if case["wrapped"]})
SHORT = [target for target in TARGETS if len(target) < 1000]
RICH = [
    "https://example.com",
    "https://example.com/offer?a=1&b=%20&c=50%25",
    "https://example.com/100%25?q=%C3%BC",
    "https://example.com/a_(b)",
    "https://example.com/a.",
    'https://example.com/?q="x"&r=a%20b',
    "https://example.com/?to=https%3A%2F%2Fexample.org&sig=abcdefghijklmnopqrstuv",
    "https://example.com/?a=1&amp=2&amp;b=3",
    "https://example.com/?b=c+d",
]
FRAGMENTS = ["https://example.com/a?b=c#part", "https://example.com/#/route?x=1&y=%202#(z)"]

Change = Callable[[str], str]


def encoded(url: str) -> str:
    """As the extension encodes targets."""
    return re.sub(r"\.$", "%2E", quote(url, safe="-_.~"))


def link1(url: str) -> str:
    path = f"/l/{OWNER}/{TEXT}/7"
    return f"{path}?to={encoded(url)}&sig={sign_link(KEY, 7, url)}"


def link2(url: str) -> str:
    return f"/l/{OWNER}/{TEXT}/7/{sign_link2(KEY, 7, url)}?to={encoded(url)}"


FORMS = [link1, link2]


def sent_by_browser(address: str) -> str:
    """Browsers encode these characters, and keep the fragment for themselves."""
    return quote(address.partition("#")[0], safe="!$%&'()*+,/:;=?@[]\\^_`{|}~-.")


def query_changed(change: Change) -> Change:
    def changed(address: str) -> str:
        path, _, query = address.partition("?")
        return f"{path}?{change(query)}"

    return changed


def followed_by(end: str) -> Change:
    return lambda address: address + end


CHANGES: dict[str, Change] = {
    "nothing": lambda address: address,
    "ampersands escaped": lambda address: address.replace("&", "&amp;"),
    "ampersands escaped and encoded": lambda address: address.replace("&", "&amp%3B"),
    "decoded": query_changed(unquote),
    "decoded, then escaped": lambda address: escape(query_changed(unquote)(address), quote=False),
    "only some characters decoded": query_changed(
        lambda query: re.sub("%(3A|2F|3F)", lambda found: unquote(found[0]), query)
    ),
    "encoded once more": query_changed(lambda query: quote(query, safe="=&")),
    "encoded once more as a whole": query_changed(lambda query: quote(query, safe="")),
    "encoded with the question mark": lambda address: address.replace(
        "?" + address.partition("?")[2], quote("?" + address.partition("?")[2], safe="")
    ),
    "encoded twice more": query_changed(lambda query: quote(quote(query, safe="=&"), safe="=&")),
    **{f"{end} behind": followed_by(end) for end in (
        ".", ")", ",", ">", '"', "%3E", "%22", ").", '">', "!", ";", "'", "]", "&gt;", "&quot;",
    )},
    "parameters behind": lambda address: address + "&utm_source=a&utm_medium=b&fbclid=c%20d",
    "many parameters behind": lambda address: address + "&utm_a=1" * 8,
    "parameters behind, escaped": lambda address: address + "&amp;utm_source=a&amp;gclid=b",
    "parameters before": lambda address: address.replace("?to=", "?utm_source=a&to="),
    "decoded, with parameters and a full stop": lambda address: query_changed(unquote)(address)
    + "&utm_source=a&utm_medium=b.",
}  # fmt: skip


def target(address: str) -> str | None:
    link = read_link(address)
    token = KEYRING.read(link.owner, link.token) if link else None
    return signed_target(token, link) if token and link else None


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("form", FORMS)
def test_a_changed_link_leads_to_its_target(form: Change, name: str) -> None:
    for url in [*RICH, *(url for url in SHORT if "#" not in url)]:
        for sent in (CHANGES[name](form(url)), sent_by_browser(CHANGES[name](form(url)))):
            assert target(sent) == url, sent


TWICE = [
    ("encoded twice more", "encoded twice more"),
    ("encoded once more as a whole", "encoded with the question mark"),
    ("parameters before", "encoded once more as a whole"),
    ("parameters behind, escaped", "encoded once more as a whole"),
    ("only some characters decoded", "encoded twice more"),
    ("ampersands escaped", "decoded, then escaped"),
    ("ampersands escaped and encoded", "encoded with the question mark"),
    ("). behind", "encoded twice more"),
    ('"> behind', '"> behind'),
    ("decoded, then escaped", "ampersands escaped"),
]


@pytest.mark.parametrize(("first", "second"), TWICE)
@pytest.mark.parametrize("form", FORMS)
def test_a_link_that_two_programs_changed_leads_to_its_target(
    form: Change, first: str, second: str
) -> None:
    for url in [*RICH, *(url for url in SHORT if "#" not in url)]:
        address = CHANGES[second](CHANGES[first](form(url)))
        for sent in (address, sent_by_browser(address)):
            assert target(sent) == url, sent


TWO = "https://example.com/?a=1&b=2"


@pytest.mark.parametrize(
    "address",
    [
        unquote(link2(TWO)) + "&utm_source=a",
        unquote(link1(TWO)) + "&utm_source=a" * 9,
        unquote(link2("https://example.com/")) + "&utm_source=a" * 9,
        link2(TWO) + '">).',
        re.sub(r"\?(to=.*)&(sig=.*)", r"?\2&\1", link1(TWO)),
    ],
    ids=["one parameter behind", "many behind the signature", "many", "four signs", "turned round"],
)
def test_what_stands_around_a_target_is_no_part_of_it(address: str) -> None:
    assert target(address) in (TWO, "https://example.com/")


def test_a_link_of_form_1_has_no_signature_in_its_path() -> None:
    found = read_link(f"/l/{OWNER}/{TEXT}/7?to=x")
    assert found == LinkAddress(OWNER, TEXT, 7, "", "to=x")


KEEPS_FRAGMENT = [name for name in CHANGES if "decoded" not in name]


@pytest.mark.parametrize("name", KEEPS_FRAGMENT)
@pytest.mark.parametrize("form", FORMS)
def test_the_fragment_arrives_where_no_program_decoded_it(form: Change, name: str) -> None:
    for url in FRAGMENTS:
        assert target(sent_by_browser(CHANGES[name](form(url)))) == url


@pytest.mark.parametrize("name", [name for name in CHANGES if "decoded" in name])
def test_without_the_fragment_a_link_of_form_2_still_arrives(name: str) -> None:
    for url in FRAGMENTS:
        found = target(sent_by_browser(CHANGES[name](link2(url))))
        assert found is not None
        assert found.partition("#")[0] == url.partition("#")[0]


def test_a_long_target_arrives_unchanged() -> None:
    for form, url in product(FORMS, TARGETS):
        assert target(form(url)) == url


PARTS = [
    *(encoded(url) for url in RICH), *RICH, "https://example.com/", "https://evil.example/",
    "https%3A%2F%2Fevil.example", "https%253A%252F%252Fevil.example%2526sig%253D",
    "javascript:alert(1)", "//", "@", "?", "#", "&", "&amp;", "%",
    "%25", "%26", "to=", "sig=", "&sig=", "&to=", ".", ")", ">", "%22", "\\", " ", "é",
    *(sign_link(KEY, 7, url) for url in RICH), *(sign_link2(KEY, 7, url) for url in RICH),
]  # fmt: skip
QUERIES = st.lists(st.sampled_from(PARTS) | st.text(max_size=3), max_size=9).map("".join)
SIGNATURES = st.sampled_from(["", *(f"/{sign_link2(KEY, 7, url)}" for url in RICH)])


@given(QUERIES, SIGNATURES)
@settings(max_examples=500, deadline=None)
def test_no_reading_leads_to_an_address_that_was_not_signed(query: str, signature: str) -> None:
    for start in ("?to=", "?", "?x=1&to=", "%3Fto%3D"):
        found = target(f"/l/{OWNER}/{TEXT}/7{signature}{start}{query}")
        assert found is None or found.partition("#")[0] in RICH
        assert found is None or is_web_address(found)


@given(QUERIES)
@settings(max_examples=100, deadline=None)
def test_what_is_shown_is_a_web_address(query: str) -> None:
    link = read_link(f"/l/{OWNER}/{TEXT}/7?to={query}")
    assert link is not None
    shown = shown_target(link)
    assert shown is None or is_web_address(shown)


@pytest.mark.parametrize("signature", ["", "/" + 22 * "A"])
@pytest.mark.parametrize(
    "query",
    [
        "https://example.com/?" + "&amp;a=%22%20%25b" * 300 + ")))",
        "https://example.com/?" + "&a=%2541" * 900,
        "https%253A%252F%252Fexample.com%252F" + "%252526" * 1000 + "%22%22%22",
        "https%3A%2F%2Fexample.com%2F%3F" + "%26amp%3Ba%3D%2522" * 120 + ")))",
        "&sig=AAAAAAAAAAAAAAAAAAAAAA" * 800,
        "https://example.com/" + "a" * MAX_TEXT,
    ],
)
def test_a_bounded_number_of_signatures_is_tried(
    monkeypatch: pytest.MonkeyPatch, signature: str, query: str
) -> None:
    tried: list[str] = []

    def counted(_token: Token, _number: int, url: str, _signature: str) -> bool:
        tried.append(url)
        return False

    monkeypatch.setattr(Token, "signs", counted)
    monkeypatch.setattr(Token, "signs2", counted)
    end = "" if signature else "&sig=" + 22 * "A"
    assert target(f"/l/{OWNER}/{TEXT}/7{signature}?to={query}{end}") is None
    assert len(tried) <= MAX_READINGS
    assert all(map(is_web_address, tried))


def test_no_reading_is_tried_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(Token, "signs2", lambda *args: tried.append(args[2]))
    target(f"/l/{OWNER}/{TEXT}/7/{22 * 'A'}?to=https://example.com/?a=1&b=2.")
    assert len(tried) == len(set(tried)) > 1


def test_an_unchanged_link_needs_one_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MAX_READINGS", 1)
    for form, url in product(FORMS, [*RICH, *FRAGMENTS, *SHORT]):
        if not re.search("[\"'>]$", url):
            assert target(form(url)) == url


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("to=https%3A%2F%2Fexample.com%2Fa%3Fb%26c&sig=x", "https://example.com/a?b&c"),
        ("to=https://example.com/a?b&c", "https://example.com/a?b&c"),
        ("to=javascript%3Aalert(1)", None),
        ("to=https%3A%2F%2Fexample.com%2F%FF", None),
        ("to=", None),
        ("", None),
    ],
)
def test_the_address_of_a_dead_link_can_be_shown(query: str, shown: str | None) -> None:
    link = read_link(f"/l/{OWNER}/{TEXT}/7/{22 * 'A'}?{query}")
    assert link is not None
    assert shown_target(link) == shown


@pytest.mark.parametrize("end", ["", "&sig=" + 22 * "A"])
def test_the_address_of_a_dead_link_of_form_1_is_shown_without_its_signature(end: str) -> None:
    link = read_link(f"/l/{OWNER}/{TEXT}/7?to=https://example.com/a?b&c{end}")
    assert link is not None
    assert shown_target(link) == "https://example.com/a?b&c"


@pytest.mark.parametrize(
    "address",
    [
        f"/l/{OWNER}/{TEXT}/7",
        f"/l/{OWNER}/{TEXT}?to=https%3A%2F%2Fexample.com",
        f"/l/{OWNER}/{TEXT[:-1]}/7?to=https%3A%2F%2Fexample.com",
        f"/l/{OWNER}/{TEXT}/x?to=https%3A%2F%2Fexample.com",
        "/l/",
    ],
)
def test_an_address_that_is_no_link_of_ours_is_not_read(address: str) -> None:
    assert read_link(address) is None
