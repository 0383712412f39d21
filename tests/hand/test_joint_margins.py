from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sclerograph.hand.joint_margins import (
    FilmEdges,
    JointStrip,
    film_edges,
    joint_strip,
    part_of,
    segments,
    space_contrast,
)
from sclerograph.hand.joint_width import space_width
from tests.hand.joint_films import PIXELS_PER_MM, Bones, drawn, outline_of, view_of_film


def strip_of(bones: Bones, **outline: float) -> JointStrip:
    strip = joint_strip(view_of_film(drawn(bones)), outline_of(bones, **outline))
    assert strip is not None
    return strip


def edges_of(*strips: JointStrip) -> FilmEdges:
    edges = film_edges(strips)
    assert edges is not None
    return edges


@pytest.mark.parametrize("blur_mm", [0.08, 0.12])
@pytest.mark.parametrize("gap_mm", [0.5, 0.9, 1.6])
def test_the_width_is_that_from_the_head_to_the_floor_of_the_cup(gap_mm: float, blur_mm: float) -> None:
    strip = strip_of(Bones(gap_mm, blur_mm=blur_mm))
    wide = strip_of(Bones(1.5, blur_mm=blur_mm))
    width = space_width(strip, edges_of(wide, wide))
    # fitted on bones that are no cylinders: the floor of these is sharper
    assert width.mean_px / PIXELS_PER_MM == pytest.approx(gap_mm, abs=0.16)
    assert width.least_px <= width.mean_px + 0.1


def test_a_wider_space_is_measured_wider_by_as_much() -> None:
    wide = strip_of(Bones(1.5))
    edges = edges_of(wide, wide)
    widths = [space_width(strip_of(Bones(gap)), edges).mean_px / PIXELS_PER_MM for gap in (0.5, 0.8, 1.1, 1.4)]
    assert np.diff(widths) == pytest.approx([0.3] * 3, abs=0.08)


@pytest.mark.parametrize("tilted_mm", [-0.3, 0.3])
def test_a_tilt_moves_the_rims_of_the_cup_and_leaves_the_width(tilted_mm: float) -> None:
    flat, tilted = strip_of(Bones(1.0)), strip_of(Bones(1.0, tilted_mm=tilted_mm))
    edges = edges_of(flat, flat)
    difference = space_width(tilted, edges).mean_px - space_width(flat, edges).mean_px
    assert abs(difference) / PIXELS_PER_MM < 0.08


def test_outlines_that_are_off_do_not_change_the_width() -> None:
    bones = Bones(1.2)
    exact, off = strip_of(bones), strip_of(bones, off_mm=0.35, turned_deg=3.0)
    edges = edges_of(exact, exact)
    # a twentieth of a millimetre: the rim is looked for at its outline
    assert space_width(off, edges).mean_px == pytest.approx(space_width(exact, edges).mean_px, abs=0.35)


def test_contrast_does_not_change_the_width() -> None:
    strips = [strip_of(Bones(1.0, contrast=contrast)) for contrast in (1.0, 0.4)]
    widths = [space_width(strip, edges_of(strip, strip)).mean_px for strip in strips]
    assert widths[0] == pytest.approx(widths[1], abs=0.02)


def test_noise_costs_some_hundredths_of_a_millimetre() -> None:
    quiet, noisy = strip_of(Bones(1.0)), strip_of(Bones(1.0, noise=0.02))
    edges = edges_of(quiet, quiet)
    difference = space_width(noisy, edges).mean_px - space_width(quiet, edges).mean_px
    assert abs(difference) / PIXELS_PER_MM < 0.05


def test_the_narrowest_place_of_a_wedge_is_narrower_than_its_mean() -> None:
    strip = strip_of(Bones(1.2, wedge_mm=1.0))
    width = space_width(strip, edges_of(strip, strip))
    # the central part reaches 3.6 mm to either side; the narrowest of six groups has its middle at 3 mm
    expected = 1.2 - 1.0 * 3.0 / 6.0
    assert (width.mean_px - width.least_px) / PIXELS_PER_MM == pytest.approx(1.2 - expected, abs=0.12)


def test_a_joint_at_the_edge_of_the_film_has_no_strip() -> None:
    bones = Bones(1.0)
    pixels = drawn(bones)
    assert joint_strip(view_of_film(pixels[:130]), outline_of(bones)) is None


def test_one_joint_does_not_tell_how_sharp_a_film_is() -> None:
    assert film_edges([strip_of(Bones(1.0))]) is None


def test_the_space_of_fused_bones_is_not_dark() -> None:
    open_joint, fused = strip_of(Bones(1.0)), strip_of(Bones(0.0, fused=True))
    contrast = edges_of(open_joint, open_joint).contrast
    assert float(np.median(open_joint.depth)) > 0.6 * contrast
    assert float(np.median(fused.depth)) < 0.1 * contrast


def test_bones_without_a_line_between_them_still_have_a_strip() -> None:
    level = np.full((252, 252), 0.5, np.float32) - np.linspace(0.0, 0.1, 252, dtype=np.float32)[::-1, None]
    strip = joint_strip(view_of_film(level), outline_of(Bones(0.0)))
    assert strip is not None
    assert len(strip.floors) == 1
    assert float(np.median(strip.depth)) < 0.01


def test_a_rim_that_stands_far_before_its_floor_is_one_of_the_lines() -> None:
    strip = strip_of(Bones(1.4, tilted_mm=1.2))
    assert len(strip.floors) >= 1
    ends = [floor.line.brightest - floor.edge.steepest for floor in strip.floors]
    assert ends == sorted(ends)


def test_fused_bones_do_not_lower_the_contrast_that_open_joints_of_a_hand_have() -> None:
    open_joint, fused = strip_of(Bones(1.0)), strip_of(Bones(0.0, fused=True))
    alone, among = space_contrast([open_joint]), space_contrast([open_joint, open_joint, fused, fused])
    assert alone is not None
    assert among == pytest.approx(alone, rel=0.02)
    assert space_contrast([]) is None


def test_a_part_of_a_wedge_is_as_wide_as_that_part() -> None:
    strip = strip_of(Bones(1.2, wedge_mm=0.6))
    edges, lines = edges_of(strip, strip), len(strip.depth)
    whole = space_width(strip, edges).mean_px
    halves = [space_width(part_of(strip, first, first + lines // 2), edges).mean_px for first in (0, lines // 2)]
    assert np.mean(halves) == pytest.approx(whole, abs=0.05 * PIXELS_PER_MM)
    # the halves differ as the halves of all its groups do
    groups = segments(strip, edges)
    assert halves[1] - halves[0] == pytest.approx(groups[3:].mean() - groups[:3].mean(), abs=0.06 * PIXELS_PER_MM)
    assert abs(halves[1] - halves[0]) > 0.1 * PIXELS_PER_MM
    assert part_of(strip, 0, lines).ends == pytest.approx((-1.0, 1.0))


def test_the_plate_of_an_open_joint_stands_out_and_fused_bones_have_none() -> None:
    open_joint, fused = strip_of(Bones(1.0)), strip_of(Bones(0.0, fused=True))
    contrast = space_contrast([open_joint])
    assert contrast is not None
    assert open_joint.plate > 0.35 * contrast
    assert fused.plate < 0.35 * contrast


def test_where_a_rim_was_taken_for_the_head_the_space_lies_behind_it() -> None:
    strip = strip_of(Bones(1.0))
    contrast = edges_of(strip, strip).contrast
    assert strip.dark_behind_head < 0.2 * contrast
    # outlines that say that the head ends where the floor is
    floor = strip.floor
    beyond = replace(floor.edge, steepest=floor.line.brightest - 0.1 * PIXELS_PER_MM)
    taken = replace(strip, floors=(replace(floor, edge=beyond),), chosen=0)
    assert taken.dark_behind_head > 0.5 * contrast
