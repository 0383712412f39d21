"""Put the errors that the bench measured into the package: ``python tools/comparison_repeatability.py``.

They decide what a comparison calls change. Run it after ``python -m bench.run --only comparison_repeatability``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sclerograph.comparison.repeatability import repeatability_of
from sclerograph.findings.atomic_file import write_atomically

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results.json"
TARGET = ROOT / "src" / "sclerograph" / "comparison" / "repeatability.json"


def repeatability_text(results: dict[str, Any]) -> str:
    """Return the file of errors for the results of a bench.

    Raises
    ------
    KeyError
        Repeatability was not measured.
    """
    entry = results["measures"]["comparison_repeatability"]
    source = {
        "command": entry["command"],
        "date": entry["date"],
        "seeds": entry["seeds"],
        "on": "simulated films of unchanged hands, repositioned by 0 to 15 degrees, with other exposure and look",
        "models": entry["models"],
    }
    measures = {
        name: {"floor": round(error["floor"], 5), "share": round(error["share"], 5), "pairs": error["pairs"]}
        for name, error in entry["details"]["errors"].items()
    }
    return (
        json.dumps({"schema": "sclerograph.repeatability/1", "source": source, "measures": measures}, indent=1) + "\n"
    )


def main() -> int:
    """Write the file, or say why not."""
    results = json.loads((Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS).read_text(encoding="utf-8"))
    try:
        text = repeatability_text(results)
    except KeyError:
        print("the bench has not measured it: python -m bench.run --only comparison_repeatability", file=sys.stderr)
        return 1
    repeatability_of(text)
    write_atomically(TARGET, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
