"""What readers write down of a hand in a session, and the same things taken from a reading.

A form is a list of items for each hand: the grade of each fingertip, calcium in each region, the narrowing of each
joint. The same items are found in the readings of the software, which is how the two can be set against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sclerograph.anatomy.hand import DIGITS, JOINTS
from sclerograph.errors import UsageError
from sclerograph.findings.records import Hand, Reading

__all__ = ["LESIONS", "FormItem", "HandOnFilm", "Lesion", "form_items", "hands_on_films", "values_of_hand"]

Lesion = Literal["acro_osteolysis", "calcinosis", "joint_narrowing"]
Kind = Literal["grade", "count", "area_mm2"]

#: What a form can ask for.
LESIONS: tuple[Lesion, ...] = ("acro_osteolysis", "calcinosis", "joint_narrowing")

_NARROWING_JOINTS = tuple(joint.code for joint in JOINTS if joint.code.rstrip("12345") in ("IP", "DIP", "PIP", "MCP"))


@dataclass(frozen=True)
class FormItem:
    """One column of a form.

    Parameters
    ----------
    name
        Name of the column.
    lesion
        What it is about.
    site
        Bone, joint or region, or ``hand`` for the hand as a whole.
    kind
        ``grade`` for whole numbers from 0 to ``highest``, ``count``, or ``area_mm2``.
    highest
        The greatest value that is taken.
    required
        False for what a reader may leave empty.
    """

    name: str
    lesion: Lesion
    site: str
    kind: Kind
    highest: int
    required: bool = True


@dataclass(frozen=True)
class HandOnFilm:
    """A hand as readers are told of it: ``L`` or ``R``, or its place from the left of the film where unclear."""

    label: str
    hand: Hand


def form_items(lesions: Sequence[str]) -> tuple[FormItem, ...]:
    """Return the items of a form that asks for these lesions, in the order of :data:`LESIONS`.

    Acro-osteolysis is graded 0 (normal) to 4 (complete resorption of the tuft) at each fingertip; calcinosis is absent
    (0) or present (1) in each of the twenty regions of :mod:`sclerograph.scores.regions`, with the number of deposits
    and their area where a reader measures them; joint space narrowing is graded 0 (normal) to 4 (ankylosis), as in the
    Sharp/van der Heijde score (van der Heijde 2000, J Rheumatol 27:261-263).

    Raises
    ------
    UsageError
        No lesion is named, or one that no form asks for.
    """
    unknown = [lesion for lesion in lesions if lesion not in LESIONS]
    if unknown or not lesions:
        raise UsageError(f"a form asks for {', '.join(LESIONS)}: name one or several of them")
    return tuple(item for lesion in LESIONS if lesion in lesions for item in _items_of(lesion))


@lru_cache
def _items_of(lesion: Lesion) -> tuple[FormItem, ...]:
    if lesion == "acro_osteolysis":
        return tuple(FormItem(f"tuft_{d.number}", lesion, f"DP{d.number}", "grade", 4) for d in DIGITS)
    if lesion == "joint_narrowing":
        return tuple(FormItem(f"narrowing_{code}", lesion, code, "grade", 4) for code in _NARROWING_JOINTS)
    # Imported late: the regions need scipy.
    from sclerograph.scores.regions import REGIONS

    return (
        *(FormItem(f"calcium_{region}", lesion, region, "grade", 1) for region in REGIONS),
        FormItem("deposits", lesion, "hand", "count", 999, required=False),
        FormItem("calcified_area_mm2", lesion, "hand", "area_mm2", 20_000, required=False),
    )


def hands_on_films(reading: Reading) -> dict[str, tuple[HandOnFilm, ...]]:
    """Return the hands of each film of a reading, from left to right, by the SHA-256 of the film."""
    return {
        source.sha256: _labelled(hand for hand in reading.hands if hand.source == source.id)
        for source in reading.sources
    }


def _labelled(hands: Iterable[Hand]) -> tuple[HandOnFilm, ...]:
    ordered = sorted(hands, key=lambda hand: hand.box[0] + hand.box[2])
    sides = [hand.side for hand in ordered]
    clear = None not in sides and len(set(sides)) == len(sides)
    return tuple(
        HandOnFilm(hand.side if clear and hand.side is not None else str(place), hand)
        for place, hand in enumerate(ordered, start=1)
    )


def values_of_hand(hand: Hand, items: Iterable[FormItem]) -> dict[str, float | None]:
    """Return what a reading says of each item; ``None`` where the item could not be assessed."""
    return {item.name: _value(hand, item) for item in items}


def _value(hand: Hand, item: FormItem) -> float | None:
    if item.lesion == "acro_osteolysis":
        grades = [t.grade for t in hand.tufts if f"DP{t.digit}" == item.site and t.assessable]
        return None if not grades or grades[0] is None else float(grades[0])
    if item.lesion == "joint_narrowing":
        narrowings = [joint.narrowing_grade for joint in hand.joints if joint.joint == item.site and joint.assessable]
        return None if not narrowings or narrowings[0] is None else float(narrowings[0])
    if not hand.calcinosis_assessable:
        return None
    if item.kind == "count":
        return float(len(hand.deposits))
    if item.kind == "area_mm2":
        areas = [deposit.area_mm2 for deposit in hand.deposits]
        known = [area for area in areas if area is not None]
        return None if len(known) < len(areas) else sum(known, 0.0)
    from sclerograph.scores.regions import region_shares

    return float(any(item.site in region_shares(deposit.site) for deposit in hand.deposits))
