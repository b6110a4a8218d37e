"""What a world told of a mail beside what readers did."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sealbreak_server.model.context import ClassifiedHit
from support.worlds.play import Body
from support.worlds.reference import Expected, Known, Sitting
from support.worlds.world import DAY


class Telling:
    """What stands told is what readers did, each once. `wrong` says where it is not."""

    def __init__(
        self,
        mail: Known,
        expected: Expected,
        hits: Sequence[ClassifiedHit],
        gone: Mapping[int, int],
    ) -> None:
        """`gone`: how many events there were when the readers of a copy opted out."""
        self._mail, self._expected, self._gone = mail, expected, gone
        self._times = {one.number: one.hit.time for one in hits}
        self._full = mail.level == "full"

    def wrong(self, told: Sequence[Body], *, in_order: bool, prompt: bool) -> Iterator[str]:
        """`told`: all events about hits of the mail. `in_order`: so the hits came, each after the
        registration of its mail. `prompt`: each was told when it was due."""
        standing: dict[int, Body] = {}
        for event in told:
            yield from self._stand(event, standing)
        for event in standing.values():
            found = self._expected.verdicts.get(self._times.get(event["hit"], 0.0))
            if found is None or found.text[0] != "human":
                yield f"event {event['number']} tells of no reader"
        yield from self._opens(standing)
        if not self._mail.changed:
            yield from self._clicks(standing, in_order=in_order)
            if in_order and prompt and not self._mail.began:
                yield from self._again(told)

    def _stand(self, event: Body, standing: dict[int, Body]) -> Iterator[str]:
        number, before = event["number"], self._gone.get(event["copy"])
        if event["kind"] != "corrected":
            standing[number] = event
            if before is not None and number > before:
                yield f"event {number} tells of a reader who had opted out"
        elif event["corrects"] not in standing:
            yield f"event {number} corrects nothing that stands"
        elif event["verdict"]["actor"] != "human":
            del standing[event["corrects"]]

    def _opens(self, standing: Mapping[int, Body]) -> Iterator[str]:
        told = Counter(e["copy"] for e in standing.values() if e["kind"] == "opened")
        opened = self._expected.opens.keys()
        for copy in opened | told.keys():
            may_lack = copy in self._gone or self._mail.changed
            wanted = copy in opened and self._full
            if told[copy] != wanted and not (may_lack and told[copy] <= 1):
                yield f"copy {copy} was told {told[copy]} times"

    def _clicks(self, standing: Mapping[int, Body], *, in_order: bool) -> Iterator[str]:
        """What was told stands, also where a late hit joins two clicks to one."""
        clicked = {self._times.get(e["hit"]) for e in standing.values() if e["kind"] == "clicked"}
        for (copy, _), sittings in self._expected.clicks.items():
            for one in sittings:
                count = len(clicked & {come.time for come in one.hits})
                may_lack, may_exceed = copy in self._gone, self._full and not in_order
                if (count < self._full and not may_lack) or (count > self._full and not may_exceed):
                    yield f"the click at {one.began} was told {count} times"

    def _again(self, told: Sequence[Body]) -> Iterator[str]:
        """Where all was told in the order of time, hot and revived are what the opens make."""
        for copy, sittings in self._expected.opens.items():
            mine = [event for event in told if event["copy"] == copy]
            order = [self._times[event["hit"]] for event in mine]
            first_waited = order[:1] > [sittings[0].hits[-1].time]
            corrected = any(event["kind"] == "corrected" for event in mine)
            if first_waited or corrected or order != sorted(order):
                continue
            if copy in self._gone or not self._full:
                continue
            found = [
                (self._times[event["hit"]], event["verdict"]["sentence"].partition(", ")[0])
                for event in mine
                if event["kind"] in ("hot", "revived")
            ]
            clicks = self._expected.signs(copy)[1]
            expected = list(_again(sittings, clicks, len(self._mail.readers(copy))))
            if found != expected:
                yield f"copy {copy} again: {found} instead of {expected}"


def _again(
    sittings: Sequence[Sitting], clicks: Sequence[float], readers: int
) -> Iterator[tuple[float, str]]:
    """A copy is hot after 3 opens within an hour or opens from 2 networks within a day, for each
    further reader one more, and again after a day; revived after 14 days without a sign."""
    hot_at, more = float("-inf"), max(readers, 1) - 1
    for at, one in enumerate(sittings[1:], 1):
        signs = [s.began for s in sittings[:at]] + [c for c in clicks if c < one.began]
        if one.began - max(signs) >= 14 * DAY:
            yield one.began, f"Opened again after {int((one.began - max(signs)) // DAY)} quiet days"
            continue
        if one.began - hot_at < DAY:
            continue
        hour = [s for s in sittings[: at + 1] if one.began - s.began < 3600]
        day = [s for s in sittings[: at + 1] if one.began - s.began < DAY]
        lines = {s.first_line for s in day} - {None}
        networks = max(sum(v == line[0] for line in lines if line) for v in "46") if lines else 0
        if len(hour) >= 3 + more:
            yield one.began, f"Opened {len(hour)} times within an hour"
        elif networks >= 2 + more:
            yield one.began, f"Opened from {networks} networks within a day"
        else:
            continue
        hot_at = one.began
