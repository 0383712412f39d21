"""Shares of deposits found, by how they stand out of the film."""

from __future__ import annotations

from typing import get_args

import pytest

from bench.deposit_tally import DepositTally, Standing
from bench.matching import Match, TrueDeposit

#: Longest diameter in millimetres, visibility, found.
DEPOSITS = [
    (3.0, 5.0, True),
    (3.0, 4.0, False),
    (2.5, 1.2, True),
    (2.0, 3.9, True),
    (2.0, 0.9, False),
    (1.5, 9.0, False),
]


def _tally() -> DepositTally:
    tally = DepositTally()
    truths = [TrueDeposit(i + 1, 10, size, (0.0, 0.0)) for i, (size, _, _) in enumerate(DEPOSITS)]
    found = [hit for _, _, hit in DEPOSITS]
    match = Match(found=found, partner=[0] * len(found), dice=[float(hit) for hit in found], false=[7])
    tally.add("film", truths, match, [clarity for _, clarity, _ in DEPOSITS])
    return tally


@pytest.mark.parametrize(("of", "found", "n"), [("seen", 3 / 4, 4), ("clear", 1 / 2, 2), ("faint", 0.0, 1)])
def test_shares_count_those_that_stand_out_so(of: Standing, found: float, n: int) -> None:
    row = _tally().recall_row(">= 2 mm", "key", "films", None, of=of)
    assert (row.value, row.n) == (found, n)


def test_every_standing_has_a_name_of_its_own() -> None:
    names = {_tally().recall_row(">= 2 mm", "key", "films", None, of=of).measure for of in get_args(Standing)}
    assert len(names) == len(get_args(Standing))


def test_false_deposits_are_counted_by_hand() -> None:
    assert _tally().false_row("key", "films", None).value == 1.0
