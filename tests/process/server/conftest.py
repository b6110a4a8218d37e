import pytest


@pytest.fixture(scope="module", autouse=True)
def _database(database: str) -> None:
    """Each module has a database of its own."""
