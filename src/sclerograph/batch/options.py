"""What the user asked for: the options that change a reading."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sclerograph.anatomy.hand import Side, View

__all__ = ["Options"]


@dataclass(frozen=True)
class Options:
    """Options of one run; readings made with other options are made again.

    Parameters
    ----------
    side, view
        What every film of the run shows, ``None`` to take it from the film.
    mm_per_pixel
        Millimetres per pixel in the plane of the hand, measured by the user; ``None`` to take it from the file.
    """

    side: Side | None = None
    view: View | None = None
    mm_per_pixel: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the options as plain data for a manifest."""
        return asdict(self)
