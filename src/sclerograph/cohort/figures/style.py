"""How every figure of a cohort looks: widths, letters, lines and colours.

Widths are those of a journal's column and page. The hues are those of Okabe and Ito 2008 (Color Universal Design,
https://jfly.uni-koeln.de/color/), which colour-blind readers tell apart; a colour never stands alone, so curves also
differ by their dashes and cells hold their number. DejaVu Sans comes with matplotlib, so that a figure has the same
letters, and the same bytes, on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Literal, ParamSpec

import matplotlib as mpl
from matplotlib.colors import LinearSegmentedColormap

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "BLUE",
    "COLUMN_MM",
    "DASHES",
    "FAINT",
    "GREEN",
    "HAIRLINE_PT",
    "INK",
    "LETTER_PT",
    "LINE_PT",
    "NOT_KNOWN",
    "ORANGE",
    "PAGE_MM",
    "PREVALENCE_COLOURS",
    "PURPLE",
    "QUIET",
    "SERIES",
    "SKY",
    "SMALL_PT",
    "SOFT",
    "VERMILLION",
    "Width",
    "house_settings",
    "house_style",
    "width_mm",
]

Width = Literal["column", "page"]

#: Width of one column and of the whole page of a journal.
COLUMN_MM: Final = 85.0
PAGE_MM: Final = 170.0

BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
GREEN: Final = "#009E73"
PURPLE: Final = "#CC79A7"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
#: Letters and axes; text of less weight; lines that only help the eye; areas behind everything; what is not known.
INK: Final = "#1A1D21"
QUIET: Final = "#5B636B"
FAINT: Final = "#C9CED3"
SOFT: Final = "#EEF1F4"
NOT_KNOWN: Final = "#D4D7DA"

#: Colours of groups, in the order of use, and the dashes that tell them apart in print without colour.
SERIES: Final = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
DASHES: Final[tuple[Any, ...]] = (
    "-",
    (0, (5, 1.6)),
    (0, (1.4, 1.2)),
    (0, (6, 1.5, 1.4, 1.5)),
    (0, (9, 2)),
    (0, (3, 3)),
)

LETTER_PT: Final = 7.0
SMALL_PT: Final = 6.0
LINE_PT: Final = 1.1
HAIRLINE_PT: Final = 0.5

#: From nearly white through the palette's blue to nearly black: its lightness falls evenly, so it also works in grey.
PREVALENCE_COLOURS: Final = LinearSegmentedColormap.from_list(
    "prevalence", [(0.0, "#EDF4FA"), (0.30, "#9CCBE8"), (0.62, "#2C86C0"), (1.0, "#06304F")]
)

# Any: the names of matplotlib's settings are a closed set for the type checker, and differ from release to release.
_SETTINGS: Final[Any] = {
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Helvetica", "Arial"],
    "font.size": LETTER_PT,
    "axes.titlesize": LETTER_PT,
    "axes.labelsize": LETTER_PT,
    "xtick.labelsize": SMALL_PT,
    "ytick.labelsize": SMALL_PT,
    "legend.fontsize": SMALL_PT,
    "mathtext.fontset": "dejavusans",
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": HAIRLINE_PT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": HAIRLINE_PT,
    "ytick.major.width": HAIRLINE_PT,
    "xtick.major.size": 2.2,
    "ytick.major.size": 2.2,
    "xtick.major.pad": 2.0,
    "ytick.major.pad": 2.0,
    "lines.linewidth": LINE_PT,
    "lines.solid_capstyle": "butt",
    "patch.linewidth": HAIRLINE_PT,
    "hatch.linewidth": 0.4,
    "figure.dpi": 100.0,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "path.simplify": False,
    # Text stays text in an SVG. Identifiers there are hashes: without a fixed salt they would differ from run to run.
    "svg.fonttype": "none",
    "svg.hashsalt": "sclerograph",
}

Parameters = ParamSpec("Parameters")


@contextmanager
def house_settings() -> Iterator[None]:
    """Set matplotlib to these looks, whatever the user's own settings are, and back again."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def house_style(draw: Callable[Parameters, Figure]) -> Callable[Parameters, Figure]:
    """Let a function that returns a figure draw it in this style."""

    @wraps(draw)
    def drawn(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Figure:
        with house_settings():
            return draw(*args, **kwargs)

    return drawn


def width_mm(width: Width) -> float:
    """Return the width in millimetres of a figure that fills a column or the page."""
    return COLUMN_MM if width == "column" else PAGE_MM
