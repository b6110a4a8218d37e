import pytest
from support.server.fixtures import POSTGRESQL, SQLITE

ON_BOTH = {
    "test_recording",
    "test_scheduled",
    "test_statistics",
    "test_storage_hit_contexts",
    "test_storage_digests",
    "test_storage_erasing",
    "test_storage_event_writer",
    "test_storage_decision_writer",
    "test_storage_webhook_deliveries",
    "test_storage_people",
    "test_storage_statements",
    "test_storage_reclassification",
    "test_storage_search",
}
"""Modules whose tests run on PostgreSQL too: where most of the SQL is."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.rpartition(".")[2] in ON_BOTH:
        metafunc.parametrize("database", [SQLITE, POSTGRESQL], indirect=True, scope="module")


@pytest.fixture(scope="module", autouse=True)
def _database(database: str) -> None:
    """Each module has a database of its own."""
