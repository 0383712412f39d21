"""How long one large film takes, and how much memory, as a whole process from a cold start."""

from __future__ import annotations

import statistics

from bench.command_line import read_command
from bench.large_film import COLUMNS, ROWS, large_film
from bench.measure import Measure, Outcome, Row, Target, Workplace

__all__ = ["MEASURE"]

_REPEATS = 3
_GIGABYTE = 1e9


def run(workplace: Workplace) -> Outcome:
    """Read a two-hand film once, so that all modules are compiled, and then three times; medians count."""
    path = large_film(workplace.cache)
    bytecode = workplace.cache / "bytecode"
    read_command([path], bytecode=bytecode)
    runs = [read_command([path], bytecode=bytecode) for _ in workplace.each(range(_REPEATS), "one large film")]
    on = f"{COLUMNS}x{ROWS} DICOM with two simulated hands, whole process, reports included"
    rows = [
        Row(
            "speed_seconds",
            "time",
            on,
            statistics.median(run.seconds for run in runs),
            "s",
            _REPEATS,
            "runs",
            Target("<=", 5.0, "s"),
        ),
        Row(
            "speed_memory",
            "peak resident memory",
            on,
            statistics.median(run.peak_bytes for run in runs) / _GIGABYTE,
            "GB",
            _REPEATS,
            "runs",
            Target("<=", 1.5, "GB"),
        ),
    ]
    details = {"seconds": [round(run.seconds, 3) for run in runs], "peak_bytes": [run.peak_bytes for run in runs]}
    return Outcome(
        rows,
        details,
        notes=["median of the runs, modules compiled before; the machine's number of cores stands beside them"],
    )


MEASURE = Measure("speed", "Time and memory", run)
