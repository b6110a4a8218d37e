from sealbreak_server.storage.migrations.step import statements_in


def test_statements_are_separated_by_semicolons() -> None:
    assert list(statements_in("SELECT 1;\nSELECT 2;\n;")) == ["SELECT 1", "\nSELECT 2"]


def test_semicolons_in_the_text_of_a_function_separate_nothing() -> None:
    function = "CREATE FUNCTION f() AS $$ BEGIN a; b; END $$"
    assert list(statements_in(f"{function}; SELECT 1;")) == [function, " SELECT 1"]
