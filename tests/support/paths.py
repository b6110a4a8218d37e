"""Where things lie in the repository."""

from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
CONTRACT = TESTS / "contract"
"""Files that server, tray and extension share."""
EVENTS = CONTRACT / "events"
SCHEMAS = TESTS / "database" / "schemas"
"""Databases of earlier versions, as SQL."""
SHARED = ROOT.parent / "shared"
"""Recorded data that is not part of the repository; tests that need it are skipped without it."""
