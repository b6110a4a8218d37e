"""`sealbreak-server reclassify`: applies the current rules to hits that still have evidence."""

import json
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.classification.rules.outcomes import RULES_VERSION
from sealbreak_server.cli.arguments import Options, add_database, add_json, read_options
from sealbreak_server.cli.confirm import agrees
from sealbreak_server.cli.database import open_storage
from sealbreak_server.model.context import Classify
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.commits import touch
from sealbreak_server.storage.hits.reclassification import (
    Change,
    Reclassified,
    messages_with_evidence,
    reclassify,
)

PROGRESS_SECONDS = 2.0
QUESTION = "Apply these verdicts and send corrections?"
BEGIN = (float("-inf"), 0)
"""Before the first hit of a message."""
DESCRIPTION = """\
Classify the hits of the last day again, by the current rules. The command first shows what would
change. Verdicts of older hits stay, because their evidence was erased.

  sealbreak-server reclassify
"""


@dataclass(frozen=True, slots=True)
class Total:
    messages: int
    hits: int
    changes: int
    corrected: int
    told: int


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--apply", action="store_true", help="apply the changes without asking")
    add_json(parser)
    add_database(parser)


def run(options: Options) -> int:
    settings, as_json = read_options(options), options.json
    classify = Classifier.load(settings.data, https=settings.is_https).classify
    with open_storage(settings) as storage:
        storage.transaction(touch)
        found = list(_all(storage, classify, write=False))
        total = _total(found)
        _show(found, total, as_json=as_json)
        agreed = options.apply or (bool(total.changes) and not as_json and agrees(QUESTION))
        if agreed:
            total = _total(_all(storage, classify, write=True))
    _conclude(total, applied=agreed, as_json=as_json)
    return 0


def _all(storage: Storage, classify: Classify, *, write: bool) -> Iterator[Reclassified]:
    """Message by message, each part in its own transaction."""
    job = storage.transaction if write else storage.query
    ids = storage.query(messages_with_evidence)
    shown = time.monotonic()
    for at, message in enumerate(ids):
        if time.monotonic() - shown > PROGRESS_SECONDS:
            shown = time.monotonic()
            print(f"{at} of {len(ids)} messages ...", file=sys.stderr, flush=True)
        begin: tuple[float, int] | None = BEGIN
        whole = Reclassified(message, "", 0)
        while begin is not None:
            part = job(reclassify, classify, message, time.time(), begin, write=write)
            whole, begin = _joined(whole, part), part.last
        if whole.hits:
            yield whole


def _joined(first: Reclassified, second: Reclassified) -> Reclassified:
    return replace(
        second,
        hits=first.hits + second.hits,
        changes=first.changes + second.changes,
        corrected=first.corrected + second.corrected,
        told=first.told + second.told,
    )


def _total(found: Iterable[Reclassified]) -> Total:
    parts = list(found)
    return Total(
        len(parts),
        sum(part.hits for part in parts),
        sum(len(part.changes) for part in parts),
        sum(part.corrected for part in parts),
        sum(part.told for part in parts),
    )


def _counted(changes: Sequence[Change]) -> Iterator[tuple[str, Verdict, Verdict, int]]:
    """Equal changes as one, with their number; the most frequent first."""
    alike = Counter((c.kind, *_gist(c.old), *_gist(c.new)) for c in changes)
    samples = {(c.kind, *_gist(c.old), *_gist(c.new)): c for c in changes}
    for key, count in alike.most_common():
        yield samples[key].kind, samples[key].old, samples[key].new, count


def _gist(verdict: Verdict) -> tuple[str, str, str, int]:
    return verdict.actor, verdict.via, verdict.reason, verdict.rules


def _show(found: Sequence[Reclassified], total: Total, *, as_json: bool) -> None:
    changed = [part for part in found if part.changes]
    if as_json:
        for part in changed:
            print(json.dumps({"message": part.message, "changes": _json(part.changes)}))
        return
    print(
        f"Rules version {RULES_VERSION}: {total.hits} hits of {total.messages} messages still have "
        f"their evidence, and {total.changes} of these hits would get another verdict."
    )
    for part in changed:
        print(f"\n{part.message}  {part.subject or '(no subject)'}")
        for kind, old, new, count in _counted(part.changes):
            print(f"  {count} x {kind}: {_words(old)} -> {_words(new)}")


def _json(changes: Sequence[Change]) -> list[dict[str, object]]:
    names = ("actor", "via", "reason", "rules")
    return [
        {
            "kind": kind,
            "count": count,
            "old": dict(zip(names, _gist(old), strict=True)),
            "new": dict(zip(names, _gist(new), strict=True)),
        }
        for kind, old, new, count in _counted(changes)
    ]


def _words(verdict: Verdict) -> str:
    return f"{verdict.actor} via {verdict.via} ({verdict.reason}, rules {verdict.rules})"


def _conclude(total: Total, *, applied: bool, as_json: bool) -> None:
    if as_json:
        counts = {name: getattr(total, name) for name in Total.__slots__}
        print(json.dumps({"rules": RULES_VERSION, "applied": applied, **counts}))
    elif applied:
        print(
            f"Done: {total.changes} verdicts changed, {total.corrected} corrections "
            f"and {total.told} new events sent."
        )
    elif total.changes:
        print(
            f"\nNothing was changed. Run it with --apply to change the verdicts and to send "
            f"{total.corrected} corrections."
        )
    else:
        print("There is nothing to change.")
