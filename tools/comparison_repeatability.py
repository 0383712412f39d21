"""Put the errors that the bench measured into the package: ``python tools/comparison_repeatability.py``.

They decide what a comparison calls change. Run it after ``python -m bench.run --only comparison_repeatability``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sclerograph.comparison.repeatability import repeatability_of

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.from_bench import ROOT, write_from_bench

#: What an entry holds; the rest of an error only where it is not 0.
_ALWAYS = ("floor", "share", "pairs")
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
        name: {part: round(value, 5) for part, value in error.items() if part in _ALWAYS or value}
        for name, error in entry["details"]["errors"].items()
    }
    return (
        json.dumps({"schema": "sclerograph.repeatability/1", "source": source, "measures": measures}, indent=1) + "\n"
    )


def main() -> int:
    """Write the file, or say why not."""
    return write_from_bench("comparison_repeatability", repeatability_text, repeatability_of, TARGET)


if __name__ == "__main__":
    sys.exit(main())
