"""Side and view as a DICOM file says them, with its contradictions.

Side: Laterality (PS3.3 C.7.3.1), ImageLaterality (C.8.11.2), FrameLaterality (C.7.6.16.2.8), modifiers of the anatomic
region. View: ViewPosition (C.8.7.1, C.8.11.5), ViewCodeSequence (CID 4010), PatientOrientation (C.7.6.1.1.1). What
contradicts itself is not settled here: it is said, and the value stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sclerograph.anatomy.hand import Side, View
from sclerograph.imaging.attributes import items, text, texts

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["SideAndView", "side_and_view"]

#: Laterality codes of CID 244, SNOMED CT and the retired SRT form.
_SIDE_CODES: dict[str, Side] = {"7771000": "L", "G-A101": "L", "24028007": "R", "G-A100": "R"}
_BOTH_SIDES_CODES = frozenset({"51440002", "G-A102"})

#: ViewPosition is a free code string in CR; DP (dorsopalmar) and PD are what hand surgeons call PA and AP.
_VIEW_POSITIONS: dict[str, View] = {
    "PA": "PA",
    "DP": "PA",
    "DV": "PA",
    "DORSOPALMAR": "PA",
    "DORSOVOLAR": "PA",
    "AP": "AP",
    "PD": "AP",
    "VD": "AP",
    "PALMODORSAL": "AP",
    **dict.fromkeys(("LL", "RL", "LLD", "RLD", "LAT", "LATERAL", "ML", "LM", "LLAT", "RLAT"), "lateral"),
    **dict.fromkeys(
        ("LLO", "RLO", "RAO", "LAO", "RPO", "LPO", "OBL", "OBLIQUE", "OBLI", "MLO", "LMO", "SEMI-SUPINATED"), "oblique"
    ),
}
#: View codes of CID 4010 that a hand can have; SNOMED CT and the retired SRT form where it is common.
_VIEW_CODES: dict[str, View] = {
    "272479007": "PA",
    "R-10214": "PA",
    "399348003": "AP",
    "R-10206": "AP",
    **dict.fromkeys(
        ("399067008", "399198007", "399173006", "399260004", "399352003", "R-10232", "R-10236", "R-10224", "R-10228"),
        "lateral",
    ),
    **dict.fromkeys(
        (
            "399182000",
            "399059000",
            "399312000",
            "399135007",
            "399356000",
            "399006002",
            "399038007",
            "260427002",
            "260426006",
            "399236003",
            "399184004",
            "399368009",
            "399099002",
            "399160007",
        ),
        "oblique",
    ),
}
_MEANING_WORDS: tuple[tuple[str, View], ...] = (
    (r"oblique", "oblique"),
    (r"postero-?\s?anterior|dorso-?\s?(palmar|volar)", "PA"),
    (r"antero-?\s?posterior|(palmo|volo)-?\s?dorsal", "AP"),
    (r"lateral", "lateral"),
)


@dataclass(frozen=True)
class SideAndView:
    """What the file says, ``None`` where it says nothing or contradicts itself."""

    side: Side | None
    view: View | None
    notes: tuple[str, ...] = ()


def _sides(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Yield (attribute, L, R or B) for every laterality that the file gives."""
    for keyword in ("Laterality", "ImageLaterality"):
        value = text(dataset, keyword)
        if value:
            yield keyword, value
    for anatomy in items(dataset, "FrameAnatomySequence"):
        value = text(anatomy, "FrameLaterality")
        if value:
            yield "FrameLaterality", value
    for region in items(dataset, "AnatomicRegionSequence"):
        for modifier in items(region, "AnatomicRegionModifierSequence"):
            code = text(modifier, "CodeValue")
            if code in _BOTH_SIDES_CODES:
                yield "AnatomicRegionModifierSequence", "B"
            elif code in _SIDE_CODES:
                yield "AnatomicRegionModifierSequence", _SIDE_CODES[code]


def _views(dataset: Dataset) -> Iterator[tuple[str, View]]:
    position = text(dataset, "ViewPosition")
    if position in _VIEW_POSITIONS:
        yield "ViewPosition", _VIEW_POSITIONS[position]
    for code in items(dataset, "ViewCodeSequence"):
        value = text(code, "CodeValue")
        if value in _VIEW_CODES:
            yield "ViewCodeSequence", _VIEW_CODES[value]
            continue
        meaning = text(code, "CodeMeaning").lower()
        for pattern, view in _MEANING_WORDS:
            if re.search(pattern, meaning):
                yield "ViewCodeSequence", view
                break


def _seen_from(dataset: Dataset) -> View | None:
    """Return the view that PatientOrientation describes: PA seen from behind, AP from the front, else lateral.

    In the anatomical position the palm looks forward and the fingers point to the feet. The cross product of the
    directions of rows and columns points away from the viewer.
    """
    directions = texts(dataset, "PatientOrientation")
    if len(directions) != 2:
        return None
    axes = {"L": (0, 1), "R": (0, -1), "P": (1, 1), "A": (1, -1), "H": (2, 1), "F": (2, -1)}
    if any(direction[0] not in axes for direction in directions):
        return None
    (row_axis, row_sign), (column_axis, column_sign) = (axes[direction[0]] for direction in directions)
    if row_axis == column_axis:
        return None
    if 1 in (row_axis, column_axis):
        return "lateral"
    # x cross z is -y: pointing to the front, so the viewer stands behind.
    handedness = row_sign * column_sign * (1 if row_axis == 0 else -1)
    return "PA" if handedness > 0 else "AP"


def _listing(found: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{keyword} {value}" for keyword, value in found)


def side_and_view(dataset: Dataset) -> SideAndView:
    """Return the side and the view of a DICOM image, with a note for each contradiction inside the file."""
    notes: list[str] = []
    sides = [(keyword, value[0]) for keyword, value in _sides(dataset) if value[0] in ("L", "R", "B")]
    named = {value for _, value in sides if value != "B"}
    side: Side | None = None
    if len(named) > 1:
        notes.append(f"the file contradicts itself about the side ({_listing(sides)}); it was left open")
    elif any(value == "B" for _, value in sides):
        if named:
            notes.append(f"the file contradicts itself about the side ({_listing(sides)}); it was left open")
        else:
            notes.append("the file says that both sides are on the film")
    elif named:
        side = "L" if "L" in named else "R"

    views: list[tuple[str, View]] = list(_views(dataset))
    view: View | None = None
    if len({value for _, value in views}) > 1:
        notes.append(f"the file contradicts itself about the view ({_listing(views)}); it was left open")
    elif views:
        view = views[0][1]
    oriented = _seen_from(dataset)
    # Many machines write one PatientOrientation for all films, so that it never decides; but it may warn of a mirror.
    if {view, oriented} == {"PA", "AP"}:
        notes.append(
            f"PatientOrientation describes a film seen as {oriented}, the view is called {view}: it may be mirrored"
        )
    return SideAndView(side, view, tuple(notes))
