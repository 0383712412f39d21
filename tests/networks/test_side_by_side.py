from __future__ import annotations

import threading

import pytest

from sclerograph.networks.side_by_side import side_by_side


@pytest.mark.parametrize("threads", [None, 1, 2, 7])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_results_stand_in_the_order_of_the_items(threads: int | None, count: int) -> None:
    assert side_by_side(lambda n: n * n, list(range(count)), threads) == [n * n for n in range(count)]


def test_two_calls_run_at_a_time() -> None:
    together = threading.Barrier(2, timeout=10.0)
    assert sorted(side_by_side(lambda _: together.wait(), [0, 1], 2)) == [0, 1]


def test_one_thread_is_the_thread_of_the_caller() -> None:
    assert side_by_side(lambda _: threading.get_ident(), [0, 1], 1) == [threading.get_ident()] * 2


def test_an_error_reaches_the_caller() -> None:
    def fail(item: int) -> None:
        raise ValueError(item)

    with pytest.raises(ValueError, match="0"):
        side_by_side(fail, [0, 1], 2)
