"""`sealbreak-server classify`: judges hits from JSON lines, one line out for each line in."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import orjson

from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.model.facts import Facts, Nearby
from sealbreak_server.model.hit import Kind

_MISSING: Any = object()


class BadLineError(ValueError):
    """A line that is no hit; says what is wrong with it."""


def _take(row: dict[str, Any], name: str, kinds: type | tuple[type, ...], default: Any) -> Any:
    """The field if it has one of `kinds`. A true or false is no number."""
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
    """`either` is judged as a click: what is a machine on a link is one on a pixel."""
    if text == "either":
        return Kind.CLICK
    try:
        return Kind(text)
    except ValueError:
        raise BadLineError("kind is none of open, click, either") from None


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
    """Each line's number and its answer, or what is wrong with it. Empty lines are skipped."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, answer(classifier, line)
        except BadLineError as error:
            yield number, error


def classify(lines: Iterable[bytes], out: TextIO, complaints: TextIO, data: Path | None) -> int:
    """1 if any line was bad, else 0."""
    bad = 0
    for number, said in answers(Classifier.load(data), lines):
        if isinstance(said, BadLineError):
            bad += 1
            print(f"line {number}: {said}", file=complaints)
        else:
            print(orjson.dumps(said).decode(), file=out, flush=True)
    return 1 if bad else 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", default="-", help="JSON lines, one hit each; - is standard input"
    )
    parser.add_argument(
        "--data-files", type=Path, help="folder with newer data files than the ones shipped"
    )


def run(args: argparse.Namespace) -> int:
    if args.file == "-":
        return classify(sys.stdin.buffer, sys.stdout, sys.stderr, args.data_files)
    try:
        with Path(args.file).open("rb") as lines:
            return classify(lines, sys.stdout, sys.stderr, args.data_files)
    except OSError as error:
        print(f"{args.file}: {error.strerror}", file=sys.stderr)
        return 2
