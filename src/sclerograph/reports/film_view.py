"""What is drawn over a film: the contours of its hands with their colours, labels and the boxes to zoom to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import hypot

from sclerograph.anatomy.hand import FINGER_CHAINS
from sclerograph.findings.records import Contour, Deposit, Hand, LandmarkRecord, Tuft
from sclerograph.reports.palette import grade_colour, text_colour_on
from sclerograph.reports.wording import ABSENT, digit_name, number, site_name

__all__ = ["Box", "FingertipMark", "deposit_text", "digit_box", "fingertip_marks", "hand_box", "label_corner"]

# Beyond the tip by this share of the distal phalanx, the number of the grade is clear of bone and skin.
_GRADE_OFFSET = 0.95
_ZOOM_MARGIN = 0.18


@dataclass(frozen=True)
class Box:
    """A part of a film in its pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class FingertipMark:
    """The distal phalanx of one digit, coloured by its grade.

    ``contours`` is empty where the bone has no outline; the mark is then a dot at ``tip``.
    """

    digit: int
    contours: list[Contour]
    tip: tuple[float, float]
    label_at: tuple[float, float]
    label: str
    colour: str
    text_colour: str
    description: str


def fingertip_marks(hand: Hand) -> list[FingertipMark]:
    """Return a mark for each fingertip that has a record and a place on the film."""
    return [mark for tuft in hand.tufts if (mark := _fingertip_mark(hand, tuft)) is not None]


def _fingertip_mark(hand: Hand, tuft: Tuft) -> FingertipMark | None:
    outline = next((o for o in hand.bones if o.bone == f"DP{tuft.digit}"), None)
    joint, tip = (hand.landmarks.get(name) for name in FINGER_CHAINS[tuft.digit][-2:])
    if tip is None:
        return None
    grade = tuft.grade if tuft.assessable else None
    colour = grade_colour(grade)
    words = "not assessable" if grade is None else f"acro-osteolysis grade {grade}"
    if tuft.reason and not tuft.assessable:
        words += f": {tuft.reason}"
    return FingertipMark(
        digit=tuft.digit,
        contours=list(outline.contours) if outline is not None else [],
        tip=(tip.x, tip.y),
        label_at=_beyond(joint, tip, hand),
        label=ABSENT if grade is None else str(grade),
        colour=colour,
        text_colour=text_colour_on(colour),
        description=f"{digit_name(tuft.digit)}: {words}",
    )


def _beyond(joint: LandmarkRecord | None, tip: LandmarkRecord, hand: Hand) -> tuple[float, float]:
    """Return the place of a fingertip's number: on the axis of the distal phalanx, outside the skin."""
    distance = 0.05 * max(hand.box[2] - hand.box[0], hand.box[3] - hand.box[1])
    if joint is None or hypot(tip.x - joint.x, tip.y - joint.y) == 0.0:
        return tip.x, tip.y - distance
    length = hypot(tip.x - joint.x, tip.y - joint.y)
    # A resorbed phalanx is short while its pulp is not, so the offset never falls below a share of the hand.
    reach = max(_GRADE_OFFSET * length, distance) / length
    return tip.x + reach * (tip.x - joint.x), tip.y + reach * (tip.y - joint.y)


def deposit_text(deposit: Deposit) -> str:
    """Return one line on a deposit: its name, where it lies, what it looks like, how large it is."""
    size = f"{number(deposit.area_px, 0)} px²" if deposit.area_mm2 is None else f"{number(deposit.area_mm2)} mm²"
    place = f"{deposit.site} ({site_name(deposit.site)}), {deposit.compartment.replace('_', '-')}"
    return f"{deposit.id}: {place}, {deposit.morphology}, {size}, confidence {number(deposit.confidence, 2)}"


def hand_box(hand: Hand) -> Box:
    """Return the box of a hand with a margin."""
    x0, y0, x1, y1 = hand.box
    return _with_margin([(x0, y0), (x1, y1)], 0.05)


def digit_box(hand: Hand, digit: int) -> Box | None:
    """Return the part of a film that shows a digit from its MCP joint, None where its landmarks are missing."""
    marks = [hand.landmarks[name] for name in FINGER_CHAINS[digit][1:] if name in hand.landmarks]
    if len(marks) < 2:
        return None
    own = [deposit.contours for deposit in hand.deposits if deposit.digit == digit]
    points = [(mark.x, mark.y) for mark in marks]
    points += [mark.label_at for mark in fingertip_marks(hand) if mark.digit == digit]
    return _with_margin([*points, *_points(c for contours in own for c in contours)], _ZOOM_MARGIN)


def label_corner(hand: Hand) -> tuple[float, float]:
    """Return the place of the side letter: the lower corner of the box on the side of the little finger.

    Above the fingers it would hide tips, on the side of the thumb it would hide the thumb.
    """
    x0, _, x1, y1 = hand.box
    thumb, little = hand.landmarks.get("CMC1"), hand.landmarks.get("CMC5")
    on_the_left = thumb is None or little is None or little.x <= thumb.x
    inset = 0.04 * (x1 - x0)
    return (x0 + inset if on_the_left else x1 - inset), y1 - inset


def _points(contours: Iterable[Contour]) -> Iterator[tuple[float, float]]:
    return (point for contour in contours for point in contour)


def _with_margin(points: list[tuple[float, float]], share: float) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    margin = share * max(max(xs) - min(xs), max(ys) - min(ys), 1.0)
    return Box(min(xs) - margin, min(ys) - margin, max(xs) - min(xs) + 2.0 * margin, max(ys) - min(ys) + 2.0 * margin)
