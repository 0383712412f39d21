"""The quality of simulated films: turned, blurred, clipped and cut hands, and what that forbids."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

pytest.importorskip("numba")

from sclerograph.anatomy.hand import BONES
from sclerograph.findings.records import Forbidden, unmeasured_quality
from sclerograph.hand import quality
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.phantom.film import fast_film
from sclerograph.phantom.scene import ADULT, draw_scene, reposed
from tests.hand.simulated_views import view_of_simulated, with_film_above, with_greys

_BONY = {"joint_space", "erosion", "cortex", "demineralisation"}


@lru_cache(maxsize=4)
def _hand(pronation_deg: float = 0.0) -> HandView:
    rng = np.random.default_rng(20_450_007)
    scene = reposed(draw_scene(rng, ADULT), rng, pronation_deg=pronation_deg, tilt_deg=0.0)
    return view_of_simulated(fast_film(scene, rng, rows=880, columns=680, pixel_mm=0.28, plain=True))


@pytest.mark.parametrize("pronation_deg", [0.0, 10.0, 20.0, -30.0])
def test_rotation_is_estimated(pronation_deg: float) -> None:
    rotation = quality.measure(_hand(pronation_deg)).rotation
    assert rotation.pronation_deg == pytest.approx(pronation_deg, abs=8.0)
    assert rotation.pronation_interval is not None
    assert rotation.pronation_interval.low <= pronation_deg <= rotation.pronation_interval.high
    assert rotation.angle_deg == pytest.approx(abs(rotation.pronation_deg or 0.0))


def test_beyond_15_degrees_joint_spaces_are_forbidden_and_a_flat_hand_is_free() -> None:
    assert quality.measure(_hand()).forbids == []
    reasons = quality.forbidden(quality.measure(_hand(-30.0)))
    assert {"joint_space", "alignment"} <= set(reasons)
    assert "turned" in reasons["joint_space"]
    assert "calcinosis" not in reasons


def test_seen_from_the_palm_the_hand_turns_the_other_way() -> None:
    palm = replace(_hand(-30.0), side_and_view=SideAndView("L", "user", "AP", "user"))
    one, other = (quality.measure(view).rotation.pronation_deg for view in (_hand(-30.0), palm))
    assert one is not None
    assert other == pytest.approx(-one)


def test_rotation_is_not_told_from_the_side_or_without_a_carpus() -> None:
    lateral = replace(_hand(), side_and_view=SideAndView("L", "user", "lateral", "user"))
    assert not quality.measure(lateral).rotation.assessable
    bones = _hand().skeleton.bones.copy()
    bones[20:] = 0
    bare = replace(_hand(), skeleton=replace(_hand().skeleton, bones=bones))
    assert quality.measure(bare).rotation.reason is not None


def test_bones_that_project_like_none_are_not_judged() -> None:
    bones = _hand().skeleton.bones.copy()
    for code in ("PIS", "TZM", "SCA"):
        channel = [bone.code for bone in BONES].index(code)
        bones[channel] = np.roll(bones[channel], 80, axis=1)
    rotation = quality.measure(replace(_hand(), skeleton=replace(_hand().skeleton, bones=bones))).rotation
    assert rotation.angle_deg is None
    assert rotation.reason is not None
    assert "unlike" in rotation.reason


def test_a_bone_that_is_not_outlined_widens_the_interval() -> None:
    bones = _hand(20.0).skeleton.bones.copy()
    bones[[bone.code for bone in BONES].index("PIS")] = 0
    whole, lacking = (
        quality.measure(view).rotation
        for view in (_hand(20.0), replace(_hand(20.0), skeleton=replace(_hand(20.0).skeleton, bones=bones)))
    )
    assert lacking.pronation_deg == pytest.approx(20.0, abs=10.0)
    assert whole.pronation_interval is not None
    assert lacking.pronation_interval is not None
    assert (
        lacking.pronation_interval.high - lacking.pronation_interval.low
        > whole.pronation_interval.high - whole.pronation_interval.low
    )


def test_a_blurred_film_forbids_what_needs_edges() -> None:
    view = _hand()
    pixels = view.radiograph.pixels
    sharp = quality.measure(view).sharpness
    blurred = quality.measure(with_greys(view, gaussian_filter(pixels, 1.5 / 0.28)))
    assert sharp.edge_width_px is not None
    assert blurred.sharpness.edge_width_px is not None
    assert blurred.sharpness.edge_width_px > 2.0 * sharp.edge_width_px
    assert set(quality.forbidden(blurred)) >= _BONY
    calcinosis = [entry for entry in blurred.forbids if entry.finding == "calcinosis"]
    assert calcinosis[0].below_mm is not None
    assert "calcinosis" not in quality.forbidden(blurred)


def test_wider_blur_is_measured_as_wider() -> None:
    view = _hand()
    widths = [
        quality.measure(with_greys(view, gaussian_filter(view.radiograph.pixels, sigma))).sharpness.edge_width_px
        for sigma in (0.1, 2.0, 4.0)
    ]
    assert None not in widths
    assert widths == sorted(widths, key=lambda width: width or 0.0)


def test_noise_that_drowns_the_bone_is_told() -> None:
    view = _hand()
    grain = np.random.default_rng(0).normal(0.0, 0.25, view.radiograph.pixels.shape)
    found = quality.measure(with_greys(view, view.radiograph.pixels + grain))
    assert found.sharpness.noise == pytest.approx(0.25, rel=0.15)
    assert "joint_space" in quality.forbidden(found)


def test_clipped_greys_are_told() -> None:
    view = _hand()
    pixels = view.radiograph.pixels
    soft = float(np.median(pixels[(view.skeleton.soft_tissue > 0) & (view.any_bone_map == 0)]))
    bone = float(np.median(pixels[view.any_bone_map > 0]))
    dark = quality.measure(with_greys(view, np.clip(pixels, soft, 1.0)))
    assert dark.exposure.black_share == pytest.approx(0.5, abs=0.1)
    assert "fingertips" in quality.forbidden(dark)
    bright = quality.measure(with_greys(view, np.clip(pixels, 0.0, bone)))
    assert bright.exposure.white_share == pytest.approx(0.5, abs=0.1)
    assert {"cortex", "erosion"} <= set(quality.forbidden(bright))


def test_a_digit_cut_off_forbids_its_own_findings_only() -> None:
    view = _hand()
    row = 0.5 * (view.skeleton.landmarks["TIP3"].y + view.skeleton.landmarks["DIP3"].y)
    found = quality.measure(with_film_above(view, row))
    assert 3 in found.cut_off.digits
    assert "DP3" in found.cut_off.bones
    assert 1 not in found.cut_off.digits
    assert quality.forbidden(found) == {}
    assert "acro_osteolysis" in quality.forbidden(found, digit=3)
    assert quality.forbidden(found, digit=1) == {}


def test_digits_over_each_other_are_told() -> None:
    view = _hand()
    bones = view.skeleton.bones.copy()
    names = {"PP4": 0, "PP3": 0}
    for i, bone in enumerate(BONES):
        if bone.code in names:
            names[bone.code] = i
    shift = round(view.skeleton.landmarks["PIP3"].x - view.skeleton.landmarks["PIP4"].x)
    bones[names["PP4"]] = np.roll(bones[names["PP4"]], shift - 12, axis=1)
    found = quality.measure(replace(view, skeleton=replace(view.skeleton, bones=bones)))
    assert [overlap.digits for overlap in found.overlaps] == [(3, 4)]
    assert "joint_space" in quality.forbidden(found, digit=4)


def test_what_was_not_measured_forbids_nothing_and_says_why() -> None:
    nothing = unmeasured_quality("not looked at")
    assert nothing.rotation.reason == "not looked at"
    assert quality.forbidden(nothing) == {}


def test_the_first_reason_is_kept() -> None:
    entries = [Forbidden(finding="cortex", reason=reason) for reason in ("blurred", "turned")]
    assert quality.forbidden(unmeasured_quality().model_copy(update={"forbids": entries})) == {"cortex": "blurred"}
