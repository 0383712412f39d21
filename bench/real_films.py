"""The optional folder of real radiographs: which films judge the result, and what their annotations say in our names.

None of these films was trained on. They are looked at where they are and never copied into the project.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "KEYPOINT_NAMES",
    "AtlasFilm",
    "ValidationFilm",
    "adult_wrists",
    "atlas_films",
    "other_regions",
    "validation_films",
]

Point = tuple[float, float]

#: Names of the 21-point annotation in our vocabulary. Its wrist point has no counterpart.
KEYPOINT_NAMES: dict[str, str] = {
    "thumb1": "CMC1",
    "thumb2": "MCP1",
    "thumb3": "IP1",
    "thumb4": "TIP1",
    **{
        f"{finger}{i}": f"{joint}{digit}"
        for digit, finger in ((2, "forefinger"), (3, "middle_finger"), (4, "ring_finger"), (5, "pinky_finger"))
        for i, joint in enumerate(("MCP", "PIP", "DIP", "TIP"), start=1)
    },
}

#: Validation films on which the thumb points to the left when the fingers point up, as on a right hand seen PA. Seen by
#: eye on all 92; on the others it points to the right. 1405 is a hand in a cast, 8982 a right hand.
LOOKS_RIGHT = frozenset({"1405", "8982"})


@dataclass(frozen=True)
class ValidationFilm:
    """One film of the split ``validation``.

    ``points`` are the key points under our names (empty on most films), ``wrist`` the point that has none.
    """

    name: str
    path: Path
    looks_right: bool
    bone_age_months: int
    points: dict[str, Point]
    wrist: Point | None


@dataclass(frozen=True)
class AtlasFilm:
    """One film of the Digital Hand Atlas with its 37 points (x, y) in the order of ``anatomy.hand.LANDMARKS``."""

    name: str
    path: Path
    points: NDArray[np.float64]


def _moved(point: list[float]) -> Point:
    # Their first pixel begins at 0, ours has its centre there.
    return (point[0] - 0.5, point[1] - 0.5)


def validation_films(data: Path) -> list[ValidationFilm]:
    """Return the validation films, sorted by name."""
    films = []
    for entry in json.loads((data / "hands.json").read_text()):
        if entry["split"] != "validation":
            continue
        given = entry.get("keypoints21", {})
        films.append(
            ValidationFilm(
                entry["id"],
                data / entry["file"],
                entry["id"] in LOOKS_RIGHT,
                int(entry["bone_age_months"]),
                {ours: _moved(given[theirs]) for theirs, ours in KEYPOINT_NAMES.items() if theirs in given},
                _moved(given["wrist"]) if "wrist" in given else None,
            )
        )
    return sorted(films, key=lambda film: int(film.name))


def atlas_films(data: Path) -> list[AtlasFilm]:
    """Return the films of the Digital Hand Atlas."""
    entries = json.loads((data / "dha.json").read_text())
    return [
        AtlasFilm(entry["id"], data / entry["file"], np.asarray(entry["landmarks37"], dtype=np.float64))
        for entry in entries
    ]


def adult_wrists(data: Path) -> list[Path]:
    """Return the crops of adult wrists, with and without rheumatoid arthritis."""
    return sorted((data / "wrists").glob("*.png"))


def other_regions(data: Path) -> list[Path]:
    """Return the films of other regions that are kept for measuring: every second one, training has the others."""
    return sorted((data / "not_hands").glob("*.jpg"))[1::2]
