from pathlib import Path

import pytest
from sealbreak_server.cli.database import account_id, open_storage
from sealbreak_server.errors import BadRequestError, NotFoundError
from support.server.account import AccountBuilder
from support.server.commands import settings_of


def test_the_account_is_the_named_one_or_the_only_one(tmp_path: Path) -> None:
    with open_storage(settings_of(tmp_path)) as storage:
        with pytest.raises(NotFoundError, match="no account yet"):
            account_id(storage, None)
        ann = AccountBuilder(storage, "Ann").account.id
        assert account_id(storage, None) == ann
        ben = AccountBuilder(storage, "Ben").account.id
        assert account_id(storage, "Ben") == ben
        with pytest.raises(BadRequestError, match="--account NAME"):
            account_id(storage, None)
