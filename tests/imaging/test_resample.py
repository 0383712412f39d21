import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sclerograph.imaging.resample import grey_channels, warp


def similarity(scale: float, angle: float, x: float, y: float, mirror: bool = False) -> np.ndarray:
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    matrix = np.array([[cosine, -sine, x], [sine, cosine, y]])
    return matrix @ np.diag([-1.0, 1.0, 1.0]) if mirror else matrix


def mapped_back(matrix: np.ndarray, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    inverse = np.linalg.inv(matrix[:, :2])
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    points = np.stack([x - matrix[0, 2], y - matrix[1, 2]], axis=-1) @ inverse.T
    return points[..., 0], points[..., 1]


@settings(max_examples=25, deadline=None)
@given(
    scale=st.floats(0.11, 2.5),
    angle=st.floats(-np.pi, np.pi),
    shift=st.tuples(st.floats(-40, 120), st.floats(-40, 120)),
    mirror=st.booleans(),
)
def test_linear_image_is_reproduced_wherever_the_source_is(scale, angle, shift, mirror):
    matrix = similarity(scale, angle, *shift, mirror)
    y, x = np.mgrid[:260, :220].astype(np.float32)
    source_x, source_y = mapped_back(matrix, 90, 80)
    margin = 1.0 + 1.5 / scale
    inside = (source_x > margin) & (source_x < 219 - margin) & (source_y > margin) & (source_y < 259 - margin)
    np.testing.assert_allclose(warp(x, matrix, 90, 80)[inside], source_x[inside], atol=2e-3)
    np.testing.assert_allclose(warp(y, matrix, 90, 80)[inside], source_y[inside], atol=2e-3)


def test_identity_changes_nothing():
    image = np.random.default_rng(0).random((33, 21)).astype(np.float32)
    np.testing.assert_array_equal(warp(image, np.eye(3)[:2], 33, 21), image)


def test_integer_reduction_is_the_block_mean():
    image = np.random.default_rng(0).random((60, 40)).astype(np.float32)
    matrix = np.array([[0.2, 0.0, -0.4], [0.0, 0.2, -0.4]])  # output 0 in the middle of source pixels 0 to 4
    expected = image.reshape(12, 5, 8, 5).mean(axis=(1, 3))
    np.testing.assert_allclose(warp(image, matrix, 12, 8), expected, atol=1e-5)


@pytest.mark.parametrize("scale", [0.17, 0.3, 0.45, 0.6])
def test_stripes_too_fine_for_the_output_fade_instead_of_aliasing(scale):
    # 0.8 periods in an output pixel: a mean over that pixel leaves 23 % of the contrast, bare sampling all of it.
    stripes = np.tile(np.sin(2 * np.pi * 0.8 * scale * np.arange(800)), (400, 1)).astype(np.float32)
    output = warp(stripes, similarity(scale, 0.0, 0.0, 0.0), int(390 * scale), int(780 * scale))
    assert np.abs(output[3:-3, 3:-3]).max() < 0.35


def test_outside_is_filled_and_the_border_is_not_darkened():
    image = np.full((50, 50), 7.0, dtype=np.float32)
    output = warp(image, similarity(0.5, 0.0, 10.25, 10.25), 60, 60, fill=-1.0)
    # Source pixels 0 to 49 cover output 10 to 34 wholly.
    np.testing.assert_allclose(output[10:35, 10:35], 7.0, atol=1e-5)
    assert (output[:9] == -1.0).all()
    assert (output[:, 36:] == -1.0).all()
    assert np.isnan(warp(image, similarity(1.0, 0.0, 500.0, 0.0), 9, 9, fill=np.nan)).all()


def test_masks_and_integers_are_taken():
    mask = np.zeros((40, 40), dtype=bool)
    mask[10:20] = True
    assert warp(mask, np.eye(3)[:2], 40, 40).sum() == 400
    assert warp(np.full((9, 9), 200, np.uint8), np.eye(3)[:2], 9, 9).dtype == np.float32


@pytest.mark.parametrize("matrix", [np.zeros((2, 3)), np.eye(3), np.full((2, 3), np.nan)])
def test_matrix_without_inverse_is_refused(matrix):
    with pytest.raises(ValueError, match="matrix"):
        warp(np.zeros((4, 4)), matrix, 4, 4)


@pytest.mark.bench
def test_film_is_warped_in_little_time():
    film = np.random.default_rng(0).random((2500, 2048)).astype(np.float32)
    matrix = similarity(0.17, 0.4, 60.0, -40.0)
    spans = []
    for _ in range(5):
        start = time.process_time()
        warp(film, matrix, 448, 352)
        spans.append(time.process_time() - start)
    assert min(spans) < 0.06


IMAGES = arrays(np.float32, (24, 31), elements=st.floats(0, 1, width=16))


@settings(max_examples=25, deadline=None)
@given(image=IMAGES, gain=st.floats(0.01, 5000.0), offset=st.floats(-3000.0, 3000.0))
def test_channels_do_not_change_with_gain_and_offset(image, gain, offset):
    wide = image.astype(np.float64)
    before = grey_channels(wide, 0.8)
    after = grey_channels(wide * gain + offset, 0.8)
    if np.ptp(wide) * gain > 1e-5 * abs(offset):  # beyond that the contrast is lost in the digits of the input
        np.testing.assert_allclose(after, before, atol=5e-3)


@settings(max_examples=25, deadline=None)
@given(image=IMAGES)
def test_inversion_negates_local_contrast(image):
    wide = image.astype(np.float64)
    np.testing.assert_allclose(grey_channels(-wide, 0.8)[1], -grey_channels(wide, 0.8)[1], atol=1e-5)


def test_channels_have_their_stated_range():
    image = np.random.default_rng(0).normal(size=(300, 200))
    image[50, 50] = 1000.0
    grey, contrast = grey_channels(image, 0.4)
    low, high = np.percentile(image, (1.0, 99.3))
    assert grey[50, 50] == pytest.approx(1.4)
    np.testing.assert_allclose(
        grey[100:200], np.clip((image - low) / (high - low) * 2 - 1, -1.4, 1.4)[100:200], atol=1e-4
    )
    assert contrast[50, 50] == pytest.approx(1.8)
    assert np.abs(contrast).max() <= 1.8 + 1e-6
    assert not grey_channels(np.full((9, 9), 3.0), 0.4).any()


def test_channels_refuse_what_is_no_image():
    with pytest.raises(ValueError, match="two-dimensional"):
        grey_channels(np.zeros((3, 3, 3)), 0.5)
    with pytest.raises(ValueError, match="positive"):
        grey_channels(np.zeros((3, 3)), 0.0)
