"""Deposits: exact areas, diameters, sites and numbers on drawn hands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.hand.calcinosis import examine, measure, not_assessable_because
from sclerograph.hand.calcinosis_settings import DEFAULT, CalcinosisSettings
from sclerograph.imaging.calibration import Calibration
from tests.hand.scenes import CALCIUM_MM, FEW, Placed, Scene, disc, ellipse, healthy_landmarks, rectangle, view_of


def at(name: str) -> np.ndarray:
    return np.array(healthy_landmarks()[name])


#: Drawn maps have their true edge where half of a pixel is covered; the network's lie lower.
AT_HALF = replace(DEFAULT, outline_level=0.5)
SHAFT = 0.5 * (at("PIP3") + at("DIP3"))
PULP = at("TIP4") + np.array([0.0, 1.0])


def test_healthy_hand_has_none() -> None:
    assert measure(view_of(Scene())) == []


def test_disc_on_a_calibrated_film() -> None:
    placed = Placed(5.0)
    view = view_of(Scene(calcium=[disc(*SHAFT, 4.0)]), placed, Calibration("pixel_spacing", 0.18))
    (deposit,) = measure(view, AT_HALF)
    assert deposit.id == "d1"
    assert (deposit.site, deposit.digit, deposit.compartment) == ("MP3", 3, "overlying_bone")
    assert deposit.morphology == "globular"
    assert deposit.area_px == pytest.approx(np.pi * 10**2, rel=0.015)
    assert deposit.area_mm2 == pytest.approx(deposit.area_px * 0.18**2, rel=1e-3)
    assert deposit.longest_diameter_px == pytest.approx(20.0, rel=0.03)
    assert deposit.longest_diameter_mm == pytest.approx(20.0 * 0.18, rel=0.03)
    assert deposit.area_mm2_interval is not None
    assert deposit.area_mm2_interval.low < deposit.area_mm2 < deposit.area_mm2_interval.high
    radii = np.hypot(*(np.array(deposit.contours[0]) - placed.on_film(SHAFT)).T)
    assert radii == pytest.approx(10.0, abs=0.4)


def test_without_calibration_there_are_no_millimetres() -> None:
    (deposit,) = measure(view_of(Scene(calcium=[disc(*SHAFT, 4.0)])))
    assert deposit.area_mm2 is None
    assert deposit.area_mm2_interval is None
    assert deposit.area_px_interval is not None
    assert deposit.area_px_interval.low < deposit.area_px < deposit.area_px_interval.high
    assert deposit.longest_diameter_mm is None


@FEW
@given(
    turn=st.floats(0, 360),
    mirrored=st.booleans(),
    scale=st.floats(1.5, 4.0),
    long=st.floats(3.0, 7.0),
    angle=st.floats(0, 180),
)
def test_ellipse_however_the_hand_lies(turn: float, mirrored: bool, scale: float, long: float, angle: float) -> None:
    scene = Scene(calcium=[ellipse(*PULP, long, 2.5, angle)])
    (deposit,) = measure(view_of(scene, Placed(scale, turn, mirrored)), AT_HALF)
    assert deposit.area_px == pytest.approx(np.pi / 4 * long * 2.5 * scale**2, rel=0.03)
    assert deposit.longest_diameter_px == pytest.approx(long * scale, rel=0.06)
    assert (deposit.site, deposit.compartment) == ("DP4", "pulp")


def test_hole_is_no_calcium() -> None:
    scene = Scene(calcium=[disc(*SHAFT, 9.0)], holes=[disc(*SHAFT, 5.0)])
    (deposit,) = measure(view_of(scene, Placed(4.0)), AT_HALF)
    assert deposit.area_px == pytest.approx(np.pi / 4 * (81 - 25) * 16, rel=0.02)
    assert len(deposit.contours) == 2
    assert deposit.morphology == "net"


def test_deposits_are_numbered_by_size() -> None:
    deposits = measure(view_of(Scene(calcium=[disc(*SHAFT, 2.5), disc(*PULP, 4.0)])))
    assert [(d.id, d.site) for d in deposits] == [("d1", "DP4"), ("d2", "MP3")]


def test_small_deposits_near_each_other_are_a_cluster() -> None:
    group = [disc(*(SHAFT + np.array([0.0, y])), 1.2) for y in (-3.0, 0.0, 3.0)]
    alone = disc(*PULP, 1.2)
    deposits = measure(view_of(Scene(calcium=[*group, alone])))
    found = sorted((d.site, d.morphology) for d in deposits)
    assert found == [("DP4", "punctate"), *[("MP3", "clustered")] * 3]


def test_neighbours_keep_their_own_interval() -> None:
    """At a lower level the outlines of two near deposits would merge; each keeps to its own half."""
    gap = 0.75
    pair = [disc(*(SHAFT + np.array([0.0, y * (1.0 + gap / 2)])), 2.0) for y in (-1, 1)]
    view = view_of(Scene(calcium=pair), calibration=Calibration("ruler", 0.25))
    deposits = measure(view)
    assert len(deposits) == 2
    for deposit in deposits:
        assert deposit.area_mm2_interval is not None
        assert deposit.area_mm2_interval.high < 1.5 * np.pi


def test_least_area() -> None:
    edge = float(np.sqrt(DEFAULT.least_area_mm2))
    big, small = rectangle(*SHAFT, 1.4 * edge, 1.4 * edge), rectangle(*PULP, 0.8 * edge, 0.8 * edge)
    assert [d.site for d in measure(view_of(Scene(calcium=[big, small])))] == ["MP3"]


def test_a_mark_that_is_nowhere_sure_is_none() -> None:
    assert measure(view_of(Scene(calcium=[disc(*SHAFT, 4.0)], probability=0.45))) == []
    (found,) = measure(view_of(Scene(calcium=[disc(*SHAFT, 4.0)], probability=0.95)))
    assert found.site == "MP3"
    assert found.confidence == pytest.approx(0.95, abs=0.01)


def test_the_second_look_has_the_last_word() -> None:
    view = view_of(Scene(calcium=[disc(*SHAFT, 4.0), disc(*PULP, 3.0)]))
    maps = view.calcium
    rows = np.arange(maps.calcium.shape[0])[:, None]
    both = measure(view)
    assert {deposit.site for deposit in both} == {"MP3", "DP4"}
    middle = (maps.calcium * rows).sum() / maps.calcium.sum()
    # only the mark nearer to the wrist is believed
    answers = np.where((maps.calcium > 0.3) & (rows > middle), 0.95, 0.2).astype(np.float32)
    kept = measure(replace(view, calcium=replace(maps, second_look=answers)))
    assert [deposit.site for deposit in kept] == ["MP3"]
    assert kept[0].confidence == pytest.approx(0.95, abs=1e-4)


def test_beside_a_sure_deposit_less_is_needed() -> None:
    view = view_of(Scene(calcium=[disc(*SHAFT, 4.0), disc(*PULP, 3.0)]))
    maps = view.calcium
    rows = np.arange(maps.calcium.shape[0])[:, None]
    middle = (maps.calcium * rows).sum() / maps.calcium.sum()

    def sites(shaft: float, pulp: float, settings: CalcinosisSettings = DEFAULT) -> set[str]:
        answers = np.where(maps.calcium > 0.3, np.where(rows > middle, shaft, pulp), 0.0).astype(np.float32)
        kept = measure(replace(view, calcium=replace(maps, second_look=answers)), settings)
        return {deposit.site for deposit in kept}

    between = 0.5 * (DEFAULT.least_confidence + DEFAULT.least_confidence_beside_sure)
    assert sites(0.99, between) == {"MP3", "DP4"}
    assert sites(between, between) == set()
    below = 0.5 * (DEFAULT.least_confidence + DEFAULT.least_confidence_from_side)
    assert sites(below, 0.0) == set()
    # what is small makes nothing surer
    assert sites(0.99, between, replace(DEFAULT, sure_area_mm2=1000.0)) == {"MP3"}
    # films from the side show bones over each other: a sure deposit makes nothing else there surer
    view = replace(view, side_and_view=replace(view.side_and_view, view="oblique"))
    assert sites(0.99, between) == {"MP3"}
    assert sites(below, 0.0) == {"MP3"}
    assert sites(0.99, 0.99) == {"MP3", "DP4"}


def test_contour_lies_in_pixels_of_the_film_not_of_the_map() -> None:
    small = measure(view_of(Scene(calcium=[disc(*SHAFT, 4.0)]), Placed(2.0)))[0]
    large = measure(view_of(Scene(calcium=[disc(*SHAFT, 4.0)]), Placed(8.0, rows=2200, columns=2200)))[0]
    assert large.area_px == pytest.approx(16 * small.area_px, rel=1e-3)


def test_rejected_marks_are_counted() -> None:
    metal = rectangle(*(at("MCP4") + np.array([0, 20])), 3.0, 3.0)
    found = examine(view_of(Scene(calcium=[disc(*SHAFT, 3.0), metal], metal=[metal])))
    assert [d.site for d in found.deposits] == ["MP3"]
    assert found.rejected == {"metal": 1}


def test_too_coarse_a_film() -> None:
    reason = not_assessable_because(view_of(Scene(), Placed(1.0, rows=300, columns=300)))
    assert reason is not None
    assert "1.0 pixels to the nominal millimetre" in reason
    assert not_assessable_because(view_of(Scene(), Placed(1.0 / CALCIUM_MM))) is None


def test_density_is_told_where_the_film_has_contrast() -> None:
    (deposit,) = measure(view_of(Scene(calcium=[disc(*SHAFT, 4.0)], excess=0.3), greys=True))
    assert deposit.relative_density == pytest.approx(1.0, abs=0.2)
    (plain,) = measure(view_of(Scene(calcium=[disc(*SHAFT, 4.0)])))
    assert plain.relative_density is None
