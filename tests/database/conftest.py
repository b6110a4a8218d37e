from pathlib import Path

import pytest
from support.server.fixtures import POSTGRESQL, SQLITE

ON_BOTH = {
    "test_charts",
    "test_commits",
    "test_contexts",
    "test_copies",
    "test_decision_writer",
    "test_digest",
    "test_digests",
    "test_erasure",
    "test_event_writer",
    "test_export",
    "test_people",
    "test_reclassification",
    "test_recording",
    "test_retention",
    "test_scheduled",
    "test_search",
    "test_search_states",
    "test_statements",
    "test_tallies",
    "test_unsettled",
    "test_webhook_deliveries",
}
"""Modules of storage/ with most of the SQL: their tests run on PostgreSQL too."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    path = Path(metafunc.module.__file__ or "")
    if "storage" in path.parts and path.stem in ON_BOTH:
        metafunc.parametrize("database", [SQLITE, POSTGRESQL], indirect=True, scope="module")


@pytest.fixture(scope="module", autouse=True)
def _database(database: str) -> None:
    """Each module has a database of its own."""
