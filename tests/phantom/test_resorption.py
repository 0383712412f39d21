import numpy as np
import pytest

from sclerograph.phantom.bones import load_bone_shapes
from sclerograph.phantom.resorption import GRADE_BORDERS, Resorption, draw_resorption, resorb


def test_grades_follow_the_borders() -> None:
    below, above = [0.03, *GRADE_BORDERS], [*GRADE_BORDERS, 0.9]
    assert [Resorption(lost + 1e-6, 0.0, 0.0).grade for lost in below] == [1, 2, 3, 4]
    assert [Resorption(lost - 1e-6, 0.0, 0.0).grade for lost in above] == [1, 2, 3, 4]


def test_every_grade_is_drawn() -> None:
    rng = np.random.default_rng(0)
    assert {draw_resorption(rng).grade for _ in range(100)} == {1, 2, 3, 4}


@pytest.mark.parametrize("lost", [0.1, 0.45, 0.8])
def test_what_remains_has_exactly_its_length(lost: float) -> None:
    shape = load_bone_shapes()["DP3"]
    rest = resorb(shape.surface(), shape.length_mm, Resorption(lost, 0.5, 0.05), np.random.default_rng(1))
    assert rest.vertices[:, 1].max() == pytest.approx((1.0 - lost) * shape.length_mm, abs=1e-6)
    assert 0.0 < rest.volume_mm3 < shape.surface().volume_mm3


def test_a_pencilled_phalanx_is_thinner_at_its_end() -> None:
    shape = load_bone_shapes()["DP3"]
    widths = []
    for pencil in (0.0, 1.0):
        rest = resorb(shape.surface(), shape.length_mm, Resorption(0.3, pencil, 0.0), np.random.default_rng(1))
        high = rest.vertices[:, 1] > 0.55 * shape.length_mm
        widths.append(float(np.ptp(rest.vertices[high, 0])))
    assert widths[1] < 0.75 * widths[0]
