"""Sheets of readings drawn on their films, for looking at on this machine. Real films are never put into the project.

python -m bench.pictures FOLDER --kind validation --films 24
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image, ImageDraw

from bench.held_out import held_out_films
from bench.measure import Workplace
from bench.real_films import adult_wrists, atlas_films, other_regions, validation_films
from sclerograph.errors import InputRejected
from sclerograph.hand.reading import read_films
from sclerograph.imaging import open_radiograph
from sclerograph.networks.protocol import HandNetworks
from sclerograph.reports.overlay import overlay_picture

__all__ = ["sheet"]

_HERE = Path(__file__).parent


class Kind(StrEnum):
    """Which films to draw."""

    validation = "validation"
    atlas = "atlas"
    wrists = "wrists"
    other_regions = "other-regions"
    simulated = "simulated"


def sheet(pictures: list[Image.Image], columns: int, side: int) -> Image.Image:
    """Return pictures shrunk into squares, row by row."""
    rows = -(-len(pictures) // columns)
    page = Image.new("RGB", (columns * side, rows * side))
    for place, picture in enumerate(pictures):
        small = picture.copy()
        small.thumbnail((side - 4, side - 4))
        page.paste(small, (place % columns * side, place // columns * side))
    return page


def _picture(path: Path, networks: HandNetworks) -> Image.Image:
    """Return the overlay of a reading, or the film with the reason why it was refused."""
    reason = None
    try:
        film = open_radiograph(path)
        reading = read_films([film], networks, name=path.stem)
        picture = overlay_picture(reading, {"s1": film.pixels}).convert("RGB")
    except InputRejected as refusal:
        reason = refusal.found
        with Image.open(path) as image:
            picture = image.convert("L").convert("RGB")
    pen = ImageDraw.Draw(picture)
    size = max(picture.size) // 36
    pen.text((8, 8), path.stem if reason is None else f"{path.stem}: {reason}", "yellow", font_size=size)
    return picture


def _paths(kind: Kind, workplace: Workplace, films: int) -> list[Path]:
    if kind is Kind.simulated:
        return [film.path for film in held_out_films(workplace, films, "simulated films")]
    data = workplace.real_films()
    if kind is Kind.validation:
        paths = [film.path for film in validation_films(data)]
    elif kind is Kind.atlas:
        paths = [film.path for film in atlas_films(data)]
    else:
        paths = adult_wrists(data) if kind is Kind.wrists else other_regions(data)
    return list(workplace.some(paths))


def draw(
    folder: Annotated[Path, typer.Argument(help="Where the sheets go.")],
    kind: Annotated[Kind, typer.Option(help="Which films.")] = Kind.validation,
    films: Annotated[int, typer.Option(min=1, help="How many.")] = 24,
    columns: Annotated[int, typer.Option(min=1, help="Films in a row.")] = 4,
    rows: Annotated[int, typer.Option(min=1, help="Rows of a sheet.")] = 2,
    side: Annotated[int, typer.Option(min=100, help="Pixels of a film's square.")] = 700,
    data: Annotated[Path, typer.Option(help="Folder of real radiographs.")] = _HERE.parents[1] / "shared" / "data",
    threads: Annotated[int | None, typer.Option(min=1, help="Threads of the networks.")] = None,
) -> None:
    """Draw readings of films, side by side, into sheets."""
    from sclerograph.networks.runner import load_networks

    networks = load_networks(threads)
    workplace = Workplace(
        data if data.is_dir() else None, _HERE.parent / "work" / "bench", lambda: networks, films=films
    )
    paths = _paths(kind, workplace, films)
    folder.mkdir(parents=True, exist_ok=True)
    each = columns * rows
    for number, start in enumerate(range(0, len(paths), each), start=1):
        pictures = [_picture(path, networks) for path in paths[start : start + each]]
        target = folder / f"{kind.value}_{number:02d}.png"
        sheet(pictures, columns, side).save(target)
        print(target)


if __name__ == "__main__":
    typer.run(draw)
