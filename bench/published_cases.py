"""Hands built after published descriptions, read by the shipped networks: does the reading show what the text says?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.measure import Measure, Outcome, Target, Workplace
from bench.provenance import simulator_sha256
from bench.published_statements import judge
from bench.share_rows import share_row
from sclerograph.errors import InputRejected
from sclerograph.findings.records import Hand, Reading
from sclerograph.hand.reading import read_films
from sclerograph.imaging import open_radiograph

__all__ = ["MEASURE"]


def run(workplace: Workplace) -> Outcome:
    """Simulate the films of every case, read them as one visit each, and judge every statement of its text."""
    from sclerograph.phantom.published_cases import CASES, healthy_films, write_films

    folder = workplace.cache / f"{simulator_sha256()[:12]}-published"
    folder.mkdir(parents=True, exist_ok=True)
    healthy = _read(workplace, write_films(healthy_films(), "healthy", folder), "healthy")
    hand: Hand | None = healthy.hands[0] if healthy is not None else None
    rows, details = [], {}
    for case in workplace.each(workplace.some(list(CASES.values())), "published cases"):
        reading = _read(workplace, write_films(case.films(), case.name, folder), case.name)
        said: list[dict[str, Any]] = []
        for statement in case.statements:
            verdict = None if reading is None else judge(statement, reading, hand)
            said.append(
                {
                    "says": statement.words,
                    "there": statement.there,
                    "holds": verdict is not None and verdict.holds,
                    "told_by": [] if verdict is None else list(verdict.words),
                }
            )
        held = sum(each["holds"] for each in said)
        rows.append(
            share_row(
                f"published_{case.name.replace('-', '_')}",
                f"{case.title}: statements of the text that the reading shows",
                "a simulated hand built to the description",
                held,
                len(said),
                "statements",
                Target(">=", 1.0, "%"),
            )
        )
        details[case.name] = {
            "title": case.title,
            "citation": case.citation,
            "silent": case.silent,
            "films": [{"film": source.file, "notes": source.notes} for source in (reading.sources if reading else [])],
            "statements": said,
        }
    return Outcome(
        rows,
        details,
        [],
        ["the seeds of the hands stand in sclerograph.phantom.published_cases; films are those of the fine gear"],
    )


def _read(workplace: Workplace, paths: list[Path], name: str) -> Reading | None:
    try:
        return read_films([open_radiograph(path) for path in paths], workplace.networks, name=name)
    except InputRejected:
        return None


MEASURE = Measure("published_cases", "Published cases, simulated", run)
