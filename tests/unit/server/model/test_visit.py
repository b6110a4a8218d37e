"""Which loads have one source."""

from sealbreak_server.model.visit import Visit, program_of

CHROME = program_of("direct", "Chrome on Windows")


def test_a_source_is_a_program_on_a_network() -> None:
    first = Visit(0.0, "192.0.0.0/16", "DE", CHROME)
    assert Visit(99.0, "192.0.0.0/16", None, CHROME).source == first.source
    assert Visit(0.0, "198.51.0.0/16", "DE", CHROME).source != first.source
    edge = program_of("direct", "Edge on Windows")
    assert Visit(0.0, "192.0.0.0/16", "DE", edge).source != first.source


def test_a_proxy_that_hides_program_and_network_is_one_source() -> None:
    assert Visit(0.0, program=program_of("gmail-proxy", None)).source == ("gmail-proxy ", None)
