"""Several films of one hand, merged value by value."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from sclerograph.anatomy.hand import FINGER_CHAINS, Side, View
from sclerograph.findings.records import (
    Alignment,
    CalibrationRecord,
    Deposit,
    Flexion,
    Hand,
    JointFinding,
    SourceRecord,
    VisitFinding,
    VisitHand,
)
from sclerograph.hand.merge import merge_films
from sclerograph.hand.reading import read_films
from sclerograph.imaging.calibration import Calibration
from tests.hand.scenes import ExactNetworks, Placed, Scene, film_of


def source(name: str, mm_per_pixel: float | None = 0.1) -> SourceRecord:
    made = CalibrationRecord(source="none" if mm_per_pixel is None else "pixel_spacing", mm_per_pixel=mm_per_pixel)
    return SourceRecord(id=name, file=f"{name}.dcm", sha256=name, rows=9, columns=9, calibration=made)


def entry(name: str, view: View = "PA", side: Side | None = "L", confidence: float = 0.9, **findings: object) -> Hand:
    return Hand(
        source=name,
        side=side,
        side_source="user" if side else "unknown",
        view=view,
        box=(0, 0, 1, 1),
        confidence=confidence,
        landmarks={},
        **findings,  # type: ignore[arg-type]
    )


def joint(code: str, width_mm: float | None, reason: str | None = None) -> JointFinding:
    if width_mm is None:
        return JointFinding(joint=code, assessable=False, reason=reason)
    grade = 0 if width_mm > 1.0 else 2
    return JointFinding(
        joint=code, assessable=True, space_width_mm=width_mm, space_ratio=width_mm / 90.0, narrowing_grade=grade
    )


def flexed(*angles: float | None) -> Alignment:
    return Alignment(
        assessable=False,
        flexion=[
            Flexion(digit=digit, assessable=angle is not None, angle_deg=angle, reason=None if angle else "overlapped")
            for digit, angle in enumerate(angles, start=1)
        ],
    )


def deposit(name: str, site: str, area_mm2: float | None = 2.0) -> Deposit:
    return Deposit(
        id=name,
        site=site,
        digit=None,
        compartment="subcutaneous",
        morphology="globular",
        contours=[],
        area_px=200.0,
        area_mm2=area_mm2,
        longest_diameter_px=16.0,
        longest_diameter_mm=1.6,
        relative_density=None,
        confidence=0.9,
    )


def value(hand: VisitHand, finding: str, place: str) -> VisitFinding:
    (found,) = (f for f in hand.findings if (f.finding, f.place) == (finding, place))
    return found


def test_joints_come_from_the_pa_film_and_flexion_from_the_lateral_one() -> None:
    side_on = entry("s1", "lateral", joints=[joint("DIP2", None, "a lateral film")], alignment=flexed(None, 31.0, None))
    flat = entry("s2", "PA", joints=[joint("DIP2", 1.4)], alignment=flexed(2.0, 20.0, 25.0))
    (hand,) = merge_films([side_on, flat], [source("s1"), source("s2")])
    assert hand.sources == ["s2", "s1"]
    width = value(hand, "joint space", "DIP2")
    assert (width.value, width.unit, width.source) == (1.4, "mm", "s2")
    assert value(hand, "narrowing", "DIP2").source == "s2"
    assert (value(hand, "flexion", "2").value, value(hand, "flexion", "2").source) == (31.0, "s1")
    assert (value(hand, "flexion", "3").value, value(hand, "flexion", "3").source) == (25.0, "s2")


def test_a_joint_that_the_pa_film_hides_is_taken_from_the_ap_film() -> None:
    flat = entry("s1", "PA", joints=[joint("DIP2", None, "hidden by metal"), joint("PIP2", 0.8)])
    other = entry("s2", "AP", joints=[joint("DIP2", 1.3), joint("PIP2", 1.2)])
    (hand,) = merge_films([flat, other], [source("s1"), source("s2")])
    assert (value(hand, "joint space", "DIP2").value, value(hand, "joint space", "DIP2").source) == (1.3, "s2")
    assert (value(hand, "joint space", "PIP2").value, value(hand, "joint space", "PIP2").source) == (0.8, "s1")
    assert (value(hand, "narrowing", "PIP2").value, value(hand, "narrowing", "PIP2").source) == (2.0, "s1")


def test_the_surer_of_two_like_films_goes_first() -> None:
    hands = [entry("s1", confidence=0.6, joints=[joint("RC", 1.1)]), entry("s2", joints=[joint("RC", 1.2)])]
    (hand,) = merge_films(hands, [source("s1"), source("s2")])
    assert hand.sources == ["s2", "s1"]
    assert value(hand, "joint space", "RC").source == "s2"


def test_what_no_film_shows_has_the_reason_of_each() -> None:
    flat = entry("s1", "PA", joints=[joint("DIP2", None, "hidden by metal"), joint("PIP2", None, "flexed")])
    other = entry("s2", "AP", joints=[joint("DIP2", None, "cut off"), joint("PIP2", None, "flexed")])
    (hand,) = merge_films([flat, other], [source("s1"), source("s2")])
    missing = value(hand, "joint space", "DIP2")
    assert (missing.value, missing.source, missing.assessable) == (None, None, False)
    assert missing.reason == "s1: hidden by metal; s2: cut off"
    assert value(hand, "joint space", "PIP2").reason == "flexed"


def test_each_value_has_the_unit_of_its_own_film() -> None:
    flat = entry("s1", "PA", joints=[joint("DIP2", None, "hidden"), joint("PIP2", 1.2)])
    uncalibrated = entry("s2", "AP", joints=[joint("DIP2", 0.9), joint("PIP2", 0.9)])
    (hand,) = merge_films([flat, uncalibrated], [source("s1"), source("s2", None)])
    assert (value(hand, "joint space", "PIP2").unit, value(hand, "joint space", "PIP2").value) == ("mm", 1.2)
    assert (value(hand, "joint space", "DIP2").unit, value(hand, "joint space", "DIP2").value) == ("ratio", 0.01)


def test_deposits_of_two_views_are_never_added_up() -> None:
    flat = entry("s1", "PA", deposits=[deposit("d1", "DP2"), deposit("d2", "DP2", 1.0)])
    side_on = entry("s2", "lateral", deposits=[deposit("d3", "DP2", 5.0), deposit("d4", "PP3")])
    (hand,) = merge_films([flat, side_on], [source("s1"), source("s2")])
    tip, other = sorted(hand.deposits, key=lambda site: site.site)
    assert (tip.site, tip.source, tip.deposits, tip.area_mm2, tip.counted, tip.also_on) == (
        "DP2",
        "s1",
        ["d1", "d2"],
        3.0,
        True,
        ["s2"],
    )
    assert (other.site, other.source, other.deposits, other.counted, other.also_on) == ("PP3", "s2", ["d4"], False, [])


def test_an_area_without_millimetres_is_not_made_up() -> None:
    (hand,) = merge_films([entry("s1", deposits=[deposit("d1", "DP2"), deposit("d2", "DP2", None)])], [source("s1")])
    assert hand.deposits[0].area_mm2 is None
    assert hand.deposits[0].area_px == 400.0


def test_left_and_right_stay_apart_and_two_of_one_side_alone() -> None:
    hands = [entry("s1", side="L"), entry("s2", side="R"), entry("s3", "lateral", side="R")]
    sources = [source(name) for name in ("s1", "s2", "s3")]
    assert [hand.sources for hand in merge_films(hands, sources)] == [["s1"], ["s2", "s3"]]
    doubtful = [entry("s1", side="L"), entry("s1", side="L"), entry("s2", "lateral", side="L")]
    assert [hand.sources for hand in merge_films(doubtful, sources)] == [["s1"], ["s1"]]


def test_a_hand_of_unknown_side_joins_no_other() -> None:
    hands = [entry("s1", side=None), entry("s2", side="L")]
    assert [hand.sources for hand in merge_films(hands, [source("s1"), source("s2")])] == [["s2"]]
    assert [hand.side for hand in merge_films([entry("s1", side=None)], [source("s1")])] == [None]


def _bent(digit: int, turns_deg: tuple[float, ...]) -> Scene:
    """Turn the joints of a digit in the plane of the film, one after the other."""
    chain, healthy, shift = FINGER_CHAINS[digit], Scene(), {}
    along = healthy.joint(chain[1]) - healthy.joint(chain[0])
    direction, place = along / np.hypot(*along), healthy.joint(chain[1])
    for (first, second), turn in zip(pairwise(chain[1:]), turns_deg, strict=True):
        t = np.radians(turn)
        direction = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) @ direction
        place = place + direction * np.hypot(*(healthy.joint(second) - healthy.joint(first)))
        shift[second] = tuple(float(v) for v in place - healthy.joint(second))
    return Scene(shift=shift)


def test_films_of_one_visit_are_read_and_merged() -> None:
    placed, size = Placed(), Calibration("pixel_spacing", 0.25)
    scenes = {"pa.png": Scene(), "lateral.png": _bent(2, (-20.0, -25.0, 0.0))}
    views: dict[str, View] = {"pa.png": "PA", "lateral.png": "lateral"}
    films = []
    for name, scene in scenes.items():
        made = film_of(scene, placed, size, side="L", view=views[name])
        films.append(replace(made, source=replace(made.source, file=name)))
    networks = ExactNetworks({name: [(scene, placed)] for name, scene in scenes.items()})
    reading = read_films(films, networks, name="visit")
    (hand,) = reading.visit
    assert hand.sources == ["s1", "s2"]
    assert value(hand, "subluxation", "MCP3").source == "s1"
    on_lateral = reading.hands[1].alignment.flexion[1]
    assert on_lateral.told_by == "axes"
    assert (value(hand, "flexion", "2").value, value(hand, "flexion", "2").source) == (on_lateral.angle_deg, "s2")
