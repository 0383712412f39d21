"""Choose how sure the second look must be, on films that no network was trained on and that do not judge it either.

    python -m sclerograph.training.calibrate --checkpoint work/calcium/last.pt --second-look work/second_look/last.pt \
        --skeleton work/skeleton/last.pt --prepared work/real_maps

Uses the training films that :func:`sclerograph.training.prepared.split_names` keeps, untouched and with deposits put
in, and simulated films of seeds of their own. A deposit is found when a mark touches it; a mark is false when it
touches no calcium, seen or unseen. Sizes are nominal millimetres.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.networks.crops import CALCIUM_NOMINAL_MM
from sclerograph.training.bank import FilmLike, Gear, simulate
from sclerograph.training.calcium_cases import Case, real_cases, simulated_cases
from sclerograph.training.calcium_eye import CalciumEye, SecondLookEye
from sclerograph.training.options import CalciumCheckpoints
from sclerograph.training.prepared import split_names
from sclerograph.training.self_training import SkeletonEye

__all__ = ["FIRST_SEED", "Judged", "Tally", "judge", "tally"]

#: Seeds of the simulated films: beyond every bank, before those held out for the bench.
FIRST_SEED = 9_000_000
_LEAST_AREA_MM2 = 0.3
#: A mark that comes this near to calcium, in pixels, touches it.
_TOUCHES = 2
_NEIGHBOURS = np.ones((3, 3), dtype=int)
_LEVELS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995)


@dataclass(frozen=True)
class Judged:
    """One film with the probability (n,) that each of its marks is calcium."""

    case: Case
    calcium: NDArray[np.float64]


@dataclass
class Tally:
    """Counts over films; deposits by longest diameter: 1 to 2, and at least 2 nominal mm; areas in pixels."""

    hands: int = 0
    false_marks: int = 0
    deposits: dict[str, int] = field(default_factory=lambda: {"small": 0, "large": 0})
    found: dict[str, int] = field(default_factory=lambda: {"small": 0, "large": 0})
    true_area: int = 0
    marked_area: int = 0

    def recall(self, size: str) -> float:
        """Share of the deposits of a size that were found."""
        return self.found[size] / max(1, self.deposits[size])

    @property
    def false_per_hand(self) -> float:
        """False marks a hand."""
        return self.false_marks / max(1, self.hands)

    @property
    def area_share(self) -> float:
        """Area of the marks on calcium as a share of the true area of the deposits that were found."""
        return self.marked_area / max(1, self.true_area)


def judge(case: Case, second_look: SecondLookEye) -> Judged:
    """Take the second look at one film."""
    return Judged(case, second_look.look(case.seen, case.pose))


def tally(films: list[Judged], least: float) -> Tally:
    """Count what marks of at least this probability find and falsely mark."""
    result = Tally()
    for film in films:
        truth, unseen, marks = film.case.truth, film.case.unseen, film.case.seen.marks
        result.hands += 1
        area = np.bincount(marks.labels.ravel(), minlength=len(marks.numbers) + 1) * CALCIUM_NOMINAL_MM**2
        kept = marks.numbers[(film.calcium >= least) & (area[marks.numbers] >= _LEAST_AREA_MM2)]
        near = ndimage.binary_dilation(truth | unseen, _NEIGHBOURS, iterations=_TOUCHES)
        right = np.intersect1d(kept, marks.labels[near])
        result.false_marks += len(kept) - len(right)
        marked = np.isin(marks.labels, right)
        deposits, _ = ndimage.label(truth, structure=_NEIGHBOURS)
        for index, box in enumerate(ndimage.find_objects(deposits), start=1):
            height, width = (part.stop - part.start for part in box)
            longest = float(np.hypot(height, width)) * CALCIUM_NOMINAL_MM
            mine = deposits[box] == index
            touched = bool((marked[box] & mine).any())
            result.true_area += int(mine.sum()) if touched else 0
            if longest >= 1.0:
                size = "small" if longest < 2.0 else "large"
                result.deposits[size] += 1
                result.found[size] += touched
        result.marked_area += int((marked & ~unseen).sum())
    return result


def _simulated(films: int, gear: Gear) -> Iterator[tuple[int, FilmLike]]:
    return ((seed, simulate(seed, gear)) for seed in range(FIRST_SEED, FIRST_SEED + films))


def main(
    checkpoints: CalciumCheckpoints,
    second_look: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    skeleton: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    prepared: Annotated[Path, typer.Option(exists=True, file_okay=False)],
    films: Annotated[int, typer.Option(help="Most real films, and most simulated ones.")] = 50,
    threads: Annotated[int, typer.Option()] = 2,
) -> None:
    """Print recall, false marks and area for levels of the second look."""
    torch.set_num_threads(threads)
    eye, skeleton_eye, second = CalciumEye(checkpoints), SkeletonEye(skeleton), SecondLookEye(second_look)
    _, kept = split_names(prepared)
    kept = kept[:films]
    groups = {
        "simulated": simulated_cases(eye.look, skeleton_eye, _simulated(films, Gear.FAST)),
        "simulated by the fine gear": simulated_cases(eye.look, skeleton_eye, _simulated(films, Gear.FINE)),
        "inserted": real_cases(eye.look, skeleton_eye, prepared, kept, inserted_with=FIRST_SEED),
        "untouched": real_cases(eye.look, skeleton_eye, prepared, kept, inserted_with=None),
    }
    for name, cases in groups.items():
        judged = [judge(case, second) for case in cases]
        typer.echo(f"{len(judged)} hands, {name}\n   sure  >=2 mm  1-2 mm  false a hand  area")
        for level in (0.0, *_LEVELS):
            counted = tally(judged, level)
            typer.echo(
                f"  {level:.3f}   {counted.recall('large'):.3f}   {counted.recall('small'):.3f}"
                f"          {counted.false_per_hand:.2f}  {counted.area_share:.2f}"
            )


if __name__ == "__main__":
    typer.run(main)
