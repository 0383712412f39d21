"""What follows from a reader's correction: totals and summaries are made again from the findings.

A reader who takes a deposit away or grades a tuft changes findings; the sums over them are not the reader's to keep.
"""

from __future__ import annotations

import json
import math
from typing import Any

from sclerograph.anatomy.norms import NOMINAL_FINGER_MM
from sclerograph.findings.records import CalcinosisTotal, Hand, Reading
from sclerograph.hand.gaps import lines, other_lines
from sclerograph.hand.merge import merge_films
from sclerograph.hand.scale import nominal_mm_of_landmarks
from sclerograph.hand.totals import hand_totals, patient_area_mm2
from sclerograph.hand.tuft_summary import summarise_hand, summarise_visit
from sclerograph.hand.visit import counted_hands
from sclerograph.networks.maps import Landmark

__all__ = ["with_totals"]

_NO_SCALE = "calcinosis: totals were not made again after a correction, because the size of the hand is not known"


def with_totals(document: dict[str, Any], before: Reading, after: Reading) -> dict[str, Any]:
    """Return a corrected document whose totals and summaries fit its findings.

    Parameters
    ----------
    document
        The document after the correction.
    before, after
        The reading before and after it. Only what rests on changed findings is made again: a film that nobody
        corrected keeps what its software said.
    """
    result: dict[str, Any] = json.loads(json.dumps(document))
    earlier = {_key(hand): hand for hand in before.hands}
    hands = []
    for entry, hand in zip(result["hands"], after.hands, strict=True):
        old = earlier.get(_key(hand))
        changed = _changed_hand(hand, old, _mm_per_pixel(after, hand))
        hands.append(changed)
        for field in ("calcinosis", "acro_osteolysis", "not_assessable"):
            if getattr(changed, field) != getattr(hand, field):
                entry[field] = changed.model_dump(mode="json", by_alias=True)[field]
    if hands != before.hands:
        counted = [hands[i] for i in counted_hands(hands)]
        result["acro_osteolysis"] = summarise_visit([hand.tufts for hand in counted]).model_dump(mode="json")
        result["calcified_area_mm2"] = patient_area_mm2(counted)
        if before.visit:
            result["visit"] = [each.model_dump(mode="json") for each in merge_films(hands, after.sources)]
    return result


def _key(hand: Hand) -> tuple[str, tuple[float, float, float, float]]:
    """Return what stays of a hand when it is corrected: its film and its place there."""
    return hand.source, hand.box


def _mm_per_pixel(reading: Reading, hand: Hand) -> float | None:
    (source,) = (source for source in reading.sources if source.id == hand.source)
    return source.calibration.mm_per_pixel


def _changed_hand(hand: Hand, old: Hand | None, mm_per_pixel: float | None) -> Hand:
    update: dict[str, Any] = {}
    if old is None or hand.tufts != old.tufts:
        update["acro_osteolysis"] = summarise_hand(hand.tufts)
    deposits_changed = (
        old is None or hand.deposits != old.deposits or hand.calcinosis_assessable != old.calcinosis_assessable
    )
    notes = other_lines(hand)
    if deposits_changed:
        update["calcinosis"] = _totals(hand, old, mm_per_pixel) if hand.calcinosis_assessable else []
        if hand.calcinosis_assessable and not update["calcinosis"]:
            notes.append(_NO_SCALE)
    if update or old is None or _findings(hand) != _findings(old):
        update["not_assessable"] = [*lines(hand), *notes]
    return hand.model_copy(update=update)


def _findings(hand: Hand) -> tuple[object, ...]:
    """Return what else a hand tells was not assessable from."""
    return (
        hand.joints,
        hand.erosions,
        hand.alignment,
        hand.cortex,
        hand.cortex_mean,
        hand.demineralisation,
        hand.fingertips,
    )


def _totals(hand: Hand, old: Hand | None, mm_per_pixel: float | None) -> list[CalcinosisTotal]:
    scale_px = _scale_px(hand, old)
    return [] if scale_px is None else hand_totals(hand.deposits, scale_px, mm_per_pixel)


def _scale_px(hand: Hand, old: Hand | None) -> float | None:
    """Return the length of a nominal millimetre: what the earlier totals were made with, or that of the landmarks."""
    for total in old.calcinosis if old is not None else ():
        if total.scope == "hand" and total.area_ratio > 0:
            return math.sqrt(total.area_px / total.area_ratio) / NOMINAL_FINGER_MM
    return nominal_mm_of_landmarks(
        {name: Landmark(mark.x, mark.y, mark.confidence, mark.plausible) for name, mark in hand.landmarks.items()}
    )
