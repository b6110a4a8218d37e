import asyncio
from collections.abc import Coroutine
from typing import Any
from unittest.mock import Mock

import pytest
from sealbreak_desktop.state.inputs import MarkRead, Mute, Unmute
from sealbreak_desktop.tray.choices import Choices
from sealbreak_desktop.tray.menu import Choice


class RunAtOnce:
    def start(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run(work)


def chosen(choice: Choice) -> tuple[list[object], list[tuple[str, str]]]:
    """What is posted to the core, and the notices, in a tray that is not signed in."""
    core, notices = Mock(), list[tuple[str, str]]()
    core.state.problem = "Pair this computer first."
    requests = Mock(api=None)
    tasks: Any = RunAtOnce()
    choices = Choices(core, requests, tasks, lambda title, text: notices.append((title, text)))
    choices.choose(choice)
    return [call.args[0] for call in core.post.call_args_list], notices


@pytest.mark.parametrize(
    ("choice", "posted"),
    [
        (Choice.MARK_READ, MarkRead),
        (Choice.MUTE_HOUR, Mute),
        (Choice.MUTE_TODAY, Mute),
        (Choice.UNMUTE, Unmute),
    ],
)
def test_a_choice_for_the_core_is_posted_to_it(choice: Choice, posted: type) -> None:
    (given,), notices = chosen(choice)
    assert isinstance(given, posted)
    assert notices == []


def test_a_page_cannot_be_opened_without_a_token() -> None:
    posted, notices = chosen(Choice.SETTINGS)
    assert posted == []
    assert notices == [("Sealbreak is not signed in", "Pair this computer first.")]


def test_a_choice_about_a_mail_does_nothing_without_a_mail() -> None:
    assert chosen(Choice.MUTE_MAIL) == ([], [])
