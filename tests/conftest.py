import os
from functools import cache

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


FIRST = ("browser/extension", "browser", "process", "database")
"""What takes longest comes first, so that no worker is alone with it at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(TESTS)
        return next((at for at, one in enumerate(FIRST) if path.is_relative_to(one)), len(FIRST))

    items.sort(key=place)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """pytest has the last word in `make test`, so it also names the steps before it that failed."""
    failed = os.environ.get("SEALBREAK_FAILED_STEPS", "").splitlines()
    if any(failed):
        terminalreporter.section("failed before the tests", red=True)
        for step in failed:
            terminalreporter.line(step)
