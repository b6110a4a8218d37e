"""`sealbreak-server reclassify`: today's rules for the hits that still have their evidence."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.classification.rules.outcomes import RULES_VERSION
from sealbreak_server.cli.commands import opened
from sealbreak_server.model.context import Classify
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.reclassification import (
    Change,
    Reclassified,
    messages_with_evidence,
    reclassify,
)
from sealbreak_server.storage.hits.recording import touch

PROGRESS_SECONDS = 2.0
BEGIN = (float("-inf"), 0)


@dataclass(frozen=True, slots=True)
class Total:
    messages: int
    hits: int
    changes: int
    corrected: int
    told: int


def run(settings: Settings, *, apply: bool, as_json: bool) -> int:
    classify = Classifier.load(settings.data, https=settings.is_https).classify
    with opened(settings) as storage:
        storage.transaction(touch)
        found = list(_all(storage, classify, write=False))
        total = _total(found)
        _show(found, total, as_json=as_json)
        agreed = apply or (bool(total.changes) and not as_json and _agrees())
        if agreed:
            total = _total(_all(storage, classify, write=True))
    _conclude(total, applied=agreed, as_json=as_json)
    return 0


def _all(storage: Storage, classify: Classify, *, write: bool) -> Iterator[Reclassified]:
    """Message by message; what changes is written in transactions of their own."""
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
    """Equal changes once, with how many there are."""
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
        f"their evidence, {total.changes} of them would be judged otherwise."
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


def _agrees() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("\nJudge them so, and tell of what was announced otherwise? [y/N] ") in (
        "y",
        "yes",
    )


def _conclude(total: Total, *, applied: bool, as_json: bool) -> None:
    if as_json:
        counts = {name: getattr(total, name) for name in Total.__slots__}
        print(json.dumps({"rules": RULES_VERSION, "applied": applied, **counts}))
    elif applied:
        print(
            f"Done: {total.changes} verdicts changed, {total.corrected} corrections "
            f"and {total.told} new events told."
        )
    elif total.changes:
        print(
            f"\nNothing is changed. It would tell {total.corrected} corrections: --apply does it."
        )
    else:
        print("There is nothing to do.")
