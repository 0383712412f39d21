"""The hands of published cases have what they are built with, on every view."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.phantom.film import fast_film
from sclerograph.phantom.published_cases.hand import Calcification, adult_hand, calcified
from sclerograph.phantom.truth import true_deposits

NODULE = Calcification("clustered", "DP1", along=0.72, longest_mm=15.0, palmar_mm=4.0, seed=3)
BESIDE = Calcification("globular", "MC5", along=0.5, longest_mm=6.0, radial_mm=-9.0, seed=25)


@pytest.mark.parametrize("pronation_deg", [0.0, 180.0, 40.0])
def test_a_calcification_has_its_size_and_stays_with_its_bone_in_every_view(pronation_deg: float) -> None:
    rng = np.random.default_rng(3)
    scene = calcified(adult_hand(10_000_999, size=0.95), [NODULE, BESIDE], rng, pronation_deg=pronation_deg)
    film = fast_film(scene, rng, plain=True)
    largest, other = true_deposits(film)[:2]
    assert largest.site == "DP1"
    assert largest.longest_diameter_mm == pytest.approx(15.0, rel=0.12)
    assert other.longest_diameter_mm == pytest.approx(6.0, rel=0.15)
    marks = dict(zip(("CMC5", "MCP5"), film.landmarks[[scene_row("CMC5"), scene_row("MCP5")], :2], strict=True))
    along = marks["MCP5"] - marks["CMC5"]
    share = float((np.array(other.centre) - marks["CMC5"]) @ along / (along @ along))
    assert share == pytest.approx(0.5, abs=0.12)


def scene_row(name: str) -> int:
    from sclerograph.anatomy.hand import LANDMARKS

    return LANDMARKS.index(name)


def test_a_hand_of_a_case_is_straight_and_its_joints_are_those_of_the_healthy() -> None:
    scene = adult_hand(10_000_999, size=0.95)
    assert max(max(angles) for angles in scene.form.flexion_deg.values()) < 20.0
    assert not scene.resorptions
    assert all(space.lost == 0.0 and not space.fused for space in scene.joint_spaces.values())
