import json
import re

import pytest
from jsonschema import Draft202012Validator
from sealbreak_server.web.api.openapi.schemas import SCHEMAS, maybe, record, text

REFERENCE = re.compile(r"#/components/schemas/(\w+)")


def test_every_reference_names_a_schema() -> None:
    assert set(REFERENCE.findall(json.dumps(SCHEMAS))) <= set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_valid(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


def test_a_record_requires_all_fields_that_are_not_optional() -> None:
    schema = record({"a": text(3), "b": maybe(text(3))}, optional=("b",))
    valid = Draft202012Validator(schema).is_valid
    assert valid({"a": "abc"})
    assert valid({"a": "abc", "b": None})
    assert not valid({"b": "abc"})
    assert not valid({"a": "abcd"})
