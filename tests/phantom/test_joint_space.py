from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.anatomy.joint_frame import SPACE_BONES, SPACE_JOINTS
from sclerograph.anatomy.joint_space_norms import joint_space_norms
from sclerograph.phantom.joint_space import JointSpace, draw_joint_spaces, true_joint_spaces
from sclerograph.phantom.projection import Detector, path_length
from sclerograph.phantom.scene import ADULT, HandScene, draw_scene, reposed

_PIXEL_MM = 0.2


@lru_cache(maxsize=2)
def scene(*, spaces: bool) -> HandScene:
    rng = np.random.default_rng(5)
    drawn = draw_scene(rng, ADULT)
    planned = {
        code: JointSpace(1.2 * norm.mean_mm, lost=0.6 if code == "PIP3" else 0.0, fused=code == "MCP4")
        for code, norm in joint_space_norms().items()
    }
    return reposed(drawn, rng, pronation_deg=0.0, tilt_deg=0.0, joint_spaces=planned if spaces else {})


def detector(of: HandScene) -> Detector:
    return of.detector(1230, 950, _PIXEL_MM)


def test_spaces_are_as_wide_as_they_were_planned() -> None:
    hand = scene(spaces=True)
    true = true_joint_spaces(hand.hand(), detector(hand))
    for code in ("PIP2", "PIP4", "DIP3", "MCP2", "MCP3", "MCP5"):
        # the film enlarges by a per cent or two
        assert true[code].mean_mm == pytest.approx(hand.joint_spaces[code].width_mm, rel=0.03, abs=0.03)
    assert true["PIP3"].mean_mm == pytest.approx(0.4 * 1.2 * 0.84, abs=0.04)


def test_the_wrist_and_the_base_of_the_thumb_face_each_other_all_over_and_have_their_planned_spaces() -> None:
    planned, posed = scene(spaces=True), scene(spaces=False)
    spaces = true_joint_spaces(planned.hand(), detector(planned))
    before = true_joint_spaces(posed.hand(), detector(posed))
    for code in ("CMC1", "RC"):
        assert spaces[code].mean_mm == pytest.approx(planned.joint_spaces[code].width_mm, rel=0.08)
        assert spaces[code].least_mm > 0.0
    # bones posed on their landmarks alone stand askew: much narrower in one place than on the whole
    evenness = spaces["CMC1"].least_mm / spaces["CMC1"].mean_mm
    assert evenness > 0.6
    assert "CMC1" not in before or before["CMC1"].least_mm / before["CMC1"].mean_mm < evenness


def test_fused_bones_overlap_all_over_the_central_part_and_have_no_plates() -> None:
    hand = scene(spaces=True)
    fused = true_joint_spaces(hand.hand(), detector(hand))["MCP4"]
    assert fused.overlapped == 1.0
    bone = hand.hand().bones["PP4"]
    without_plate = np.all(bone.marrow == bone.outer, axis=1)
    assert 5 < np.count_nonzero(without_plate) < len(bone.outer) / 2


def test_the_outlines_are_those_of_the_drawn_bones() -> None:
    hand = scene(spaces=True)
    film = detector(hand)
    true = true_joint_spaces(hand.hand(), film)["MCP3"]
    fine = Detector(
        film.rows * 5, film.columns * 5, film.pixel_mm / 5, film.left_mm, film.top_mm, film.plane_mm, film.source
    )
    drawn = np.zeros((fine.rows, fine.columns), bool)
    for code in (*SPACE_BONES["MCP3"][0], *SPACE_BONES["MCP3"][1]):
        bone = hand.hand().bones[code]
        length, window = path_length(bone.outer, bone.faces, fine)
        drawn[window] |= length > 0
    # lines across the joint through the drawn bones: what is empty between them
    positions = np.arange(-40.0, 40.0, 0.05)
    gaps = []
    for across in true.frame.central(31):
        line = true.frame.points(positions, np.full_like(positions, across)) * 5
        column, row = np.rint(line).astype(int).T
        empty = ~drawn[row, column]
        middle = len(positions) // 2
        assert empty[middle]
        low = middle - int(np.argmin(empty[middle::-1]))
        high = middle + int(np.argmin(empty[middle:]))
        gaps.append((positions[high] - positions[low]) * _PIXEL_MM)
    assert true.outlines_mm == pytest.approx(float(np.mean(gaps)), abs=0.03)
    # the rims of the cup stand before its floor
    assert true.mean_mm > true.outlines_mm + 0.1


def test_a_tilt_of_the_hand_moves_the_outlines_and_leaves_the_space() -> None:
    flat = scene(spaces=True)
    tilted = reposed(flat, np.random.default_rng(1), tilt_deg=12.0)
    first, second = (true_joint_spaces(hand.hand(), detector(hand)) for hand in (flat, tilted))
    for code in ("PIP2", "PIP4", "DIP3", "MCP2", "MCP3"):
        assert second[code].mean_mm == pytest.approx(first[code].mean_mm, rel=0.12)
        assert abs(second[code].outlines_mm - first[code].outlines_mm) > 0.15


def test_the_forearm_moves_as_a_whole_and_its_landmarks_with_it() -> None:
    plain, seated = scene(spaces=False).hand(), scene(spaces=True).hand()
    for code in ("RAD", "ULN"):
        first, second = (h.bones[code].outer[:400] for h in (plain, seated))
        apart = [np.linalg.norm(p[:, None] - p[None, :], axis=-1) for p in (first, second)]
        assert apart[0] == pytest.approx(apart[1])
    edge = LANDMARKS.index("RADIUS_ULNAR_EDGE")
    for end in ("base", "head"):
        there = [np.linalg.norm(getattr(h.bones["RAD"], end) - h.landmarks[edge]) for h in (plain, seated)]
        assert there[0] == pytest.approx(there[1])


def test_a_scene_without_planned_spaces_is_what_it_was_and_fingers_move_as_a_whole() -> None:
    plain, changed = scene(spaces=False).hand(), scene(spaces=True).hand()
    turn = plain.bones["CAP"].outer - changed.bones["CAP"].outer
    assert np.ptp(turn, axis=0) == pytest.approx(0.0, abs=1e-9)
    tip, dip = LANDMARKS.index("TIP2"), LANDMARKS.index("DIP2")
    for hand in (plain, changed):
        assert len(hand.landmarks) == len(LANDMARKS)
    before = np.linalg.norm(plain.bones["DP2"].head - plain.bones["DP2"].base)
    after = np.linalg.norm(changed.bones["DP2"].head - changed.bones["DP2"].base)
    assert before == pytest.approx(after)
    # DIP is marked in the head of MP, TIP on DP: the two move apart by the change of the joint's space alone
    moved = [np.linalg.norm(h.landmarks[tip] - h.landmarks[dip]) for h in (plain, changed)]
    assert abs(moved[1] - moved[0]) < 1.5


def test_the_film_of_a_right_hand_has_mirrored_frames() -> None:
    hand = scene(spaces=True)
    film = detector(hand)
    left, right = (true_joint_spaces(hand.hand(), film, mirrored=m)["PIP2"] for m in (False, True))
    assert right.mean_mm == left.mean_mm
    assert right.frame.origin[0] == pytest.approx(film.columns - 1 - left.frame.origin[0])
    assert right.frame.along == pytest.approx(left.frame.along * [-1.0, 1.0])


def test_drawn_spaces_are_healthy_unless_disease_is_asked_for() -> None:
    rng = np.random.default_rng(0)
    healthy = draw_joint_spaces(rng)
    assert tuple(healthy) == SPACE_JOINTS
    assert all(space.lost == 0.0 and not space.fused for space in healthy.values())
    ill = [space for _ in range(30) for space in draw_joint_spaces(rng, diseased=1.0).values()]
    assert all(0.1 <= space.lost <= 0.9 for space in ill)
    assert 0.05 < np.mean([space.fused for space in ill]) < 0.25
    widths = [draw_joint_spaces(rng)["MCP3"].width_mm for _ in range(200)]
    assert np.median(widths) == pytest.approx(joint_space_norms()["MCP3"].mean_mm, rel=0.05)
