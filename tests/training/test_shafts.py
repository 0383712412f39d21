"""Films with known lesions, the shafts cut out of them, and that the shaft network learns from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (extra train)")
pytest.importorskip("cv2", reason="training needs opencv (extra train)")

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.findings.records import RADIOGRAMMETRY_BONES
from sclerograph.networks.crops import Pose
from sclerograph.networks.hand_shape import hand_shape
from sclerograph.networks.shaft_crops import SHAFT_COLUMNS, SHAFT_ROWS
from sclerograph.phantom.scene import ADULT, draw_scene
from sclerograph.training.deposit_places import draw_hard_place
from sclerograph.training.export import NetworkName
from sclerograph.training.lesion_bank import fill_lesion_bank
from sclerograph.training.lesion_film import (
    SHAFT_LEVELS,
    LesionFilm,
    TrueSpace,
    stored_films,
    write_lesion_film,
)
from sclerograph.training.lesion_films import FIRST_SEED, lesion_films
from sclerograph.training.shaft_examples import ShaftExample, shaft_examples_of
from sclerograph.training.strip_net import shaft_net
from sclerograph.training.train_shafts import ShaftSource, shaft_losses

from .strip_learning import learn_and_export

_UNIT = 5.0


def _film(seed: int = FIRST_SEED, visit: int = 1) -> LesionFilm:
    marks = np.ones((len(LANDMARKS), 3), np.float32)
    marks[:, :2] = Pose(0.0, _UNIT, (450.0, 560.0)).map_to_film(hand_shape().mean_mm)
    rng = np.random.default_rng(seed + visit)
    shape = (1000, 900)
    calcium = np.where(rng.random(shape) < 0.001, 1.5, 0.0).astype(np.float16)
    outer = 8.0 + np.square(SHAFT_LEVELS - 0.5) * 10.0
    widths = np.stack([outer, 0.6 * outer])
    return LesionFilm(
        seed=seed,
        visit=visit,
        image=rng.integers(0, 60_000, shape).astype(np.uint16),
        tissue=rng.integers(0, 32, shape).astype(np.uint8),
        bones=rng.integers(0, 2**29, shape).astype(np.uint32),
        calcium_mm=calcium,
        landmarks=marks,
        mm_per_pixel=0.15,
        nominal_mm_per_pixel=0.2,
        spaces={"PIP3": TrueSpace(0.9, 0.7, 0.0, fused=False), "DIP2": TrueSpace(-0.2, -0.3, 1.0, fused=True)},
        shafts=dict.fromkeys(RADIOGRAMMETRY_BONES, 1.1 * widths),
        flat_shafts=dict.fromkeys(RADIOGRAMMETRY_BONES, widths),
    )


def test_a_film_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = _film()
    write_lesion_film(tmp_path, written)
    (read,) = stored_films([tmp_path])
    assert (read.seed, read.visit, read.spaces) == (written.seed, written.visit, written.spaces)
    for name in ("image", "tissue", "bones", "calcium_mm", "landmarks"):
        np.testing.assert_array_equal(getattr(read, name), getattr(written, name))
    for code in RADIOGRAMMETRY_BONES:
        np.testing.assert_array_equal(read.shafts[code], written.shafts[code])
        np.testing.assert_array_equal(read.flat_shafts[code], written.flat_shafts[code])


def test_a_bank_holds_the_films_with_calcium_once_all_hands_of_a_shard_are_there(tmp_path: Path) -> None:
    films, folder = tmp_path / "films", tmp_path / "bank"
    films.mkdir()
    for seed in range(FIRST_SEED, FIRST_SEED + 20):
        for visit in (1, 2):
            film = _film(seed, visit)
            calcium = film.calcium_mm if visit == 1 else np.zeros_like(film.calcium_mm)
            small = {name: getattr(film, name)[:40, :30] for name in ("image", "tissue", "bones")}
            write_lesion_film(films, replace(film, **small, calcium_mm=calcium[:40, :30] + np.float16(visit == 1)))
        assert fill_lesion_bank(films, folder) == (seed == FIRST_SEED + 19)
    from sclerograph.training.bank import Bank

    bank = Bank(folder)
    assert [bank[number].seed for number in range(len(bank))] == list(range(FIRST_SEED, FIRST_SEED + 20))
    np.testing.assert_array_equal(bank[0].image, _film(FIRST_SEED).image[:40, :30] >> 8)


def test_a_shaft_is_told_by_the_hand_that_lies_flat() -> None:
    examples = list(shaft_examples_of(_film()))
    assert [each.code for each in examples] == list(RADIOGRAMMETRY_BONES)
    for each in examples:
        assert each.index == pytest.approx(0.4)
        assert each.isthmus == pytest.approx(0.4)
        assert np.hypot(*(each.ends[1] - each.ends[0])) > 30.0 * _UNIT


@pytest.mark.parametrize("seed", range(6))
def test_hard_places_lie_in_the_hand(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scene = draw_scene(rng, ADULT)
    places = np.array([draw_hard_place(scene, rng) for _ in range(50)])
    low, high = scene.landmarks_mm.min(axis=0) - 12.0, scene.landmarks_mm.max(axis=0) + 12.0
    assert ((places > low) & (places < high)).all()


@pytest.mark.slow
def test_both_films_of_a_hand_show_one_hand_and_depend_on_the_seed_alone() -> None:
    first, second = lesion_films(FIRST_SEED + 2)
    again = next(lesion_films(FIRST_SEED + 2))
    np.testing.assert_array_equal(first.image, again.image)
    for code in RADIOGRAMMETRY_BONES:
        np.testing.assert_array_equal(first.flat_shafts[code], second.flat_shafts[code])
        np.testing.assert_allclose(first.shafts[code], first.flat_shafts[code], rtol=0.12)
    assert not np.array_equal(first.image, second.image)
    assert set(first.spaces) & set(second.spaces)


def _tubes(count: int) -> list[ShaftExample]:
    """Bright walls with a darker marrow space between them, as thick as the example says."""
    examples = []
    for i in range(count):
        index = 0.2 + 0.5 * ((7 * i) % count) / count
        across = np.abs(np.arange(160) - 80) / _UNIT
        grey = np.where(across < 4.0, np.where(across < 4.0 * (1.0 - index), 2000, 4000), 500).astype(np.uint16)
        ends = np.array([[-60.0, 80.0], [260.0, 80.0]])
        examples.append(ShaftExample(i, "MC3", np.tile(grey[:, None], (1, 220)), ends, _UNIT, index, index))
    return examples


def test_a_batch_depends_on_its_step_alone() -> None:
    source = ShaftSource(_tubes(8), batch_size=6)
    batch, again = source.batch(4, 0.0), source.batch(4, 1.0)
    assert batch["square"].shape == (6, 2 + len(RADIOGRAMMETRY_BONES), SHAFT_ROWS, SHAFT_COLUMNS)
    for name, values in batch.items():
        np.testing.assert_array_equal(values, again[name])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_indices_are_learnt_and_exported_in_half_the_size(tmp_path: Path) -> None:
    source = ShaftSource(_tubes(24), batch_size=16)
    log = learn_and_export(NetworkName.SHAFTS, shaft_net, source, shaft_losses, tmp_path)
    assert log["index mean"] < 1.0
