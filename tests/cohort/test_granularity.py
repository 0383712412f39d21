from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.cohort.granularity import impossible_percentage, possible_denominators
from sclerograph.errors import UsageError


@pytest.mark.parametrize(
    "printed",
    ["26%", "20.8%", "28.6%", "24.7%", "42.9%", "27.3%", "88.3%", "80.5 %", "35.1 %", "71 %", "29%", "0 %", "100 %"],
)
def test_the_other_percentages_of_fri0276_are_counts_of_77(printed: str) -> None:
    assert impossible_percentage(printed, 77) is None


@pytest.mark.parametrize("printed", ["19.9 %", "19,9%", " 19.9"])
def test_subluxations_of_fri0276_are_no_count_of_77(printed: str) -> None:
    found = impossible_percentage(printed, 77)
    assert found is not None
    assert [(each.count, each.percent) for each in found.nearest] == [(15, 19.5), (16, 20.8)]
    assert found.count_if_truncated is None
    assert "15/77 = 19.5 % and 16/77 = 20.8 %" in found.message


def test_no_number_of_assessed_patients_near_77_gives_it_either() -> None:
    assert possible_denominators("19.9 %", 60, 80) == ()


def test_a_percentage_that_was_cut_off_is_named() -> None:
    # 15/77 is 19.48 %, 16/77 is 20.779 %: printed as 20.7 when cut off.
    found = impossible_percentage("20.7 %", 77)
    assert found is not None
    assert found.count_if_truncated == 16
    assert "cut off" in found.message


def test_more_than_everybody_is_impossible() -> None:
    found = impossible_percentage("130 %", 20)
    assert found is not None
    assert [each.count for each in found.nearest] == [20]


def test_both_ways_of_rounding_a_half_are_possible() -> None:
    # 1/16 is 6.25 % exactly.
    assert impossible_percentage("6.2 %", 16) is None
    assert impossible_percentage("6.3 %", 16) is None
    assert impossible_percentage("6.4 %", 16) is not None


@given(st.integers(0, 1200), st.integers(1, 300), st.integers(0, 2))
def test_it_agrees_with_trying_every_count(units: int, n: int, decimals: int) -> None:
    text = f"{units / 10**decimals:.{decimals}f} %"
    # In integers: |100 k / n - units / 10^decimals| <= 1 / (2 * 10^decimals).
    tried = any(abs(200 * count * 10**decimals - 2 * units * n) <= n for count in range(n + 1))
    found = impossible_percentage(text, n)
    assert (found is None) == tried
    assert (possible_denominators(text, n, n) == (n,)) == tried
    if found is not None and len(found.nearest) == 2:
        below, above = (each.count for each in found.nearest)
        assert 100 * below / n < units / 10**decimals < 100 * above / n
        assert above == below + 1


@pytest.mark.parametrize("text", ["", "about 20 %", "-3 %", "20 of 77", "1.2.3"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no percentage"):
        impossible_percentage(text, 77)


def test_a_denominator_of_nobody_is_refused() -> None:
    with pytest.raises(UsageError, match="denominator"):
        impossible_percentage("20 %", 0)
    with pytest.raises(UsageError, match="denominator"):
        possible_denominators("20 %", 0, 5)
