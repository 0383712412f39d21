"""Fingertips of simulated hands: what is asked for is what stands on the film."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.phantom.fingertips import true_fingertips
from sclerograph.phantom.scene import reposed
from sclerograph.phantom.soft_tissue import FingertipShape, soft_tissue
from tests.phantom.films import healthy_scene

_FLAT = {"pronation_deg": 0.0, "tilt_deg": 0.0}


def test_the_pulp_is_as_thick_as_was_asked() -> None:
    scene = reposed(healthy_scene(), np.random.default_rng(0), **_FLAT)
    shapes = {2: FingertipShape(1.5), 3: FingertipShape(4.0)}
    detector = scene.detector(880, 680, 0.28)
    found = true_fingertips(replace(scene, fingertips=shapes), detector)
    for digit, shape in shapes.items():
        assert found[digit].pulp_px * 0.28 == pytest.approx(shape.pulp_mm, abs=0.35)
    drawn = true_fingertips(scene, detector)
    assert found[4].pulp_px == drawn[4].pulp_px


def test_a_taper_makes_the_tip_narrow() -> None:
    scene = reposed(healthy_scene(), np.random.default_rng(0), **_FLAT)
    detector = scene.detector(880, 680, 0.28)
    ratios = [
        true_fingertips(replace(scene, fingertips={3: FingertipShape(3.0, taper)}), detector)[3].tapering_ratio
        for taper in (0.0, 0.2, 0.4)
    ]
    assert ratios[0] is not None
    assert ratios[1] is not None
    assert ratios[2] is not None
    assert ratios[0] > ratios[1] + 0.05 > ratios[2] + 0.1


def test_the_film_ends_where_the_truth_says() -> None:
    scene = replace(healthy_scene(), fingertips={3: FingertipShape(2.0, 0.2)})
    detector = scene.detector(880, 680, 0.28)
    truth = true_fingertips(scene, detector)[3]
    total = soft_tissue(
        scene.hand(), detector, scene.stream("soft tissue"), step_mm=0.28, fingertips=scene.fingertips
    ).total
    bone = scene.hand().bones["DP3"]
    base, head = detector.project(np.stack([bone.base, bone.head]))
    axis = (head - base) / np.hypot(*(head - base))
    end = float(((detector.project(bone.outer) - base) @ axis).max())
    for beyond, inside in ((-1.5, True), (1.5, False)):
        x, y = base + (end + truth.pulp_px + beyond) * axis
        assert (total[round(y), round(x)] > 0.3) is np.bool_(inside)


def test_nothing_changes_where_nothing_is_asked() -> None:
    scene = healthy_scene()
    detector = scene.detector(440, 340, 0.56)
    plain, asked = (
        soft_tissue(scene.hand(), detector, scene.stream("soft tissue"), fingertips=shapes).total
        for shapes in ({}, {2: FingertipShape(3.0)})
    )
    tip = scene.landmarks_mm[:, 1].max()
    assert tip > 0
    changed = np.flatnonzero((plain != asked).any(axis=1))
    assert 0 < len(changed) < 0.4 * len(plain)
