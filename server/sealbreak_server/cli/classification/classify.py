"""`sealbreak-server classify`: classifies hits given as JSON lines, one line out per line in."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import orjson

from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.cli.arguments import Options
from sealbreak_server.model.facts import Facts, Nearby
from sealbreak_server.model.hit import Kind

DESCRIPTION = """\
Classify hits given as JSON lines: one verdict is printed for each line. Nothing is stored.

  sealbreak-server classify hits.jsonl
"""
_MISSING: Any = object()


class BadLineError(ValueError):
    """A line is not a hit; the message says why."""


def _take(row: dict[str, Any], name: str, kinds: type | tuple[type, ...], default: Any) -> Any:
    """The field if its type is one of `kinds`; true and false do not count as numbers."""
    value = row.get(name, default)
    if value is _MISSING:
        raise BadLineError(f"{name} is missing")
    if value is default or (value is None and default is None):
        return default
    allowed = kinds if isinstance(kinds, tuple) else (kinds,)
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        raise BadLineError(f"{name} has the wrong type")
    return value


def _kind(text: str) -> Kind:
    """`either` counts as a click: a client that is automated on a link is so on a pixel."""
    if text == "either":
        return Kind.CLICK
    try:
        return Kind(text)
    except ValueError:
        raise BadLineError("kind is not open, click or either") from None


def _headers(raw: dict[str, Any]) -> dict[str, str]:
    if not all(isinstance(value, str) for value in raw.values()):
        raise BadLineError("headers has the wrong type")
    return {name.strip().lower(): value for name, value in raw.items()}


def _nearby(row: Any, address: str, agent: str) -> Nearby:
    if not isinstance(row, dict):
        raise BadLineError("hits has the wrong type")
    ip = _take(row, "ip", str, "")
    ua = _take(row, "ua", str, "")
    return Nearby(
        kind=_kind(_take(row, "kind", str, _MISSING)),
        dt=float(_take(row, "dt", (int, float), _MISSING)),
        address=address if ip == "same" else ip,
        agent=agent if ua == "same" else ua,
        link=_take(row, "link", int, None),
        hidden=_take(row, "honeypot", bool, False),
        sender_viewing=_take(row, "sender_viewing", bool, False),
    )


def read_facts(row: Any) -> Facts:
    """From the schema of `tests/support/server/hits-sample.README.md`. Raises `BadLineError`."""
    if not isinstance(row, dict):
        raise BadLineError("it is not an object")
    headers = _headers(_take(row, "headers", dict, {}))
    address = _take(row, "ip", str, "")
    context = _take(row, "context", dict, None) or {}
    agent = headers.get("user-agent", "")
    domain = _take(context, "recipient_domain", str, None)
    sender = _take(context, "sender_ip", str, None)
    after = _take(row, "seconds_after_send", (int, float), None)
    hits = _take(context, "hits", list, None) or []
    return Facts(
        kind=_kind(_take(row, "kind", str, _MISSING)),
        method=_take(row, "method", str, "GET"),
        headers=headers,
        address=address,
        seconds_after_send=None if after is None else float(after),
        recipients=_take(context, "recipients", int, None),
        links_in_message=_take(context, "links_in_message", int, None),
        link=_take(context, "link", int, None),
        hidden=_take(context, "honeypot", bool, False),
        sender_viewing=_take(context, "sender_viewing", bool, False),
        sender_addresses=(sender,) if sender else (),
        recipient_domains=(domain,) if domain else (),
        mx=_take(context, "mx", str, None) or "",
        nearby=tuple(_nearby(hit, address, agent) for hit in hits),
    )


def answer(classifier: Classifier, line: bytes | str) -> dict[str, Any]:
    """Raises `BadLineError`."""
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadLineError(f"it is not JSON ({error})") from None
    verdict = classifier.classify(read_facts(row))
    return {
        "id": row.get("id"),
        "actor": verdict.actor,
        "via": verdict.via,
        "device_known": verdict.device_known,
        "location_known": verdict.location_known,
        "reason": verdict.reason,
    }


def answers(
    classifier: Classifier, lines: Iterable[bytes]
) -> Iterator[tuple[int, dict[str, Any] | BadLineError]]:
    """Each line's number with its verdict or its error. Empty lines are skipped."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, answer(classifier, line)
        except BadLineError as error:
            yield number, error


def classify(lines: Iterable[bytes], out: TextIO, errors: TextIO, data: Path | None) -> int:
    """Returns 1 if any line was bad, else 0."""
    bad = 0
    for number, found in answers(Classifier.load(data), lines):
        if isinstance(found, BadLineError):
            bad += 1
            print(f"line {number}: {found}", file=errors)
        else:
            print(orjson.dumps(found).decode(), file=out, flush=True)
    return 1 if bad else 0


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", default="-", help="JSON lines, one hit per line; - is standard input"
    )
    parser.add_argument(
        "--data-files", type=Path, help="a folder with newer data files than the shipped ones"
    )


def run(options: Options) -> int:
    if options.file == "-":
        return classify(sys.stdin.buffer, sys.stdout, sys.stderr, options.data_files)
    try:
        with Path(options.file).open("rb") as lines:
            return classify(lines, sys.stdout, sys.stderr, options.data_files)
    except OSError as error:
        print(f"{options.file}: {error.strerror}", file=sys.stderr)
        return 2
