from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.cohort.figures.colour_scale import ColourScale
from sclerograph.cohort.figures.style import NOT_KNOWN
from sclerograph.reports.palette import rgb


def lightness(colour: str) -> float:
    channels = np.array(rgb(colour.upper())) / 255.0
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(116.0 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16.0)


@given(st.floats(0.001, 1.0))
def test_the_scale_ends_at_or_above_the_highest_share_and_never_above_all(share: float) -> None:
    assert 100.0 * share - 1e-9 <= ColourScale.over([share, None, 0.0]).highest <= 100.0


def test_lightness_falls_all_along_the_scale() -> None:
    steps = [lightness(ColourScale(100.0).colour(share)) for share in np.linspace(0.0, 1.0, 26)]
    assert (np.diff(steps) < 0.0).all()
    assert steps[0] > 90.0
    assert steps[-1] < 25.0


def test_the_end_can_be_asked_for_and_shares_beyond_it_stay_at_it() -> None:
    scale = ColourScale.over([0.1], highest=0.4)
    assert scale.highest == pytest.approx(40.0)
    assert scale.colour(0.9) == scale.colour(0.4)


def test_what_is_not_known_has_a_colour_and_a_pattern_of_its_own() -> None:
    scale = ColourScale.over([None])
    assert scale.colour(None) == NOT_KNOWN
    assert scale.hatch(None)
    assert not scale.hatch(0.0)
