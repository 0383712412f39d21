from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sclerograph.anatomy.joint_space_norms import joint_space_norms
from sclerograph.hand.joint_margins import FilmEdges, Floor, JointStrip, film_edges, joint_strip
from sclerograph.hand.joint_width import (
    FLOOR_SIGNS,
    WIDTH_SIGNS,
    floor_signs,
    hand_factor,
    space_width,
    width_signs,
    with_floors,
)
from sclerograph.hand.joint_width_model import JointWidthModel, LinearSum, joint_width_model
from tests.hand.joint_films import PIXELS_PER_MM, Bones, drawn, outline_of, view_of_film


def strip_of(bones: Bones) -> JointStrip:
    strip = joint_strip(view_of_film(drawn(bones)), outline_of(bones))
    assert strip is not None
    return strip


def edges_of(strip: JointStrip) -> FilmEdges:
    edges = film_edges([strip, strip])
    assert edges is not None
    return edges


def model_of(width: dict[str, float], floor: dict[str, float]) -> JointWidthModel:
    """Weights of which all but these are 0."""

    def plain(signs: tuple[str, ...], weights: dict[str, float]) -> LinearSum:
        values = np.array([weights.get(sign, 0.0) for sign in signs])
        return LinearSum(signs, np.zeros(len(signs)), np.ones(len(signs)), values, 0.0)

    return JointWidthModel(plain(WIDTH_SIGNS, width), plain(FLOOR_SIGNS, floor), {}, 1, 1)


def with_line(strip: JointStrip, beyond_mm: float) -> JointStrip:
    """The same joint with another bright line, farther from the head."""
    floor = strip.floor
    moved = replace(floor.line, brightest=floor.line.brightest + beyond_mm * PIXELS_PER_MM)
    return replace(strip, floors=(floor, replace(floor, line=moved)), chosen=0)


def test_the_weights_of_the_package_are_those_of_the_signs() -> None:
    model = joint_width_model()
    assert model.width.signs == WIDTH_SIGNS
    assert model.floor.signs == FLOOR_SIGNS
    for line in (model.width, model.floor):
        assert len(line.weights) == len(line.mean) == len(line.deviation) == len(line.signs)
        assert np.isfinite(line.weights).all()
    assert set(model.error_mm) == {"DIP", "PIP", "MCP"}
    assert model.hands >= 20


def test_each_line_has_its_signs() -> None:
    strip = with_line(strip_of(Bones(1.0)), 1.5)
    edges = edges_of(strip)
    signs = width_signs(strip, edges)
    assert signs.shape == (2, len(WIDTH_SIGNS))
    assert signs[1, 0] - signs[0, 0] == pytest.approx(1.5, abs=1e-6)
    assert floor_signs(strip, edges, signs[:, 0], 0.0).shape == (2, len(FLOOR_SIGNS))


def test_the_line_that_lets_the_space_be_as_wide_as_expected_is_the_floor() -> None:
    norm = joint_space_norms()["PIP3"].mean_mm
    strip = strip_of(Bones(1.0))
    distance = float(width_signs(strip, edges_of(strip))[0, 0])
    model = model_of({"distance": norm / distance}, {"as expected within a fifth": 8.0})
    chosen = with_floors({"PIP3": with_line(strip, 1.5)}, edges_of(strip), model)["PIP3"]
    assert chosen.chosen == 0
    assert chosen.sure > 0.95
    narrower = model_of({"distance": norm / (distance + 1.5)}, {"as expected within a fifth": 8.0})
    # the hand has one joint: what is expected follows it, within what hands may differ by
    assert with_floors({"PIP3": with_line(strip, 1.5)}, edges_of(strip), narrower)["PIP3"].chosen == 1


def test_lines_that_look_alike_are_not_sure() -> None:
    strip = strip_of(Bones(1.0))
    floors: tuple[Floor, ...] = (strip.floor, strip.floor)
    chosen = with_floors({"PIP3": replace(strip, floors=floors)}, edges_of(strip), model_of({}, {"nearest line": 0.0}))
    assert chosen["PIP3"].sure == pytest.approx(0.5)


def test_narrowed_joints_do_not_lower_what_a_hand_lets_expect() -> None:
    norms = joint_space_norms()
    codes = ("PIP2", "PIP3", "PIP4", "DIP2", "DIP3", "MCP2", "MCP3")
    wide = {code: 1.2 * norms[code].mean_mm for code in codes}
    assert hand_factor(wide) == pytest.approx(np.log(1.2))
    assert hand_factor(wide | {"PIP3": 0.2, "DIP2": 0.1}) == pytest.approx(np.log(1.2))
    assert hand_factor({}) > 0.0


def test_a_width_is_never_negative() -> None:
    strip = strip_of(Bones(1.0))
    width = space_width(strip, edges_of(strip), model_of({"distance": -1.0}, {}))
    assert width.mean_px == 0.0
    assert width.least_px == 0.0
