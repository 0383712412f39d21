"""The recipe of the shipped networks, step by step; each step continues where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Recipe"]

#: Banks of simulated films: folder, first seed, films, gear. Measuring begins at seed 10,000,000.
_BANKS = (
    ("bank", 200_000, 1000, "fast"),
    ("bank_fine", 300_000, 300, "fine"),
    ("bank_side", 400_000, 400, "side"),
    # films whose marks teach the second look, since networks err less on films that they were trained on
    ("marked_bank", 8_000_000, 300, "fast"),
    ("marked_bank_fine", 8_500_000, 100, "fine"),
)
#: Real films for the calcium network, and as many others whose marks teach the second look.
_FILMS_MARKED = 500
#: Hands whose films teach the networks of joints and of shafts, and the calcium network.
_LESION_HANDS = 300
#: Hands of which the metacarpals are filmed in several positions.
_SHAFT_HANDS = 200


@dataclass(frozen=True)
class Recipe:
    """Where everything lies, and who runs a step.

    Parameters
    ----------
    work
        Folder of films, checkpoints and logs.
    data
        Folder of real films; ``None`` trains on simulated ones alone.
    step
        Runs a module of :mod:`sclerograph.training` with arguments.
    """

    work: Path
    data: Path | None
    step: Callable[..., None]

    def run(self, processes: int) -> None:
        """Do all of it."""
        for folder, seed, films, gear in _BANKS:
            self.step(
                *("bank", self._in(folder), "--first-seed", str(seed), "--films", str(films)),
                *("--processes", str(processes), "--gear", gear),
            )
        filmed, lesions = self._in("lesion_films"), self._in("bank_lesions")
        self.step("lesion_films", filmed, "--hands", str(_LESION_HANDS), "--processes", str(processes))
        self.step("lesion_bank", filmed, lesions)
        shaft_films = self._in("shaft_films")
        self.step("shaft_films", shaft_films, "--hands", str(_SHAFT_HANDS), "--processes", str(processes))
        skeleton = self._skeleton()
        from_side = self._skeleton_from_side(skeleton)
        finder = self._finder()
        calcium = self._calcium()
        second_look = self._second_look(skeleton, from_side, calcium)
        joints = self._strips("joints", "6000", filmed)
        shafts = self._strips("shafts", "7500", filmed, shaft_films)
        for name, *folders in (
            ("finder", finder),
            ("skeleton", skeleton),
            ("skeleton_from_side", from_side),
            ("calcium", *calcium),
            ("second_look", second_look),
            ("joints", joints),
            ("shafts", shafts),
        ):
            self.step("export", name, *map(_last, folders))
        self.step("fit_erosion_model", *([] if self.data is None else ["--real", str(self.data)]))

    def _in(self, name: str) -> str:
        return str(self.work / name)

    @property
    def _marked(self) -> Sequence[str]:
        """The real films with landmarks that the first skeleton network gave them."""
        return [] if self.data is None else ["--data", str(self.data), "--pseudo-labels", self._in("pseudo.npz")]

    @property
    def _prepared(self) -> Sequence[str]:
        """The real films made ready for disease to be put in."""
        return [] if self.data is None else ["--prepared", self._in("real_maps")]

    def _skeleton(self) -> str:
        """Train the skeleton network; with real films, let it mark them and train it on them again."""
        bank, first = self._in("bank"), self._in("skeleton")
        real = [] if self.data is None else ["--data", str(self.data), "--real-share", "0.1"]
        self.step("train_skeleton", "--bank", bank, "--steps", "3100", "--out", first, "--resume", *real)
        if self.data is None:
            return first
        offsets, again = self._in("offsets.json"), self._in("skeleton_fine")
        if not Path(self._in("pseudo.npz")).exists():
            self.step(
                *("self_training", "--checkpoint", _last(first), "--data", str(self.data)),
                *("--films", str(_FILMS_MARKED), "--out", self._in("pseudo.npz"), "--offsets", offsets),
                *("--maps", self._in("real_maps")),
            )
        self.step(
            *("train_skeleton", "--bank", bank, "--steps", "2400", "--out", again, "--resume"),
            *(*self._marked, "--offsets", offsets, *self._prepared, "--real-share", "0.3", "--peak-rate", "1e-3"),
            *("--start-from", _last(first)),
        )
        return again

    def _skeleton_from_side(self, skeleton: str) -> str:
        """Train the skeleton network further on hands that lie on their side, as a network of its own."""
        out = self._in("skeleton_from_side")
        self.step(
            *("train_skeleton", "--bank", self._in("bank_side"), "--steps", "1000", "--out", out, "--resume"),
            *("--peak-rate", "1e-3", "--start-from", _last(skeleton)),
        )
        return out

    def _finder(self) -> str:
        bank, first, out = (self._in(name) for name in ("bank", "finder", "finder_side"))
        self.step("train_finder", "--bank", bank, "--steps", "700", "--out", first, "--resume", *self._marked)
        self.step(
            *("train_finder", "--bank", bank, "--side-bank", self._in("bank_side"), "--steps", "750", "--out", out),
            *("--resume", *self._marked, "--peak-rate", "1e-3", "--start-from", _last(first)),
        )
        return out

    def _calcium(self) -> Sequence[str]:
        """Train the calcium network; then train it further from two draws, to be averaged.

        With real films both are shown again what the first takes for calcium on films without any.
        """
        first = self._in("calcium")
        fine = _repeated("--fine-bank", map(self._in, ("bank_fine", "bank_lesions")))
        both = ["--bank", self._in("bank"), *fine]
        self.step("train_calcium", *both, "--steps", "8000", "--out", first, "--resume", *self._prepared)
        mistaken: Sequence[str] = ()
        if self.data is not None:
            negatives = self._in("negatives.json")
            if not Path(negatives).exists():
                self.step("mine_negatives", "--checkpoint", _last(first), *self._prepared, "--out", negatives)
            mistaken = (*self._prepared, "--negatives", negatives, "--deposits-share", "0.65")
        members = [self._in("calcium_first"), self._in("calcium_second")]
        for seed, member in enumerate(members, start=1):
            self.step(
                *("train_calcium", *both, "--side-bank", self._in("bank_side"), *mistaken, "--seed", str(seed)),
                *("--steps", "6300", "--out", member, "--resume"),
                *("--peak-rate", "1.5e-3", "--first-weight", "1", "--start-from", _last(first)),
            )
        return members

    def _second_look(self, skeleton: str, from_side: str, calcium: Sequence[str]) -> str:
        """Collect marks of the calcium network and train the network that judges them.

        Simulated marks are given twice: real films bear three times as many, nearly all of one age and of one way of
        putting deposits in.
        """
        banks = _repeated("--bank", map(self._in, ("marked_bank", "marked_bank_fine", "bank_fine")))
        simulated = self._marks("marks_simulated.npz", calcium, skeleton, banks)
        on_side = self._marks("marks_from_side.npz", calcium, from_side, ["--bank", self._in("bank_side")])
        examples = ["--examples", simulated, "--examples", on_side]
        if self.data is not None:
            others = self._in("other_maps")
            if not Path(self._in("marks_real.npz")).exists():
                self.step(
                    *("self_training", "--checkpoint", _last(self._in("skeleton")), "--data", str(self.data)),
                    *("--maps", others, "--after", str(_FILMS_MARKED), "--films", str(_FILMS_MARKED)),
                    *("--out", self._in("other_pseudo.npz"), "--offsets", self._in("other_offsets.json")),
                )
            real = self._marks("marks_real.npz", calcium, skeleton, ["--prepared", others, *self._prepared])
            examples += [*examples, "--examples", real]
        out = self._in("second_look")
        self.step("train_second_look", *examples, "--steps", "7700", "--out", out, "--resume")
        return out

    def _marks(self, name: str, calcium: Sequence[str], skeleton: str, films: Sequence[str]) -> str:
        out = self._in(name)
        if not Path(out).exists():
            networks = (*_repeated("--checkpoint", map(_last, calcium)), "--skeleton", _last(skeleton))
            self.step("second_look_examples", *networks, *films, "--out", out)
        return out

    def _strips(self, name: str, steps: str, *films: str) -> str:
        """Train the network of joints or of shafts on the films of some folders."""
        out = self._in(name)
        folders = _repeated("--lesion-films", films)
        self.step(f"train_{name}", *folders, "--steps", steps, "--out", out, "--resume")
        return out


def _repeated(option: str, values: Iterable[str]) -> list[str]:
    """Return an option with each of its values."""
    return [part for value in values for part in (option, value)]


def _last(folder: str) -> str:
    return f"{folder}/last.pt"
