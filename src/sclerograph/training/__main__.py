"""``make train``: from nothing to six exported networks and the suspicion of erosion that is fitted to what they see;
each step continues where an earlier run stopped.

    python -m sclerograph.training [--data FOLDER] [--work work] [--processes 2]

Without the folder of real films the networks are trained on simulated films alone.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

#: First seed and number of the simulated films trained on; measuring begins at 10,000,000.
_FIRST_SEED, _FILMS = 200_000, 1000
#: The same of the fine gear.
_FIRST_FINE_SEED, _FINE_FILMS = 300_000, 300
#: The same of hands on their side.
_FIRST_SIDE_SEED, _SIDE_FILMS = 400_000, 400
#: The same of those whose marks teach the second look.
_FIRST_MARKED_SEED, _MARKED_FILMS, _FIRST_MARKED_FINE_SEED, _MARKED_FINE_FILMS = 8_000_000, 300, 8_500_000, 100
_SKELETON_STEPS, _SKELETON_AGAIN, _FINDER_STEPS, _CALCIUM_STEPS, _CALCIUM_AGAIN = 3100, 2400, 700, 8000, 4000
_SECOND_LOOK_STEPS = 7700
_SIDE_STEPS, _FINDER_SIDE_STEPS = 1000, 750
_JOINT_HANDS, _JOINT_STEPS = 210, 6000
#: Real films for the calcium network, and as many others whose marks teach the second look.
_FILMS_MARKED = 500


def _step(name: str, *arguments: str) -> None:
    typer.echo(f"== {name} {' '.join(arguments)}")
    subprocess.run([sys.executable, "-m", f"sclerograph.training.{name}", *arguments], check=True)


def _second_look(
    work: Path,
    data: Path | None,
    skeleton: str,
    final: str,
    calcium: str,
    banks: list[str],
    prepared: list[str],
    side_skeleton: str,
    side_bank: str,
    out: str,
) -> None:
    """Collect marks of the calcium network and train the network that judges them.

    Simulated marks are given twice: real films bear three times as many, nearly all of one age and of one way of
    putting deposits in.
    """
    look = ["--checkpoint", f"{calcium}/last.pt", "--skeleton", f"{final}/last.pt"]
    simulated, from_side, real = (work / f"marks_{name}.npz" for name in ("simulated", "from_side", "real"))
    if not simulated.exists():
        _step(
            "second_look_examples",
            *look,
            *(each for bank in banks for each in ("--bank", bank)),
            "--out",
            str(simulated),
        )
    if not from_side.exists():
        on_side = ["--checkpoint", f"{calcium}/last.pt", "--skeleton", f"{side_skeleton}/last.pt"]
        _step("second_look_examples", *on_side, "--bank", side_bank, "--out", str(from_side))
    examples = ["--examples", str(simulated), "--examples", str(from_side)]
    if data is not None:
        if not real.exists():
            # the calcium network errs less on the films that it was trained on than on others
            folder = str(work / "other_maps")
            _step(
                *("self_training", "--checkpoint", f"{skeleton}/last.pt", "--data", str(data), "--maps", folder),
                *("--after", str(_FILMS_MARKED), "--films", str(_FILMS_MARKED)),
                *("--out", str(work / "other_pseudo.npz"), "--offsets", str(work / "other_offsets.json")),
            )
            _step("second_look_examples", *look, "--prepared", folder, *prepared, "--out", str(real))
        examples += [*examples, "--examples", str(real)]
    _step("train_second_look", *examples, "--steps", str(_SECOND_LOOK_STEPS), "--out", out, "--resume")


def main(
    data: Annotated[Path | None, typer.Option(help="Folder of real films.", exists=True, file_okay=False)] = None,
    work: Annotated[Path, typer.Option(help="Where films, checkpoints and logs go.")] = Path("work"),
    processes: Annotated[int, typer.Option(help="Processes that simulate films.")] = 2,
) -> None:
    """Simulate, train, let the networks mark unlabelled films, train on them again, export, and fit what rests on
    them.
    """
    bank, fine, side, marked_bank, marked_fine = (
        str(work / name) for name in ("bank", "bank_fine", "bank_side", "marked_bank", "marked_bank_fine")
    )
    for folder, seed, films, gear in (
        (bank, _FIRST_SEED, _FILMS, "fast"),
        (fine, _FIRST_FINE_SEED, _FINE_FILMS, "fine"),
        (side, _FIRST_SIDE_SEED, _SIDE_FILMS, "side"),
        (marked_bank, _FIRST_MARKED_SEED, _MARKED_FILMS, "fast"),
        (marked_fine, _FIRST_MARKED_FINE_SEED, _MARKED_FINE_FILMS, "fine"),
    ):
        _step(
            *("bank", folder, "--first-seed", str(seed), "--films", str(films)),
            *("--processes", str(processes), "--gear", gear),
        )
    skeleton, calcium = str(work / "skeleton"), str(work / "calcium")
    real = [] if data is None else ["--data", str(data), "--real-share", "0.1"]
    _step("train_skeleton", "--bank", bank, "--steps", str(_SKELETON_STEPS), "--out", skeleton, "--resume", *real)
    marked: list[str] = []
    prepared: list[str] = []
    final = skeleton
    if data is not None:
        labels, offsets, maps = (str(work / name) for name in ("pseudo.npz", "offsets.json", "real_maps"))
        if not Path(labels).exists():
            _step(
                *("self_training", "--checkpoint", f"{skeleton}/last.pt", "--data", str(data)),
                *("--films", str(_FILMS_MARKED)),
                *("--out", labels, "--offsets", offsets, "--maps", maps),
            )
        marked, prepared = ["--data", str(data), "--pseudo-labels", labels], ["--prepared", maps]
        final = str(work / "skeleton_fine")
        _step(
            *("train_skeleton", "--bank", bank, "--steps", str(_SKELETON_AGAIN), "--out", final, "--resume"),
            *(*marked, "--offsets", offsets, *prepared, "--real-share", "0.3", "--peak-rate", "1e-3"),
            *("--start-from", f"{skeleton}/last.pt"),
        )
    from_side, first_finder, finder = (str(work / name) for name in ("skeleton_from_side", "finder", "finder_side"))
    _step(
        *("train_skeleton", "--bank", side, "--steps", str(_SIDE_STEPS), "--out", from_side, "--resume"),
        *("--peak-rate", "1e-3", "--start-from", f"{final}/last.pt"),
    )
    _step("train_finder", "--bank", bank, "--steps", str(_FINDER_STEPS), "--out", first_finder, "--resume", *marked)
    _step(
        *("train_finder", "--bank", bank, "--side-bank", side, "--steps", str(_FINDER_SIDE_STEPS), "--out", finder),
        *("--resume", *marked, "--peak-rate", "1e-3", "--start-from", f"{first_finder}/last.pt"),
    )
    both = ["--bank", bank, "--fine-bank", fine]
    _step("train_calcium", *both, "--steps", str(_CALCIUM_STEPS), "--out", calcium, "--resume", *prepared)
    if data is not None:
        # what the network takes for calcium on films without any is shown it again, with as many untouched films
        negatives, first, calcium = str(work / "negatives.json"), f"{calcium}/last.pt", str(work / "calcium_fine")
        if not Path(negatives).exists():
            _step("mine_negatives", "--checkpoint", first, *prepared, "--out", negatives)
        _step(
            *("train_calcium", *both, "--steps", str(_CALCIUM_AGAIN), "--out", calcium, "--resume"),
            *(*prepared, "--negatives", negatives, "--real-share", "0.55", "--deposits-share", "0.6"),
            *("--peak-rate", "1.2e-3", "--first-weight", "1", "--start-from", first),
        )
    second_look = str(work / "second_look")
    banks = [marked_bank, marked_fine, fine]
    _second_look(work, data, skeleton, final, calcium, banks, prepared, from_side, side, second_look)
    joint_examples, joints = str(work / "joint_examples"), str(work / "joints")
    _step("joint_examples", "--hands", str(_JOINT_HANDS), "--out", joint_examples)
    _step("train_joints", "--examples", joint_examples, "--steps", str(_JOINT_STEPS), "--out", joints, "--resume")
    for name, folder in (
        ("finder", finder),
        ("skeleton", final),
        ("skeleton_from_side", from_side),
        ("calcium", calcium),
        ("second_look", second_look),
        ("joints", joints),
    ):
        _step("export", name, f"{folder}/last.pt")
    _step("fit_erosion_model", *([] if data is None else ["--real", str(data)]))


if __name__ == "__main__":
    typer.run(main)
