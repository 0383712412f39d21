"""Are the hands on a film found, the right way up and on the right side; is what is no hand refused?"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bench.measure import Measure, Outcome, Row, Target, Workplace
from bench.orientations import ORIENTATIONS, Orientation, angle_between_deg, side_by_side, up_deg_of
from bench.real_films import ValidationFilm, other_regions, validation_films
from bench.share_rows import share_row
from sclerograph.errors import InputRejected, NotAHandRadiograph
from sclerograph.hand.not_a_hand import check_skeleton, hands_on
from sclerograph.hand.reading import read_films
from sclerograph.imaging import open_radiograph
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.networks.maps import HandLocation
from sclerograph.networks.protocol import HandNetworks

__all__ = ["MEASURE", "find_hands", "verdict"]

#: Greatest angle between the measured and the true direction wrist to middle finger.
_WITHIN_DEG = 20.0
#: Without key points up is what the unturned film gave; all validation films are upright within this, seen by eye.
_UPRIGHT_WITHIN_DEG = 50.0


@dataclass(frozen=True)
class _True:
    up_deg: float
    looks_right: bool


def find_hands(film: Radiograph, networks: HandNetworks) -> list[HandLocation]:
    """Return the hands that a reading of this film would measure, from left to right; none where it is refused.

    The same gates as in ``hand.reading``, without measuring.
    """
    try:
        located = hands_on(networks.locate(film))
    except NotAHandRadiograph:
        return []
    kept = []
    for location in located:
        try:
            check_skeleton(networks.skeleton(film, location))
        except NotAHandRadiograph:
            continue
        kept.append(location)
    return kept


def verdict(found: list[HandLocation], truth: list[_True]) -> str:
    """Return ``right``, or what is wrong: the number of hands, the way up, or the side of the thumb."""
    if len(found) != len(truth):
        return f"{len(found)} hands"
    for location, true in zip(found, truth, strict=True):
        if angle_between_deg(location.up_deg, true.up_deg) > _WITHIN_DEG:
            return f"turned {angle_between_deg(location.up_deg, true.up_deg):.0f} degrees"
        if location.mirrored != true.looks_right:
            return "thumb on the wrong side"
    return "right"


def _up_deg(film: ValidationFilm, found: list[HandLocation]) -> float:
    if film.wrist is not None:
        return up_deg_of(film.wrist, film.points["TIP3"])
    if len(found) == 1 and angle_between_deg(found[0].up_deg, 0.0) <= _UPRIGHT_WITHIN_DEG:
        return found[0].up_deg
    return 0.0


def run(workplace: Workplace) -> Outcome:
    """Turn and mirror the validation films, put pairs of them on one film, and show films of other regions."""
    data, networks = workplace.real_films(), workplace.networks
    films = list(workplace.some(validation_films(data)))
    wrong: list[dict[str, object]] = []
    ups: dict[str, float] = {}
    right = 0
    for film in workplace.each(films, "hands x 8 orientations"):
        radiograph = open_radiograph(film.path)
        found = find_hands(radiograph, networks)
        ups[film.name] = up = _up_deg(film, found)
        for orientation in ORIENTATIONS:
            if orientation != Orientation(0, False):
                found = find_hands(orientation.film(radiograph), networks)
            answer = verdict(found, [_True(orientation.up_deg(up), orientation.looks_right(film.looks_right))])
            right += answer == "right"
            if answer != "right":
                wrong.append({"film": film.name, **asdict(orientation), "answer": answer})
    n = len(films) * len(ORIENTATIONS)
    rows = [
        share_row(
            "hands_orientations",
            "hands found once, way up and side of the thumb right",
            "validation films x 8 orientations",
            right,
            n,
            "films",
            Target(">=", 0.995, "%"),
        )
    ]
    rows += _pairs(workplace, films, ups, wrong)
    rows += _other_regions(workplace)
    return Outcome(
        rows,
        {"wrong": wrong},
        notes=[
            f"the way up counts as right within {_WITHIN_DEG:.0f} degrees of the direction wrist to middle finger",
            "true direction: from the key points where a film has them, else from the reading of the unturned film",
        ],
    )


def _pairs(
    workplace: Workplace, films: list[ValidationFilm], ups: dict[str, float], wrong: list[dict[str, object]]
) -> list[Row]:
    """Two films side by side, the right one mirrored."""
    mirror = Orientation(0, True)
    pairs = list(zip(films[0::2], films[1::2], strict=False))
    right = 0
    for first, second in workplace.each(pairs, "two hands on one film"):
        film = side_by_side(open_radiograph(first.path), mirror.film(open_radiograph(second.path)))
        truth = [
            _True(ups[first.name], first.looks_right),
            _True(mirror.up_deg(ups[second.name]), mirror.looks_right(second.looks_right)),
        ]
        answer = verdict(find_hands(film, workplace.networks), truth)
        right += answer == "right"
        if answer != "right":
            wrong.append({"film": f"{first.name} beside {second.name} mirrored", "answer": answer})
    if not pairs:
        return []
    return [
        share_row(
            "hands_pairs",
            "both hands found, way up and side of the thumb right",
            "two validation films side by side, one mirrored",
            right,
            len(pairs),
            "films",
        )
    ]


def _other_regions(workplace: Workplace) -> list[Row]:
    paths = list(workplace.some(other_regions(workplace.real_films())))
    taken = 0
    for path in workplace.each(paths, "films of other regions"):
        try:
            read_films([open_radiograph(path)], workplace.networks, name=path.stem)
        except InputRejected:
            continue
        taken += 1
    if not paths:
        return []
    return [
        share_row(
            "hands_other_regions",
            "taken for a hand",
            "films of other regions, not trained on",
            taken,
            len(paths),
            "films",
        )
    ]


MEASURE = Measure("hands", "Hands found", run)
