from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sclerograph.anatomy.joint_space_norms import joint_space_norms
from sclerograph.hand.growth_plates import plate_depths, shows_growth_plates, usual_width
from sclerograph.networks.maps import JointLook
from tests.hand.joint_films import Bones, drawn, outline_of, view_of_film

#: Step of grey from space to bone on the drawn films.
_CONTRAST = 0.2


@pytest.mark.parametrize("plates_mm", [(5.0,), (6.5,)])
def test_a_lucent_line_across_the_base_is_a_growth_plate(plates_mm: tuple[float, ...]) -> None:
    bones = Bones(1.0, plates_mm=plates_mm)
    view, outline = view_of_film(drawn(bones)), outline_of(bones)
    (depth,) = plate_depths(view, [outline])
    assert depth > 0.4 * _CONTRAST
    assert shows_growth_plates(view, [outline] * 5, _CONTRAST)
    assert not shows_growth_plates(view, [outline] * 4, _CONTRAST)


def test_a_grown_bone_has_none() -> None:
    bones = Bones(1.0, noise=0.01)
    view, outline = view_of_film(drawn(bones)), outline_of(bones)
    assert max(plate_depths(view, [outline])) < 0.2 * _CONTRAST
    assert not shows_growth_plates(view, [outline] * 16, _CONTRAST)


def test_metacarpals_are_looked_at_on_their_own_side() -> None:
    bones = Bones(1.0)
    view = view_of_film(drawn(bones))
    assert len(plate_depths(view, [outline_of(bones, code="MCP3")])) == 2
    assert len(plate_depths(view, [outline_of(bones, code="MCP1")])) == 1
    assert plate_depths(view, [outline_of(bones, code="RC")]) == []


@pytest.mark.parametrize(("share", "lines"), [(0.9, None), (1.2, 5), (1.5, 3)])
def test_wide_joints_speak_for_growth_and_narrow_ones_against_it(share: float, lines: int | None) -> None:
    bones = Bones(1.0, plates_mm=(5.0,))
    outline = outline_of(bones)
    view = view_of_film(drawn(bones))
    widths = np.linspace(0.0, 30.0, 301)
    looks = {}
    for code in ("PIP2", "PIP3", "MCP3"):
        width = share * joint_space_norms()[code].mean_mm * view.scale_px
        looks[code] = JointLook(widths, np.exp(-0.5 * np.square(widths - width)) / np.sqrt(2.0 * np.pi) * 0.1, 0.0, 1.0)
    view = replace(view, joint_looks=looks)
    assert usual_width(view) == pytest.approx(share, rel=0.02)
    for votes in range(2, 9):
        grows = lines is not None and votes >= lines
        assert shows_growth_plates(view, [outline] * votes, _CONTRAST) == grows
