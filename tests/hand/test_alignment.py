"""Alignment on drawn hands whose bones were moved by known amounts."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES
from sclerograph.findings.records import Alignment
from sclerograph.hand import alignment, flexion
from sclerograph.hand.side import SideAndView
from sclerograph.imaging.calibration import calibration_of_ruler
from tests.hand.scenes import Placed, Scene, disc, view_of

_THUMB = ("CMC1", "MCP1", "IP1", "TIP1")


def _measured(scene: Scene, placed: Placed | None = None) -> Alignment:
    view = view_of(scene, placed)
    return alignment.measure(view, flexion.measure(view))


def _long_forearm(longer_ulna_mm: float = 0.0) -> Scene:
    """A hand whose drawn forearm is long enough to have an axis; its ulna ends farther distally by so much."""
    # the drawn frame ends soon: the wrist is moved distally
    names = ("RADIUS_ULNAR_EDGE", "RADIUS_RADIAL_EDGE", "ULNA_ULNAR_EDGE", "ULNA_RADIAL_EDGE", "LUN")
    shift = dict.fromkeys(names, (0.0, -26.0))
    bare, below = Scene(shift=shift), {}
    for code, first, second, up in (
        ("RAD", "RADIUS_ULNAR_EDGE", "RADIUS_RADIAL_EDGE", 0.0),
        ("ULN", "ULNA_ULNAR_EDGE", "ULNA_RADIAL_EDGE", longer_ulna_mm),
    ):
        a, b = bare.joint(first), bare.joint(second)
        top = min(a[1], b[1]) - up
        below[code] = [np.array([[a[0], top], [b[0], top], [b[0], top + 45.0], [a[0], top + 45.0]])]
    return Scene(shift=shift, extra_bone=below)


def _across_thumb(scene: Scene) -> NDArray[np.float64]:
    along = scene.joint("MCP1") - scene.joint("CMC1")
    across = np.array([-along[1], along[0]]) / np.hypot(*along)
    second = 0.5 * (scene.joint("CMC2") + scene.joint("MCP2")) - scene.joint("CMC1")
    return across if across @ second < 0 else -across


def _turned(scene: Scene, centre: str, names: tuple[str, ...], angle_deg: float) -> Scene:
    """Turn landmarks about one of them, clockwise as the nominal frame is seen."""
    t = np.radians(angle_deg)
    turn = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    middle = scene.joint(centre)
    moved = {n: turn @ (scene.joint(n) - middle) + middle - scene.joint(n) for n in names}
    return Scene(shift={n: (float(d[0]), float(d[1])) for n, d in moved.items()})


@pytest.mark.parametrize("placed", [Placed(), Placed(mirrored=True, turn_deg=25.0), Placed(pixels_per_mm=3.0)])
def test_the_ratio_grows_by_what_the_thumb_was_moved(placed: Placed) -> None:
    across = _across_thumb(Scene())
    step = {n: (float(3.0 * across[0]), float(3.0 * across[1])) for n in _THUMB}
    before, after = _measured(Scene(), placed), _measured(Scene(shift=step), placed)
    assert before.cmc1_subluxation_ratio is not None
    assert after.cmc1_subluxation_ratio is not None
    # the drawn base is 11 to 12 mm wide
    assert after.cmc1_subluxation_ratio - before.cmc1_subluxation_ratio == pytest.approx(3.0 / 12.0, abs=0.03)
    assert after.assessable
    assert after.reason is None


@pytest.mark.parametrize("placed", [Placed(), Placed(mirrored=True, turn_deg=-20.0)])
@pytest.mark.parametrize("angle", [-15.0, 18.0])
def test_a_finger_turned_sideways_shows_its_angle(placed: Placed, angle: float) -> None:
    before = {j.joint: j for j in _measured(Scene(), placed).joints}
    # the thumb is to the right in the nominal frame: clockwise is to the radial side
    after = {j.joint: j for j in _measured(_turned(Scene(), "PIP3", ("DIP3", "TIP3"), angle), placed).joints}
    first, second = before["PIP3"].angle_deg, after["PIP3"].angle_deg
    assert first is not None
    assert second is not None
    assert second - first == pytest.approx(-angle, abs=1.5)
    untouched = after["PIP2"].angle_deg
    assert untouched == pytest.approx(before["PIP2"].angle_deg, abs=0.5)


def test_joints_in_line_are_not_subluxated() -> None:
    joints = _measured(Scene()).joints
    assert len(joints) == 14
    assert all(j.assessable and j.subluxated is False for j in joints), [j for j in joints if not j.assessable]


def test_a_zigzag_thumb_is_told() -> None:
    assert _measured(Scene()).thumb_z_deformity is False
    first = _turned(Scene(), "MCP1", ("IP1", "TIP1"), 40.0)
    t = np.radians(-55.0)
    turn = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    tip = turn @ (first.joint("TIP1") - first.joint("IP1")) + first.joint("IP1") - Scene().joint("TIP1")
    zigzag = Scene(shift={**first.shift, "TIP1": (float(tip[0]), float(tip[1]))})
    assert _measured(zigzag).thumb_z_deformity is True


def test_without_a_trapezium_the_joint_is_not_measured() -> None:
    view = view_of(Scene())
    view.skeleton.bones[[b.code for b in BONES].index("TZM")] = 0
    found = alignment.measure(view, [])
    assert found.cmc1_subluxation_ratio is None
    assert not found.assessable
    assert found.reason is not None
    assert "trapezium" in found.reason
    assert all(not size.assessable for size in found.base_of_thumb)


def test_other_views_are_refused_with_a_reason() -> None:
    view = view_of(Scene(), side_and_view=SideAndView("L", "user", "oblique", "user"))
    found = alignment.measure(view, [])
    assert not found.assessable
    assert found.reason is not None
    assert "oblique" in found.reason
    assert len(found.joints) == 14
    assert not any(j.assessable for j in found.joints)


def test_a_bone_with_half_its_size_is_smaller_than_expected() -> None:
    by_code = {s.bone: s for s in _measured(Scene()).base_of_thumb}
    grown = {s.bone: s for s in _measured(Scene(extra_bone={"TZM": [disc(*Scene().joint("TZM"), 30.0)]})).base_of_thumb}
    small, large = by_code["TZM"].area_ratio, grown["TZM"].area_ratio
    assert small is not None
    assert large is not None
    assert large > small


def test_millimetres_need_a_calibration() -> None:
    long_forearm = _long_forearm()
    bare = alignment.measure(view_of(long_forearm), [])
    calibrated = alignment.measure(view_of(long_forearm, calibration=calibration_of_ruler(0.25)), [])
    assert bare.ulnar_variance_px is not None
    assert bare.ulnar_variance_mm is None
    assert calibrated.ulnar_variance_mm == pytest.approx(0.25 * bare.ulnar_variance_px, abs=0.01)


def test_a_longer_ulna_raises_the_variance_by_as_much() -> None:
    short, long = _long_forearm(), _long_forearm(4.0)
    found = [
        alignment.measure(view_of(scene, Placed(pixels_per_mm=4.0)), []).ulnar_variance_px for scene in (short, long)
    ]
    assert found[0] is not None
    assert found[1] is not None
    assert found[1] - found[0] == pytest.approx(16.0, abs=1.5)
