"""Lengths, flares, grades and refusals on drawn hands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.findings.records import Tuft
from sclerograph.hand.acro_osteolysis import grade_of, measure
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.imaging.calibration import Calibration
from tests.hand.scenes import FEW, Placed, Scene, disc, healthy_landmarks, rectangle, view_of


def at(name: str) -> np.ndarray:
    return np.array(healthy_landmarks()[name])


def along(a: str, b: str, share: float) -> np.ndarray:
    return at(a) + share * (at(b) - at(a))


def tuft(view: HandView, digit: int) -> Tuft:
    return measure(view).tufts[digit - 1]


@FEW
@given(turn=st.floats(0, 360), mirrored=st.booleans(), scale=st.floats(2.0, 4.0))
def test_healthy_hand(turn: float, mirrored: bool, scale: float) -> None:
    found = measure(view_of(Scene(), Placed(scale, turn, mirrored)))
    assert [t.digit for t in found.tufts] == [1, 2, 3, 4, 5]
    for each in found.tufts:
        assert each.assessable
        assert each.grade == 0
        assert each.length_deficit == pytest.approx(0.0, abs=0.02)
        assert each.tuft_to_waist_ratio == pytest.approx(1.14 if each.digit == 1 else 1.5, abs=0.1)
        assert not each.fragmented


@pytest.mark.parametrize(("lost", "grade"), [(0.17, 2), (0.35, 3), (0.65, 4)])
@pytest.mark.parametrize("digit", [1, 3])
def test_resorbed_phalanx(lost: float, grade: int, digit: int) -> None:
    found = tuft(view_of(Scene(lost={digit: lost})), digit)
    # weighed by the probability of resorption, a small loss comes out smaller
    assert found.length_deficit == pytest.approx(lost, abs=0.02 if lost > 0.3 else 0.04)
    assert found.grade == grade
    assert found.length_deficit_interval is not None
    assert found.length_deficit_interval.low < lost < found.length_deficit_interval.high
    assert found.grade_interval is not None
    assert found.grade_interval.low <= grade <= found.grade_interval.high


def test_lost_flare_of_nearly_normal_length_is_grade_1() -> None:
    found = tuft(view_of(Scene(lost={2: 0.06})), 2)
    assert found.tuft_to_waist_ratio is not None
    assert found.tuft_to_waist_ratio <= 1.05
    assert found.grade == 1


def test_all_tips_resorbed() -> None:
    found = measure(view_of(Scene(lost=dict.fromkeys(range(1, 6), 0.4))))
    assert [t.grade for t in found.tufts] == [3] * 5


@pytest.mark.parametrize(
    ("deficit", "intact", "ratio", "grade"),
    [
        (0.30, 0.6, 1.0, 0),
        (0.02, 0.1, 0.9, 1),
        (-0.05, 0.1, 0.9, 1),
        (0.0999, 0.1, 0.9, 1),
        (0.10, 0.1, 0.9, 2),
        (0.25, 0.1, None, 3),
        (0.50, 0.1, None, 4),
        (0.16, 0.1, 0.5, 4),
        (0.12, 0.1, 0.5, 2),
    ],
)
def test_borders_of_the_grades(deficit: float, intact: float, ratio: float | None, grade: int) -> None:
    assert grade_of(deficit, intact, ratio) == grade


def test_lengths_are_given_in_pixels_and_millimetres() -> None:
    found = measure(view_of(Scene(lost={2: 0.3}), Placed(5.0), Calibration("ruler", 0.18)))
    length = found.lengths[1]
    left = (1.8 + 0.7 * (17.23 - 1.8)) * 5.0  # 1.8 nominal mm from the joint's landmark to the base of the bone
    assert length.distal_px == pytest.approx(left, rel=0.02)
    assert length.distal_mm == pytest.approx(left * 0.18, rel=0.02)
    assert length.middle_px == pytest.approx(23.22 * 5.0, rel=0.001)
    assert found.lengths[0].middle_px is None
    assert measure(view_of(Scene())).lengths[1].distal_mm is None


def test_outline_is_believed_before_a_wrong_tip() -> None:
    right = tuft(view_of(Scene()), 3)
    view = view_of(Scene())
    marks = dict(view.skeleton.landmarks)
    marks["TIP3"] = replace(marks["TIP3"], y=marks["TIP3"].y + 16.0)
    wrong = tuft(replace(view, skeleton=replace(view.skeleton, landmarks=marks)), 3)
    assert wrong.grade == 0
    assert wrong.length_deficit == pytest.approx(right.length_deficit, abs=0.01)
    assert wrong.confidence < 0.6 * right.confidence


def test_tip_alone_serves_where_there_is_no_outline() -> None:
    view = view_of(Scene(lost={3: 0.4}))
    view.skeleton.bones[2] = 0  # DP3
    found = tuft(view, 3)
    assert found.length_deficit == pytest.approx(0.4, abs=0.03)
    assert found.tuft_to_waist_ratio is None
    assert found.grade == 3


def test_a_short_tip_is_measured_though_the_shape_of_a_hand_forbids_it() -> None:
    view = view_of(Scene(lost={3: 0.6}, implausible=["TIP3"]))
    view.skeleton.bones[2] = 0
    assert tuft(view, 3).grade == 4


def mass_over(digit: int) -> list[np.ndarray]:
    return [disc(*along(f"DIP{digit}", f"TIP{digit}", share), 11.0) for share in (0.75, 0.9, 1.0)]


def test_a_tuft_within_calcium_is_not_called_healthy() -> None:
    """The outline runs to the old tip, but all beyond the base is calcium."""
    view = view_of(Scene(calcium=mass_over(3)))
    assert reason(view, 3) == "hidden by calcium: its end cannot be told from fragments"
    assert tuft(view, 2).grade == 0


def test_a_short_phalanx_that_ends_in_calcium_has_fragments_and_no_tuft() -> None:
    found = tuft(view_of(Scene(lost={3: 0.4}, calcium=mass_over(3))), 3)
    assert found.fragmented
    assert found.grade == 3
    assert found.length_deficit_interval is not None
    assert found.length_deficit_interval.high > 0.6
    assert found.grade_interval is not None
    assert found.grade_interval.high == 4
    assert found.confidence < 0.5


def test_a_deposit_on_the_pulp_hides_no_tuft() -> None:
    found = tuft(view_of(Scene(calcium=[disc(*along("DIP3", "TIP3", 0.85), 4.0)])), 3)
    assert found.grade == 0
    assert not found.fragmented


def test_detached_piece_is_a_fragment() -> None:
    piece = disc(*along("DIP4", "TIP4", 0.9), 3.5)
    found = tuft(view_of(Scene(lost={4: 0.4}, extra_bone={"DP4": [piece]})), 4)
    assert found.fragmented
    assert found.length_deficit == pytest.approx(0.4, abs=0.03)
    assert found.grade == 3


def reason(view: HandView, digit: int) -> str:
    found = tuft(view, digit)
    assert not found.assessable
    assert found.grade is None
    assert found.reason is not None
    return found.reason


def test_flexed_by_a_short_middle_phalanx() -> None:
    shift = tuple(-0.3 * (at("DIP4") - at("PIP4")))
    view = view_of(Scene(shift={"DIP4": shift, "TIP4": shift}))
    assert reason(view, 4).startswith("flexed: MP4 has 7")
    assert tuft(view, 3).grade == 0


def test_flexed_by_overlap() -> None:
    scene = Scene(extra_bone={"MP2": [disc(*along("DIP2", "TIP2", 0.15), 9.0)]})
    assert "lies over MP2" in reason(view_of(scene), 2)


@pytest.mark.parametrize("view_name", ["lateral", "oblique"])
def test_other_views(view_name: str) -> None:
    side = SideAndView("L", "user", view_name, "user")  # type: ignore[arg-type]
    assert reason(view_of(Scene(), side_and_view=side), 3).endswith(f"{view_name} one")


def test_joint_not_found() -> None:
    assert reason(view_of(Scene(confidence={"DIP3": 0.1})), 3) == "the joint DIP3 was not found with confidence"


def test_neither_tip_nor_outline() -> None:
    view = view_of(Scene(confidence={"TIP3": 0.1}))
    view.skeleton.bones[2] = 0
    assert reason(view, 3) == "neither the tip nor the outline of distal phalanx 3 was found with confidence"


def test_tip_far_beyond_the_shape_of_a_hand_is_not_believed() -> None:
    away = tuple(1.0 * (at("TIP3") - at("DIP3")))
    view = view_of(Scene(shift={"TIP3": away}, implausible=["TIP3"]))
    view.skeleton.bones[2] = 0
    assert "neither the tip nor the outline" in reason(view, 3)


def test_tip_at_the_edge_of_the_film() -> None:
    view = view_of(Scene())
    tip = view.skeleton.landmarks["TIP3"]
    view.radiograph.valid[: int(tip.y) + 2] = False
    assert reason(view, 3) == "the tip lies at or beyond the edge of the film"
    assert tuft(view, 2).assessable


def test_tip_beyond_the_image() -> None:
    """Fingers down, and the film ends before the longest of them."""
    view = view_of(Scene(), Placed(4.0, turn_deg=180.0))
    rows = int(view.skeleton.landmarks["TIP3"].y) - 5
    film = view.radiograph
    short = replace(film, pixels=film.pixels[:rows], valid=film.valid[:rows])
    assert reason(replace(view, radiograph=short), 3) == "the tip lies at or beyond the edge of the film"


def test_tip_outside_of_the_crop() -> None:
    view = view_of(Scene())
    crop, tip = view.skeleton.crop, view.skeleton.landmarks["TIP3"]
    top = int(crop.map_to_crop(np.array([tip.x, tip.y]))[1]) + 1
    lower = crop.to_crop.copy()
    lower[1, 2] -= top
    below = replace(crop, to_crop=lower, rows=crop.rows - top)
    maps = view.skeleton
    cut = replace(maps, crop=below, bones=maps.bones[:, top:], soft_tissue=maps.soft_tissue[top:])
    assert "outside of the part of the film" in reason(replace(view, skeleton=cut), 3)


def test_a_short_phalanx_with_a_clear_flare_is_not_resorbed() -> None:
    """The whole distal phalanx drawn at 70 %: tipped towards the film, or short by nature, for its tuft is there."""
    back = tuple(-0.3 * (at("TIP3") - at("DIP3")))
    assert "but with a flared tuft" in reason(view_of(Scene(shift={"TIP3": back})), 3)


def test_a_short_outline_that_the_tip_contradicts() -> None:
    view = view_of(Scene(lost={3: 0.5}))
    marks = dict(view.skeleton.landmarks)
    marks["TIP3"] = replace(marks["TIP3"], y=marks["TIP3"].y - 24.0)
    moved = replace(view, skeleton=replace(view.skeleton, landmarks=marks))
    assert "nominal mm apart" in reason(moved, 3)


def test_metal() -> None:
    assert reason(view_of(Scene(metal=[rectangle(*along("DIP3", "TIP3", 0.5), 6.0, 12.0)])), 3) == "hidden by metal"


def test_too_few_bones_to_compare_with() -> None:
    hidden = dict.fromkeys((n for n in healthy_landmarks() if n[:3] in ("CMC", "MCP", "PIP")), 0.0)
    assert "too few straight bones" in reason(view_of(Scene(confidence=hidden)), 3)
