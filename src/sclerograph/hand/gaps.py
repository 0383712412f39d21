"""What could not be assessed on a hand, and why: silence never means health.

Everything is told from the records of the findings, so that it can be told again after a reader has corrected them.
Places with the same reason stand together: twenty-two joints of a lateral film are one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.records import Hand

__all__ = ["Gap", "GapKind", "gaps", "lines", "other_lines"]

GapKind = Literal[
    "calcinosis",
    "calcinosis of digit",
    "small deposits",
    "tuft",
    "joint space",
    "erosion at the joint",
    "erosion",
    "alignment of the thumb base",
    "alignment of the joint",
    "size of the bone",
    "ulnar variance",
    "flexion of digit",
    "cortical index",
    "mean cortical index",
    "mineral beside the joint",
    "soft tissue of fingertip",
    "rotation out of the film",
    "edges of the film",
    "sharpness",
    "exposure",
]

_UNSTATED = "no reason recorded"
_TOLD = re.compile(rf"({'|'.join(get_args(GapKind))})( all \d+| [A-Z0-9, ]+)?: ")


class _Finding(Protocol):
    """What every record of a finding says of itself."""

    @property
    def assessable(self) -> bool: ...

    @property
    def reason(self) -> str | None: ...


@dataclass(frozen=True)
class Gap:
    """Places of one kind of finding that were not assessed for one reason.

    ``places`` are codes of joints and bones or numbers of digits, empty where the kind has no places; ``total`` is how
    many places of the kind the hand has.
    """

    kind: GapKind
    places: tuple[str, ...]
    total: int
    reason: str

    @property
    def everywhere(self) -> bool:
        """Whether no place of this kind was assessed, all for this reason."""
        return 1 < len(self.places) == self.total

    @property
    def line(self) -> str:
        """The gap as it stands in a reading: ``what: why``."""
        if not self.places:
            return f"{self.kind}: {self.reason}"
        where = f"all {self.total}" if self.everywhere else ", ".join(self.places)
        return f"{self.kind} {where}: {self.reason}"


def gaps(hand: Hand) -> list[Gap]:
    """Return everything that was not assessed on a hand."""
    alignment = hand.alignment
    found: list[Gap] = []
    if not hand.calcinosis_assessable:
        found.append(Gap("calcinosis", (), 0, hand.calcinosis_reason or _UNSTATED))
    for entry in hand.quality.forbids:
        if entry.finding == "calcinosis" and entry.below_mm is not None:
            found.append(Gap("small deposits", (), 0, entry.reason))
        elif entry.finding == "calcinosis" and entry.digits:
            found.append(Gap("calcinosis of digit", tuple(map(str, entry.digits)), len(DIGITS), entry.reason))
    found += _grouped("tuft", {str(f.digit): f for f in hand.tufts})
    found += _grouped("joint space", {f.joint: f for f in hand.joints})
    found += _grouped("erosion at the joint", _erosions(hand))
    found += _grouped("erosion", {f.bone: f for f in hand.erosions})
    if not alignment.assessable:
        found.append(Gap("alignment of the thumb base", (), 0, alignment.reason or _UNSTATED))
    found += _grouped("alignment of the joint", {f.joint: f for f in alignment.joints})
    found += _grouped("size of the bone", {f.bone: f for f in alignment.base_of_thumb})
    if alignment.ulnar_variance_reason is not None:
        found.append(Gap("ulnar variance", (), 0, alignment.ulnar_variance_reason))
    found += _grouped("flexion of digit", {str(f.digit): f for f in alignment.flexion})
    found += _grouped("cortical index", {f.bone: f for f in hand.cortex})
    if not hand.cortex_mean.assessable:
        found.append(Gap("mean cortical index", (), 0, hand.cortex_mean.reason or _UNSTATED))
    found += _grouped("mineral beside the joint", {f.joint: f for f in hand.demineralisation})
    found += _grouped("soft tissue of fingertip", {str(f.digit): f for f in hand.fingertips})
    quality = hand.quality
    parts: tuple[tuple[GapKind, _Finding], ...] = (
        ("rotation out of the film", quality.rotation),
        ("edges of the film", quality.cut_off),
        ("sharpness", quality.sharpness),
        ("exposure", quality.exposure),
    )
    found += [Gap(kind, (), 0, part.reason or _UNSTATED) for kind, part in parts if not part.assessable]
    return found


def lines(hand: Hand) -> list[str]:
    """Return the gaps of a hand as the lines of its ``not_assessable``."""
    return [gap.line for gap in gaps(hand)]


def other_lines(hand: Hand) -> list[str]:
    """Return the lines of ``not_assessable`` that no finding tells: those that somebody wrote."""
    return [line for line in hand.not_assessable if not _TOLD.match(line)]


@dataclass(frozen=True)
class _Looked:
    """Whether a joint was looked at for erosions or graded, which is more or less than measuring its space."""

    assessable: bool
    reason: str | None


def _erosions(hand: Hand) -> dict[str, _Finding]:
    return {
        j.joint: _Looked(j.erosion_suspicion is not None or j.erosion_grade is not None, j.erosion_reason or j.reason)
        for j in hand.joints
    }


def _grouped(kind: GapKind, findings: Mapping[str, _Finding]) -> Iterator[Gap]:
    """Return one gap for each different reason among the findings of one kind, given by their places."""
    reasons = {place: found.reason or _UNSTATED for place, found in findings.items() if not found.assessable}
    for reason in dict.fromkeys(reasons.values()):
        yield Gap(kind, tuple(p for p, own in reasons.items() if own == reason), len(findings), reason)
