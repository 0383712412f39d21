"""Marks of a calcium map, and the squares around them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.networks.marks import MARK_CHANNELS, MARK_LEVEL, MARK_PATCH, find_marks, mark_patches


def _map(rows: int = 90, columns: int = 120) -> np.ndarray:
    return np.full((rows, columns), 0.01, np.float32)


def test_a_mark_is_connected_and_reaches_the_seed() -> None:
    calcium = _map()
    calcium[10:14, 10:14] = 0.9
    calcium[14, 14] = MARK_LEVEL + 0.01  # joined by a corner
    calcium[40:44, 40:44] = MARK_LEVEL + 0.05  # never sure enough
    calcium[60, 60] = 0.99  # a single grain
    marks = find_marks(calcium)
    assert len(marks.numbers) == 1
    assert (marks.labels == marks.numbers[0]).sum() == 17


def test_no_marks() -> None:
    marks = find_marks(_map())
    assert marks.numbers.shape == (0,)
    assert marks.places.shape == (0, 2)
    patches = mark_patches(np.zeros((4, 90, 120), np.float32), _map(), _map(), marks, np.zeros((0, 2)))
    assert patches.shape == (0, len(MARK_CHANNELS), MARK_PATCH, MARK_PATCH)


def test_the_place_of_a_bent_mark_lies_on_it() -> None:
    calcium = _map()
    calcium[20:60, 20:23] = calcium[57:60, 20:60] = 0.9
    marks = find_marks(calcium)
    row, column = marks.places[0]
    assert calcium[row, column] > 0.5


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 85), st.integers(2, 115))
def test_the_square_shows_its_mark_in_the_middle_and_no_other(row: int, column: int) -> None:
    calcium = _map()
    calcium[row - 1 : row + 2, column - 1 : column + 2] = 0.8
    other = (row + 40) % 90, (column + 60) % 120
    calcium[other[0] - 1 : other[0] + 2, other[1] - 1 : other[1] + 2] = 0.8
    image = np.zeros((4, 90, 120), np.float32)
    image[0, row, column] = 0.7
    marks = find_marks(calcium)
    (index,) = (i for i, place in enumerate(marks.places) if tuple(place) == (row, column))
    places = np.arange(2 * len(marks.numbers), dtype=np.float64).reshape(-1, 2)
    patch = mark_patches(image, calcium, _map(), marks, places)[index]
    middle = MARK_PATCH // 2
    assert patch[0, middle, middle] == np.float32(0.7)
    shown = patch[MARK_CHANNELS.index("mark")]
    assert shown[middle, middle] == 1.0
    assert (shown > 0).sum() == (marks.labels == marks.numbers[index]).sum()
    assert np.allclose(patch[MARK_CHANNELS.index("across")], places[index, 0] / 100.0)
    # beyond the crop there is nothing: dark maps
    assert patch[MARK_CHANNELS.index("calcium")].min() >= -1.0
