import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sclerograph.imaging.inpaint import fill_holes


@settings(max_examples=40, deadline=None)
@given(
    image=arrays(np.float32, (13, 18), elements=st.floats(0, 1, width=16)),
    holes=arrays(bool, (13, 18)),
)
def test_known_pixels_stay_and_filled_ones_lie_among_them(image, holes):
    filled = fill_holes(image, holes)
    np.testing.assert_array_equal(filled[~holes], image[~holes])
    if holes.any() and not holes.all():
        assert filled[holes].min() >= image[~holes].min() - 1e-5
        assert filled[holes].max() <= image[~holes].max() + 1e-5


def test_line_across_a_ramp_is_bridged():
    ramp = np.tile(np.linspace(0, 1, 200, dtype=np.float32), (150, 1))
    holes = np.zeros(ramp.shape, dtype=bool)
    holes[70:76] = True
    holes[:, 90:96] = True
    assert np.abs(fill_holes(np.where(holes, np.float32(9), ramp), holes) - ramp).max() < 0.05


def test_all_hole_is_zero_and_no_hole_is_the_image():
    image = np.ones((5, 7), np.float32)
    assert not fill_holes(image, np.ones((5, 7), dtype=bool)).any()
    np.testing.assert_array_equal(fill_holes(image, np.zeros((5, 7), dtype=bool)), image)
