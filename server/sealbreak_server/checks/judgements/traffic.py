"""Whether pixels and the live connection come through the proxy unchanged. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sealbreak_server.checks.finding import Finding, ok, problem, warning
from sealbreak_server.checks.judgements.answers import Answer, Failed, Response, Seen, Stale
from sealbreak_server.security.nonces import MARK


@dataclass(frozen=True, slots=True)
class Live:
    """A live connection through the public address."""

    answer: Answer
    seconds: float = 0.0
    """How long it was open."""
    is_lost: bool = False
    """It did not stay open as long as it should."""


def judge_live(live: Live) -> Iterator[Finding]:
    if isinstance(live.answer, Seen | Stale) and not live.is_lost:
        yield ok("live", f"The live connection works, and stayed open for {live.seconds:.0f} s.")
    elif isinstance(live.answer, Seen | Stale):
        yield problem(
            "live",
            f"The proxy ends a live connection after {live.seconds:.0f} s.",
            "Raise its timeout for WebSockets above 30 s.",
        )
    elif isinstance(live.answer, Failed):
        yield problem("live", f"The live connection fails: {live.answer.detail}.")
    else:
        yield problem(
            "live",
            f"The proxy does not let WebSockets through: it answers {live.answer.status}. The tray"
            " and open pages will hear of nothing.",
            "Let it pass on the headers Upgrade and Connection with HTTP/1.1.",
        )


def judge_pixels(answers: Sequence[Response]) -> Iterator[Finding]:
    """`answers`: to two requests for one pixel. Each answer of the server has another mark."""
    marks = [answer.headers.get(MARK) for answer in answers]
    wrong = [answer for answer in answers if not _is_pixel(answer)]
    if not answers:
        yield problem("pixels", "The proxy answers no request for a pixel.")
    elif wrong:
        yield problem(
            "pixels", f"The proxy changes pixels or refuses them (status {wrong[0].status})."
        )
    elif len(set(marks)) < len(marks):
        yield problem(
            "pixels",
            "A cache answers pixels: the second request did not reach this server. Opens will not"
            " be seen.",
            "Take /o/ and /l/ out of the cache of the proxy or the CDN.",
        )
    elif any("no-store" not in answer.headers.get("cache-control", "") for answer in answers):
        yield warning(
            "pixels",
            "The proxy changes the header Cache-Control of pixels: mail programs may keep them, and"
            " later opens will not be seen.",
            "Let it pass that header on.",
        )
    else:
        yield ok("pixels", "Pixels come unchanged and from no cache.")


def _is_pixel(answer: Response) -> bool:
    return answer.status == 200 and answer.body.startswith(b"GIF8") and MARK in answer.headers
