"""Two readings of one patient, compared."""

from __future__ import annotations

from collections.abc import Sequence

from sclerograph import __version__
from sclerograph.comparison.area_change import AreaRuler, summed
from sclerograph.comparison.common_frame import common_frame
from sclerograph.comparison.deposit_changes import Members, deposit_changes, place_changes
from sclerograph.comparison.equal_scale import Scales, bone_ratio, equal_scale, landmarks_of
from sclerograph.comparison.hand_pairs import HandPair, pair_hands
from sclerograph.comparison.measure_changes import measure_changes
from sclerograph.comparison.records import (
    ComparedFilm,
    ComparedReading,
    Comparison,
    DepositChange,
    DepositStatus,
    EqualScale,
    HandComparison,
    PatientChange,
)
from sclerograph.comparison.repeatability import Repeatability, measured_repeatability
from sclerograph.comparison.settings import DEFAULT, METHODS, ComparisonSettings
from sclerograph.comparison.tuft_changes import summarise_tufts, tuft_changes
from sclerograph.findings.records import Hand, Method, Reading, SourceRecord
from sclerograph.hand.visit import counted_hands

__all__ = ["compare"]

_STATUSES: tuple[DepositStatus, ...] = ("new", "grown", "stable", "shrunk", "gone")


def compare(
    first: Reading,
    second: Reading,
    *,
    settings: ComparisonSettings = DEFAULT,
    repeatability: dict[str, Repeatability] | None = None,
) -> Comparison:
    """Compare two readings of one patient.

    Parameters
    ----------
    first, second
        The earlier and the later reading; that they are of one patient is for the caller to know.
    settings
        The thresholds.
    repeatability
        Errors of measurement by name; those that ship with the package when ``None``.

    Returns
    -------
    The comparison. What could not be compared stands in it with its reason; nothing is raised for it.
    """
    errors = measured_repeatability() if repeatability is None else repeatability
    pairs, unpaired = pair_hands(first, second)
    counted = {pairs[i].first for i in counted_hands([first.hands[pair.first] for pair in pairs])}
    hands = [_hand(first, second, pair, pair.first in counted, settings, errors) for pair in pairs]
    return Comparison(
        software=__version__,
        methods=[Method(name=name, version=version, citation=citation) for name, version, citation in METHODS],
        first=_compared(first),
        second=_compared(second),
        hands=hands,
        unpaired=unpaired,
        patient=_patient([hand for hand in hands if hand.counted], settings),
        notes=_notes(first, second),
    )


def _compared(reading: Reading) -> ComparedReading:
    return ComparedReading(
        name=reading.name,
        software=reading.software.version,
        models=reading.software.models,
        films=[ComparedFilm(id=source.id, file=source.file, sha256=source.sha256) for source in reading.sources],
    )


def _notes(first: Reading, second: Reading) -> list[str]:
    notes = []
    if {source.sha256 for source in first.sources} & {source.sha256 for source in second.sources}:
        notes.append("one film belongs to both readings: nothing can have changed on it")
    if (first.software.version, first.software.models) != (second.software.version, second.software.models):
        notes.append(
            "the readings were made by different versions or models: a change may be one of the method; read both "
            "films with one version"
        )
    if first.software.methods != second.software.methods:
        notes.append("the readings follow different definitions; read both films with one version")
    return notes


def _source(reading: Reading, hand: Hand) -> SourceRecord:
    return next(source for source in reading.sources if source.id == hand.source)


def _hand(
    first: Reading,
    second: Reading,
    pair: HandPair,
    counted: bool,
    settings: ComparisonSettings,
    errors: dict[str, Repeatability],
) -> HandComparison:
    before, after = first.hands[pair.first], second.hands[pair.second]
    calibrations = _source(first, before).calibration, _source(second, after).calibration
    scales = equal_scale(before, after, calibrations, settings)
    marks = landmarks_of(before), landmarks_of(after)
    frame = None if scales is None else common_frame(*marks, (scales.first, scales.second), settings)
    reason = _not_comparable(before, after, scales, framed=frame is not None)
    changes: list[tuple[DepositChange, Members]] = []
    places, total = [], None
    if frame is not None and scales is not None and reason is None:
        ruler = AreaRuler(scales, errors, settings)
        changes = deposit_changes(before.deposits, after.deposits, frame, ruler, settings)
        places, total = place_changes(changes, ruler), ruler.change(before.deposits, after.deposits, "hand_area")
    tufts = tuft_changes(before, after, scales, errors, settings)
    return HandComparison(
        side=before.side or after.side,
        view=before.view,
        first_hand=pair.first,
        second_hand=pair.second,
        counted=counted,
        mirrored=frame is not None and frame.mirrored,
        scale=_no_scale() if scales is None else scales.record,
        landmarks_used=0 if frame is None else frame.landmarks,
        landmark_distance_mm=None if frame is None else frame.distance_mm,
        calcinosis_assessable=reason is None,
        calcinosis_reason=reason,
        deposits=[change for change, _ in changes],
        places=places,
        calcinosis=total,
        tufts=tufts,
        acro_osteolysis=summarise_tufts(tufts),
        measures=measure_changes(before, after, scales, errors),
        notes=_hand_notes(before, after, pair, mirrored=frame is not None and frame.mirrored, settings=settings),
    )


def _no_scale() -> EqualScale:
    return EqualScale(
        source="none",
        first_mm_per_pixel=None,
        second_mm_per_pixel=None,
        pixel_ratio=None,
        bones=[],
        reason="neither the calibration of both films nor enough bones to make their scale equal",
    )


def _not_comparable(first: Hand, second: Hand, scales: Scales | None, *, framed: bool) -> str | None:
    """Return why the deposits of a hand cannot be compared, ``None`` where they can."""
    for visit, hand in (("first", first), ("second", second)):
        if not hand.calcinosis_assessable:
            return f"{visit} visit: {hand.calcinosis_reason or 'calcinosis is not assessable'}"
    if scales is None:
        return "the two films cannot be brought to one scale"
    return None if framed else "too few landmarks were found at both visits to lay the hands over each other"


def _hand_notes(
    first: Hand, second: Hand, pair: HandPair, *, mirrored: bool, settings: ComparisonSettings
) -> list[str]:
    notes = [] if pair.note is None else [pair.note]
    if mirrored:
        notes.append("one of the films shows the hand mirrored: check the side of both")
    bones = bone_ratio(landmarks_of(first), landmarks_of(second), settings.least_bones)
    if bones is not None and bones.spread > settings.another_hand_spread:
        notes.append(
            f"the lengths of the bones differ by {100.0 * bones.spread:.0f} % from each other between the films: "
            "another pose, or not one patient's hand"
        )
    return notes


def _patient(hands: Sequence[HandComparison], settings: ComparisonSettings) -> PatientChange:
    statuses = [change.status for hand in hands for change in hand.deposits]
    counts: dict[DepositStatus, int] = {status: statuses.count(status) for status in _STATUSES}
    if not hands:
        return PatientChange(
            hands=0, calcinosis=None, acro_osteolysis=None, deposits=counts, reason="no hand was read at both visits"
        )
    missing = [hand for hand in hands if not hand.calcinosis_assessable]
    areas = [hand.calcinosis for hand in hands if hand.calcinosis is not None]
    return PatientChange(
        hands=len(hands),
        calcinosis=None if missing else summed(areas, settings),
        acro_osteolysis=summarise_tufts([tuft for hand in hands for tuft in hand.tufts]),
        deposits=counts,
        reason="the deposits of one hand cannot be compared" if missing else None,
    )
