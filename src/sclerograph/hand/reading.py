"""From the films of one visit to its reading."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sclerograph import __version__
from sclerograph.anatomy.hand import Side, View
from sclerograph.errors import NotAHandRadiograph, UsageError
from sclerograph.findings.records import (
    CalibrationRecord,
    Hand,
    ModelRecord,
    Reading,
    SoftwareRecord,
    SourceRecord,
)
from sclerograph.hand.examination import examine_hand
from sclerograph.hand.merge import merge_films
from sclerograph.hand.methods import METHODS
from sclerograph.hand.not_a_hand import check_skeleton, hands_on
from sclerograph.hand.side import SideAndView, decide, tell_two_of_one_side
from sclerograph.hand.totals import patient_area_mm2
from sclerograph.hand.tuft_summary import summarise_visit
from sclerograph.hand.view import seen_hand
from sclerograph.hand.visit import counted_hands, counting_notes
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.networks.maps import HandLocation, SkeletonMaps
from sclerograph.networks.protocol import HandNetworks
from sclerograph.networks.side_by_side import side_by_side

__all__ = ["METHODS", "read_films", "read_hand"]


def read_films(
    films: Sequence[Radiograph],
    networks: HandNetworks,
    *,
    name: str,
    side: Side | None = None,
    view: View | None = None,
    threads: int | None = None,
) -> Reading:
    """Read the films of one visit.

    Parameters
    ----------
    films
        One film or several: left and right, or two views of one hand.
    networks
        The networks that look at the films.
    name
        Name of the reading: the file's stem, or the study instance UID.
    side, view
        What the user says about every film.
    threads
        How many hands of a film may be measured at a time, as many as there are cores if ``None``.

    Returns
    -------
    Reading
        With one hand entry for each hand on each film. Patient totals count each hand once.

    Raises
    ------
    NotAHandRadiograph
        When no film of the visit shows a hand.
    UsageError
        Without films.
    """
    if not films:
        raise UsageError("a reading needs at least one film")
    sources: list[SourceRecord] = []
    hands: list[Hand] = []
    refusals: list[NotAHandRadiograph] = []
    for number, film in enumerate(films, start=1):
        notes = list(film.notes)
        try:
            found = _hands_of(film, f"s{number}", networks, side, view, notes, threads)
        except NotAHandRadiograph as refusal:
            refusals.append(refusal)
            notes.append(f"not read: {refusal.found}")
            found = []
        hands.extend(found)
        sources.append(_source(film, f"s{number}", notes))
    if not hands:
        raise refusals[0]
    return _reading(name, networks, sources, _numbered(hands))


def _hands_of(
    film: Radiograph,
    source: str,
    networks: HandNetworks,
    side: Side | None,
    view: View | None,
    notes: list[str],
    threads: int | None,
) -> list[Hand]:
    """Read every hand of one film; a second mark of the finder that turns out to be no hand is noted and left out."""
    seen: list[tuple[HandLocation, SkeletonMaps]] = []
    refusal: NotAHandRadiograph | None = None
    locations = hands_on(networks.locate(film))
    skeletons = side_by_side(partial(networks.skeleton, film), locations, threads)
    for location, skeleton in zip(locations, skeletons, strict=True):
        try:
            check_skeleton(skeleton)
        except NotAHandRadiograph as reason:
            refusal = reason
            continue
        seen.append((location, skeleton))
    if refusal is not None and not seen:
        raise refusal
    if refusal is not None:
        notes.append(f"a part of the film was not taken for a hand: {refusal.found}")
    if len(seen) > 1 and (side or film.side):
        notes.append("two hands are on the film, so the side that was given for the film was not used")
    if view and film.view and view != film.view:
        notes.append(f"the user says {view} view, the file says {film.view}")
    decisions = [
        decide(
            location,
            file_side=film.side,
            file_view=film.view,
            user_side=side,
            user_view=view,
            hands_on_film=len(seen),
        )
        for location, _ in seen
    ]

    def measured(hand: tuple[tuple[HandLocation, SkeletonMaps], SideAndView]) -> Hand:
        (location, skeleton), decision = hand
        return read_hand(film, source, location, skeleton, networks, decision)

    return side_by_side(measured, list(zip(seen, tell_two_of_one_side(decisions), strict=True)), threads)


def read_hand(
    film: Radiograph,
    source: str,
    location: HandLocation,
    skeleton: SkeletonMaps,
    networks: HandNetworks,
    side_and_view: SideAndView,
) -> Hand:
    """Measure one hand of a film.

    Parameters
    ----------
    film
        The film.
    source
        Its number in the reading.
    location, skeleton
        What the networks have said about this hand.
    networks
        To ask for the calcium and the joint spaces.
    side_and_view
        Which hand it is.
    """
    view = seen_hand(film, skeleton, networks, side_and_view)
    return examine_hand(view, source, location.confidence)


def _source(film: Radiograph, name: str, notes: list[str]) -> SourceRecord:
    calibration = film.calibration
    return SourceRecord(
        id=name,
        file=film.source.file,
        sha256=film.source.sha256,
        rows=film.source.rows,
        columns=film.source.columns,
        calibration=CalibrationRecord(
            source=calibration.source,
            mm_per_pixel=calibration.mm_per_pixel,
            magnification=calibration.magnification,
            detail=calibration.detail,
        ),
        notes=notes,
    )


def _numbered(hands: list[Hand]) -> list[Hand]:
    """Number the deposits through the reading, and note which entries do not count."""
    uncounted = counting_notes(hands)
    numbered, last = [], 0
    for i, hand in enumerate(hands):
        deposits = [d.model_copy(update={"id": f"d{last + j}"}) for j, d in enumerate(hand.deposits, start=1)]
        last += len(deposits)
        notes = [*hand.notes, uncounted[i]] if i in uncounted else hand.notes
        numbered.append(hand.model_copy(update={"deposits": deposits, "notes": notes}))
    return numbered


def _reading(name: str, networks: HandNetworks, sources: list[SourceRecord], hands: list[Hand]) -> Reading:
    counted = [hands[i] for i in counted_hands(hands)]
    models = [ModelRecord(name=model, sha256=digest) for model, digest in networks.models]
    return Reading(
        name=name,
        software=SoftwareRecord(version=__version__, models=models, methods=list(METHODS)),
        sources=sources,
        hands=hands,
        visit=merge_films(hands, sources),
        acro_osteolysis=summarise_visit([hand.tufts for hand in counted]),
        calcified_area_mm2=patient_area_mm2(counted),
    )
