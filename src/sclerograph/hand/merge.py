"""Several films of one hand, merged: each value from the film that shows it best, and named after that film.

The PA film goes first, then AP, oblique and lateral, and the surer of equals; where it does not show a place, the next
one that does is taken. Flexion is the other way round: a film from the side shows angles as they are, one from the
back only what they shorten. Nothing is averaged: films of one visit show a hand in different poses.

Deposits cannot be told apart between two directions of view, so those of a site are never added up over films. The
film that counts for the hand counts for its sites; a site that only another film shows is told, and is in no total.
"""

from __future__ import annotations

from collections.abc import Sequence

from sclerograph.anatomy.hand import SITES, View
from sclerograph.findings.records import Hand, SourceRecord, VisitFinding, VisitHand, VisitSite
from sclerograph.hand.measures import Measured, measures
from sclerograph.hand.visit import PREFERENCE, counted_hands

__all__ = ["merge_films"]

#: Which view tells how far a digit is bent.
_FROM_THE_SIDE: dict[View, int] = {"lateral": 0, "oblique": 1, "PA": 2, "AP": 3}


def merge_films(hands: Sequence[Hand], sources: Sequence[SourceRecord]) -> list[VisitHand]:
    """Return the hands of the patient, each from all films that show it.

    Parameters
    ----------
    hands, sources
        Those of the reading.

    Returns
    -------
    list of VisitHand
        One for each entry of :func:`sclerograph.hand.visit.counted_hands`. Films join it that show a hand of the same
        known side; where two hands seem to be of that side, nobody can say which of them another film shows, and each
        stays alone.
    """
    counted = counted_hands(hands)
    calibrated = {source.id: source.calibration.mm_per_pixel is not None for source in sources}
    return [_merged([hands[i] for i in _same_hand(hands, counted, entry)], calibrated) for entry in counted]


def _same_hand(hands: Sequence[Hand], counted: Sequence[int], entry: int) -> list[int]:
    """Return the positions of the entries that show one hand, the counted one first, then by preference."""
    side = hands[entry].side
    alone = side is None or sum(hands[i].side == side for i in counted) > 1
    others = [] if alone else [i for i, hand in enumerate(hands) if hand.side == side and i != entry]
    return [entry, *sorted(others, key=lambda i: (PREFERENCE[hands[i].view], -hands[i].confidence, i))]


def _merged(hands: Sequence[Hand], calibrated: dict[str, bool]) -> VisitHand:
    values = [list(measures(hand, calibrated=calibrated[hand.source])) for hand in hands]
    places: dict[tuple[str, str], list[tuple[Hand, Measured]]] = {}
    for hand, found in zip(hands, values, strict=True):
        for each in found:
            places.setdefault((each.finding, each.place), []).append((hand, each))
    return VisitHand(
        side=hands[0].side,
        sources=[hand.source for hand in hands],
        findings=[_best(entries) for entries in places.values()],
        deposits=_sites(hands),
    )


def _best(entries: list[tuple[Hand, Measured]]) -> VisitFinding:
    """Return the value of the first film that has one; without any, why each of them has none."""
    if entries[0][1].finding == "flexion":
        entries = sorted(entries, key=lambda entry: _FROM_THE_SIDE[entry[0].view])
    first = entries[0][1]
    for hand, found in entries:
        if found.value is not None:
            return VisitFinding(
                finding=found.finding,
                place=found.place,
                unit=found.unit,
                value=found.value,
                interval=found.interval,
                source=hand.source,
                assessable=True,
            )
    reasons: dict[str, list[str]] = {}
    for hand, found in entries:
        reasons.setdefault(found.reason or "not measured", []).append(hand.source)
    told = [reason if len(reasons) == 1 else f"{', '.join(on)}: {reason}" for reason, on in reasons.items()]
    return VisitFinding(
        finding=first.finding, place=first.place, unit=first.unit, assessable=False, reason="; ".join(told)
    )


def _sites(hands: Sequence[Hand]) -> list[VisitSite]:
    """Return the sites with deposits, each by the first film that shows any there."""
    sites = []
    for site in SITES:
        showing = [hand for hand in hands if any(deposit.site == site for deposit in hand.deposits)]
        if not showing:
            continue
        own = [deposit for deposit in showing[0].deposits if deposit.site == site]
        areas = [deposit.area_mm2 for deposit in own]
        sites.append(
            VisitSite(
                site=site,
                source=showing[0].source,
                deposits=[deposit.id for deposit in own],
                area_px=round(sum(deposit.area_px for deposit in own), 2),
                area_mm2=None if None in areas else round(sum(area for area in areas if area is not None), 3),
                counted=showing[0] is hands[0],
                also_on=[hand.source for hand in showing[1:]],
            )
        )
    return sites
