from __future__ import annotations

import pytest

from sclerograph.hand.growth_plates import plate_depths, shows_growth_plates
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
