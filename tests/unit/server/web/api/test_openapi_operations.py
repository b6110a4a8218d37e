from sealbreak_server.web.api.openapi.operations import PATHS, operation

OPERATIONS = [one for methods in PATHS.values() for one in methods.values()]


def test_operation_ids_are_unique() -> None:
    ids = [one["operationId"] for one in OPERATIONS]
    assert len(set(ids)) == len(ids) > 20


def test_every_operation_has_a_summary_and_an_error_response() -> None:
    assert all(one["summary"] and "default" in one["responses"] for one in OPERATIONS)


def test_an_operation_needs_a_token_unless_it_is_public() -> None:
    assert "security" not in operation("a", "A", responses={200: None})
    assert operation("a", "A", responses={200: None}, is_public=True)["security"] == []


def test_a_path_parameter_is_required() -> None:
    (parameter,) = operation("a", "A", responses={200: None}, path=True)["parameters"]
    assert (parameter["name"], parameter["in"], parameter["required"]) == ("id", "path", True)
