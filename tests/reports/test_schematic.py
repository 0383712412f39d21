from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from sclerograph.anatomy.hand import BONES, SITES
from sclerograph.findings.records import CalcinosisTotal, Reading
from sclerograph.reports.palette import burden_colour
from sclerograph.reports.schematic import draw_hands
from tests.reports import synthetic


def drawn(reading: Reading) -> dict[str, ElementTree.Element]:
    return {drawing.title: ElementTree.fromstring(drawing.svg) for drawing in draw_hands(reading)}


def labels(svg: ElementTree.Element) -> list[str]:
    return [group.findtext("text") or "" for group in svg.iter("g") if group.get("class") == "drawn-label"]


def thumb_x(svg: ElementTree.Element) -> float:
    grades = [t for t in svg.iter("text") if t.get("class") == "drawn-grade"]
    return float(next(t for t in grades if (t.findtext("title") or "").startswith("thumb")).get("x") or "nan")


def test_both_hands_are_drawn_as_on_a_pa_film() -> None:
    hands = drawn(synthetic.reading())
    assert list(hands) == ["Left hand", "Right hand"]
    assert thumb_x(hands["Left hand"]) > 0.0 > thumb_x(hands["Right hand"])
    for svg in hands.values():
        assert sum(path.get("class") == "drawn-bone" for path in svg.iter("path")) == len(BONES)


def test_each_site_with_calcium_has_its_number_and_the_most_the_darkest_colour() -> None:
    svg = drawn(synthetic.reading())["Left hand"]
    totals = [t for t in synthetic.reading().hands[0].calcinosis if t.scope == "site"]
    assert sorted(labels(svg)) == sorted(f"{t.area_mm2:.1f}" for t in totals)
    filled = {
        (element.findtext("title") or "").split(",")[0]: element.get("fill")
        for element in svg.iter()
        if element.get("class") in {"drawn-bone", "drawn-joint"}
    }
    assert filled["PIP2"] == burden_colour(1.0)
    assert filled["MC3"] == "#FFFFFF"
    assert {site for site, colour in filled.items() if colour != "#FFFFFF"} == {t.name for t in totals}


def test_fingertips_show_their_grade_as_number_and_colour() -> None:
    svg = drawn(synthetic.reading())["Left hand"]
    grades = {
        (t.findtext("title") or "").split(":")[0]: "".join(t.itertext()).replace(t.findtext("title") or "", "")
        for t in svg.iter("text")
        if t.get("class") == "drawn-grade"
    }
    assert grades == {
        "thumb": "1",
        "index finger": "3",
        "middle finger": "4",
        "ring finger": "0",
        "little finger": "–",
    }
    assert "little finger not assessable" in (svg.get("aria-label") or "")


@pytest.mark.parametrize(
    ("sides", "absent"), [("L", ["Right hand"]), ("R", ["Left hand"]), ("", ["Left hand", "Right hand"])]
)
def test_a_side_without_a_film_is_said_to_be_missing(sides: str, absent: list[str]) -> None:
    drawings = draw_hands(synthetic.reading(sides))
    assert [d.title for d in drawings] == ["Left hand", "Right hand"]
    assert [d.title for d in drawings if d.absent] == absent


def test_with_an_unknown_side_no_hand_is_called_missing() -> None:
    hand = synthetic.reading("L").hands[0].model_copy(update={"side": None})
    drawings = draw_hands(synthetic.reading("L").model_copy(update={"hands": [hand]}))
    assert [d.title for d in drawings] == ["Hand, side unknown"]


def test_numbers_of_crowded_sites_do_not_cover_each_other() -> None:
    hand = synthetic.reading("L").hands[0]
    everywhere = [
        CalcinosisTotal(scope="site", name=site, deposits=1, area_px=500.0, area_mm2=12.5 + i, area_ratio=0.01)
        for i, site in enumerate(SITES)
    ]
    crowded = hand.model_copy(update={"calcinosis": everywhere})
    svg = drawn(synthetic.reading("L").model_copy(update={"hands": [crowded]}))["Left hand"]
    rects = [rect for group in svg.iter("g") for rect in group.iter("rect")]
    x, y, width, height = (np.array([float(r.get(k) or "nan") for r in rects]) for k in ("x", "y", "width", "height"))
    assert len(rects) == len(SITES)
    gap_x = np.maximum(x[:, None], x) - np.minimum(x[:, None] + width[:, None], x + width)
    gap_y = np.maximum(y[:, None], y) - np.minimum(y[:, None] + height[:, None], y + height)
    gap = np.maximum(gap_x, gap_y)[~np.eye(len(rects), dtype=bool)]
    assert gap.min() > 0.0


def test_without_a_calibration_the_numbers_are_ratios() -> None:
    svg = drawn(synthetic.reading("L", calibrated=False))["Left hand"]
    assert "‰" in (svg.get("aria-label") or "")
    assert not re.search(r"\d mm²", svg.get("aria-label") or "")
