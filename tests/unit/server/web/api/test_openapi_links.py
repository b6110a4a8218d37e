from sealbreak_server.web.api.openapi.document import document
from sealbreak_server.web.api.openapi.links import LINKS

DOCUMENT = document("https://track.example.com")


def test_each_link_names_an_operation_and_its_parameters() -> None:
    operations = {o["operationId"]: o for item in DOCUMENT["paths"].values() for o in item.values()}
    assert set(LINKS) <= set(operations)
    for links in LINKS.values():
        for link in links.values():
            there = operations[link["operationId"]]
            named = {parameter["name"] for parameter in there.get("parameters", ())}
            assert set(link.get("parameters", ())) <= named
            assert "requestBody" not in link or "requestBody" in there
