"""Charts and their text alternatives."""

import re
from xml.etree import ElementTree

import pytest
from sealbreak_server.model.verdict import Actor
from sealbreak_server.web.pages.charts import Column, Mark, bars, columns, timeline, week

SENT = 1_800_000_000.0
HUMAN, MACHINE = Actor.HUMAN, Actor.MACHINE


def shapes(svg: str, tag: str) -> list[dict[str, str]]:
    return [element.attrib for element in ElementTree.fromstring(svg).iter(tag)]


def words(svg: str) -> str:
    return ElementTree.fromstring(svg).attrib["aria-label"]


def test_a_timeline_has_a_lane_for_each_actor_with_hits() -> None:
    svg = timeline([Mark(SENT + 60, HUMAN), Mark(SENT + 5, MACHINE)], SENT)
    lanes = [group["class"] for group in shapes(svg, "g")]
    assert lanes == ["human", "machine"]


def test_a_timeline_has_a_text_alternative() -> None:
    svg = timeline([Mark(SENT + 60, HUMAN), Mark(SENT + 5, MACHINE), Mark(SENT, MACHINE)], SENT)
    assert words(svg) == (
        "3 hits between 15 Jan 2027, 08:00 UTC and 15 Jan 2027, 08:01 UTC: "
        "1 by readers, 2 by machines"
    )


def test_marks_at_the_same_place_are_drawn_as_one() -> None:
    (mark,) = shapes(timeline([Mark(SENT + 1, HUMAN)] * 500, SENT), "circle")
    assert float(mark["r"]) == 6


@pytest.mark.parametrize("time", [SENT - 5000, SENT, SENT + 1, SENT + 9e7])
def test_no_mark_lies_outside(time: float) -> None:
    for mark in shapes(timeline([Mark(time, HUMAN), Mark(SENT + 60, HUMAN)], SENT), "circle"):
        assert 0 < float(mark["cx"].rstrip("%")) < 100


def test_columns_are_as_high_as_their_shares() -> None:
    svg = columns(("human", "clicks"), [Column("1 Jan", "all of it", (1.0, 0.5))], "Shares")
    heights = {bar["class"]: float(bar["height"]) for bar in shapes(svg, "rect")}
    assert heights["human"] == pytest.approx(2 * heights["clicks"])


def test_a_column_without_a_total_is_not_drawn() -> None:
    svg = columns(("human",), [Column("1 Jan", "nothing sent", (None,))], "Shares")
    assert [bar["class"] for bar in shapes(svg, "rect")] == ["hover"]


def test_bars_show_their_values() -> None:
    svg = bars({"early": 3, "late": 0}, "Mails")
    assert words(svg) == "Mails: early: 3, late: 0"
    early, late = (float(bar["width"].rstrip("%")) for bar in shapes(svg, "rect"))
    assert early > late == 0


def test_a_week_names_its_busiest_hours() -> None:
    svg = week({(0, 9): 5, (4, 17): 2}, "Opens")
    assert words(svg) == "Opens. Most: Mon 9:00 with 5 opens, Fri 17:00 with 2 opens"
    assert len(shapes(svg, "rect")) == 7 * 24


def test_an_empty_week_says_so() -> None:
    assert words(week({}, "Opens")) == "Opens. None yet"


def test_text_in_a_chart_is_escaped() -> None:
    svg = bars({'"><script>': 1}, '"><b>')
    assert ElementTree.fromstring(svg) is not None
    assert not re.search("<script>|<b>", svg)


def test_charts_have_no_inline_style() -> None:
    """Our content policy forbids it, and the style sheet has a dark mode."""
    drawn = timeline([Mark(SENT, HUMAN)], SENT) + week({(1, 1): 1}, "Opens") + bars({"a": 1}, "A")
    assert "style" not in drawn
    assert "#" not in drawn
