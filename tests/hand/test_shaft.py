from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sclerograph.hand.shaft import Shaft, ShaftUnseen, sample_shaft
from sclerograph.hand.view import HandView
from tests.hand.shaft_films import LENGTH_MM, Film, Tube

REGION = (0.3, 0.65)


def shaft_of(view: HandView, code: str = "MC3") -> Shaft:
    step = 0.16 * view.scale_px
    return sample_shaft(view, code, REGION, blocks=5, margin_mm=2.0, step_px=step)


def lopsidedness(shaft: Shaft) -> float:
    """Greatest difference between the two sides of a profile, as a share of its range."""
    return float(np.abs(shaft.greys - shaft.greys[:, ::-1]).max() / np.ptp(shaft.greys))


@pytest.mark.parametrize("turn_deg", [0.0, 25.0, 160.0])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_shaft_is_sampled_across_its_middle_however_it_lies(turn_deg: float, mirrored: bool) -> None:
    view = Film(turn_deg=turn_deg, mirrored=mirrored).view()
    shaft = shaft_of(view)
    assert shaft.length_px == pytest.approx(7.0 * LENGTH_MM, rel=1e-6)
    assert shaft.levels == pytest.approx(0.3 + 0.07 * (np.arange(5) + 0.5), abs=1e-6)
    wide = 4.0 * (1.0 + 0.3 * (2.0 * shaft.levels - 1.0) ** 2)
    assert shaft.half_width_px / 7.0 == pytest.approx(wide, abs=0.06)
    assert lopsidedness(shaft) < 0.05
    assert shaft.clean.min() == 1.0


def test_a_bowed_shaft_is_straightened() -> None:
    straight, bowed = (shaft_of(Film(tubes={"MC3": Tube(bow_mm=bow)}).view()) for bow in (0.0, 3.0))
    assert lopsidedness(bowed) < 0.06
    assert bowed.greys[2] == pytest.approx(straight.greys[2], abs=0.02)


def test_samples_reach_beyond_the_bone_into_soft_tissue() -> None:
    shaft = shaft_of(Film().view())
    assert shaft.greys[:, [0, -1]] == pytest.approx(0.2, abs=0.005)
    assert abs(float(shaft.across_px[0])) >= shaft.half_width_px.max() + 1.9 * 7.0


def test_calcium_over_a_shaft_is_not_clean() -> None:
    # the tube of MC3 lies in the middle of the film
    shaft = shaft_of(Film(calcium=[(1.5, 0.4, 1.2)]).view())
    beside = np.abs(shaft.across_px / 7.0 - 1.5) < 0.8
    assert shaft.clean[:, beside].max() < 0.1
    assert shaft.clean[:, shaft.across_px < 0.0].min() == 1.0


def test_a_neighbour_that_lies_over_the_shaft_is_not_clean() -> None:
    view = Film(tubes={"MC2": Tube(), "MC3": Tube(bow_mm=-9.0)}).view()
    clean = shaft_of(view, "MC2").clean
    assert clean.min() < 0.2
    assert clean.max() == 1.0


@pytest.mark.parametrize("missing", ["CMC3", "MCP3"])
def test_without_its_ends_a_shaft_is_refused(missing: str) -> None:
    with pytest.raises(ShaftUnseen, match="ends were not found"):
        shaft_of(Film(missing=[missing]).view())


def test_without_its_outline_a_shaft_is_refused() -> None:
    view = Film().view()
    bare = replace(view, skeleton=replace(view.skeleton, bones=np.zeros_like(view.skeleton.bones)))
    with pytest.raises(ShaftUnseen, match="outline"):
        shaft_of(bare)


def test_where_the_film_ends_a_shaft_is_refused() -> None:
    view = Film().view()
    valid = view.radiograph.valid.copy()
    valid[:, : valid.shape[1] // 2 - 35] = False
    with pytest.raises(ShaftUnseen, match="film ends"):
        shaft_of(replace(view, radiograph=replace(view.radiograph, valid=valid)))
