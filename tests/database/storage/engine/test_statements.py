import pytest
from peewee import IntegrityError, fn
from sealbreak_server.storage import Storage
from sealbreak_server.storage.engine.statements import (
    CachedListQuery,
    CachedQuery,
    execute_many,
    insert_rows,
)
from sealbreak_server.storage.tables import Account, OptOut, SenderView
from support.server.account import NOW, AccountBuilder


@pytest.fixture
def ann(storage: Storage) -> Account:
    return AccountBuilder(storage).account


def test_a_statement_is_built_once_and_filled_anew(ann: Account) -> None:
    built: list[object] = []

    def build(name: object) -> object:
        built.append(name)
        return Account.select(Account.owner).where(Account.name == name)

    by_name = CachedQuery(build)
    assert [by_name.rows(name) for name in ("Ann", "Ben", "Ann")] == [
        [(ann.owner,)], [], [(ann.owner,)],
    ]  # fmt: skip
    assert len(built) == 1


def test_parameters_go_where_they_are_used_not_in_the_order_they_are_given(ann: Account) -> None:
    late = CachedQuery(
        lambda since, name: Account.select(Account.name, fn.COALESCE(since, 0)).where(
            Account.name == name, Account.created_at >= since
        )
    )
    assert late.rows(NOW, "Ann") == [("Ann", NOW)]
    assert late.rows(NOW + 1, "Ann") == []


def test_values_of_the_statement_itself_stay(ann: Account) -> None:
    rename = CachedQuery(
        lambda number: Account.update({Account.last_event: 7}).where(Account.id == number)
    )
    rename.run_many([(ann.id,)])
    assert Account.get_by_id(ann.id).last_event == 7


def test_many_runs_and_none_at_all(ann: Account) -> None:
    mark = CachedQuery(lambda message, time: SenderView.insert(message=message, time=time))
    mark.run_many((message * 16, NOW) for message in "abc")
    mark.run_many([])
    assert SenderView.select().count() == 3


def test_a_list_of_any_length_finds_each_of_its_rows_once(ann: Account) -> None:
    by_time = CachedListQuery(
        lambda times: SenderView.select(SenderView.time).where(SenderView.time.in_(times))
    )
    insert_rows(SenderView, [("a" * 16, float(at)) for at in range(1000)])
    for count in (0, 1, 2, 3, 5, 8, 600):
        wanted = [float(at) for at in range(count)]
        assert sorted(by_time.rows(wanted)) == [(time,) for time in wanted]


def test_a_limit_holds_for_each_of_those_that_are_asked_for(ann: Account) -> None:
    newest = CachedQuery(
        lambda message: (
            SenderView.select(SenderView.message, SenderView.time)
            .where(SenderView.message == message)
            .order_by(SenderView.time.desc())
            .limit(2)
        )
    )
    names = [f"{at:016}" for at in range(100)]
    insert_rows(SenderView, [(name, float(at)) for name in names for at in range(3)])
    for count in (0, 1, 2, 7, 100):
        found = newest.rows_of_each([(name,) for name in names[:count]])
        assert sorted(found) == [(name, time) for name in names[:count] for time in (1.0, 2.0)]


def test_rows_are_inserted_in_the_order_of_the_fields(ann: Account) -> None:
    insert_rows(OptOut, [("a" * 16, 1, NOW), ("b" * 16, 0, NOW)])
    insert_rows(OptOut, [])
    assert [(row.message, row.copy_number) for row in OptOut.select()] == [
        ("a" * 16, 1),
        ("b" * 16, 0),
    ]


def test_a_row_too_many_is_an_error_of_peewee(ann: Account) -> None:
    with pytest.raises(IntegrityError):
        insert_rows(OptOut, [("a" * 16, 1, NOW)] * 2)


def test_nothing_to_execute_needs_no_statement(ann: Account) -> None:
    execute_many("this is no SQL", [])
