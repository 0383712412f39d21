"""Distances between measured and annotated landmarks, and the rows that both landmark measures share."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.hands import find_hands
from bench.measure import Row, Target
from bench.statistics import summarise_errors
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.networks.maps import Landmark
from sclerograph.networks.protocol import HandNetworks

__all__ = ["LandmarkErrors", "landmarks_of", "rows_of"]


def landmarks_of(film: Radiograph, networks: HandNetworks) -> dict[str, Landmark]:
    """Return the landmarks of the surest hand on a film, as the networks give them; none where no hand is found."""
    found = find_hands(film, networks)
    if not found:
        return {}
    return networks.skeleton(film, max(found, key=lambda hand: hand.confidence)).landmarks


@dataclass
class LandmarkErrors:
    """Errors in millimetres by landmark, and the landmarks that were not found at all."""

    by_name: dict[str, list[float]] = field(default_factory=dict)
    offsets: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, truth: NDArray[np.floating], measured: Landmark | None, mm_per_pixel: float) -> None:
        """Take in one landmark of one film."""
        if measured is None:
            self.missing[name] = self.missing.get(name, 0) + 1
            return
        x, y = (measured.x - float(truth[0])) * mm_per_pixel, (measured.y - float(truth[1])) * mm_per_pixel
        self.by_name.setdefault(name, []).append(float(np.hypot(x, y)))
        self.offsets.setdefault(name, []).append((x, y))

    def of(self, names: Collection[str]) -> list[float]:
        """Return the errors of these landmarks."""
        return [error for name in names for error in self.by_name.get(name, [])]

    def without_definition(self) -> LandmarkErrors:
        """Return the errors left when each landmark is moved by its mean offset on the *other* films.

        What a constant offset takes away is a difference of definition, not an error; leaving the film itself out keeps
        the number honest. Landmarks seen on fewer than three films are left as they are.
        """
        left = LandmarkErrors(missing=dict(self.missing))
        for name, offsets in self.offsets.items():
            points = np.asarray(offsets)
            if len(points) >= 3:
                others = (points.sum(axis=0) - points) / (len(points) - 1)
                points = points - others
            left.offsets[name] = [(float(x), float(y)) for x, y in points]
            left.by_name[name] = [float(np.hypot(x, y)) for x, y in points]
        return left

    def table(self) -> dict[str, Any]:
        """Return number, mean, median, spread and mean offset (x, y on the film) of each landmark."""
        return {
            name: {
                **{key: round(value, 4) for key, value in asdict(summarise_errors(errors)).items()},
                "mean_offset_mm": [round(float(v), 3) for v in np.mean(self.offsets[name], axis=0)],
            }
            for name, errors in self.by_name.items()
        }


def rows_of(
    errors: LandmarkErrors,
    names: Collection[str],
    *,
    key: str,
    on: str,
    mean_target: Target | None,
    within_target: Target | None,
) -> tuple[list[Row], dict[str, Any]]:
    """Return the rows of mean error and of the share within 4 mm, and the whole summary.

    Landmarks that were not found count as farther than 4 mm, and not in the mean.
    """
    found = errors.of(names)
    missing = sum(errors.missing.get(name, 0) for name in names)
    n = len(found) + missing
    summary = summarise_errors(found) if found else None
    mean = None if summary is None else summary.mean_mm
    within = float(np.sum(np.asarray(found) <= 4.0)) / n if n else None
    rows = [
        Row(f"{key}_mean", "landmark error, mean", on, mean, "mm", len(found), "landmarks", mean_target),
        Row(f"{key}_within_4mm", "landmarks within 4 mm", on, within, "%", n, "landmarks", within_target),
    ]
    return rows, {**({} if summary is None else asdict(summary)), "not_found": missing}
