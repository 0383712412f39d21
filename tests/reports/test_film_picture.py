from __future__ import annotations

import numpy as np
import pytest

from sclerograph.reports.film_picture import grey_picture, jpeg_data_uri


def test_greys_are_those_of_the_film_and_outliers_are_clipped() -> None:
    pixels = np.array([[0.0, 0.5, 1.0], [-1.0, 2.0, np.nan]], dtype=np.float32)
    assert np.asarray(grey_picture(pixels)).tolist() == [[0, 128, 255], [0, 255, 0]]


@pytest.mark.parametrize("shape", [(0, 3), (4,), (2, 2, 3)])
def test_what_is_no_film_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="rows and columns"):
        grey_picture(np.zeros(shape))


def test_a_large_film_is_reduced_for_the_page() -> None:
    noise = np.random.default_rng(0).random((600, 300))
    assert len(jpeg_data_uri(noise, 300)) < len(jpeg_data_uri(noise)) / 2
