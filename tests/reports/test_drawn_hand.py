from __future__ import annotations

import numpy as np
import pytest
from skimage.measure import points_in_poly

from sclerograph.anatomy.hand import BONES, DIGITS, SITES
from sclerograph.reports.drawn_hand import EXTENT, bone_outline, fingertip_outline, landmarks, site_centre, skin_outline


def area(outline: np.ndarray) -> float:
    x, y = outline.T
    return 0.5 * abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))))


@pytest.mark.parametrize("code", [b.code for b in BONES])
def test_every_bone_is_drawn_around_its_centre_and_inside_the_skin(code: str) -> None:
    outline = bone_outline(code)
    assert points_in_poly(np.array([site_centre(code)]), outline).all()
    assert 30.0 < area(outline) < 1000.0
    above_the_cut = outline[outline[:, 1] < EXTENT[1] + EXTENT[3]]
    inside = np.any([points_in_poly(above_the_cut, skin) for skin in skin_outline()], axis=0)
    assert inside.all()


def test_every_site_has_a_place_of_its_own_on_the_drawing() -> None:
    places = np.array([site_centre(code) for code in SITES])
    x, y, width, height = EXTENT
    assert ((places > [x, y]) & (places < [x + width, y + height])).all()
    distances = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + 99.0 * np.eye(len(places))
    assert distances.min() > 2.0


def test_it_is_a_left_hand_with_the_middle_finger_longest() -> None:
    points = landmarks()
    assert points["TIP1"][0] > points["TIP2"][0] > points["TIP5"][0]
    assert min(points, key=lambda name: points[name][1]) == "TIP3"


@pytest.mark.parametrize("digit", [d.number for d in DIGITS])
def test_a_fingertip_holds_the_tip_and_not_the_joint(digit: int) -> None:
    points = landmarks()
    joint = points["IP1" if digit == 1 else f"DIP{digit}"]
    inside = points_in_poly(np.array([points[f"TIP{digit}"], joint]), fingertip_outline(digit))
    assert inside.tolist() == [True, False]


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError):
        bone_outline("FEMUR")
    with pytest.raises(KeyError):
        site_centre("KNEE")
