"""The same work on several hands at a time.

Networks and filters of arrays let go of the interpreter while they compute, so threads share the cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["side_by_side"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(function: Callable[[Item], Result], items: Sequence[Item], threads: int | None = None) -> list[Result]:
    """Return the result of a function for each item, in their order.

    Parameters
    ----------
    function
        Must not change what another call of it reads.
    items
        What it is called with.
    threads
        How many calls may run at a time, all cores if ``None``.

    Raises
    ------
    Exception
        What the first item raises that raises anything.
    """
    at_a_time = min(len(items), threads or os.cpu_count() or 1)
    if at_a_time < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(at_a_time) as pool:
        return list(pool.map(function, items))
