"""How often a prompt is right, and how often it is wrong: what stands beside every suspicion of erosion.

``erosion_accuracy.json`` is written by ``tools/erosion_accuracy.py`` from the results of the bench; no number is typed
into it. Sensitivity is that of simulated erosions of 2 mm or more, seen through the shipped networks; false marks are
counted on simulated hands without erosions, and on real hands of which no disease is known. Both stand there for the
suspicion from which the software prompts, and for that from which scores count an erosion.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

__all__ = [
    "SCHEMA",
    "ErosionAccuracy",
    "FalsePrompts",
    "Level",
    "accuracy_of",
    "accuracy_words",
    "counted_words",
    "erosion_accuracy",
]

#: Where the software prompts, or where scores count an erosion.
Level = Literal["prompts", "counted"]
SCHEMA = "sclerograph.erosion-accuracy/2"


@dataclass(frozen=True)
class FalsePrompts:
    """Prompts for a hand without erosions: how many on so many hands, on which films."""

    on: str
    prompts: int
    hands: int

    @property
    def per_hand(self) -> float:
        """Mean number for a hand."""
        return self.prompts / self.hands


@dataclass(frozen=True)
class ErosionAccuracy:
    """What was measured for joints, or for the bones of the wrist.

    ``found`` of ``eroded`` simulated erosions of 2 mm or more were prompted; ``false`` are the false prompts.
    """

    found: int
    eroded: int
    false: tuple[FalsePrompts, ...]

    @property
    def sensitivity(self) -> float:
        """Share of simulated erosions that are prompted."""
        return self.found / self.eroded


@lru_cache(maxsize=2)
def erosion_accuracy(level: Level = "prompts") -> dict[str, ErosionAccuracy]:
    """Return what was measured at a level, by ``joints`` and ``bones``; empty until then."""
    text = resources.files("sclerograph.hand").joinpath("erosion_accuracy.json").read_text(encoding="utf-8")
    return accuracy_of(text, level)


def accuracy_of(text: str, level: Level = "prompts") -> dict[str, ErosionAccuracy]:
    """Return the contents of a file of accuracy.

    Raises
    ------
    ValueError
        It is no such file, or its counts cannot be.
    """
    document = json.loads(text)
    if document.get("schema") != SCHEMA:
        raise ValueError(f"not a file of {SCHEMA}")
    found = {}
    for name, levels in document["measured"].items():
        if (entry := levels.get(level)) is None:
            continue
        false = tuple(FalsePrompts(str(f["on"]), int(f["prompts"]), int(f["hands"])) for f in entry["false"])
        accuracy = ErosionAccuracy(int(entry["found"]), int(entry["eroded"]), false)
        if not 0 <= accuracy.found <= accuracy.eroded or accuracy.eroded == 0 or any(f.hands < 1 for f in false):
            raise ValueError(f"the counts of {name} cannot be")
        found[name] = accuracy
    return found


def accuracy_words(accuracy: dict[str, ErosionAccuracy] | None = None) -> str:
    """Return one sentence for readers that stands beside suspicions of erosion.

    Parameters
    ----------
    accuracy
        What was measured of prompts; what ships with the package when ``None``.
    """
    measured = erosion_accuracy() if accuracy is None else accuracy
    if not measured:
        return "A suspicion of erosion is a prompt to look, not a finding; how often it is right was not measured."
    return f"A suspicion of erosion is a prompt to look, not a finding ({_counts(measured, 'marked', 'marks')})."


def counted_words(accuracy: dict[str, ErosionAccuracy] | None = None) -> str:
    """Return one sentence that stands beside scores that count suspicions of erosion.

    Parameters
    ----------
    accuracy
        What was measured of erosions that scores count; what ships with the package when ``None``.
    """
    measured = erosion_accuracy("counted") if accuracy is None else accuracy
    if not measured:
        return "How often a score counts an erosion rightly was not measured."
    return (
        f"What the software alone counts as eroded ({_counts(measured, 'counted', 'counts')}) is for a reader to judge."
    )


def _counts(measured: dict[str, ErosionAccuracy], done: str, what: str) -> str:
    parts = []
    for name, words in (("joints", "joints"), ("bones", "bones of the wrist")):
        if name in measured:
            own = measured[name]
            false = ", ".join(f"{f.per_hand:.2f} a hand on {f.on}" for f in own.false)
            parts.append(
                f"{words}: {100 * own.sensitivity:.0f} % of simulated erosions of 2 mm or more are {done}, "
                f"false {what} {false}"
            )
    return "; ".join(parts)
