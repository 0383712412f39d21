from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from sclerograph.anatomy.hand import JOINTS
from sclerograph.findings.records import EROSION_BONES
from sclerograph.hand import calcinosis, erosion
from sclerograph.hand.erosion import Erosions
from sclerograph.hand.erosion_model import erosion_model
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.networks.maps import CalciumMaps, SkeletonMaps
from sclerograph.phantom.erosion import Erosion, TrueErosion, true_erosions
from sclerograph.phantom.film import fast_film
from sclerograph.phantom.pressure import pressing_deposits
from sclerograph.phantom.scene import ADULT, HandScene, draw_scene, reposed, with_deposits
from sclerograph.training.fit_erosion_model import true_view

_PIXEL_MM = 0.2
_ROWS, _COLUMNS = 1230, 950
MADE = (
    Erosion("MC2", "marginal", 4.0, 2.6, 9.0, "head", "radial", 5.0),
    Erosion("PP4", "marginal", 4.5, 3.0, 14.0, "head", "ulnar", 3.5),
    Erosion("MP3", "central", 4.0, 1.8, 8.0, "head", "central"),
    Erosion("PP5", "pressure", 6.0, 1.8, 9.0, "head", "ulnar", 5.0, ragged=0.05),
    Erosion("SCA", "marginal", 4.5, 2.8, 9.0, angle_deg=140.0),
)


@lru_cache(maxsize=2)
def scene_of(eroded: bool) -> HandScene:
    rng = np.random.default_rng(41)
    scene = reposed(draw_scene(rng, ADULT), rng, pronation_deg=0.0, tilt_deg=0.0, erosions=MADE if eroded else ())
    return with_deposits(scene, pressing_deposits(scene, np.random.default_rng(1)))


@lru_cache(maxsize=2)
def simulated(eroded: bool) -> tuple[HandView, list[TrueErosion]]:
    scene = scene_of(eroded)
    film = fast_film(scene, np.random.default_rng(6), rows=_ROWS, columns=_COLUMNS, pixel_mm=_PIXEL_MM, plain=True)
    detector = scene.detector(_ROWS, _COLUMNS, _PIXEL_MM)
    return true_view(film), true_erosions(scene.hand(), scene.erosions, detector)


@lru_cache(maxsize=2)
def found(eroded: bool) -> Erosions:
    view = simulated(eroded)[0]
    return erosion.measure(view, calcinosis.measure(view))


@lru_cache(maxsize=2)
def found_early(eroded: bool) -> Erosions:
    """What a model with the shipped weights finds that prompts and counts much earlier."""
    shipped = erosion_model()
    early = {g: replace(m, prompt_from=m.prompt_from - 2.0) for g, m in shipped.groups.items()}
    view = simulated(eroded)[0]
    return erosion.measure(view, calcinosis.measure(view), model=replace(shipped, groups=early))


def test_eroded_margins_are_marked_at_the_right_place_and_with_their_kind() -> None:
    for true in simulated(True)[1][:4]:
        made = true.erosion
        each = found_early(True).joints[str(made.joint)]
        assert each.suspicion is not None
        assert each.suspicion >= 0.5, made
        distances = [float(np.hypot(p.x - true.x, p.y - true.y)) * _PIXEL_MM for p in each.places]
        nearest = each.places[int(np.argmin(distances))]
        assert min(distances) < made.width_mm / 2 + 1.5
        assert nearest.bone == made.bone
        assert nearest.kind == made.kind
        if made.margin is not None:
            assert nearest.margin == ("articular" if made.margin == "central" else made.margin)


def test_an_eroded_bone_of_the_wrist_is_more_suspicious_than_a_whole_one() -> None:
    eroded, whole = ({each.bone: each.suspicion for each in found_early(state).bones} for state in (True, False))
    assert eroded["SCA"] is not None
    assert whole["SCA"] is not None
    assert eroded["SCA"] > whole["SCA"] + 0.2


def test_the_same_hand_without_erosions_is_left_alone_there() -> None:
    joints = found(False).joints
    for made in MADE[:4]:
        suspicion = joints[str(made.joint)].suspicion
        assert suspicion is not None
        assert suspicion < 0.5
    prompted = [code for code, each in joints.items() if (each.suspicion or 0.0) >= 0.5]
    assert len(prompted) <= 2


def test_every_joint_and_bone_has_an_answer_or_a_reason() -> None:
    for eroded in (True, False):
        assert list(found(eroded).joints) == [joint.code for joint in JOINTS]
        assert [each.bone for each in found(eroded).bones] == list(EROSION_BONES)
        for each in found(eroded).joints.values():
            assert (each.suspicion is None) == (each.reason is not None)
            assert (each.kind is None) == (not each.places)
            assert each.places == sorted(each.places, key=lambda place: -place.suspicion)
        for bone in found(eroded).bones:
            assert bone.assessable == (bone.suspicion is not None) == (bone.reason is None)


def test_places_of_one_margin_lie_apart() -> None:
    unit = simulated(True)[0].scale_px
    for each in found(True).joints.values():
        for i, first in enumerate(each.places):
            for second in each.places[i + 1 :]:
                if first.bone == second.bone:
                    assert np.hypot(first.x - second.x, first.y - second.y) > 1.5 * unit


def test_a_mirrored_hand_is_judged_alike() -> None:
    view, _ = simulated(True)
    columns = view.radiograph.pixels.shape[1]
    pixels = np.ascontiguousarray(view.radiograph.pixels[:, ::-1])
    # the crops stand upright with the thumb to the right whatever the film: only the way into them is mirrored
    turn = np.array([[-1.0, 0.0, columns - 1.0], [0.0, 1.0, 0.0]])
    crop = replace(view.skeleton.crop, to_crop=turn)
    landmarks = {name: replace(mark, x=columns - 1 - mark.x) for name, mark in view.skeleton.landmarks.items()}
    mirrored = HandView(
        replace(view.radiograph, pixels=pixels),
        SkeletonMaps(crop, landmarks, view.skeleton.bones, view.skeleton.soft_tissue),
        CalciumMaps(crop, view.calcium.calcium, view.calcium.metal, view.calcium.marker),
        SideAndView("R", "user", "PA", "user"),
    )
    other = erosion.measure(mirrored, calcinosis.measure(mirrored))
    for code, each in found(True).joints.items():
        second = other.joints[code]
        if each.suspicion is None:
            assert second.reason == each.reason
            continue
        assert second.suspicion == pytest.approx(each.suspicion, abs=0.02)
        assert [p.margin for p in second.places[:1]] == [p.margin for p in each.places[:1]]


@pytest.mark.parametrize("seen_from", ["lateral", "oblique"])
def test_other_views_are_not_judged(seen_from: str) -> None:
    view = replace(simulated(False)[0], side_and_view=SideAndView("L", "user", seen_from, "user"))  # type: ignore[arg-type]
    answer = erosion.measure(view, [])
    assert all(
        each.suspicion is None and "PA and AP" in str(each.reason) for each in answer.joints.values() if _looked(each)
    )
    assert all(not each.assessable and "PA and AP" in str(each.reason) for each in answer.bones)


def _looked(each: erosion.JointErosion) -> bool:
    return each.reason is None or "not on the joint" not in each.reason


def test_metal_hides_a_margin() -> None:
    view, _ = simulated(True)
    metal = np.zeros_like(view.calcium.metal)
    mark = view.point("PIP4")
    assert mark is not None
    x, y = np.rint(mark).astype(int)
    metal[y - 60 : y + 60, x - 60 : x + 60] = 1.0
    hidden = replace(view, calcium=replace(view.calcium, metal=metal))
    answer = erosion.measure(hidden, [])
    assert answer.joints["PIP4"].suspicion is None
    assert "metal" in str(answer.joints["PIP4"].reason)
    assert answer.joints["MCP2"].suspicion is not None


def test_a_film_that_ends_at_a_joint_hides_it() -> None:
    view, _ = simulated(True)
    mark = view.point("DIP3")
    assert mark is not None
    valid = view.radiograph.valid.copy()
    valid[: int(mark[1]) + 8] = False
    answer = erosion.measure(replace(view, radiograph=replace(view.radiograph, valid=valid)), [])
    assert answer.joints["DIP3"].suspicion is None
    assert "edge of the film" in str(answer.joints["DIP3"].reason)


def test_bones_that_were_not_found_are_not_judged() -> None:
    view, _ = simulated(True)
    landmarks = {name: mark for name, mark in view.skeleton.landmarks.items() if name != "PIP3"}
    answer = erosion.measure(replace(view, skeleton=replace(view.skeleton, landmarks=landmarks)), [])
    assert "not found" in str(answer.joints["PIP3"].reason)
    assert "not found" in str(answer.joints["MCP3"].reason)
    assert answer.joints["PIP2"].suspicion is not None


def test_joints_that_are_not_looked_at_say_so() -> None:
    for code in ("CMC2", "STT", "RC", "DRU"):
        assert "not on the joint" in str(found(True).joints[code].reason)
