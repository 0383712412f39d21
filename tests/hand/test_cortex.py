from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.findings.records import RADIOGRAMMETRY_BONES
from sclerograph.hand import cortex
from sclerograph.hand.side import SideAndView
from sclerograph.imaging.calibration import Calibration
from tests.hand.shaft_films import Film, Tube

FEW = settings(max_examples=4, deadline=None, derandomize=True)


def alike(tube: Tube) -> dict[str, Tube]:
    return dict.fromkeys(RADIOGRAMMETRY_BONES, tube)


def reasons(film: Film) -> list[str | None]:
    return [bone.reason for bone in cortex.measure(film.view()).bones]


@pytest.mark.parametrize("index", [0.25, 0.45, 0.65])
def test_the_index_of_a_tube_is_its_own(index: float) -> None:
    found = cortex.measure(Film(tubes=alike(Tube(8.0, 8.0 * (1.0 - index)))).view())
    assert [bone.bone for bone in found.bones] == list(RADIOGRAMMETRY_BONES)
    for bone in found.bones:
        assert bone.assessable
        assert bone.cortical_index == pytest.approx(index, abs=0.02)
        assert bone.isthmus_index == pytest.approx(index, abs=0.03)
    assert found.mean.cortical_index == pytest.approx(index, abs=0.015)


def test_the_mean_is_that_of_three_bones() -> None:
    tubes = {"MC2": Tube(9.0, 4.0), "MC3": Tube(8.0, 4.4), "MC4": Tube(7.0, 4.4)}
    found = cortex.measure(Film(tubes=tubes).view())
    for bone in found.bones:
        assert bone.cortical_index == pytest.approx(tubes[bone.bone].index, abs=0.03)
    assert found.mean.cortical_index == pytest.approx(np.mean([b.cortical_index or 0.0 for b in found.bones]), abs=1e-4)
    assert found.mean.cortical_index_interval is not None
    assert found.mean.cortical_index_interval.low < found.mean.cortical_index < found.mean.cortical_index_interval.high


@FEW
@given(st.floats(4.0, 8.0), st.floats(0.0, 360.0), st.booleans())
def test_neither_size_of_pixels_nor_turn_changes_the_index(
    pixels_per_mm: float, turn_deg: float, mirrored: bool
) -> None:
    film = Film(pixels_per_mm=pixels_per_mm, turn_deg=turn_deg, mirrored=mirrored, noise=0.003)
    found = cortex.measure(film.view()).mean
    assert found.cortical_index == pytest.approx(Tube().index, abs=0.025)


@pytest.mark.parametrize("change", [{"contrast": 0.03}, {"blur_mm": 0.2}, {"sharpened": 0.5}, {"tissue": 0.35}])
def test_neither_exposure_nor_sharpness_changes_the_index(change: dict[str, float]) -> None:
    changed = cortex.measure(Film(**change).view()).mean.cortical_index  # type: ignore[arg-type]
    assert changed == pytest.approx(cortex.measure(Film().view()).mean.cortical_index, abs=0.012)


def test_the_index_falls_as_the_cortex_is_lost_and_the_bone_stays_as_wide() -> None:
    found = [cortex.measure(Film(tubes=alike(Tube(8.0, width))).view()) for width in (3.4, 4.5, 5.6)]
    means = [f.mean.cortical_index or 0.0 for f in found]
    assert np.all(np.diff(means) < -0.1)
    assert np.ptp([f.bones[0].outer_width_px or 0.0 for f in found]) < 0.5


def test_the_isthmus_is_the_narrowest_part() -> None:
    # the marrow space of this bone is as wide at its waist as elsewhere: there the walls are thinnest
    plain = Tube(8.0, 4.4, flare=0.0)
    waisted = Film(tubes=alike(Tube(8.0, 4.4, flare=1.5))).view()
    found, even = cortex.measure(waisted).bones[1], cortex.measure(Film(tubes=alike(plain)).view()).bones[1]
    assert found.isthmus_index == pytest.approx(even.isthmus_index, abs=0.03)
    assert found.outer_width_px is not None
    assert even.outer_width_px is not None
    assert found.outer_width_px > even.outer_width_px


def test_widths_have_millimetres_on_calibrated_films_only() -> None:
    plain = cortex.measure(Film().view()).bones[1]
    scaled = cortex.measure(Film(calibration=Calibration("pixel_spacing", 0.14)).view()).bones[1]
    assert plain.outer_width_mm is None
    assert plain.cortical_thickness_mm is None
    assert scaled.outer_width_px == plain.outer_width_px
    assert scaled.outer_width_mm == pytest.approx((plain.outer_width_px or 0.0) * 0.14, abs=2e-3)
    assert scaled.cortical_thickness_px == pytest.approx(
        0.5 * ((scaled.outer_width_px or 0.0) - (scaled.medullary_width_px or 0.0)), abs=0.04
    )


@pytest.mark.parametrize("seen_from", ["lateral", "oblique"])
def test_other_views_are_refused(seen_from: str) -> None:
    view = replace(Film().view(), side_and_view=SideAndView("L", "user", seen_from, "user"))  # type: ignore[arg-type]
    found = cortex.measure(view)
    assert [bone.assessable for bone in found.bones] == [False] * 3
    assert not found.mean.assessable
    assert seen_from in (found.mean.reason or "")


def test_without_one_bone_the_others_are_measured_and_the_mean_is_not() -> None:
    found = cortex.measure(Film(missing=["MCP2"]).view())
    assert [bone.assessable for bone in found.bones] == [False, True, True]
    assert found.mean.cortical_index is None
    assert found.mean.reason == "MC2 not assessable"


def test_what_lies_over_a_shaft_forbids_it() -> None:
    found = cortex.measure(Film(calcium=[(0.0, 0.45, 6.0)]).view())
    assert [bone.assessable for bone in found.bones] == [True, False, True]
    assert "calcium" in (found.bones[1].reason or "")


@pytest.mark.parametrize(
    ("film", "reason"),
    [
        (Film(contrast=0.004), "hardly stands out"),
        (Film(tissue=0.75), "overexposed"),
        (Film(pixels_per_mm=1.8), "too few pixels"),
        (Film(noise=0.5), "tube"),
    ],
)
def test_what_cannot_be_measured_says_why(film: Film, reason: str) -> None:
    assert all(reason in (said or "") for said in reasons(film)), reasons(film)
