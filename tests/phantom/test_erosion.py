from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from sclerograph.phantom.erosion import Erosion, ErosionWish, draw_erosions, erode, true_erosions
from sclerograph.phantom.film import CALCIUM, fast_film
from sclerograph.phantom.pose import PosedHand
from sclerograph.phantom.pressure import pressing_deposits
from sclerograph.phantom.projection import Detector, path_length
from sclerograph.phantom.scene import ADULT, HandScene, draw_scene, reposed, with_deposits

MARGINAL = Erosion("MC2", "marginal", 4.0, 2.0, 8.0, "head", "radial", 5.0, ragged=0.0)
PRESSURE = Erosion("PP3", "pressure", 5.0, 1.2, 7.0, "head", "ulnar", 6.0, ragged=0.0)
CENTRAL = Erosion("MP4", "central", 3.5, 1.5, 6.0, "head", "central", ragged=0.0)
WRIST = Erosion("SCA", "marginal", 3.0, 1.6, 6.0, angle_deg=100.0, ragged=0.0)
ALL = (MARGINAL, PRESSURE, CENTRAL, WRIST)


@lru_cache(maxsize=1)
def whole() -> HandScene:
    rng = np.random.default_rng(41)
    return reposed(draw_scene(rng, ADULT), rng, pronation_deg=0.0, tilt_deg=0.0)


@lru_cache(maxsize=1)
def eroded() -> HandScene:
    return replace(whole(), erosions=ALL, _hands={})


def detector(scene: HandScene) -> Detector:
    return scene.detector(2460, 1900, 0.1)


def volume(hand: PosedHand, code: str, name: str = "outer") -> float:
    bone = hand.bones[code]
    a, b, c = (getattr(bone, name)[bone.faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def lost_mm(code: str) -> np.ndarray:
    """Millimetres of bone that rays have lost to the erosion of a bone."""
    at = detector(whole())
    paths = []
    for scene in (whole(), eroded()):
        bone = scene.hand().bones[code]
        path = np.zeros((at.rows, at.columns))
        length, window = path_length(bone.outer, bone.faces, at)
        path[window] = length
        paths.append(path)
    return np.asarray(paths[0] - paths[1])


@pytest.mark.parametrize("erosion", ALL, ids=lambda e: f"{e.bone}-{e.kind}")
def test_a_bite_has_the_stated_width_and_depth_where_it_is_said_to_be(erosion: Erosion) -> None:
    lost = lost_mm(erosion.bone)
    at = detector(eroded())
    rows, columns = np.nonzero(lost > 0.3)
    true = true_erosions(eroded().hand(), ALL, at)[ALL.index(erosion)]
    assert true.erosion == erosion
    assert np.hypot(columns.mean() - true.x, rows.mean() - true.y) * at.pixel_mm < 0.6
    # the greatest extents of what is gone: along the margin and into the bone, the film enlarges by two per cent
    points = np.stack([columns, rows], axis=1) * at.pixel_mm
    _, axes = np.linalg.eigh(np.cov((points - points.mean(axis=0)).T))
    short, long = np.sort(np.ptp(points @ axes, axis=0))
    assert long == pytest.approx(erosion.width_mm, rel=0.2)
    assert short == pytest.approx(erosion.depth_mm, rel=0.3)


def test_bones_lose_volume_and_the_others_do_not_change() -> None:
    before, after = whole().hand(), eroded().hand()
    for erosion in ALL:
        assert 1.0 < volume(before, erosion.bone) - volume(after, erosion.bone) < 70.0
        assert volume(after, erosion.bone, "marrow") < volume(before, erosion.bone, "marrow")
    for code in before.bones:
        if code not in {e.bone for e in ALL}:
            assert before.bones[code].outer == pytest.approx(after.bones[code].outer, abs=1e-9)


def test_marrow_stays_within_the_bone_and_only_pressure_keeps_a_plate() -> None:
    at = detector(eroded())
    for erosion in ALL:
        bone = eroded().hand().bones[erosion.bone]
        outer, window = path_length(bone.outer, bone.faces, at)
        marrow, inner = path_length(bone.marrow, bone.faces, at)
        placed = np.zeros((at.rows, at.columns))
        placed[inner] = marrow
        assert (placed[window] <= outer + 0.05).mean() > 0.999
    # on the floor of the bite the two surfaces are one, or a plate lies between them
    for erosion, plate in ((MARGINAL, 0.0), (PRESSURE, 0.3)):
        bone = eroded().hand().bones[erosion.bone]
        place = eroded().hand().erosion_places[ALL.index(erosion)]
        # the middle of the floor lies half a depth deeper than the middle of the bite
        distance = np.linalg.norm(bone.outer - place, axis=1)
        floor = np.argsort(np.abs(distance - erosion.depth_mm / 2) + (distance > erosion.depth_mm) * 9)[:3]
        thickness = np.linalg.norm(bone.outer - bone.marrow, axis=1)[floor]
        assert thickness == pytest.approx(plate, abs=0.05)


def test_another_pose_and_finer_surfaces_show_the_same_erosion() -> None:
    turned = reposed(eroded(), np.random.default_rng(1), pronation_deg=12.0)
    bones = turned.hand().bones
    for i, erosion in enumerate(ALL):
        first, second = eroded().hand().bones[erosion.bone], bones[erosion.bone]
        places = eroded().hand().erosion_places[i], turned.hand().erosion_places[i]
        # distances to the ends of the bone do not depend on the pose
        for end in ("base", "head"):
            assert np.linalg.norm(places[0] - getattr(first, end)) == pytest.approx(
                np.linalg.norm(places[1] - getattr(second, end)), abs=1e-6
            )
        assert np.linalg.norm(eroded().hand(2.0).erosion_places[i] - places[0]) < 1.0


def test_a_scene_without_erosions_is_drawn_as_before() -> None:
    scene = draw_scene(np.random.default_rng(3), ADULT)
    assert scene.erosions == ()
    assert scene.hand().erosion_places.shape == (0, 3)
    assert all(bone.intact is None for bone in scene.hand().bones.values())


def test_a_mirrored_film_has_mirrored_places() -> None:
    at = detector(eroded())
    left = true_erosions(eroded().hand(), ALL, at)
    right = true_erosions(eroded().hand(), ALL, at, mirrored=True)
    for a, b in zip(left, right, strict=True):
        assert (a.x + b.x, a.y) == pytest.approx((at.columns - 1, b.y))


def test_erosions_name_their_joint() -> None:
    assert [e.joint for e in ALL] == ["MCP2", "PIP3", "DIP4", None]
    assert replace(MARGINAL, bone="MC1", end="base").joint == "CMC1"
    assert replace(MARGINAL, bone="RAD").joint is None
    assert replace(MARGINAL, bone="DP1", end="base").joint == "IP1"


def test_a_pressing_deposit_lies_at_the_bite_and_beside_the_bone() -> None:
    scene = replace(whole(), erosions=(PRESSURE,), _hands={})
    scene = with_deposits(scene, pressing_deposits(scene, np.random.default_rng(2)))
    film = fast_film(scene, np.random.default_rng(3), rows=880, columns=680, pixel_mm=0.28, plain=True)
    calcium = film.tissue & CALCIUM > 0
    true = true_erosions(scene.hand(), scene.erosions, scene.detector(880, 680, 0.28))[0]
    rows, columns = np.nonzero(calcium)
    distance = np.hypot(columns - true.x, rows - true.y) * 0.28
    assert distance.min() < 1.0
    assert np.median(distance) < 6.0
    # most of it lies outside of the bone
    assert (film.bones[calcium] > 0).mean() < 0.5


def test_drawn_erosions_keep_to_the_wish() -> None:
    drawn = draw_erosions(np.random.default_rng(8), wish=ErosionWish(1.0, 1.0, 0.3, (2.0, 3.0)))
    joints = [e.joint for e in drawn if e.joint is not None]
    assert len(joints) == len(set(joints)) == 15
    assert {e.bone for e in drawn if e.joint in (None, "CMC1")} == {"MC1", "TZM", "SCA", "LUN", "RAD", "ULN"}
    assert all(2.0 <= e.width_mm <= (6.5 if e.kind == "pressure" else 3.0) for e in drawn)
    assert all(e.joint is None or e.joint[:3] == "DIP" for e in drawn if e.kind == "central")
    assert draw_erosions(np.random.default_rng(8), wish=ErosionWish(0.0, 0.0)) == ()


@pytest.mark.parametrize(
    ("erosion", "message"),
    [
        (replace(MARGINAL, bone="DP9"), "no bone"),
        (replace(MARGINAL, width_mm=0.0), "needs a width"),
        (replace(MARGINAL, end=None), "needs an end"),
    ],
)
def test_what_cannot_be_made_is_refused(erosion: Erosion, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        erode(draw_scene(np.random.default_rng(5), ADULT).hand(), [erosion], np.random.default_rng(0))
