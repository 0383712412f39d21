"""Figures to files: SVG whose text stays text, and PNG; the same figure always gives the same bytes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sclerograph.cohort.figures.style import house_settings
from sclerograph.findings.atomic_file import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PNG_DPI", "SavedFigure", "png_bytes", "save_figure", "svg_text"]

#: Dots per inch of the PNG.
PNG_DPI: Final = 200

SavedFigure = tuple[Path, Path]


def svg_text(figure: Figure, title: str = "") -> str:
    """Return the figure as SVG: vectors and text that can be searched and edited, without a date.

    ``title`` becomes the title that browsers and screen readers give.
    """
    stream = BytesIO()
    metadata = {"Date": None, "Creator": "sclerograph"} | ({"Title": title} if title else {})
    with house_settings():
        # The resolution is that of the few things that are pictures even there: clouds of very many points.
        figure.savefig(stream, format="svg", dpi=PNG_DPI, metadata=metadata)
    return stream.getvalue().decode("utf-8")


def png_bytes(figure: Figure, title: str = "", dpi: int = PNG_DPI) -> bytes:
    """Return the figure as PNG, without a date and without the drawing library's version."""
    stream = BytesIO()
    metadata = {"Software": None} | ({"Title": title} if title else {})
    with house_settings():
        figure.savefig(stream, format="png", dpi=dpi, metadata=metadata)
    return stream.getvalue()


def save_figure(figure: Figure, folder: Path | str, name: str, title: str = "") -> SavedFigure:
    """Write ``name.svg`` and ``name.png`` into a folder that exists, each whole or not at all.

    Parameters
    ----------
    figure
        What to write.
    folder
        Where to; it must exist.
    name
        File name without ending.
    title
        What the figure shows, for those who cannot see it.

    Returns
    -------
    tuple of Path
        The SVG and the PNG.

    Raises
    ------
    OSError
        The folder is missing, full or not writable.
    """
    svg, png = Path(folder) / f"{name}.svg", Path(folder) / f"{name}.png"
    write_atomically(svg, svg_text(figure, title))
    write_atomically(png, png_bytes(figure, title))
    return svg, png
