"""Runs the labelled hits against any classifier and prints its score.

    python tests/support/server/scoring.py [--hits FILE] COMMAND [ARGUMENT...]

COMMAND reads JSON lines from standard input, one hit each, in the schema of
`hits-sample.README.md` but without `expected`, and prints one JSON line for each: `id`, `actor`,
`via`, and if known `device_known` and `location_known`. Sealbreak's own:

    python tests/support/server/scoring.py sealbreak-server classify

Needs only Python.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parent / "hits-sample.jsonl"
FLAGS = ("device_known", "location_known")

Row = Mapping[str, Any]


@dataclass
class Rate:
    right: int = 0
    of: int = 0

    def count(self, right: bool) -> None:
        self.right += right
        self.of += 1

    def __str__(self) -> str:
        share = f"{self.right / self.of:6.1%}" if self.of else "   -  "
        return f"{share}  ({self.right} of {self.of})"


@dataclass
class Score:
    """As `hits-sample.README.md` defines it, under Scoring."""

    actors: Rate = field(default_factory=Rate)
    people_kept: Rate = field(default_factory=Rate)
    others_as_people: Rate = field(default_factory=Rate)
    vias: Rate = field(default_factory=Rate)
    flags: Rate = field(default_factory=Rate)
    claims_too_much: int = 0
    """Flags said to be true that cannot be known."""
    wrong: list[str] = field(default_factory=list)

    def add(self, case: Row, answer: Row) -> None:
        expected = case["expected"]
        actor, wanted = answer.get("actor"), expected["actor"]
        accepted = actor == wanted or actor in expected.get("actor_also", ())
        fine = [accepted]
        self.actors.count(accepted)
        if wanted == "human":
            self.people_kept.count(actor == "human")
        else:
            self.others_as_people.count(actor == "human" and not accepted)
        if accepted and actor != "unknown":
            via = answer.get("via")
            fine.append(via == expected["via"] or via in expected.get("via_also", ()))
            self.vias.count(fine[-1])
        if actor == wanted:
            fine += self._flags(expected, answer)
        if not all(fine):
            self.wrong.append(_complaint(case, answer))

    def _flags(self, expected: Row, answer: Row) -> Iterator[bool]:
        for flag in FLAGS:
            said = bool(answer.get(flag, False))
            right = said == expected[flag]
            self.flags.count(right)
            self.claims_too_much += said and not right
            yield right

    def lines(self) -> Iterator[str]:
        yield f"actor right           {self.actors}"
        yield f"real people kept      {self.people_kept}"
        yield f"others as people      {self.others_as_people}"
        yield f"way right             {self.vias}"
        yield f"flags right           {self.flags}"
        yield f"flags that claim too much  {self.claims_too_much}"
        yield from (f"wrong: {line}" for line in self.wrong)


def _complaint(case: Row, answer: Row) -> str:
    names = ("actor", "via", *FLAGS)
    expected = case["expected"]
    said = " ".join(str(answer.get(name)) for name in names)
    return f"{case['id']}: said {said}, expected {' '.join(str(expected[n]) for n in names)}"


def read_cases(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def questions(cases: Iterable[Row]) -> str:
    bare = ({k: v for k, v in case.items() if k not in ("expected", "source")} for case in cases)
    return "".join(json.dumps(case) + "\n" for case in bare)


def score(cases: Iterable[Row], answers: Iterable[Row]) -> Score:
    """A case without an answer counts as wrong."""
    by_id = {answer.get("id"): answer for answer in answers}
    total = Score()
    for case in cases:
        total.add(case, by_id.get(case["id"], {}))
    return total


def ask(command: list[str], cases: Iterable[Row]) -> list[dict[str, Any]]:
    done = subprocess.run(
        command, input=questions(cases), stdout=subprocess.PIPE, text=True, check=False
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def main() -> int:
    parser = argparse.ArgumentParser(description="Scores a classifier of tracking hits.")
    parser.add_argument("--hits", type=Path, default=SAMPLE, help="labelled JSON lines")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what classifies them")
    args = parser.parse_args()
    if not args.command:
        parser.error("which command classifies the hits?")
    cases = read_cases(args.hits)
    print("\n".join(score(cases, ask(args.command, cases)).lines()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
