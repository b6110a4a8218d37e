import json
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from sealbreak_server.cli.classification.classify import BadLineError, read_facts
from sealbreak_server.model.hit import Kind
from support.server.classification import RESIDENTIAL
from support.server.process import run_main
from support.server.scoring import SAMPLE, questions, read_cases, score

Classify = Callable[..., CompletedProcess[str]]


@pytest.fixture
def classify(monkeypatch: pytest.MonkeyPatch) -> Classify:
    """The command with this standard input."""

    def run(text: str | bytes, *arguments: str) -> CompletedProcess[str]:
        given = text.encode() if isinstance(text, str) else text
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdin", TextIOWrapper(BytesIO(given)))
            return run_main("classify", *arguments)

    return run


def hit(**fields: Any) -> dict[str, Any]:
    return {"id": "x", "kind": "open", "method": "GET", "headers": {}, "ip": RESIDENTIAL} | fields


def test_the_sample_is_answered_line_by_line(classify: Classify) -> None:
    cases = read_cases(SAMPLE)
    done = classify(questions(cases))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [case["id"] for case in cases]
    names = {"id", "actor", "via", "device_known", "location_known", "reason"}
    assert all(set(answer) == names for answer in answers)
    assert (done.returncode, done.stderr) == (0, "")


def test_bad_lines_are_reported_by_number_and_do_not_stop_the_rest(
    classify: Classify, tmp_path: Path
) -> None:
    file = tmp_path / "hits.jsonl"
    good = json.dumps(hit(headers={"User-Agent": "curl/8.5.0"}))
    file.write_text(f'{good}\nnonsense\n\n{{"kind": "open", "headers": 7}}\n{good}\n')
    done = classify("", str(file))
    assert done.stdout.count('"actor":"machine"') == 2
    errors = done.stderr.splitlines()
    assert [line.split(":")[0] for line in errors] == ["line 2", "line 4"]
    assert done.returncode == 1


def test_bytes_that_are_not_text_are_a_bad_line(classify: Classify) -> None:
    done = classify(b'\xff\xfe\n{"kind": "open", "headers": {}}\n')
    assert (done.stderr[:7], done.stdout.count("\n"), done.returncode) == ("line 1:", 1, 1)


def test_a_missing_file_is_named(classify: Classify) -> None:
    done = classify("", "/nowhere/hits.jsonl")
    assert (done.returncode, done.stderr) == (
        2,
        "/nowhere/hits.jsonl: No such file or directory\n",
    )


def test_unknown_fields_are_ignored_and_missing_ones_are_not_needed() -> None:
    context = {"weather": "fine", "recipient_domain": "gmail.com", "mx": "mx.example.com"}
    facts = read_facts({"kind": "click", "colour": 1, "context": context})
    assert (facts.kind, facts.method, facts.address, facts.nearby) == (Kind.CLICK, "GET", "", ())


def test_the_context_is_read() -> None:
    context = {
        "recipients": 3,
        "honeypot": True,
        "sender_ip": RESIDENTIAL,
        "hits": [{"kind": "click", "dt": -1, "link": 2, "ip": "same", "ua": "same"}],
    }
    facts = read_facts(hit(headers={"USER-AGENT": "a"}, context=context))
    assert (facts.recipients, facts.hidden, facts.sender_addresses) == (3, True, (RESIDENTIAL,))
    assert (facts.nearby[0].address, facts.nearby[0].agent, facts.nearby[0].dt) == (
        RESIDENTIAL,
        "a",
        -1,
    )


@pytest.mark.parametrize(
    "row",
    [
        [],
        {"headers": {}},
        hit(kind="read"),
        hit(headers=[]),
        hit(headers={"accept": 1}),
        hit(method=None),
        hit(ip=7),
        hit(seconds_after_send="soon"),
        hit(seconds_after_send=True),
        hit(context=[]),
        hit(context={"recipients": "many"}),
        hit(context={"honeypot": 1}),
        hit(context={"hits": [1]}),
        hit(context={"hits": [{"kind": "click"}]}),
    ],
)
def test_a_wrong_type_is_a_bad_line(row: object) -> None:
    with pytest.raises(BadLineError):
        read_facts(row)


def test_the_harness_counts_what_is_wrong_and_what_is_missing() -> None:
    cases = read_cases(SAMPLE)[:12]
    people = [{"id": case["id"], "actor": "human", "via": "direct"} for case in cases[:11]]
    done = score(cases, people)
    assert done.actors.of == 12
    assert done.others_as_people.right == 5
    assert len(done.wrong) == 12
