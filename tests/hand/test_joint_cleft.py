from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.special import erf

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.anatomy.joint_frame import JointFrame
from sclerograph.hand.joint_cleft import Cleft, follow_cleft
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.imaging.calibration import NO_CALIBRATION
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.networks.maps import CalciumMaps, Crop, Landmark, SkeletonMaps

Floats = NDArray[np.float64]
_UNIT, _SIZE = 6.0, 301
_MIDDLE = 0.5 * (_SIZE - 1)


def film(head: float, floor: float, *, rim: float | None = None, saddle: bool = False, noise: float = 0.0) -> HandView:
    """A head above a cup: edges across a film, positions in pixels below the middle, greater towards the cup.

    The floor is a bright line of 3 pixels; the rim of the cup reaches from the floor to ``rim``.
    """
    y, x = np.mgrid[:_SIZE, :_SIZE] - _MIDDLE
    bend = 0.0006 * x**2

    def beyond(edge: float) -> Floats:
        return np.asarray(0.5 * (1.0 + erf((y - bend - edge) / (np.sqrt(2.0) * 1.2))))

    grey = 0.3 + 0.25 * (1.0 - beyond(head)) + 0.2 * beyond(floor - (0.0 if saddle else 1.5))
    if not saddle:
        grey += 0.25 * (beyond(floor - 1.5) - beyond(floor + 1.5))
    if rim is not None:
        grey += 0.08 * (beyond(rim) - beyond(floor - 1.5))
    if noise:
        grey += gaussian_filter(np.random.default_rng(3).normal(0.0, noise, grey.shape), 0.7)
    pixels = np.clip(grey, 0.0, 1.0).astype(np.float32)
    # the landmarks say how long a nominal millimetre is: the middle finger has 90
    marks = {name: Landmark(0.0, 0.0, 1.0) for name in LANDMARKS}
    marks["TIP3"] = Landmark(0.0, -90.0 * _UNIT, 1.0)
    nothing = np.zeros((1, 1), np.float32)
    crop = Crop(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), 1, 1, 1.0 / _UNIT)
    return HandView(
        Radiograph(
            pixels=pixels,
            valid=np.ones(pixels.shape, np.bool_),
            calibration=NO_CALIBRATION,
            source=Source("film.png", "0" * 64, *pixels.shape),
            visit="film",
        ),
        SkeletonMaps(crop, marks, np.zeros((29, 1, 1), np.uint8), np.zeros((1, 1), np.uint8)),
        CalciumMaps(crop, nothing, nothing, nothing),
        SideAndView("L", "user", "PA", "user"),
    )


def followed(view: HandView, *, guess: float = 0.0, saddle: bool = False, cup: float = 1.0) -> Cleft:
    frame = JointFrame(np.array([_MIDDLE, _MIDDLE]), np.array([0.0, cup]), 50.0)
    unit = view.scale_px
    reach = (3.0 * unit, 3.0 * unit)
    found = follow_cleft(
        view, frame, np.array([-30.0, 30.0]), np.array([0.0, cup * guess]), reach, cup=cup, saddle=saddle
    )
    assert found is not None
    return found


def test_a_nominal_millimetre_is_as_long_as_planned() -> None:
    assert film(0.0, 10.0).scale_px == pytest.approx(_UNIT, rel=0.05)


@pytest.mark.parametrize("width", [6.0, 8.0, 12.0])
def test_the_floor_is_its_bright_line_and_the_head_its_steepest_place(width: float) -> None:
    found = followed(film(-4.0, -4.0 + width, noise=0.01), guess=-4.0 + width)
    assert found.whole.apart == pytest.approx(width, abs=0.4)
    assert len(found.segments) == 6
    assert all(part.apart == pytest.approx(width, abs=0.5) for part in found.segments)


def test_the_rim_of_the_cup_is_looked_through() -> None:
    # the rim begins 4 pixels before the floor, once short of the head and once over it
    for head in (-1.0, 3.0):
        found = followed(film(head, 8.0, rim=2.0), guess=6.0)
        assert found.whole.apart == pytest.approx(8.0 - head, abs=0.4)


def test_a_cup_on_the_proximal_side_is_followed_from_there() -> None:
    # the frame runs against the film: the head lies distally of the cup
    found = followed(film(-4.0, 6.0), guess=6.0)
    turned = follow_cleft(
        film(-4.0, 6.0),
        JointFrame(np.array([_MIDDLE, _MIDDLE]), np.array([0.0, -1.0]), 50.0),
        np.array([-30.0, 30.0]),
        np.array([0.0, -6.0]),
        (18.0, 18.0),
        cup=-1.0,
    )
    assert turned is not None
    assert turned.whole.apart == pytest.approx(found.whole.apart, abs=0.05)


def test_of_a_saddle_both_edges_are_margins() -> None:
    found = followed(film(-5.0, 4.0, saddle=True, noise=0.005), saddle=True)
    assert found.whole.apart == pytest.approx(9.0, abs=0.3)
    assert found.seen(0.3 * found.contrast) == (0, len(found.across))


def test_lines_without_a_dark_cleft_are_not_seen() -> None:
    view = film(-4.0, 6.0)
    pixels = view.radiograph.pixels.copy()
    middle = int(_MIDDLE)
    pixels[:, middle:] = np.maximum(pixels[:, middle:], 0.62)
    half = HandView(
        Radiograph(
            pixels=pixels,
            valid=view.radiograph.valid,
            calibration=NO_CALIBRATION,
            source=view.radiograph.source,
            visit="film",
        ),
        view.skeleton,
        view.calcium,
        view.side_and_view,
    )
    found = followed(half, guess=6.0)
    first, beyond = found.seen(0.3 * found.contrast)
    assert beyond - first < 0.7 * len(found.across)


def test_nothing_is_followed_beyond_the_film() -> None:
    view = film(0.0, 8.0)
    frame = JointFrame(np.array([4.0, 4.0]), np.array([0.0, 1.0]), 50.0)
    assert follow_cleft(view, frame, np.array([-30.0, 30.0]), np.zeros(2), (10.0, 10.0)) is None
