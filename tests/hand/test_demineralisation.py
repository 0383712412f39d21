from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.held_out import HeldOutFilm, true_view
from sclerograph.findings.records import DEMINERALISATION_BONES, Demineralisation
from sclerograph.hand import demineralisation
from sclerograph.hand.demineralisation_settings import DEFAULT
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.imaging.calibration import NO_CALIBRATION, Calibration
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.phantom.film import fast_film
from sclerograph.phantom.scene import ADULT, draw_scene
from tests.hand.shaft_films import Film, Tube

FEW = settings(max_examples=4, deadline=None, derandomize=True)
EVEN = Tube(8.0, 5.0, flare=0.0)


def joints(film: Film) -> dict[str, Demineralisation]:
    """What is found at the heads of the metacarpals 2 to 4; the film shows no other bones."""
    found = demineralisation.measure(film.view())
    assert [(f.joint, f.bone) for f in found] == list(DEMINERALISATION_BONES.items())
    return {f.joint: f for f in found if f.bone in ("MC2", "MC3", "MC4")}


def three(tube: Tube) -> dict[str, Tube]:
    return {"MC2": tube, "MC3": tube, "MC4": tube}


def filled_ratio(filled: float) -> float:
    """The mean way through a tube whose marrow space is partly filled against that through the empty one."""
    outer, marrow = EVEN.outer_mm**2, EVEN.marrow_mm**2
    return (outer - (1.0 - filled) * marrow) / (outer - marrow)


@pytest.mark.parametrize("filled", [0.0, 0.25, 0.5])
def test_the_grey_ratio_is_that_of_the_bone_in_the_rays(filled: float) -> None:
    for joint in joints(Film(tubes=three(replace(EVEN, filled=filled)))).values():
        assert joint.assessable
        assert joint.grey_ratio == pytest.approx(filled_ratio(filled), rel=0.03)
        assert joint.grey_ratio_interval is not None
        assert joint.grey_ratio_interval.low < filled_ratio(filled) < joint.grey_ratio_interval.high


def test_the_texture_ratio_follows_the_contrast_of_the_struts() -> None:
    found = [joints(Film(tubes=three(replace(EVEN, filled=0.3, grain=g))))["MCP3"] for g in (0.0, 0.2, 0.4)]
    smooth, fine, strong = (f.texture_ratio or 0.0 for f in found)
    # what struts add to a smooth bone adds up as variances do
    assert np.sqrt(strong**2 - smooth**2) == pytest.approx(2.0 * np.sqrt(fine**2 - smooth**2), rel=0.1)
    assert fine > 1.2 * smooth


@FEW
@given(st.floats(0.02, 0.05), st.floats(0.1, 0.3), st.floats(0.0, 360.0))
def test_neither_exposure_nor_turn_changes_the_grey_ratio(contrast: float, tissue: float, turn_deg: float) -> None:
    film = Film(tubes=three(replace(EVEN, filled=0.3)), contrast=contrast, tissue=tissue, turn_deg=turn_deg)
    assert joints(film)["MCP3"].grey_ratio == pytest.approx(filled_ratio(0.3), rel=0.03)


@pytest.mark.parametrize(
    ("calibration", "share"),
    [
        (Calibration("imager_pixel_spacing", 1.0 / 7.0), DEFAULT.grey_ratio_error),
        (Calibration("ruler", 1.0 / 7.0), DEFAULT.grey_ratio_error_unknown),
        (NO_CALIBRATION, DEFAULT.grey_ratio_error_unknown),
    ],
)
def test_the_interval_is_wider_where_nobody_knows_how_the_greys_came_about(
    calibration: Calibration, share: float
) -> None:
    found = joints(Film(calibration=calibration))["MCP3"]
    assert found.grey_ratio is not None
    assert found.grey_ratio_interval is not None
    half = 0.5 * (found.grey_ratio_interval.high - found.grey_ratio_interval.low)
    assert half == pytest.approx(1.96 * share * found.grey_ratio, rel=1e-3)


def test_confidence_is_always_low() -> None:
    assert all(0.0 < f.confidence <= 0.3 for f in joints(Film()).values())


@pytest.mark.parametrize("seen_from", ["lateral", "oblique"])
def test_other_views_are_refused(seen_from: str) -> None:
    view = replace(Film().view(), side_and_view=SideAndView("L", "user", seen_from, "user"))  # type: ignore[arg-type]
    found = demineralisation.measure(view)
    assert len(found) == len(DEMINERALISATION_BONES)
    assert all(not f.assessable and seen_from in (f.reason or "") for f in found)


@pytest.mark.parametrize(
    ("film", "reason"),
    [
        (Film(contrast=0.003), "hardly stands out"),
        (Film(tissue=0.8), "overexposed"),
        (Film(pixels_per_mm=1.8), "too few pixels"),
        (Film(missing=["MCP2", "MCP3", "MCP4"]), "not found with confidence"),
        (Film(calcium=[(-16.0, 0.92, 6.0), (0.0, 0.92, 6.0), (16.0, 0.92, 6.0)]), "calcium"),
    ],
)
def test_what_cannot_be_measured_says_why(film: Film, reason: str) -> None:
    for found in joints(film).values():
        assert not found.assessable
        assert found.grey_ratio is None
        assert reason in (found.reason or "")


def simulated(loss: float) -> HandView:
    """The same hand on the same film, with so much of the spongiosa gone at its joints."""
    drawn = draw_scene(np.random.default_rng(5), ADULT)
    scene = replace(drawn, matter=replace(drawn.matter, periarticular_loss=loss), _hands={})
    film = fast_film(scene, np.random.default_rng(6), rows=1230, columns=950, pixel_mm=0.2, plain=True)
    held = HeldOutFilm(
        5,
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
    source = Source("film.png", "0" * 64, *pixels.shape)
    valid = np.ones(pixels.shape, np.bool_)
    radiograph = Radiograph(pixels=pixels, valid=valid, calibration=NO_CALIBRATION, source=source, visit="film")
    return true_view(held, radiograph)


@pytest.mark.slow
def test_mineral_lost_near_the_joints_lowers_the_ratio_of_every_joint() -> None:
    found = [demineralisation.measure(simulated(loss)) for loss in (0.0, 0.35, 0.7)]
    assert all(f.assessable for joints in found for f in joints)
    ratios = np.array([[f.grey_ratio for f in joints] for joints in found], dtype=np.float64)
    assert np.all(np.diff(ratios, axis=0) < 0.0)
    assert ratios[2].mean() < 0.93 * ratios[0].mean()
