"""Made-up requests by the OpenAPI document of a running server, by Schemathesis."""

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode
from support.server.process import HOOK
from support.server.wire import ask

load_all_checks()
KEPT = (
    "content_type_conformance",
    "ignored_auth",
    "not_a_server_error",
    "response_headers_conformance",
    "response_schema_conformance",
    "status_code_conformance",
)
NOT_REQUESTS = ("live",)
STEPS = 12
"""Requests, of one walk along the links."""


@dataclass
class Counts:
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    led: list[str] = field(default_factory=list)
    """Which links were followed."""

    @property
    def requests(self) -> int:
        return self.statuses.total()


def fuzz_document(url: str, token: str, counts: Counts, examples: int, number: int) -> None:
    """`examples` for each operation and way of making them: by the schema and against it.

    `number` seeds them.
    """
    schema = schemathesis.openapi.from_dict(
        json.loads(ask(url, "GET", "/api/v1/openapi.json").body)
    )
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # a document that cannot be read fails
        if operation.definition.raw["operationId"] not in NOT_REQUESTS:
            for mode in GenerationMode:
                _fuzz(operation, mode, url, token, counts, examples, number)


def fuzz_in_turn(
    url: str, token: str, device: str, counts: Counts, examples: int, number: int
) -> None:
    """Walks along the links of the document: what one answer tells is what the next request asks.

    `device`: whose token it is, which must not revoke itself on the way.
    """
    document = json.loads(ask(url, "GET", "/api/v1/openapi.json").body)
    schema = schemathesis.openapi.from_dict(document)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE])  # what is wrong leads nowhere
    walk: Any = schema.as_state_machine()

    class Walk(walk):  # type: ignore[misc]  # made at run time
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": {"Authorization": f"Bearer {token}"}, "base_url": f"{url}/api/v1"}

        def before_call(self, case: Any) -> None:
            _keep_here(case.body)
            if case.method == "DELETE" and case.path_parameters.get("id") in {"me", device}:
                case.path_parameters["id"] = "nobodys"

        def step(self, given: Any) -> Any:
            led = given.transition is not None and given.is_applied
            counts.led += [given.transition.id] if led else []
            return super().step(given)

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            _check(case, response, counts)

    walking = settings(
        max_examples=examples, stateful_step_count=STEPS, deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(seed(number)(Walk), settings=walking)


def _keep_here(body: Any) -> None:
    """An address that is one leads to this machine: a server posts to its webhooks."""
    url = body.get("url") if isinstance(body, dict) else None
    if isinstance(url, str) and "://" in url:
        body["url"] = HOOK


def _check(case: Any, response: Any, counts: Counts) -> None:
    checks = [check for check in CHECKS.get_all() if check.__name__ in KEPT]
    counts.statuses[response.status_code] += 1
    try:
        case.validate_response(response, checks=checks)
    except Exception as failure:
        counts.failures.append(f"{case.operation.label}: {failure}")


def _fuzz(
    operation: Any,
    mode: GenerationMode,
    url: str,
    token: str,
    counts: Counts,
    examples: int,
    number: int,
) -> None:
    @seed(number)
    @settings(max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def once(case: Any) -> None:
        _keep_here(case.body)
        headers = {"Authorization": f"Bearer {token}"}
        response = case.call(base_url=f"{url}/api/v1", headers=headers)
        _check(case, response, counts)

    with suppress(Unsatisfiable):  # nothing can be wrong with a request that has no parts
        once()
