"""The soft tissue of fingertips on simulated films: pulp and tapering that are known, and what forbids them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.findings.records import Fingertip, Flexion, Tuft
from sclerograph.hand import fingertips
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.phantom.film import fast_film
from sclerograph.phantom.fingertips import TrueFingertip, true_fingertips
from sclerograph.phantom.scene import ADULT, draw_scene
from sclerograph.phantom.soft_tissue import FingertipShape
from tests.hand.simulated_views import view_of_simulated, with_film_above, with_greys

_SHAPES = {
    1: FingertipShape(3.0, 0.1),
    2: FingertipShape(1.5, 0.4),
    3: FingertipShape(2.5, 0.05),
    4: FingertipShape(4.5, 0.2),
    5: FingertipShape(3.5, 0.3),
}


@lru_cache(maxsize=1)
def _seen() -> tuple[HandView, dict[int, TrueFingertip]]:
    rng = np.random.default_rng(20_450_001)
    scene = replace(draw_scene(rng, ADULT), fingertips=_SHAPES, _hands={})
    film = fast_film(scene, rng, rows=880, columns=680, pixel_mm=0.28, plain=True)
    return view_of_simulated(film), true_fingertips(scene, scene.detector(880, 680, 0.28))


@lru_cache(maxsize=1)
def _measured() -> list[Fingertip]:
    return fingertips.measure(_seen()[0], [], [])


def test_pulp_is_measured_to_fractions_of_a_pixel() -> None:
    truth = _seen()[1]
    assert [tip.digit for tip in _measured()] == [1, 2, 3, 4, 5]
    for tip in _measured():
        assert tip.assessable, tip.reason
        assert tip.pulp_thickness_px == pytest.approx(truth[tip.digit].pulp_px, abs=1.2)
        assert tip.pulp_ratio == pytest.approx(truth[tip.digit].pulp_ratio, abs=0.06)
        assert tip.pulp_thickness_px is not None
        assert tip.pulp_thickness_mm == pytest.approx(0.28 * tip.pulp_thickness_px, abs=0.01)


def test_most_intervals_hold_the_truth() -> None:
    truth, holds = _seen()[1], []
    for tip in _measured():
        assert tip.pulp_thickness_px_interval is not None
        interval = tip.pulp_thickness_px_interval
        holds.append(interval.low <= truth[tip.digit].pulp_px <= interval.high)
    assert sum(holds) >= 4


def test_a_tapered_finger_has_the_smaller_ratio() -> None:
    truth = _seen()[1]
    ratios = {tip.digit: tip.tapering_ratio for tip in _measured() if tip.tapering_ratio is not None}
    assert len(ratios) >= 3
    for digit, ratio in ratios.items():
        assert ratio == pytest.approx(truth[digit].tapering_ratio, abs=0.05)


def test_a_flexed_finger_is_not_measured() -> None:
    bent = Flexion(digit=3, angle_deg=48.0, flagged=True, assessable=True)
    found = fingertips.measure(_seen()[0], [], [bent])
    assert not found[2].assessable
    assert found[2].reason is not None
    assert "flexed" in found[2].reason
    assert found[1].assessable


def test_fragments_of_bone_are_no_end_to_measure_from() -> None:
    found = fingertips.measure(_seen()[0], [Tuft(digit=2, assessable=True, grade=3, fragmented=True)], [])
    assert found[1].reason == "the distal phalanx ends in fragments"


def test_soft_tissue_clipped_to_black_is_refused() -> None:
    view = _seen()[0]
    pixels, soft = view.radiograph.pixels, view.skeleton.soft_tissue > 0
    bone = view.any_bone_map > 0
    level = float(np.median(pixels[soft & ~bone]))
    found = fingertips.measure(with_greys(view, np.clip(pixels - level, 0.0, 1.0)), [], [])
    assert not any(tip.assessable for tip in found)
    assert all(tip.reason for tip in found)


def test_calcium_between_bone_and_skin_hides_the_pulp() -> None:
    view = _seen()[0]
    calcium = view.calcium.calcium.copy()
    tip = view.skeleton.landmarks["TIP4"]
    calcium[round(tip.y) - 8 : round(tip.y), round(tip.x) - 4 : round(tip.x) + 5] = 1.0
    found = fingertips.measure(replace(view, calcium=replace(view.calcium, calcium=calcium)), [], [])
    assert found[3].reason is not None
    assert "calcium" in found[3].reason
    assert found[2].assessable


def test_a_fingertip_at_the_edge_of_the_film_is_refused() -> None:
    view = _seen()[0]
    found = fingertips.measure(with_film_above(view, view.skeleton.landmarks["TIP3"].y - 2.0), [], [])
    assert found[2].reason is not None
    assert "edge of the film" in found[2].reason


def test_only_seen_from_the_back_or_the_palm() -> None:
    view = replace(_seen()[0], side_and_view=SideAndView("L", "user", "lateral", "user"))
    found = fingertips.measure(view, [], [])
    assert not any(tip.assessable for tip in found)


def test_without_landmarks_the_reason_is_told() -> None:
    view = _seen()[0]
    marks = {name: mark for name, mark in view.skeleton.landmarks.items() if name != "DIP2"}
    found = fingertips.measure(replace(view, skeleton=replace(view.skeleton, landmarks=marks)), [], [])
    assert not found[1].assessable
    assert found[1].reason is not None
