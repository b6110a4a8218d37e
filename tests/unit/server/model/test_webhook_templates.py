import json
from typing import Any

import pytest
from sealbreak_server.model.webhook_templates import CHATS, JSON, TEMPLATES, post_body
from support.paths import EVENTS

OPENED = json.loads((EVENTS / "opened-directly.json").read_text())
HOSTILE = "<!channel> @everyone & [x](https://evil.example) *b* `c` \\ \n# d"


def event(**message: Any) -> str:
    return json.dumps({**OPENED, "message": {**OPENED["message"], **message}})


def posted(template: str, body: str) -> dict[str, Any]:
    text = post_body(template, body)
    assert text is not None
    made: dict[str, Any] = json.loads(text)
    return made


@pytest.mark.parametrize("path", sorted(EVENTS.glob("*.json")), ids=lambda path: path.stem)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_kind_of_event_has_a_body(template: str, path: Any) -> None:
    body = path.read_text()
    made = post_body(template, body)
    if template == JSON:
        assert made == body
    elif json.loads(body).get("quiet"):
        assert made is None
    else:
        assert made is not None
        text = json.loads(made).get("text") or json.loads(made)["content"]
        assert 0 < len(text) <= 2000


def test_a_chat_is_told_the_subject_the_people_and_what_happened() -> None:
    text = posted("slack", event(subject="Offer 12"))["text"]
    assert text == f"“Offer 12” to Ann: {OPENED['verdict']['sentence']}"


@pytest.mark.parametrize(
    ("count", "shown"), [(1, "p0"), (3, "p0, p1, p2"), (5, "p0, p1, p2 and 2 more")]
)
def test_many_people_are_shortened(count: int, shown: str) -> None:
    people = [{"name": f"p{n}", "address": f"p{n}@example.com"} for n in range(count)]
    assert f" to {shown}: " in posted("slack", event(recipients=people))["text"]


def test_a_mail_without_subject_or_recipients_has_a_sentence() -> None:
    text = posted("slack", event(subject="", recipients=[]))["text"]
    assert text.startswith("“(no subject)”: ")


def test_an_erased_event_is_posted_as_json_only() -> None:
    erased = json.dumps({"version": 1, "number": 4, "kind": "erased", "time": "x"})
    assert post_body(JSON, erased) == erased
    assert [post_body(chat, erased) for chat in CHATS] == [None] * 3


def test_a_subject_mentions_nobody_in_slack() -> None:
    made = posted("slack", event(subject=HOSTILE))
    assert "<" not in made["text"]
    assert "&lt;!channel&gt; @everyone &amp; " in made["text"]
    assert made["unfurl_links"] is made["unfurl_media"] is False


def test_a_subject_mentions_and_links_nothing_in_discord() -> None:
    made = posted("discord", event(subject=HOSTILE))
    assert made["allowed_mentions"] == {"parse": []}
    assert made["flags"] == 4
    assert "\\[x\\]\\(https\\:" in made["content"]
    assert "\n" not in made["content"]


def test_a_subject_mentions_and_links_nothing_in_mattermost() -> None:
    text = posted("mattermost", event(subject=HOSTILE))["text"]
    assert "@everyone" not in text
    assert "\\[x\\]\\(https\\:" in text


@pytest.mark.parametrize("chat", CHATS)
def test_a_long_subject_is_cut(chat: str) -> None:
    made = posted(chat, event(subject="*" * 5000))
    text = made.get("text") or made["content"]
    assert len(text) <= 2000
    assert not text.endswith("\\")
