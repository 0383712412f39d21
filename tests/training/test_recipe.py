"""The recipe of `make train`: every step is there, and rests on what earlier ones have left."""

from __future__ import annotations

import itertools
from importlib.util import find_spec
from pathlib import Path

import pytest

from sclerograph.networks.runner import load_networks
from sclerograph.training.recipe import Recipe

_READ = (
    "--checkpoint",
    "--skeleton",
    "--start-from",
    "--examples",
    "--bank",
    "--fine-bank",
    "--side-bank",
    "--prepared",
    "--lesion-films",
)


def steps(work: Path, data: Path | None) -> list[tuple[str, ...]]:
    taken: list[tuple[str, ...]] = []
    Recipe(work, data, lambda *step: taken.append(step)).run(2)
    return taken


@pytest.mark.parametrize("data", [None, Path("films")])
def test_every_step_reads_what_an_earlier_one_wrote(tmp_path: Path, data: Path | None) -> None:
    written: set[str] = set()
    for name, *arguments in steps(tmp_path, data):
        assert find_spec(f"sclerograph.training.{name}") is not None
        pairs = list(itertools.pairwise(arguments))
        for option, value in pairs:
            if option in _READ:
                assert value.removesuffix("/last.pt") in written, f"{name} {option} {value}"
        if name == "export":
            assert all(checkpoint.removesuffix("/last.pt") in written for checkpoint in arguments[1:])
        if name == "lesion_bank":
            assert arguments[0] in written
        if name in ("bank", "lesion_films", "lesion_bank", "shaft_films"):
            written.add(arguments[{"lesion_bank": 1}.get(name, 0)])
        written |= {value for option, value in pairs if option in ("--out", "--maps", "--offsets")}


@pytest.mark.parametrize("data", [None, Path("films")])
def test_every_network_that_ships_is_exported(tmp_path: Path, data: Path | None) -> None:
    exported = {step[1] for step in steps(tmp_path, data) if step[0] == "export"}
    assert exported == {name for name, _ in load_networks().models}
