from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from bench.held_out import HeldOutFilm, true_view
from sclerograph.anatomy.hand import JOINTS
from sclerograph.anatomy.joint_frame import SPACE_JOINTS
from sclerograph.anatomy.joint_space_norms import joint_space_norms
from sclerograph.findings.records import NOT_MEASURED, JointFinding
from sclerograph.hand import joint_space
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.imaging.calibration import NO_CALIBRATION, Calibration
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.networks.maps import CalciumMaps, JointLook
from sclerograph.networks.runner import load_networks
from sclerograph.phantom.film import fast_film
from sclerograph.phantom.joint_space import JointSpace, TrueJointSpace, true_joint_spaces
from sclerograph.phantom.scene import ADULT, draw_scene, reposed

_PIXEL_MM = 0.2
_ROWS, _COLUMNS = 1230, 950


@lru_cache(maxsize=1)
def simulated() -> tuple[HandView, dict[str, TrueJointSpace]]:
    """A grown hand that lies flat; PIP3 has lost 60 % of its space, MCP4 is fused."""
    rng = np.random.default_rng(5)
    planned = {
        code: JointSpace(1.2 * norm.mean_mm, lost=0.6 if code == "PIP3" else 0.0, fused=code == "MCP4")
        for code, norm in joint_space_norms().items()
    }
    scene = reposed(draw_scene(rng, ADULT), rng, pronation_deg=0.0, tilt_deg=0.0, joint_spaces=planned)
    film = fast_film(scene, np.random.default_rng(6), rows=_ROWS, columns=_COLUMNS, pixel_mm=_PIXEL_MM, plain=True)
    held = HeldOutFilm(
        3,
        Path("film.png"),
        film.landmarks,
        film.bones,
        film.tissue,
        film.calcium_mm.astype(np.float32),
        film.mm_per_pixel,
        film.nominal_mm_per_pixel,
        {},
    )
    pixels = film.image.astype(np.float32) / 255.0
    radiograph = Radiograph(
        pixels=pixels,
        valid=np.ones(pixels.shape, np.bool_),
        calibration=Calibration("ruler", _PIXEL_MM),
        source=Source("film.png", "0" * 64, *pixels.shape),
        visit="film",
    )
    true = true_joint_spaces(scene.hand(), scene.detector(_ROWS, _COLUMNS, _PIXEL_MM))
    return true_view(held, radiograph), true


@lru_cache(maxsize=1)
def findings() -> dict[str, JointFinding]:
    return {finding.joint: finding for finding in joint_space.measure(simulated()[0])}


def changed(view: HandView, **changes: object) -> dict[str, JointFinding]:
    return {finding.joint: finding for finding in joint_space.measure(replace(view, **changes))}  # type: ignore[arg-type]


def test_every_joint_has_a_finding_and_what_is_not_measured_says_so() -> None:
    found = joint_space.measure(simulated()[0])
    assert [finding.joint for finding in found] == [joint.code for joint in JOINTS]
    for finding in found:
        assert finding.assessable == (finding.reason is None)
        if finding.joint not in SPACE_JOINTS:
            assert finding.reason == NOT_MEASURED


@lru_cache(maxsize=1)
def looked() -> dict[str, JointFinding]:
    """What is found when the shipped joint network looks as well."""
    view = simulated()[0]
    return changed(view, joint_looks=load_networks(1).joints(view.radiograph, view.skeleton))


def test_the_wrist_and_the_thumb_are_measured_by_the_joint_network() -> None:
    true = simulated()[1]
    measured = [code for code in ("IP1", "MCP1", "CMC1", "RC") if looked()[code].assessable]
    assert len(measured) >= 3
    for code in measured:
        finding = looked()[code]
        assert finding.space_width_mm == pytest.approx(true[code].mean_mm, abs=0.5)
        assert finding.space_width_mm_interval is not None
        assert finding.space_width_mm_interval.low < true[code].mean_mm < finding.space_width_mm_interval.high
        assert finding.space_least_mm is None
        assert finding.narrowing_uniform is None
        assert finding.narrowing_grade in (0, 1)
    assert all(not findings()[code].assessable for code in ("IP1", "MCP1", "CMC1", "RC"))


def test_with_the_joint_network_more_joints_are_measured_and_as_truly() -> None:
    true, network, margins = simulated()[1], looked(), findings()
    codes = [code for code in true if code[-1] in "2345" and code != "MCP4"]
    assert sum(network[code].assessable for code in codes) >= sum(margins[code].assessable for code in codes)
    errors = {
        code: (network[code].space_width_mm or 0.0) - true[code].mean_mm for code in codes if network[code].assessable
    }
    assert np.mean(np.abs(list(errors.values()))) < 0.1
    assert network["MCP4"].ankylosed is True
    assert network["PIP3"].narrowing_grade in (2, 3)


def test_what_the_joint_network_says_of_fusion_and_of_bones_that_do_not_face_each_other_counts() -> None:
    view = simulated()[0]
    widths = np.linspace(0.0, 20.0, 41)
    belief = np.exp(-0.5 * np.square((widths - 6.0) / 1.0))
    looks = {
        "MCP4": JointLook(widths, belief / belief.sum(), fused=0.99, seen=1.0),
        "PIP2": JointLook(widths, belief / belief.sum(), fused=0.99, seen=1.0),
        "PIP4": JointLook(widths, belief / belief.sum(), fused=0.0, seen=0.2),
        "MCP3": JointLook(widths, belief / belief.sum(), fused=0.8, seen=1.0),
        "RC": JointLook(widths, belief / belief.sum(), fused=0.99, seen=1.0),
    }
    found = changed(view, joint_looks=looks)
    assert found["MCP4"].ankylosed is True
    assert found["PIP4"].reason == "its bones do not face each other on the film"
    # PIP2 has margins that are seen, of MCP3 the network is not sure, and at the wrist it is not believed
    assert {found[code].reason for code in ("PIP2", "MCP3", "RC")} == {"fused, or its space is not seen clearly"}
    assert found["MCP2"].space_width_px == findings()["MCP2"].space_width_px


def test_widths_are_true_to_a_tenth_of_a_millimetre() -> None:
    true = simulated()[1]
    widths = {code: f.space_width_mm for code, f in findings().items()}
    measured = [code for code, width in widths.items() if width is not None]
    assert len(measured) >= 9
    errors = [(findings()[code].space_width_mm or 0.0) - true[code].mean_mm for code in measured]
    assert np.mean(np.abs(errors)) < 0.1
    for code in measured:
        finding = findings()[code]
        assert finding.space_width_mm == pytest.approx(true[code].mean_mm, abs=0.2), code
        assert finding.space_width_mm_interval is not None
        assert finding.space_width_px == pytest.approx(finding.space_width_mm / _PIXEL_MM, abs=0.01)
        assert finding.space_width_mm_interval.low <= finding.space_width_mm <= finding.space_width_mm_interval.high
        assert finding.space_least_mm is not None
        assert finding.space_least_mm <= finding.space_width_mm + 0.02
        assert finding.space_to_head_ratio is not None
        assert 0.01 < finding.space_to_head_ratio < 0.25


def test_the_narrowed_joint_is_graded_and_named_against_the_others_of_the_hand() -> None:
    narrowed = findings()["PIP3"]
    assert narrowed.narrowing_grade in (2, 3)
    assert narrowed.narrowing_grade_interval is not None
    assert narrowed.narrowing_grade_interval.low <= 3 <= narrowed.narrowing_grade_interval.high
    assert set(narrowed.space_compared_with) >= {"PIP2", "PIP4"}
    assert narrowed.space_share_of_expected == pytest.approx(0.4, abs=0.12)
    healthy = [findings()[code].narrowing_grade for code in ("PIP2", "PIP4", "MCP2", "MCP3", "MCP5")]
    assert all(grade is None or grade <= 1 for grade in healthy)


def test_the_fused_joint_is_ankylosed_and_has_no_width() -> None:
    fused = findings()["MCP4"]
    assert fused.ankylosed is True
    assert fused.narrowing_grade == 4
    assert fused.space_width_mm is None
    assert not any(findings()[code].ankylosed for code in ("MCP2", "MCP3", "PIP2", "PIP3"))


def test_without_calibration_there_are_pixels_and_ratios_only() -> None:
    view = simulated()[0]
    loose = changed(view, radiograph=replace(view.radiograph, calibration=NO_CALIBRATION))["MCP3"]
    assert loose.space_width_mm is None
    assert loose.space_width_mm_interval is None
    assert loose.space_norm_z is None
    assert loose.space_width_px == findings()["MCP3"].space_width_px
    assert loose.space_to_head_ratio == findings()["MCP3"].space_to_head_ratio
    assert loose.narrowing_grade is not None


@pytest.mark.parametrize("seen_from", ["oblique", "lateral"])
def test_other_projections_are_not_measured(seen_from: str) -> None:
    view = simulated()[0]
    found = changed(view, side_and_view=SideAndView("L", "user", seen_from, "user"))  # type: ignore[arg-type]
    assert all(not finding.assessable for finding in found.values())
    assert found["MCP3"].reason is not None
    assert seen_from in found["MCP3"].reason


def test_calcium_and_metal_over_a_joint_hide_it() -> None:
    view, true = simulated()
    x, y = np.rint(true["MCP3"].frame.origin).astype(int)
    over = np.zeros((_ROWS, _COLUMNS), np.float32)
    over[y - 20 : y + 20, x - 20 : x + 20] = 1.0
    nothing = np.zeros((1, 1), np.float32)
    crop = view.calcium.crop
    calcified = changed(view, calcium=CalciumMaps(crop, over, nothing, nothing))
    assert calcified["MCP3"].reason == "hidden by calcium"
    assert calcified["MCP2"].assessable == findings()["MCP2"].assessable
    assert changed(view, calcium=CalciumMaps(crop, nothing, over, nothing))["MCP3"].reason == "hidden by metal"


def test_calcium_and_metal_hide_the_wrist() -> None:
    view, true = simulated()
    over = np.zeros((_ROWS, _COLUMNS), np.float32)
    x, y = np.rint(true["RC"].frame.origin).astype(int)
    over[y - 60 : y + 60, x - 90 : x + 90] = 1.0
    nothing = np.zeros((1, 1), np.float32)
    crop = view.calcium.crop
    assert changed(view, calcium=CalciumMaps(crop, over, nothing, nothing))["RC"].reason == "hidden by calcium"
    assert changed(view, calcium=CalciumMaps(crop, nothing, over, nothing))["RC"].reason == "hidden by metal"


def test_a_joint_without_landmark_is_not_measured() -> None:
    view = simulated()[0]
    marks = {name: mark for name, mark in view.skeleton.landmarks.items() if name != "PIP2"}
    found = changed(view, skeleton=replace(view.skeleton, landmarks=marks))
    assert found["PIP2"].reason is not None
    assert "confidence" in found["PIP2"].reason
    assert found["MCP3"].assessable


def test_a_film_of_air_has_no_joints() -> None:
    view = simulated()[0]
    flat = replace(view.radiograph, pixels=np.full_like(view.radiograph.pixels, 0.3))
    found = changed(view, radiograph=flat)
    assert all(not finding.assessable for finding in found.values())
