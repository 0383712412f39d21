"""Every threshold of the suspicion of erosion beside the fitted model, in one place."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "EVIDENCE_FROM", "METHOD_CITATION", "METHOD_NAME", "METHOD_VERSION", "ErosionSettings"]

METHOD_NAME = "suspicion of erosion"
METHOD_VERSION = "2"
METHOD_CITATION = (
    "own definition, a prompt for the reader: margins of the bones against their surroundings and the other digits, "
    "weights fitted on simulated hands; margins that are looked at: those of the Sharp/van der Heijde method "
    "(van der Heijde 2000, PMID 10648051), and the distal interphalangeal joints"
)

#: The suspicion from which scores count an erosion. The fit of the model scales suspicions so that hands without
#: erosions seldom exceed it (:mod:`sclerograph.training.fit_erosion_model`); prompts begin lower, at 0.5.
EVIDENCE_FROM = 0.8


@dataclass(frozen=True)
class ErosionSettings:
    """Thresholds of the suspicion of erosion.

    Parameters
    ----------
    place_from
        A place is marked where its suspicion is at least this: half is where the software begins to prompt.
    apart_mm
        Two places on one margin are at least so far apart (nominal mm); the more suspicious one is kept.
    beside_mm
        A place within this distance of the outline of a deposit is one of pressure (mm, nominal without calibration).
    articular_share
        The middle of a joint surface: this share of the bone's half width. Central erosions lie there; only distal
        interphalangeal joints and that of the thumb are looked at there.
    least_seen, least_free_mm
        Share of a margin of the digits that must be seen for it to be judged, and length of one of the wrist (nominal
        mm), most of which other bones touch.
    least_pixels_per_mm
        Coarser films (pixels for a nominal millimetre) are not judged.
    plate_votes, plate_depth
        A growing hand is one where at least this many bones show a lucent line across, deeper than this share of the
        contrast of the joint spaces, where growth plates lie. Fewer and fainter lines are enough than for the width of
        joint spaces: plates that are about to close look as erosions do at their ends.
    """

    place_from: float = 0.5
    apart_mm: float = 3.0
    beside_mm: float = 1.0
    articular_share: float = 0.5
    least_seen: float = 0.5
    least_free_mm: float = 6.0
    least_pixels_per_mm: float = 3.0
    plate_votes: int = 3
    plate_depth: float = 0.3


DEFAULT = ErosionSettings()
