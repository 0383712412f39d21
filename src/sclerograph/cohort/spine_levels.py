"""The levels and segments of the spine by which calcification is counted."""

from __future__ import annotations

from typing import Final, Literal, get_args

__all__ = ["LEVELS", "SEGMENTS", "SpineSegment"]

#: Bauer 2016 (FRI0276): discovertebral, within the canal, and behind it.
SpineSegment = Literal["anterior", "canal", "posterior"]

SEGMENTS: Final[tuple[SpineSegment, ...]] = get_args(SpineSegment)

#: The levels from the neck down.
LEVELS: Final = (
    *(f"C{number}" for number in range(1, 8)),
    *(f"T{number}" for number in range(1, 13)),
    *(f"L{number}" for number in range(1, 6)),
    "S1",
)
