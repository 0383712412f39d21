"""Collect what a calcium network marks on films without calcium: every such mark is false by definition.

    python -m sclerograph.training.mine_negatives --checkpoint work/calcium/last.pt --prepared work/real_maps \
        --out work/negatives.json

``train_calcium --negatives FILE`` then shows these places more often. The films are children's and adolescents' hands
of a bone-age collection; none is known to have a deposit.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from scipy import ndimage

from sclerograph.training.calcium_batches import Negative
from sclerograph.training.calcium_eye import CalciumEye, Seen
from sclerograph.training.options import CalciumCheckpoints
from sclerograph.training.prepared import load_prepared, split_names

__all__ = ["marks"]

#: Smaller marks are noise of single pixels, in pixels of 0.25 nominal mm.
_FEWEST_PIXELS = 3


def marks(film: str, seen: Seen, least: float) -> list[Negative]:
    """The connected marks of at least this probability, with their highest probability as score."""
    labels, count = ndimage.label(seen.calcium >= least, structure=np.ones((3, 3)))
    if not count:
        return []
    numbers = np.arange(1, count + 1)
    sizes = ndimage.sum_labels(np.ones_like(seen.calcium), labels, numbers)
    scores = ndimage.maximum(seen.calcium, labels, numbers)
    centres = np.array(ndimage.center_of_mass(seen.calcium, labels, numbers))[:, ::-1]
    places = seen.crop.map_to_original(centres)
    return [
        Negative(film, round(float(x), 1), round(float(y), 1), round(float(score), 3))
        for (x, y), score, size in zip(places, scores, sizes, strict=True)
        if size >= _FEWEST_PIXELS
    ]


def main(
    checkpoints: CalciumCheckpoints,
    prepared: Annotated[Path, typer.Option(exists=True, file_okay=False)],
    out: Annotated[Path, typer.Option()],
    least: Annotated[float, typer.Option(help="Least probability of a mark.")] = 0.3,
    films: Annotated[int | None, typer.Option(help="Only so many films.")] = None,
    threads: Annotated[int, typer.Option()] = 2,
) -> None:
    """Write the marks on the films that the calcium network is trained on."""
    torch.set_num_threads(threads)
    eye = CalciumEye(checkpoints)
    names, _ = split_names(prepared)
    names = names[:films]
    found: list[Negative] = []
    started = time.monotonic()
    for number, name in enumerate(names, start=1):
        found += marks(name, eye.look(load_prepared(prepared, name)), least)
        if number % 25 == 0 or number == len(names):
            each = (time.monotonic() - started) / number
            typer.echo(f"{number} of {len(names)}: {len(found) / number:.2f} marks a film, {each:.2f} s a film")
    out.write_text(json.dumps([asdict(negative) for negative in found], indent=0) + "\n")


if __name__ == "__main__":
    typer.run(main)
