import pytest
from sealbreak_server.web.pages.dead_link import MAX_SHOWN, DeadLinkPage

PAGE = DeadLinkPage()


@pytest.mark.parametrize("target", ["https://example.com/?a=1&b=2", "https://example.com/<b>\"'"])
def test_the_address_is_text(target: str) -> None:
    text = PAGE.render(target).decode()
    start = text.index("<code>") + len("<code>")
    shown = text[start : text.index("</code>")]
    assert "<" not in shown
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'")):
        shown = shown.replace(entity, char)
    assert shown.replace("&amp;", "&") == target
    assert 'href="https' not in text


@pytest.mark.parametrize("target", [None, "https://example.com/" + "a" * MAX_SHOWN])
def test_without_a_usable_address_it_says_whom_to_ask(target: str | None) -> None:
    text = PAGE.render(target).decode()
    assert "<code>" not in text
    assert "Ask the sender" in text
