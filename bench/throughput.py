"""Films a minute with one and with two workers."""

from __future__ import annotations

from bench.command_line import read_command
from bench.held_out import FIRST_SEED, held_out_films
from bench.measure import Measure, Outcome, Row, Workplace

__all__ = ["MEASURE"]

_FILMS = 24
_WORKERS = (1, 2)


def run(workplace: Workplace) -> Outcome:
    """Read a batch of simulated films, reports included, from a cold start."""
    paths = [film.path for film in held_out_films(workplace, _FILMS, "films for the batch")]
    rows, seconds = [], {}
    for workers in workplace.each(_WORKERS, "batch"):
        seconds[workers] = read_command(paths, workers=workers).seconds
        rows.append(
            Row(
                f"throughput_{workers}",
                f"films a minute, {workers} worker{'s' if workers > 1 else ''}",
                "simulated films of 880x680, reports included",
                60.0 * len(paths) / seconds[workers],
                "films/min",
                len(paths),
                "films",
            )
        )
    details = {"seconds": {str(workers): round(value, 2) for workers, value in seconds.items()}}
    return Outcome(rows, details, [FIRST_SEED, FIRST_SEED + len(paths) - 1])


MEASURE = Measure("throughput", "Many films", run)
