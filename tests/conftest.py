import os
from functools import cache
from pathlib import Path

import httpcore2
import pytest
from hypothesis import HealthCheck, settings
from support.paths import TESTS

pytest_plugins = ["support.server.fixtures", "support.desktop.fixtures"]

# How long an example takes says more of the machine than of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Loading the system's certificates takes 50 ms of processor time; every `httpx2.get` would do it.
pytest.MonkeyPatch().setattr(httpcore2, "default_ssl_context", cache(httpcore2.default_ssl_context))


SLOW = (("browser",), ("process", "database"))
"""Tests with browsers need most of a core, so they are spread among those that mostly wait. All
other tests are quick and come last, so that no worker is alone with a slow file at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    files = {item.path: item.path.relative_to(TESTS).parts[0] for item in items}
    turns: dict[Path, float] = {}
    for folders in SLOW:
        group = [path for path, folder in files.items() if folder in folders]
        turns |= {path: at / len(group) for at, path in enumerate(group)}
    items.sort(key=lambda item: turns.get(item.path, 1.0))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """pytest has the last word in `make test`, so it also names the steps before it that failed."""
    failed = os.environ.get("SEALBREAK_FAILED_STEPS", "").splitlines()
    if any(failed):
        terminalreporter.section("failed before the tests", red=True)
        for step in failed:
            terminalreporter.line(step)
