"""How large the trapezium and the first metacarpal are on a film, beside the patient's other bones.

The means are those of simulated adult hands, whose bones were fitted to public surfaces of adults (``tools/``
``fit_thumb_base_norms.py`` makes them); no published table of such ratios was found. The scatter between people is not
known from them: it is an assumption, stated in the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

__all__ = ["REFERENCE_BONES", "ThumbBaseNorms", "thumb_base_norms"]

#: Beside which bones each of the two is measured.
REFERENCE_BONES: Final[dict[str, tuple[str, ...]]] = {
    "TZM": ("TZD", "CAP", "HAM", "SCA", "LUN", "TRQ"),
    "MC1": ("MC2", "MC3", "MC4", "MC5"),
}


@dataclass(frozen=True)
class ThumbBaseNorms:
    """Logarithms of sizes in nominal millimetres.

    ``log_area`` of the projected outline of each bone, ``log_height`` of the two along the first metacarpal;
    ``area_sd`` and ``height_sd`` are how far one of the two scatters around what the others say, in people.
    """

    log_area: dict[str, float]
    log_height: dict[str, float]
    area_sd: float
    height_sd: float
    hands: int
    source: str


@lru_cache(maxsize=1)
def thumb_base_norms() -> ThumbBaseNorms:
    """Return the norms that ship with the package."""
    text = resources.files("sclerograph.anatomy").joinpath("thumb_base_norms.json").read_text(encoding="utf-8")
    return ThumbBaseNorms(**json.loads(text))
