import os
from functools import cache

import httpcore2
import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["support.server.fixtures", "support.desktop.fixtures"]

# How long an example takes says more of the machine than of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Loading the system's certificates takes 50 ms of processor time; every `httpx2.get` would do it.
pytest.MonkeyPatch().setattr(httpcore2, "default_ssl_context", cache(httpcore2.default_ssl_context))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """pytest has the last word in `make test`, so it also names the steps before it that failed."""
    failed = os.environ.get("SEALBREAK_FAILED_STEPS", "").splitlines()
    if any(failed):
        terminalreporter.section("failed before the tests", red=True)
        for step in failed:
            terminalreporter.line(step)
