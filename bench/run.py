"""Runs the measures, prints the table and keeps the results.

python -m bench.run                          all of it, into bench/results.json
python -m bench.run --only hands --only speed
python -m bench.run --quick                  an eighth of the films, into bench/out/quick.json

Films are looked at one after the other, in the same order and with the same seeds in every run.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench import (
    acro_osteolysis,
    alignment,
    batch_1000,
    cohort_scale,
    comparison_matching,
    comparison_repeatability,
    concurrent_writers,
    cortex,
    cortex_agreement,
    demineralisation,
    erosion,
    false_deposits,
    fingertips,
    flexion,
    hands,
    inserted_deposits,
    joint_agreement,
    joint_space,
    landmarks_atlas,
    landmarks_validation,
    published_cases,
    quality,
    side_views,
    simulated_anatomy,
    simulated_deposits,
    speed,
    throughput,
)
from bench.measure import Measure, Outcome, Skipped, Workplace
from bench.provenance import provenance
from bench.results import merge, read_results, write_results
from sclerograph.errors import MissingComponent

__all__ = ["MEASURES", "main", "run_measure"]

#: All measures in the order of the table.
MEASURES: tuple[Measure, ...] = (
    hands.MEASURE,
    landmarks_atlas.MEASURE,
    landmarks_validation.MEASURE,
    simulated_anatomy.MEASURE,
    simulated_deposits.MEASURE,
    inserted_deposits.MEASURE,
    false_deposits.MEASURE,
    side_views.MEASURE,
    acro_osteolysis.MEASURE,
    alignment.MEASURE,
    flexion.MEASURE,
    joint_space.MEASURE,
    joint_agreement.MEASURE,
    cortex.MEASURE,
    cortex_agreement.MEASURE,
    demineralisation.MEASURE,
    erosion.MEASURE,
    fingertips.MEASURE,
    quality.MEASURE,
    published_cases.MEASURE,
    comparison_repeatability.MEASURE,
    comparison_matching.MEASURE,
    speed.MEASURE,
    throughput.MEASURE,
    cohort_scale.MEASURE,
    batch_1000.MEASURE,
    concurrent_writers.MEASURE,
)

_HERE = Path(__file__).parent
_RESULTS = _HERE / "results.json"
_QUICK_RESULTS = _HERE / "out" / "quick.json"
_DATA = _HERE.parents[1] / "shared" / "data"
_CACHE = _HERE.parent / "work" / "bench"


def run_measure(measure: Measure, workplace: Workplace) -> dict[str, Any]:
    """Make one measure and return its entry of the results."""
    start = time.perf_counter()
    skipped: str | None = None
    try:
        outcome = measure.run(workplace)
    except Skipped as reason:
        outcome, skipped = Outcome([]), str(reason)
    return {
        "title": measure.title,
        "skipped": skipped,
        "command": f"python -m bench.run --only {measure.name}",
        "complete": not workplace.limited,
        "seconds": round(time.perf_counter() - start, 1),
        **provenance(workplace.networks),
        "seeds": outcome.seeds,
        "rows": [row.as_json() for row in outcome.rows],
        "notes": outcome.notes,
        "details": outcome.details,
    }


def _table(entries: Iterable[dict[str, Any]]) -> Table:
    table = Table(title="What was measured", show_lines=False)
    for column in ("measure", "on", "n", "target", "measured", "met"):
        table.add_column(column, justify="right" if column in ("n", "target") else "left", overflow="fold")
    table.add_column("repeat", overflow="fold", style="dim")
    for entry in entries:
        if entry["skipped"] is not None:
            table.add_row(entry["title"], "", "", "", f"skipped: {entry['skipped']}", "", entry["command"])
        for row in entry["rows"]:
            met = {True: "[green]yes[/]", False: "[red]no[/]", None: ""}[row["met"]]
            n = f"{row['n']} {row['n_of']}"
            table.add_row(row["measure"], row["on"], n, row["target"] or "", row["measured"], met, entry["command"])
    return table


def _networks(threads: int | None) -> Any:
    from sclerograph.networks.runner import load_networks

    return load_networks(threads)


def bench(
    only: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Make this measure; may be repeated.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Look at an eighth of the films.")] = False,
    films: Annotated[int | None, typer.Option(min=1, help="Most films of each kind.")] = None,
    data: Annotated[Path, typer.Option(help="Folder of real radiographs; what needs it skips without it.")] = _DATA,
    out: Annotated[Path | None, typer.Option(help="Where results are kept; measures made before stay.")] = None,
    cache: Annotated[Path, typer.Option(help="Where simulated films are kept between runs.")] = _CACHE,
    pictures: Annotated[Path | None, typer.Option(help="Also put pictures of false deposits here.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads of the networks; all cores by default.")] = None,
) -> None:
    """Measure, print the table with targets met and not met, and keep the results."""
    names = [measure.name for measure in MEASURES]
    unknown = sorted(set(only or ()) - set(names))
    if unknown:
        raise typer.BadParameter(f"no measure is called {', '.join(unknown)}; there are {', '.join(names)}")
    console = Console()

    def follow(items: Sequence[Any], what: str) -> Iterable[Any]:
        return track(items, what, console=console)

    workplace = Workplace(
        data if data.is_dir() else None, cache, lambda: _networks(threads), films, quick, pictures, follow
    )
    path = out or (_QUICK_RESULTS if workplace.limited else _RESULTS)
    results = read_results(path)
    made = []
    for measure in MEASURES:
        if only and measure.name not in only:
            continue
        try:
            entry = run_measure(measure, workplace)
        except MissingComponent as reason:
            console.print(f"[red]{reason}[/]")
            raise typer.Exit(1) from None
        made.append(entry)
        # after each measure: an interrupted run keeps what it has
        results = merge(results, measure.name, entry, names)
        write_results(path, results)
        console.print(_table([entry]))
    if len(made) > 1:
        console.print(_table(made))
    console.print(f"results: {os.path.relpath(path)}")
    if any(row["met"] is False for entry in made for row in entry["rows"]):
        console.print("[red]at least one target is not met[/]")


def main() -> None:
    """Run from the command line."""
    typer.run(bench)


if __name__ == "__main__":
    main()
