"""``bench/results.json``: what was measured, kept so that single measures can be repeated.

Its layout, from which the tables of README and of the model cards are made::

    {"schema": "sclerograph.bench/1",
     "measures": {NAME: {"title": ..., "skipped": null or the reason, "command": how to repeat it, "complete": bool,
                         "date": "2026-01-31", "seconds": ..., "software": version, "models": [{"name", "sha256"}],
                         "versions": {package: version}, "machine": {...}, "seeds": [first, last] or [],
                         "rows": [{"key", "measure", "on", "target", "measured", "value", "unit", "interval", "met",
                                   "n", "n_of"}],
                         "notes": [...], "details": {...}}}}

A share (unit ``%``) has a value between 0 and 1. ``complete`` is false where fewer films were looked at than a full run
looks at. Measures stand in the order of the table.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sclerograph.findings.atomic_file import write_atomically

__all__ = ["SCHEMA", "merge", "read_results", "table_markdown", "write_results"]

SCHEMA = "sclerograph.bench/1"


def read_results(path: Path) -> dict[str, Any]:
    """Return what an earlier run has left, or an empty set of results."""
    if not path.is_file():
        return {"schema": SCHEMA, "measures": {}}
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if results.get("schema") != SCHEMA:
        raise ValueError(f"{path.name} is not a file of {SCHEMA}")
    return results


def merge(results: dict[str, Any], name: str, entry: dict[str, Any], order: Sequence[str]) -> dict[str, Any]:
    """Return the results with one measure replaced, in the order of the table.

    A measure that was skipped this time does not wipe out what an earlier run has measured.
    """
    measures = dict(results["measures"])
    earlier = measures.get(name)
    if entry["skipped"] is None or earlier is None or earlier["skipped"] is not None:
        measures[name] = entry
    known = [each for each in order if each in measures]
    return {"schema": SCHEMA, "measures": {each: measures[each] for each in known}}


def write_results(path: Path, results: dict[str, Any]) -> None:
    """Write the results; the file is whole or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps(results, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _met(met: bool | None) -> str:
    return {True: "yes", False: "**no**", None: ""}[met]


def table_markdown(results: dict[str, Any], *, aimed: bool = False) -> str:
    """Return the rows of the results as one Markdown table, with the command that repeats each.

    With ``aimed`` only the rows that have a target.
    """
    lines = ["| measure | on | n | target | measured | met | repeat |", "|---|---|---|---|---|---|---|"]
    for entry in results["measures"].values():
        if entry["skipped"] is not None:
            lines.append(f"| {entry['title']} | | | | not measured: {entry['skipped']} | | `{entry['command']}` |")
        lines += [
            f"| {row['measure']} | {row['on']} | {row['n']} {row['n_of']} | {row['target'] or ''} | {row['measured']} "
            f"| {_met(row['met'])} | `{entry['command']}` |"
            for row in entry["rows"]
            if row["target"] or not aimed
        ]
    return "\n".join(lines) + "\n"
