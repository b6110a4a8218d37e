import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """pytest has the last word in `make test`, so it also names the steps before it that failed."""
    failed = os.environ.get("SEALBREAK_FAILED_STEPS", "").splitlines()
    if any(failed):
        terminalreporter.section("failed before the tests", red=True)
        for step in failed:
            terminalreporter.line(step)
