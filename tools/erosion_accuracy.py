"""Put the accuracy that the bench measured into the package: ``python tools/erosion_accuracy.py [RESULTS]``.

It stands beside every suspicion of erosion. Run it after ``python -m bench.run --only erosion``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sclerograph.hand.erosion_accuracy import SCHEMA, accuracy_of

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.from_bench import ROOT, write_from_bench

TARGET = ROOT / "src" / "sclerograph" / "hand" / "erosion_accuracy.json"
#: Real films in the details of the bench, and what they are called beside a suspicion.
_REAL = {"real_grown": "real films of adolescents with a bone age of 16 years or more"}


def accuracy_text(results: dict[str, Any]) -> str:
    """Return the file of accuracy for the results of a bench.

    Raises
    ------
    KeyError
        The suspicion of erosion was not measured.
    """
    entry = results["measures"]["erosion"]
    details = entry["details"]
    measured = {}
    for name in ("joints", "bones"):
        own = details["networks"][name]
        measured[name] = {
            level: {
                "found": own[done],
                "eroded": own["eroded"],
                "false": [
                    {
                        "on": "simulated hands without erosions",
                        "prompts": own[f"{false}_in_hands_without"],
                        "hands": own["hands_without"],
                    },
                    *(
                        {"on": words, "prompts": _on_real(details[key], name, done), "hands": details[key]["judged"]}
                        for key, words in _REAL.items()
                        if details.get(key, {}).get("judged")
                    ),
                ],
            }
            for level, done, false in (("prompts", "prompted", "false"), ("counted", "counted", "counted"))
        }
    source = {name: entry[name] for name in ("command", "date", "seeds", "models")}
    return json.dumps({"schema": SCHEMA, "source": source, "measured": measured}, indent=1) + "\n"


def _on_real(found: dict[str, Any], name: str, done: str) -> int:
    """Return how many joints or bones of real hands are prompted (by place), or counted by scores."""
    count = found[f"{name}_{done}"]
    return int(count) if done == "counted" else sum(count.values())


def main() -> int:
    """Write the file, or say why not."""
    return write_from_bench("erosion", accuracy_text, accuracy_of, TARGET)


if __name__ == "__main__":
    sys.exit(main())
