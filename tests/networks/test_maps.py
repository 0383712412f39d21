"""What stays of the calcium map when the second look has taken marks back."""

import numpy as np

from sclerograph.networks.maps import CalciumMaps, Crop


def _maps(second_look: float | None) -> CalciumMaps:
    calcium = np.full((40, 60), 0.05, np.float32)
    calcium[9:21, 9:21], calcium[10:20, 10:20] = 0.35, 0.9
    calcium[10:20, 40:50] = 0.9
    judged = None
    if second_look is not None:
        judged = np.zeros_like(calcium)
        judged[10:20, 10:20], judged[10:20, 40:50] = second_look, 0.95
    nothing = np.zeros_like(calcium)
    return CalciumMaps(
        Crop(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), 40, 60, 0.25), calcium, nothing, nothing, judged
    )


def test_a_mark_that_is_taken_back_goes_with_its_rim() -> None:
    believed = _maps(0.1).believed
    assert not (believed[8:22, 8:22] > 0.3).any()
    assert (believed[10:20, 40:50] == np.float32(0.9)).all()


def test_a_mark_that_is_kept_stays_as_it_is() -> None:
    for maps in (_maps(0.6), _maps(None)):
        assert np.array_equal(maps.believed, maps.calcium)
