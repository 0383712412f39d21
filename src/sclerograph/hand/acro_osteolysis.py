"""Acro-osteolysis of one hand: the length deficit of each distal phalanx, the tuft's shape, and the grade.

Grades (own definition; only the ends of the scale are published, see :mod:`.acro_osteolysis_settings`):

===== ===========================================================================================
0     the tuft is intact: length and flare are those of a healthy hand with these other bones
1     the flare is lost, with a length deficit below 10 %
2     deficit 10 to 25 %
3     deficit 25 to 50 %
4     deficit above 50 %, or the shaft is pencilled
===== ===========================================================================================

Flexion shortens a finger on the film as resorption does, so a flexed digit is not graded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.records import DigitLength, Interval, Tuft
from sclerograph.hand.acro_osteolysis_settings import DEFAULT, AcroOsteolysisSettings
from sclerograph.hand.expectation import Expectation, expect_distal_phalanges
from sclerograph.hand.foreshortening import foreshortened
from sclerograph.hand.scale import segment_lengths_px
from sclerograph.hand.site import Anatomy
from sclerograph.hand.tuft import DistalPhalanx, NotMeasurable, measure_distal_phalanx
from sclerograph.hand.view import HandView

__all__ = ["AcroOsteolysis", "grade_of", "measure"]


@dataclass(frozen=True)
class AcroOsteolysis:
    """The tufts of the five digits and the lengths behind them."""

    tufts: list[Tuft]
    lengths: list[DigitLength]


def grade_of(
    deficit: float, intact: float, tuft_to_waist: float | None, settings: AcroOsteolysisSettings = DEFAULT
) -> int:
    """Return the grade 0 to 4.

    Parameters
    ----------
    deficit
        1 minus the length of the distal phalanx over the expected one.
    intact
        Probability that nothing is resorbed.
    tuft_to_waist
        Width of the tuft over that of the waist, ``None`` if unknown.
    settings
        The thresholds.
    """
    if intact >= settings.grade_zero_from:
        return 0
    grade = 1 + sum(deficit >= border for border in settings.grade_borders)
    pencilled = (
        tuft_to_waist is not None
        and tuft_to_waist <= settings.pencilled_ratio
        and deficit >= settings.pencilled_from_deficit
    )
    return 4 if pencilled else grade


def _grade_interval(
    deficits: tuple[float, float], grade: int, expectation: Expectation, settings: AcroOsteolysisSettings
) -> Interval:
    """Return the grades at the ends of the deficit's interval; 0 is among them unless the tuft is surely not intact."""
    low, high = (1 + sum(deficit >= border for border in settings.grade_borders) for deficit in deficits)
    if expectation.intact > 1.0 - settings.sure:
        low = 0
    if expectation.intact >= settings.sure:
        high = 0
    return Interval(low=float(min(low, grade)), high=float(max(high, grade)))


def measure(
    view: HandView, hidden: Mapping[int, str] = MappingProxyType({}), settings: AcroOsteolysisSettings = DEFAULT
) -> AcroOsteolysis:
    """Return the tufts and segment lengths of one hand.

    Parameters
    ----------
    view
        The hand.
    hidden
        Digits that must not be graded, with the reason (:func:`sclerograph.hand.flexion.hides_tuft`).
    settings
        The thresholds.
    """
    anatomy = Anatomy(view)
    lengths = segment_lengths_px(view.skeleton.landmarks)
    reference = {s: length for s, length in lengths.items() if not s.startswith("DP")}
    bent = foreshortened(reference, settings)
    straight = {s: length for s, length in reference.items() if s not in bent}

    reasons: dict[int, str] = {}
    phalanges: dict[int, DistalPhalanx] = {}
    for digit in (d.number for d in DIGITS):
        try:
            phalanges[digit] = _measured(anatomy, digit, bent, hidden, len(straight), settings)
        except NotMeasurable as reason:
            reasons[digit] = str(reason)
    expected = _expected(straight, phalanges, settings)
    for digit, expectation in expected.items():
        if _hidden_by_calcium(phalanges[digit], expectation, settings):
            reasons[digit] = "hidden by calcium: its end cannot be told from fragments"
        elif _short_with_tuft(digit, phalanges[digit], expectation, settings):
            reasons[digit] = (
                f"{100 * expectation.deficit:.0f} % shorter than expected but with a flared tuft: "
                "flexed at its last joint, or short by nature"
            )
        elif _contradicted(phalanges[digit], expectation, settings):
            reasons[digit] = (
                f"the landmark of the tip and the end of the outline lie {phalanges[digit].disagreement_mm:.1f} "
                "nominal mm apart"
            )
    tufts = [
        Tuft(digit=d.number, assessable=False, reason=reasons[d.number])
        if d.number in reasons
        else _tuft(d.number, phalanges[d.number], expected[d.number], settings)
        for d in DIGITS
    ]
    return AcroOsteolysis(tufts, [_digit_length(view, d.number, lengths, phalanges) for d in DIGITS])


def _measured(
    anatomy: Anatomy,
    digit: int,
    bent: dict[str, float],
    hidden: Mapping[int, str],
    straight: int,
    settings: AcroOsteolysisSettings,
) -> DistalPhalanx:
    """Measure one distal phalanx, or raise with the reason why its digit cannot be graded."""
    if not_frontal := anatomy.view.side_and_view.not_frontal("graded"):
        raise NotMeasurable(not_frontal)
    if straight < settings.least_reference_segments:
        raise NotMeasurable("too few straight bones with confident landmarks to tell the expected length")
    shortest = min((s for s in bent if s[-1] == str(digit)), key=lambda s: bent[s], default=None)
    if shortest is not None:
        raise NotMeasurable(f"flexed: {shortest} has {100 * bent[shortest]:.0f} % of its expected length on the film")
    if digit in hidden:
        raise NotMeasurable(hidden[digit])
    phalanx = measure_distal_phalanx(anatomy, digit, settings)
    if phalanx.overlap_share >= settings.overlap_share:
        raise NotMeasurable(f"flexed: {100 * phalanx.overlap_share:.0f} % of DP{digit} lies over MP{digit}")
    return phalanx


def _hidden_by_calcium(phalanx: DistalPhalanx, expectation: Expectation, settings: AcroOsteolysisSettings) -> bool:
    """Tell whether calcium hides the end of a phalanx that seems whole: it may be, or fragments may make it seem so."""
    return phalanx.covered_share >= settings.fragmented_length and expectation.intact >= settings.grade_zero_from


def _contradicted(phalanx: DistalPhalanx, expectation: Expectation, settings: AcroOsteolysisSettings) -> bool:
    """Tell whether a phalanx seems resorbed by an outline that its own tip's landmark contradicts."""
    apart = phalanx.disagreement_mm is not None and phalanx.disagreement_mm > settings.most_disagreement_mm
    return apart and not phalanx.detached and expectation.intact < settings.grade_zero_from


def _short_with_tuft(
    digit: int, phalanx: DistalPhalanx, expectation: Expectation, settings: AcroOsteolysisSettings
) -> bool:
    """Tell whether a phalanx is far too short for a healthy one and yet ends in a tuft, lost first by resorption."""
    if phalanx.tuft_to_waist is None or phalanx.detached or phalanx.covered_share >= settings.covered_length:
        return False
    clear = settings.thumb_clear_flare_ratio if digit == 1 else settings.clear_flare_ratio
    return phalanx.tuft_to_waist >= clear and expectation.deficit >= settings.short_with_tuft_from_deficit


def _intact_before(digit: int, phalanx: DistalPhalanx, settings: AcroOsteolysisSettings) -> float:
    """Return the probability that a tuft is intact, from its shape alone."""
    if phalanx.detached:
        return settings.intact_before_flare_lost
    if phalanx.tuft_to_waist is None or phalanx.covered_share >= settings.covered_length:
        return settings.intact_before_unknown
    thumb = (settings.thumb_flare_lost_ratio, settings.thumb_flare_kept_ratio)
    finger = (settings.flare_lost_ratio, settings.flare_kept_ratio)
    return float(
        np.interp(
            phalanx.tuft_to_waist,
            thumb if digit == 1 else finger,
            [settings.intact_before_flare_lost, settings.intact_before_flare_kept],
        )
    )


def _expected(
    straight: dict[str, float], phalanges: dict[int, DistalPhalanx], settings: AcroOsteolysisSettings
) -> dict[int, Expectation]:
    if not phalanges:
        return {}
    lengths = {digit: phalanx.length_px for digit, phalanx in phalanges.items()}
    before = {digit: _intact_before(digit, phalanx, settings) for digit, phalanx in phalanges.items()}
    return expect_distal_phalanges(straight, lengths, before, settings)


def _tuft(digit: int, phalanx: DistalPhalanx, expectation: Expectation, settings: AcroOsteolysisSettings) -> Tuft:
    # Lengths run from the joint's landmark; what the bone has lost is a share of the bone alone.
    bone = expectation.expected_px / max(expectation.expected_px - phalanx.base_px, 0.5 * expectation.expected_px)
    raw, low, high = (
        bone * value for value in (expectation.deficit, expectation.deficit_low, expectation.deficit_high)
    )
    # a phalanx that is probably intact has lost nothing, however its length differs from the expected one
    deficit = max(0.0, (1.0 - expectation.intact) * raw)
    doubtful = phalanx.covered_share >= settings.covered_length
    if doubtful:  # the bone ends somewhere between the last visible level and the end of its outline
        high += bone * (phalanx.length_px - phalanx.visible_length_px) / expectation.expected_px
    fragmented = phalanx.detached or phalanx.covered_share >= settings.fragmented_length
    confidence = phalanx.confidence
    if phalanx.disagreement_mm is not None:
        confidence *= float(np.exp(-0.5 * (phalanx.disagreement_mm / 3.0) ** 2))
    if doubtful or fragmented:
        confidence *= 0.5
    grade = grade_of(raw, expectation.intact, phalanx.tuft_to_waist, settings)
    return Tuft(
        digit=digit,
        assessable=True,
        grade=grade,
        grade_interval=_grade_interval((low, high), grade, expectation, settings),
        length_deficit=round(min(deficit, 1.0), 4),
        length_deficit_interval=Interval(low=round(low, 4), high=round(min(high, 1.0), 4)),
        tuft_to_waist_ratio=None if phalanx.tuft_to_waist is None else round(phalanx.tuft_to_waist, 4),
        fragmented=fragmented,
        confidence=round(min(max(confidence, 0.0), 1.0), 4),
    )


def _digit_length(
    view: HandView, digit: int, lengths: dict[str, float], phalanges: dict[int, DistalPhalanx]
) -> DigitLength:
    """Return the lengths of one digit, from joint centre to joint centre or tip."""
    mm = view.calibration.mm_per_pixel
    distal = phalanges[digit].length_px if digit in phalanges else lengths.get(f"DP{digit}")
    values = {
        "distal": distal,
        "middle": lengths.get(f"MP{digit}"),
        "proximal": lengths.get(f"PP{digit}"),
        "metacarpal": lengths.get(f"MC{digit}"),
    }
    pixels = {f"{name}_px": None if v is None else round(v, 2) for name, v in values.items()}
    millimetres = {f"{name}_mm": None if v is None or mm is None else round(v * mm, 3) for name, v in values.items()}
    return DigitLength.model_validate({"digit": digit, **pixels, **millimetres})
