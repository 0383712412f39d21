"""Read the example films and print what is true beside what was measured: ``make demo``.

Each film ``examples/<stem>.dcm`` was simulated, so its truth is known and stands in ``examples/<stem>.truth.json``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydicom import dcmread
from rich.console import Console
from rich.table import Table

from sclerograph.findings.json_file import read_reading
from sclerograph.findings.records import Hand, Reading

HERE = Path(__file__).resolve().parent
SIDES = {"L": "left", "R": "right"}


@dataclass(frozen=True)
class Line:
    """One line of the table: what is true of a hand, and what was measured."""

    hand: str
    what: str
    true: str
    measured: str


def main() -> int:
    """Read, compare, and say where the reports are; return the exit status of the reading."""
    parser = argparse.ArgumentParser(description="Read the example films; print truth beside measurement.")
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="output folder")
    parser.add_argument("--examples", type=Path, default=HERE, help="folder of the films and their truth")
    options = parser.parse_args()
    films = sorted(options.examples.glob("*.dcm"))
    if not films:
        print(f"no example films in {options.examples}", file=sys.stderr)
        return 2
    command = [sys.executable, "-m", "sclerograph", "read", *map(str, films), "--out", str(options.out)]
    status = subprocess.run(command, check=False).returncode
    if status == 2:
        return status

    console = Console()
    reports = []
    for film in films:
        truth = json.loads(film.with_suffix(".truth.json").read_text(encoding="utf-8"))
        folder = options.out / folder_of(film)
        reading = read_reading(folder / "reading.json") if (folder / "reading.json").exists() else None
        console.print(table_of(film.stem, lines_of(truth, hands_on(film.name, reading))))
        if reading is not None:
            reports.append(folder / "report.html")
    print("Open a report in a browser:")
    for report in reports:
        print(f"  {report.resolve().as_uri()}")
    return status


def folder_of(film: Path) -> str:
    """Return the name of a film's folder: its study instance UID, or its stem without one."""
    header = dcmread(film, stop_before_pixels=True, specific_tags=["StudyInstanceUID"])
    return str(header.get("StudyInstanceUID", "") or film.stem)


def hands_on(file: str, reading: Reading | None) -> dict[str | None, Hand]:
    """Return the hands that were read on one film, by side."""
    if reading is None:
        return {}
    sources = {source.id for source in reading.sources if source.file == file}
    return {hand.side: hand for hand in reading.hands if hand.source in sources}


def lines_of(truth: dict[str, Any], hands: dict[str | None, Hand]) -> list[Line]:
    """Return the lines for each hand of the truth, and one for each hand that was read where there is none."""
    hands = dict(hands)
    lines = []
    for true in truth["hands"]:
        hand = hands.pop(true["side"], None)
        name = SIDES[true["side"]]
        if hand is None:
            lines.append(Line(name, "hand", "on the film", "not found"))
        else:
            lines += calcinosis_lines(name, true["deposits"], hand)
            lines += tuft_lines(name, true["tufts"], hand)
    lines += [Line(SIDES.get(side or "", "side unknown"), "hand", "not on the film", "found") for side in hands]
    return lines


def calcinosis_lines(name: str, deposits: list[dict[str, Any]], hand: Hand) -> list[Line]:
    """Return the number, area and largest deposit of a hand, and the area at every site that has calcium."""
    if not hand.calcinosis_assessable:
        return [Line(name, "deposits", str(len(deposits)), f"not assessable: {hand.calcinosis_reason}")]
    true_area = sum(deposit["area_mm2"] for deposit in deposits)
    longest = max((deposit["longest_diameter_mm"] for deposit in deposits), default=None)
    found = hand.deposits
    lines = [
        Line(name, "deposits", str(len(deposits)), str(len(found))),
        Line(name, "calcified area, mm²", f"{true_area:.1f}", total([deposit.area_mm2 for deposit in found])),
    ]
    if deposits or found:
        most = max((d.longest_diameter_mm for d in found if d.longest_diameter_mm is not None), default=None)
        lines.append(Line(name, "longest deposit, mm", decimal(longest), decimal(most)))
    for site in sorted({d["site"] for d in deposits} | {d.site for d in found}):
        true_here = sum(d["area_mm2"] for d in deposits if d["site"] == site)
        here = total([d.area_mm2 for d in found if d.site == site])
        lines.append(Line(name, f"  at {site}, mm²", f"{true_here:.1f}", here))
    return lines


def tuft_lines(name: str, tufts: list[dict[str, Any]], hand: Hand) -> list[Line]:
    """Return grade and length deficit of every digit."""
    measured = {tuft.digit: tuft for tuft in hand.tufts}
    lines = []
    for true in tufts:
        tuft = measured.get(true["digit"])
        if tuft is None or not tuft.assessable:
            said = f"not assessable: {tuft.reason}" if tuft is not None else "missing"
        else:
            said = f"grade {tuft.grade}, deficit {decimal(tuft.length_deficit, 2)}"
        wanted = f"grade {true['grade']}, deficit {true['length_deficit']:.2f}"
        lines.append(Line(name, f"tuft {true['digit']}", wanted, said))
    return lines


def total(values: list[float | None]) -> str:
    """Return a sum, or that the film has no millimetres."""
    known = [value for value in values if value is not None]
    return f"{sum(known):.1f}" if len(known) == len(values) else "no millimetres"


def decimal(value: float | None, places: int = 1) -> str:
    """Return a number as text, a dash where there is none."""
    return "-" if value is None else f"{value:.{places}f}"


def table_of(title: str, lines: list[Line]) -> Table:
    """Return the lines as a table."""
    table = Table(title=title, title_justify="left")
    for column in ("hand", "what", "truth", "measured"):
        table.add_column(column)
    previous = ""
    for line in lines:
        if line.hand != previous and previous:
            table.add_section()
        table.add_row(line.hand if line.hand != previous else "", line.what, line.true, line.measured)
        previous = line.hand
    return table


if __name__ == "__main__":
    sys.exit(main())
