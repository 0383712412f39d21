"""What a joint space should be wide, from the other joints of the hand and the norms, and how narrow it is.

The spaces of one hand go together: a person's are wide or narrow by a common factor, around which each joint scatters
by a tenth. The factor is estimated from all other joints at once, each of them either intact or narrowed (a mixture,
summed over a grid of the factor), starting from what the norms say of people. So a few narrowed joints do not pull the
expectation down, and a hand in which every joint is narrow is still held against the norms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.joint_space_norms import joint_space_norms
from sclerograph.hand.joint_space_settings import DEFAULT, JointSpaceSettings

__all__ = ["Narrowing", "Width", "grade_of_share", "narrowing"]

Floats = NDArray[np.float64]

#: Widths below this (mm) are all the same: nothing is left.
_LEAST_MM: Final = 0.1
#: The film is not calibrated: nominal millimetres differ from real ones by this much between adults (logarithm).
_UNCALIBRATED_LOG_SD: Final = 0.08
#: Nobody's joints are all narrower by nature than 47 % of the norms, three standard deviations of people.
_FACTOR: Final[Floats] = np.linspace(-0.75, 0.75, 151)
_Z: Final = 1.959963984540054
_Mixtures = Mapping[tuple[str, bool], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Width:
    """Mean and least width of a measured space and the standard error of the mean (mm, nominal if not calibrated)."""

    mean_mm: float
    least_mm: float
    error_mm: float


@dataclass(frozen=True)
class Narrowing:
    """How narrow a space is.

    ``share`` is its width as a share of the expected one, with its 95 % interval ``share_low`` to ``share_high``;
    ``compared_with`` the joints that the expectation rests on, none where it rests on the norms alone.
    """

    grade: int
    grade_low: int
    grade_high: int
    share: float
    share_low: float
    share_high: float
    expected_mm: float
    uniform: bool | None
    compared_with: tuple[str, ...]


def grade_of_share(share: float, settings: JointSpaceSettings = DEFAULT) -> int:
    """Return the grade 0 to 3 of an open space that has this share of the expected width."""
    return sum(share < border for border in settings.grade_borders)


def narrowing(
    widths: Mapping[str, Width], *, calibrated: bool, settings: JointSpaceSettings = DEFAULT
) -> dict[str, Narrowing]:
    """Grade the measured spaces of one hand.

    Parameters
    ----------
    widths
        Of the joints that could be measured, open or closed, fused ones excepted.
    calibrated
        Whether widths are real millimetres.
    settings
        The thresholds.
    """
    mixtures = {
        (code, related): _mixture(code, width, settings, related=related)
        for code, width in widths.items()
        for related in (False, True)
    }
    return {code: _narrowing(code, widths, mixtures, calibrated, settings) for code in widths}


def _kind(code: str) -> str:
    return code.rstrip("12345")


def _log_ratio(code: str, width_mm: float) -> float:
    return float(np.log(max(width_mm, _LEAST_MM) / joint_space_norms()[code].mean_mm))


def _log_error(width: Width) -> float:
    return width.error_mm / max(width.mean_mm, _LEAST_MM)


def _narrowing(
    code: str, widths: Mapping[str, Width], mixtures: _Mixtures, calibrated: bool, settings: JointSpaceSettings
) -> Narrowing:
    others = [other for other in widths if other != code]
    if len(others) < settings.least_compared:
        others = []
    people = float(np.hypot(settings.between_people_log_sd, 0.0 if calibrated else _UNCALIBRATED_LOG_SD))
    log_posterior = -0.5 * np.square(_FACTOR / people)
    intact = {}
    for other in others:
        both = mixtures[other, _kind(other) == _kind(code)]
        log_posterior = log_posterior + np.log(both[0] + both[1])
        intact[other] = both
    posterior = np.exp(log_posterior - log_posterior.max())
    posterior /= posterior.sum()
    factor = float(posterior @ _FACTOR)
    spread = float(np.sqrt(posterior @ np.square(_FACTOR - factor)))
    compared = [other for other, both in intact.items() if _intact(both, posterior) >= settings.intact_from]
    same = [other for other in compared if _kind(other) == _kind(code)]

    width = widths[code]
    expected = joint_space_norms()[code].mean_mm * float(np.exp(factor))
    share = width.mean_mm / expected
    # the zero of a logarithm has no error: near nothing the error is that of the width itself
    error = float(np.sqrt(spread**2 + settings.within_person_log_sd**2))
    low = max(width.mean_mm - _Z * width.error_mm, 0.0) / expected * float(np.exp(-_Z * error))
    high = (width.mean_mm + _Z * width.error_mm) / expected * float(np.exp(_Z * error))
    focal = width.least_mm / expected < settings.focal_share
    below_all = joint_space_norms()[code].z(width.mean_mm) < settings.below_norm_z
    grade = max(grade_of_share(share, settings), int(focal or below_all))
    return Narrowing(
        grade=grade,
        grade_low=min(grade_of_share(high, settings), grade),
        grade_high=max(grade_of_share(low, settings), grade),
        share=share,
        share_low=low,
        share_high=high,
        expected_mm=expected,
        uniform=width.least_mm >= settings.uniform_ratio * width.mean_mm if grade >= 2 else None,
        compared_with=tuple(same if len(same) >= 2 else compared),
    )


def _mixture(code: str, width: Width, settings: JointSpaceSettings, *, related: bool) -> tuple[Floats, Floats]:
    """Return how likely a width is at each factor, when the joint is intact and when it is narrowed.

    ``related`` is whether it is to speak for a joint of its own kind.
    """
    x = _log_ratio(code, width.mean_mm)
    variance = settings.within_person_log_sd**2 + _log_error(width) ** 2
    if not related:
        variance += 2.0 * settings.between_kinds_log_sd**2
    off = x - _FACTOR
    intact = np.exp(-0.5 * np.square(off) / variance) / np.sqrt(2.0 * np.pi * variance)
    narrowed = ((off < 0.0) & (off > settings.narrowed_to_log)) / -settings.narrowed_to_log
    return (1.0 - settings.narrowed_before) * intact, settings.narrowed_before * narrowed + 1e-6


def _intact(both: tuple[Floats, Floats], posterior: Floats) -> float:
    """Return the probability that a joint is intact, over all factors that are still possible."""
    return float(posterior @ (both[0] / (both[0] + both[1])))
