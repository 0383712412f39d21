import numpy as np
from scipy import ndimage

from sclerograph.phantom.blur import blur, slow_blur


def test_the_coarse_grid_blurs_like_the_fine_one() -> None:
    image = np.zeros((150, 170), np.float32)
    image[40:90, 60:130] = 1.0
    exact = ndimage.gaussian_filter(image, 12.0, mode="nearest")
    assert np.abs(slow_blur(image, 12.0) - exact).max() < 0.06


def test_narrow_blurs_are_exact_and_keep_the_sum() -> None:
    image = np.zeros((41, 41), np.float32)
    image[20, 20] = 1.0
    assert np.isclose(blur(image, 1.5).sum(), 1.0, atol=1e-3)
    assert np.array_equal(slow_blur(image, 1.5), blur(image, 1.5))
