"""Put what the bench measured into a file of the package: whole and checked, or not at all."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sclerograph.findings.atomic_file import write_atomically

__all__ = ["ROOT", "write_from_bench"]

ROOT = Path(__file__).resolve().parents[1]
_RESULTS = ROOT / "bench" / "results.json"


def write_from_bench(
    measure: str, text_of: Callable[[dict[str, Any]], str], check: Callable[[str], object], target: Path
) -> int:
    """Write a file, or say why not; the first argument of the command names other results than the project's.

    Parameters
    ----------
    measure
        Name of the measure that the file needs.
    text_of
        Makes the file of the results; raises ``KeyError`` where the measure is not among them.
    check
        Reads the file as the package does, and raises where it cannot.
    target
        The file.

    Returns
    -------
    int
        Exit status: 1 where the bench has not measured it.
    """
    results = json.loads((Path(sys.argv[1]) if len(sys.argv) > 1 else _RESULTS).read_text(encoding="utf-8"))
    try:
        text = text_of(results)
    except KeyError:
        print(f"the bench has not measured it: python -m bench.run --only {measure}", file=sys.stderr)
        return 1
    check(text)
    write_atomically(target, text)
    return 0
