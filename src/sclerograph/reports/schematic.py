"""Both hands as a drawing: calcium by site as colour and number, fingertips by grade of acro-osteolysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES, DIGITS, FINGER_CHAINS, Side
from sclerograph.findings.records import Hand, Reading
from sclerograph.reports.burden import Burden, burdens
from sclerograph.reports.drawn_hand import (
    EXTENT,
    bone_outline,
    fingertip_outline,
    landmarks,
    site_centre,
    skin_outline,
)
from sclerograph.reports.palette import burden_colour, grade_colour, text_colour_on
from sclerograph.reports.vector import closed_path, decimal
from sclerograph.reports.wording import ABSENT, digit_name, hand_title, number, side_word, site_name

__all__ = ["HandDrawing", "draw_hands"]

_BONE_CODES = frozenset(b.code for b in BONES)
_LABEL_HEIGHT_MM = 6.0
_CHARACTER_MM = 2.55
_TIP_TO_GRADE_MM = 17.0


@dataclass(frozen=True)
class HandDrawing:
    """One drawn hand with its heading; ``svg`` is safe markup; ``absent`` for a side that has no film."""

    title: str
    svg: Markup
    absent: bool = False


@dataclass
class _Label:
    """A number that belongs to a site and may have to make room for its neighbours."""

    burden: Burden
    anchor: tuple[float, float]
    x: float
    y: float

    @property
    def half_width(self) -> float:
        return (len(self.burden.text) * _CHARACTER_MM + 3.4) / 2.0


def draw_hands(reading: Reading) -> list[HandDrawing]:
    """Return a drawing for each hand of the reading, left hands first, and an empty one for a side that has no film."""
    order: dict[Side | None, int] = {"L": 0, None: 1, "R": 2}
    hands = sorted(reading.hands, key=lambda hand: order[hand.side])
    units = {burden.unit for hand in hands for burden in burdens(hand, "site")}
    most = {unit: max(b.amount for h in hands for b in burdens(h, "site") if b.unit == unit) for unit in units}
    several_films = len(reading.sources) > 1
    drawings = [_draw(hand, most, hand.source if several_films else "") for hand in hands]
    sides = {hand.side for hand in hands}
    # Without a known side nobody can say which hand is missing.
    if None not in sides:
        if "L" not in sides:
            drawings.insert(0, _draw_missing("L"))
        if "R" not in sides:
            drawings.append(_draw_missing("R"))
    return drawings


def _draw(hand: Hand, most: dict[str, float], film: str) -> HandDrawing:
    # A hand of unknown side is drawn like a left one; its heading says that the side is not known.
    sign = -1.0 if hand.side == "R" else 1.0
    by_site = {burden.name: burden for burden in burdens(hand, "site")}
    parts = _skin(sign)
    parts += [_fingertip(hand, digit.number, sign) for digit in DIGITS]
    for drawn in BONES:
        burden = by_site.get(drawn.code)
        colour = "#FFFFFF" if burden is None else burden_colour(burden.amount / most[burden.unit])
        parts.append(
            Markup('<path class="drawn-bone" d="{}" fill="{}"><title>{}</title></path>').format(
                closed_path(_mirrored(bone_outline(drawn.code), sign)), colour, _site_text(drawn.code, burden)
            )
        )
    for burden in by_site.values():
        if burden.name not in _BONE_CODES:
            x, y = site_centre(burden.name)
            parts.append(
                Markup(
                    '<circle class="drawn-joint" cx="{}" cy="{}" r="4.2" fill="{}"><title>{}</title></circle>'
                ).format(
                    decimal(sign * x),
                    decimal(y),
                    burden_colour(burden.amount / most[burden.unit]),
                    _site_text(burden.name, burden),
                )
            )
    parts += [_label(label, most) for label in _placed(list(by_site.values()), sign)]
    parts += [_grade(hand, digit.number, sign) for digit in DIGITS]
    title = hand_title(hand) + (f" ({film})" if film else "")
    return HandDrawing(title, _frame(parts, sign, _description(hand, title)))


def _draw_missing(side: Side) -> HandDrawing:
    sign = -1.0 if side == "R" else 1.0
    word = "left" if side == "L" else "right"
    parts = _skin(sign)
    parts.append(
        Markup('<text class="drawn-absent" x="{}" y="-38">no {} hand on</text>').format(decimal(sign * 2.0), word)
        + Markup('<text class="drawn-absent" x="{}" y="-29">these films</text>').format(decimal(sign * 2.0))
    )
    return HandDrawing(f"{word.capitalize()} hand", _frame(parts, sign, f"No {word} hand on these films."), absent=True)


def _frame(parts: list[Markup], sign: float, description: str) -> Markup:
    x, y, width, height = EXTENT
    left = x if sign > 0 else -(x + width)
    return Markup('<svg class="drawn-hand" role="img" aria-label="{}" viewBox="{} {} {} {}">{}</svg>').format(
        description, decimal(left), decimal(y), decimal(width), decimal(height), Markup("").join(parts)
    )


def _skin(sign: float) -> list[Markup]:
    # Two passes of the same shapes, first with a border: what is left of the border is that of their union.
    paths = [closed_path(_mirrored(outline, sign)) for outline in skin_outline()]
    edge = [Markup('<path class="drawn-skin-edge" d="{}"/>').format(path) for path in paths]
    return edge + [Markup('<path class="drawn-skin" d="{}"/>').format(path) for path in paths]


def _fingertip(hand: Hand, digit: int, sign: float) -> Markup:
    tuft = next((t for t in hand.tufts if t.digit == digit), None)
    grade = tuft.grade if tuft is not None and tuft.assessable else None
    return Markup('<path class="drawn-fingertip{}" d="{}" fill="{}"/>').format(
        {None: " unassessed", 0: " normal"}.get(grade, ""),
        closed_path(_mirrored(fingertip_outline(digit), sign)),
        grade_colour(grade),
    )


def _grade(hand: Hand, digit: int, sign: float) -> Markup:
    tuft = next((t for t in hand.tufts if t.digit == digit), None)
    grade = tuft.grade if tuft is not None and tuft.assessable else None
    joint, tip = (np.array(landmarks()[name]) for name in FINGER_CHAINS[digit][-2:])
    x, y = tip + _TIP_TO_GRADE_MM * (tip - joint) / hypot(*(tip - joint))
    text = ABSENT if grade is None else str(grade)
    words = f"{digit_name(digit)}: " + ("not assessable" if grade is None else f"acro-osteolysis grade {grade}")
    return Markup('<text class="drawn-grade" x="{}" y="{}"><title>{}</title>{}</text>').format(
        decimal(sign * float(x)), decimal(float(y) + 2.6), words, text
    )


def _label(label: _Label, most: dict[str, float]) -> Markup:
    colour = burden_colour(label.burden.amount / most[label.burden.unit])
    leader = Markup("")
    if hypot(label.x - label.anchor[0], label.y - label.anchor[1]) > _LABEL_HEIGHT_MM * 0.7:
        leader = Markup('<path class="drawn-leader" d="M{},{}L{},{}"/>').format(
            *(decimal(v) for v in (*label.anchor, label.x, label.y))
        )
    return leader + Markup(
        '<g class="drawn-label"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}"/>'
        '<text x="{}" y="{}" fill="{}">{}</text></g>'
    ).format(
        _site_text(label.burden.name, label.burden),
        decimal(label.x - label.half_width, 2),
        decimal(label.y - _LABEL_HEIGHT_MM / 2.0, 2),
        decimal(2.0 * label.half_width, 2),
        decimal(_LABEL_HEIGHT_MM),
        colour,
        decimal(label.x, 2),
        decimal(label.y + 1.75, 2),
        text_colour_on(colour),
        label.burden.text,
    )


def _placed(found: Sequence[Burden], sign: float) -> list[_Label]:
    """Put each number on its site, then move overlapping neighbours apart until none touch."""
    labels = []
    for burden in found:
        x, y = site_centre(burden.name)
        labels.append(_Label(burden, (sign * x, y), sign * x, y))
    for _ in range(60):
        moved = False
        for first in range(len(labels)):
            for second in range(first + 1, len(labels)):
                moved |= _separate(labels[first], labels[second])
        if not moved:
            break
    return labels


def _separate(one: _Label, other: _Label) -> bool:
    """Move two overlapping labels apart along the shorter way; return whether they overlapped."""
    reach_x = one.half_width + other.half_width + 0.6
    reach_y = _LABEL_HEIGHT_MM + 0.6
    dx, dy = other.x - one.x, other.y - one.y
    overlap_x, overlap_y = reach_x - abs(dx), reach_y - abs(dy)
    if overlap_x <= 0.0 or overlap_y <= 0.0:
        return False
    if overlap_x < overlap_y:
        step = (overlap_x / 2.0 + 0.05) * (1.0 if dx >= 0.0 else -1.0)
        one.x, other.x = one.x - step, other.x + step
    else:
        step = (overlap_y / 2.0 + 0.05) * (1.0 if dy >= 0.0 else -1.0)
        one.y, other.y = one.y - step, other.y + step
    return True


def _mirrored(points: NDArray[np.float64], sign: float) -> NDArray[np.float64]:
    mirrored: NDArray[np.float64] = points * np.array([sign, 1.0])
    return mirrored


def _site_text(code: str, burden: Burden | None) -> str:
    name = f"{code}, {site_name(code)}"
    if burden is None:
        return name
    noun = "deposit" if burden.deposits == 1 else "deposits"
    return f"{name}: {burden.deposits} {noun}, {number(burden.amount, 2)} {burden.unit}"


def _description(hand: Hand, title: str) -> str:
    """Return what the drawing shows, for those who cannot see it."""
    found = burdens(hand, "site")
    if not hand.calcinosis_assessable:
        calcium = "Calcium could not be assessed."
    elif found:
        calcium = "Calcium at " + ", ".join(f"{b.name} {b.text} {b.unit}" for b in found) + "."
    else:
        calcium = "No deposit found."
    grades = ", ".join(
        f"{digit_name(t.digit)} {'not assessable' if not t.assessable or t.grade is None else t.grade}"
        for t in hand.tufts
    )
    return f"{title}, {side_word(hand)}. {calcium} Grades of acro-osteolysis: {grades or 'none'}."
