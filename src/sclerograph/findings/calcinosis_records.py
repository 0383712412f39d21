"""Deposits and their sums."""

from __future__ import annotations

from typing import Literal

from sclerograph.findings.vocabulary import Contour, DigitNumber, Fraction, Interval, Record, SiteCode

__all__ = ["CalcinosisTotal", "Compartment", "Deposit", "Morphology"]

Compartment = Literal["pulp", "subcutaneous", "periarticular", "intra_articular", "overlying_bone"]
Morphology = Literal["punctate", "globular", "clustered", "plate", "net", "tumoral"]


class Deposit(Record):
    """One connected calcification.

    ``relative_density`` is the grey excess of the deposit over its surroundings divided by that of the patient's own
    cortical bone over soft tissue; ``None`` where no cortex could be measured. The intervals of the area are those of
    outlines at a lower and a higher level: narrow where the edge is sharp.
    """

    id: str
    site: SiteCode
    digit: DigitNumber | None
    compartment: Compartment
    morphology: Morphology
    contours: list[Contour]
    area_px: float
    area_px_interval: Interval | None = None
    area_mm2: float | None
    area_mm2_interval: Interval | None = None
    longest_diameter_px: float
    longest_diameter_mm: float | None
    relative_density: float | None
    confidence: Fraction


class CalcinosisTotal(Record):
    """Deposits added up over a site, a digit or the hand.

    ``name`` is the code of the site, the number of the digit as a text (``"1"`` to ``"5"``), or ``"hand"``.
    """

    scope: Literal["site", "digit", "hand"]
    name: str
    deposits: int
    area_px: float
    area_mm2: float | None
    area_ratio: float
    """Area divided by the square of the hand's own scale length (MCP3 to TIP3)."""
