from __future__ import annotations

import pytest

from sclerograph.reports.palette import GRADES, burden_colour, grade_colour, rgb, text_colour_on


def luminance(colour: str) -> float:
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in rgb(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [*GRADES, grade_colour(None), *(burden_colour(i / 20) for i in range(21))])
def test_numbers_can_be_read_on_every_colour(colour: str) -> None:
    low, high = sorted([luminance(colour), luminance(text_colour_on(colour))])
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_more_calcium_is_darker() -> None:
    ramp = [luminance(burden_colour(i / 10)) for i in range(11)]
    assert ramp == sorted(ramp, reverse=True)
    assert burden_colour(-1.0) == burden_colour(0.0)
    assert burden_colour(7.0) == burden_colour(1.0)
