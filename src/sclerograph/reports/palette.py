"""Colours of every picture, chosen so that colour-blind readers tell them apart.

The hues are those of Okabe and Ito 2008 (Color Universal Design, https://jfly.uni-koeln.de/color/). A colour never
stands alone: a grade is printed as a number, a deposit has its identifier.
"""

from __future__ import annotations

__all__ = [
    "BONE",
    "CHANGES",
    "DEPOSIT",
    "EROSION",
    "GRADES",
    "IMPLAUSIBLE",
    "LANDMARK",
    "NOT_ASSESSABLE",
    "burden_colour",
    "grade_colour",
    "rgb",
    "text_colour_on",
]

#: Calcium deposits on a film (sky blue).
DEPOSIT = "#56B4E9"
#: Rings around places to look at for an erosion (yellow).
EROSION = "#F0E442"
#: Outlines of bones and skin on a film.
BONE = "#FFFFFF"
#: Landmarks that the shape of the hand supports, and those that it contradicts.
LANDMARK = "#FFFFFF"
IMPLAUSIBLE = "#CC79A7"
#: Fingertips by grade of acro-osteolysis: bluish green, yellow, orange, vermillion, reddish purple.
GRADES = ("#009E73", "#F0E442", "#E69F00", "#D55E00", "#CC79A7")
#: Deposits by what became of them between two visits: vermillion, orange, sky blue, bluish green, reddish purple.
CHANGES = {"new": "#D55E00", "grown": "#E69F00", "stable": "#56B4E9", "shrunk": "#009E73", "gone": "#CC79A7"}
#: What could not be assessed.
NOT_ASSESSABLE = "#9AA0A6"

# Ends of the ramp of burden: from nearly white to the palette's blue.
_RAMP_LOW = (222, 236, 247)
_RAMP_HIGH = (0, 114, 178)


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue (0 to 255) of a ``#RRGGBB`` colour."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def grade_colour(grade: int | None) -> str:
    """Return the colour of a grade, grey for a fingertip that could not be assessed."""
    return NOT_ASSESSABLE if grade is None else GRADES[grade]


def burden_colour(fraction: float) -> str:
    """Return the colour of a burden between 0 (least) and 1 (most)."""
    share = min(max(fraction, 0.0), 1.0)
    mixed = (round(low + share * (high - low)) for low, high in zip(_RAMP_LOW, _RAMP_HIGH, strict=True))
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def text_colour_on(colour: str) -> str:
    """Return black or white, whichever contrasts more with the colour (WCAG 2.2 relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255.0 for v in rgb(colour))]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # 0.179 is where the contrast ratios to black and to white are equal: (L + 0.05)^2 = 1.05 * 0.05.
    return "#000000" if luminance > 0.179 else "#FFFFFF"
