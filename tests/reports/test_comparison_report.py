"""The page of a comparison: both films at one scale, every change on both, everything that a reader must know."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from sclerograph.comparison.compare import compare
from sclerograph.errors import UsageError
from sclerograph.findings.records import RESEARCH_USE, Deposit, Reading
from sclerograph.reports.comparison_report import comparison_html, write_comparison_report
from sclerograph.reports.comparison_view import hand_figures
from sclerograph.reports.palette import CHANGES
from tests.comparison.visits import hand, place, posture
from tests.comparison.visits import reading as drawn_reading
from tests.reports.page import parse
from tests.reports.synthetic import film, reading


def grown(deposit: Deposit, factor: float) -> Deposit:
    """Enlarge a deposit about its middle by a factor of its area."""
    corners = np.array(deposit.contours[0])
    middle = corners.mean(axis=0)
    moved = (corners - middle) * factor**0.5 + middle
    return deposit.model_copy(
        update={"contours": [[(float(x), float(y)) for x, y in moved]], "area_px": deposit.area_px * factor}
    )


def two_visits(calibrated: bool = True) -> tuple[Reading, Reading]:
    """Return two visits: d6 is new, d4 has grown, d5 has shrunk, d1 is gone."""
    first = reading(calibrated=calibrated)
    left, right = first.hands
    factors = {"d4": 1.6, "d5": 0.5}
    later = [grown(d, factors.get(d.id, 1.0)) for d in left.deposits if d.id != "d1"]
    source = first.sources[0].model_copy(update={"sha256": "fedcba9876543210" * 4, "file": "later.dcm"})
    before = left.model_copy(update={"deposits": [d for d in left.deposits if d.id != "d6"]})
    second = first.model_copy(
        update={
            "name": "later",
            "sources": [source],
            "hands": [left.model_copy(update={"deposits": later}), right],
        }
    )
    return first.model_copy(update={"hands": [before, right]}), second


def html(first: Reading, second: Reading, with_films: bool = True) -> str:
    films = {source.sha256: film() for source in (*first.sources, *second.sources)} if with_films else {}
    # what is called change must not hang on the errors that the bench measured last
    return comparison_html(compare(first, second, repeatability={}), first, second, films)


def test_the_page_is_whole_and_needs_nothing_else():
    text = html(*two_visits())
    page = parse(text)
    assert len(set(page.ids)) == len(page.ids)
    assert all(address.startswith(("data:image/jpeg", "#")) for address in page.addresses)
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(page.ids)
    assert all(len(widths) <= 1 for widths in page.table_widths)
    assert "script" not in page.tags
    assert page.text.count(RESEARCH_USE) == 2
    assert page.tags.count("image") == 4


@pytest.mark.parametrize("calibrated", [True, False])
def test_it_says_what_became_of_every_deposit(calibrated: bool):
    first, second = two_visits(calibrated)
    page = parse(html(first, second))
    for status in CHANGES:
        assert f"1 {status}" in page.text or f"5 {status}" in page.text
    assert ("mm² calcified" in page.text) == calibrated
    assert "+60" in page.text
    assert "−50" in page.text
    assert re.search(r"CMC1, carpometacarpal joint 1 ?new", page.text)
    assert "Valenzuela 2022" in page.text


def test_new_and_gone_deposits_are_drawn_on_both_films():
    text = html(*two_visits())
    colours = re.findall(r'class="change( carried)?" style="--change:(#\w+)"', text)
    for status in ("new", "gone"):
        assert sorted(carried for carried, colour in colours if colour == CHANGES[status]) == ["", " carried"]
    # what has not changed is drawn once on each film
    assert all(not carried for carried, colour in colours if colour == CHANGES["stable"])


def test_without_films_the_hands_are_drawn_from_their_outlines():
    page = parse(html(*two_visits(), with_films=False))
    assert "image" not in page.tags
    assert page.text.count("as the film was not given") == 4


@pytest.mark.parametrize("px_per_mm", [3.0, 8.0])
@pytest.mark.parametrize("mm", [True, False])
def test_a_millimetre_is_equally_long_on_both_films(px_per_mm: float, mm: bool):
    first = drawn_reading([hand(place(posture()))], 0.2 if mm else None)
    marks = place(posture({3: 6.0}), px_per_mm, 20.0)
    second = drawn_reading([hand(marks)], 1.0 / px_per_mm if mm else None, name="later")
    (change,) = compare(first, second).hands
    figures = hand_figures(change, (first.hands[0], second.hands[0]), (first.sources[0], second.sources[0]), {})
    for side in ("width", "height"):
        shown = [getattr(figure.box, side) / size for figure, size in zip(figures, (5.0, px_per_mm), strict=True)]
        assert shown[0] == pytest.approx(shown[1], rel=1e-3)
    assert (figures[0].bar is not None) == mm
    for figure, points in zip(figures, (place(posture()), marks), strict=True):
        x, y = points.T
        assert figure.box.x < x.min()
        assert figure.box.y < y.min()
        assert x.max() < figure.box.x + figure.box.width
        assert y.max() < figure.box.y + figure.box.height


def test_what_could_not_be_compared_is_listed():
    first, second = two_visits()
    alone = second.model_copy(update={"hands": second.hands[:1]})
    page = parse(html(first, alone))
    assert "Right hand, PA, first visit" in page.text
    assert "the other visit shows no right hand" in page.text
    assert "Left hand, PA: fingertip, little finger" in page.text
    nothing = second.model_copy(update={"hands": []})
    assert "no hand was read at both visits" in parse(html(first, nothing)).text


def test_names_are_text_and_never_markup():
    first, second = two_visits()
    text = html(first.model_copy(update={"name": "<script>alert(1)</script>"}), second)
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_other_readings_and_other_films_are_refused(tmp_path: Path):
    first, second = two_visits()
    comparison = compare(first, second)
    with pytest.raises(UsageError, match="compare them again"):
        comparison_html(comparison, second, first, {})
    with pytest.raises(UsageError, match="wrong place"):
        write_comparison_report(
            comparison, first, second, {first.sources[0].sha256: np.zeros((5, 5))}, tmp_path / "c.html"
        )
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_the_page_and_the_same_each_time(tmp_path: Path):
    first, second = two_visits()
    write_comparison_report(compare(first, second, repeatability={}), first, second, {}, tmp_path / "c.html")
    assert (tmp_path / "c.html").read_text(encoding="utf-8") == html(first, second, with_films=False)
