"""What is not calcium: each look-alike at its place, and the same mark elsewhere or surer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sclerograph.hand.calcinosis import candidates
from sclerograph.hand.calcinosis_settings import DEFAULT, CalcinosisSettings
from sclerograph.hand.look_alikes import Candidate, rejection
from sclerograph.hand.site import Anatomy
from tests.hand.scenes import Scene, disc, healthy_landmarks, rectangle, view_of


def at(name: str) -> np.ndarray:
    return np.array(healthy_landmarks()[name])


SHAFT = 0.5 * (at("PIP3") + at("DIP3"))
PISIFORM = at("TRQ") + np.array([-2.0, -5.0])
SESAMOID = at("MCP1") + np.array([-4.0, 4.0])


#: What a mark needs on a hand that bears calcium for sure: there what looks alike is told by rules of its own.
BESIDE_SURE = replace(DEFAULT, least_confidence=DEFAULT.least_confidence_beside_sure)


def judged(scene: Scene, settings: CalcinosisSettings = DEFAULT, **changes: object) -> str | None:
    view = view_of(scene)
    anatomy = Anatomy(view)
    (candidate,) = candidates(view, anatomy)
    return rejection(replace(candidate, **changes), anatomy, settings)  # type: ignore[arg-type]


def the_candidate(scene: Scene) -> Candidate:
    view = view_of(scene)
    (candidate,) = candidates(view, Anatomy(view))
    return candidate


def test_calcium_passes() -> None:
    assert judged(Scene(calcium=[disc(*SHAFT, 3.0)])) is None


def test_metal() -> None:
    band = rectangle(*SHAFT, 6.0, 3.0)
    assert judged(Scene(calcium=[band], metal=[band])) == "metal"


def test_marker() -> None:
    letter = rectangle(*SHAFT, 6.0, 3.0)
    assert judged(Scene(calcium=[letter], marker=[letter])) == "marker"


def test_touch_of_metal_does_not_hide_a_deposit() -> None:
    mark = rectangle(*SHAFT, 6.0, 3.0)
    assert judged(Scene(calcium=[mark], metal=[rectangle(*(SHAFT + np.array([2.5, 0])), 1.0, 3.0)])) is None


def test_outside_of_the_hand() -> None:
    far = at("TIP3") + np.array([0.0, -14.5])
    assert judged(Scene(calcium=[disc(*far, 3.0)])) == "outside of the hand"


def test_at_the_skin_is_inside() -> None:
    """Calcium breaks through the skin of a fingertip: its centre may lie a little outside."""
    edge = at("TIP3") + np.array([0.0, -11.5])
    candidate = the_candidate(Scene(calcium=[disc(*edge, 2.0)]))
    assert 0.0 < candidate.off_skin_mm < DEFAULT.skin_reach_mm
    assert judged(Scene(calcium=[disc(*edge, 2.0)])) is None


BULGING = {"confidence": 0.98, "probability": 0.97}


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        (BULGING, None),
        (BULGING | {"confidence": 0.9}, "outside of the hand"),
        (BULGING | {"probability": 0.9}, "outside of the hand"),
        (BULGING | {"marker_share": 0.5}, "marker"),
    ],
)
def test_a_mass_at_the_skin_that_both_networks_are_sure_of_is_in_the_hand(changes, answer) -> None:
    scene = Scene(calcium=[disc(*(at("TIP3") + np.array([0.0, -13.0])), 5.0)])
    candidate = the_candidate(scene)
    assert candidate.off_skin_mm > DEFAULT.skin_reach_mm > candidate.edge_off_skin_mm
    assert judged(scene, **changes) == answer


def test_sure_marks_that_are_small_or_clear_of_the_skin_are_outside_of_the_hand() -> None:
    small = Scene(calcium=[disc(*(at("TIP3") + np.array([0.0, -13.0])), 1.5)])
    assert judged(small, **BULGING, edge_off_skin_mm=0.0) == "outside of the hand"
    large = Scene(calcium=[disc(*(at("TIP3") + np.array([0.0, -13.0])), 5.0)])
    assert judged(large, **BULGING, edge_off_skin_mm=3.0) == "outside of the hand"


def test_dust_is_tiny_and_far_brighter_than_bone() -> None:
    speck = Scene(calcium=[disc(*SHAFT, 0.8)])
    assert judged(speck, relative_density=3.0) == "dust"
    assert judged(speck, relative_density=1.5) is None
    assert judged(Scene(calcium=[disc(*SHAFT, 2.0)]), relative_density=3.0) is None


def test_pisiform() -> None:
    mark = Scene(calcium=[disc(*PISIFORM, 6.5)], probability=0.88)
    assert judged(mark, BESIDE_SURE) == "pisiform"
    assert judged(mark, BESIDE_SURE, relative_density=1.0) == "pisiform"


@pytest.mark.parametrize("change", [{"relative_density": 1.5}, {"confidence": 0.95}])
def test_dense_or_sure_calcium_on_the_pisiform_is_calcium(change: dict[str, float]) -> None:
    assert judged(Scene(calcium=[disc(*PISIFORM, 6.5)], probability=0.88), BESIDE_SURE, **change) is None


def test_small_deposit_on_the_pisiform_is_calcium() -> None:
    assert judged(Scene(calcium=[disc(*PISIFORM, 2.5)], probability=0.88), BESIDE_SURE) is None


@pytest.mark.parametrize("joint", ["MCP1", "MCP2", "MCP5", "IP1"])
def test_sesamoids(joint: str) -> None:
    mark = Scene(calcium=[disc(*(at(joint) + np.array([-3.0, 3.0])), 3.5)], probability=0.83)
    assert judged(mark, BESIDE_SURE) == "sesamoid"


def test_joints_without_sesamoids() -> None:
    assert (
        judged(Scene(calcium=[disc(*(at("PIP3") + np.array([-3.0, 3.0])), 3.5)], probability=0.83), BESIDE_SURE) is None
    )


@pytest.mark.parametrize("change", [{"relative_density": 1.5}, {"confidence": 0.95}])
def test_dense_or_sure_calcium_at_a_sesamoid_is_calcium(change: dict[str, float]) -> None:
    assert judged(Scene(calcium=[disc(*SESAMOID, 3.5)], probability=0.83), BESIDE_SURE, **change) is None


def test_long_marks_are_no_sesamoids() -> None:
    assert judged(Scene(calcium=[rectangle(*SESAMOID, 8.0, 2.0)], probability=0.83), BESIDE_SURE) is None


def test_faint_and_small() -> None:
    mark = Scene(calcium=[disc(*SHAFT, 3.0)])
    assert judged(mark, confidence=0.5) == "faint"
    assert judged(Scene(calcium=[rectangle(*SHAFT, 0.5, 0.4)]), confidence=0.95) == "small"


BESIDE_SHAFT = SHAFT + np.array([9.0, 0.0])


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"relative_density": 1.0}, None),
        ({"relative_density": 0.3}, "faint"),
        ({"relative_density": None}, "faint"),
        ({"relative_density": 1.0, "probability": 0.5}, "faint"),
        ({"relative_density": 1.0, "metal_share": 0.5}, "metal"),
        ({"relative_density": 1.0, "off_skin_mm": 5.0}, "outside of the hand"),
    ],
)
def test_what_is_dense_as_bone_and_clear_of_bones_needs_no_second_look(changes, answer) -> None:
    scene = Scene(calcium=[disc(*BESIDE_SHAFT, 3.0)])
    assert judged(scene, **{"confidence": 0.05, "off_skin_mm": 0.0, "probability": 0.9} | changes) == answer


def test_what_lies_on_bone_or_is_a_speck_does_need_one() -> None:
    changes = {"confidence": 0.05, "relative_density": 1.0, "probability": 0.9, "off_skin_mm": 0.0}
    assert judged(Scene(calcium=[disc(*SHAFT, 3.0)]), **changes) == "faint"
    assert judged(Scene(calcium=[disc(*BESIDE_SHAFT, 1.3)]), **changes) == "faint"


def test_the_wrist_needs_surer_marks_on_films_from_the_side() -> None:
    wrist, finger = Scene(calcium=[disc(*at("CAP"), 3.0)]), Scene(calcium=[disc(*SHAFT, 3.0)])
    between = 0.5 * (DEFAULT.least_confidence + DEFAULT.wrist_least_confidence_from_side)

    def from_side(scene: Scene) -> str | None:
        view = view_of(scene)
        view = replace(view, side_and_view=replace(view.side_and_view, view="oblique"))
        anatomy = Anatomy(view)
        (candidate,) = candidates(view, anatomy)
        return rejection(replace(candidate, confidence=between, relative_density=0.3), anatomy)

    assert judged(wrist, confidence=between, relative_density=0.3) is None
    assert from_side(wrist) == "faint"
    assert from_side(finger) is None
