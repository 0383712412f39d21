"""Patches of the calcium network: what they show, what is true on them, and what counts neither way."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (extra train)")
cv2 = pytest.importorskip("cv2", reason="training needs opencv (extra train)")

from sclerograph.networks.crops import skeleton_crop  # noqa: E402
from sclerograph.phantom.layers import CALCIUM, METAL, SOFT_TISSUE  # noqa: E402
from sclerograph.phantom.visibility import texture  # noqa: E402
from sclerograph.training.bank import Bank, write_shard  # noqa: E402
from sclerograph.training.calcium_batches import (  # noqa: E402
    PATCH,
    CalciumShares,
    CalciumSource,
    read_negatives,
    share_of_deposit,
)
from sclerograph.training.faint_calcium import faint_calcium, shaft_greys  # noqa: E402
from sclerograph.training.faint_calcium import texture as quick_texture  # noqa: E402
from sclerograph.training.prepared import prepare  # noqa: E402

from .films import NOMINAL_MM, DrawnHand, drawn_hand  # noqa: E402

_CALCIUM, _METAL, _MARKER, _LOOK_ALIKE, _BONE = 1, 2, 4, 8, 16


@pytest.fixture(scope="module")
def hand() -> DrawnHand:
    return drawn_hand()


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory, hand: DrawnHand) -> Bank:
    folder = tmp_path_factory.mktemp("bank")
    tissue = np.where(hand.soft, SOFT_TISSUE, 0).astype(np.uint8)
    tissue[200:216, 190:206] |= CALCIUM
    tissue[300:310, 150:160] |= METAL
    image = hand.grey.copy()
    image[(tissue & (CALCIUM | METAL)) > 0] = 250
    film = SimpleNamespace(
        image=image,
        tissue=tissue,
        bones=hand.bones.astype(np.uint32) << 3,
        calcium_mm=np.where(tissue & CALCIUM, 3.0, 0.0).astype(np.float16),
        landmarks=hand.landmarks,
        nominal_mm_per_pixel=NOMINAL_MM,
    )
    write_shard(folder / "shard_00000", iter([(0, film)]))
    return Bank(folder)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, hand: DrawnHand) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    crop = skeleton_crop(hand.pose).to_crop
    any_bone = cv2.warpAffine(hand.bones.astype(np.uint8) * 255, crop, (352, 448))
    for name in ("a", "b", "c"):
        film = prepare(name, hand.grey, hand.landmarks, False, (any_bone, np.zeros_like(any_bone)), crop)
        film.save(folder)
    return folder


def test_simulated_patches(bank: Bank) -> None:
    source = CalciumSource(bank, None, batch_size=6)
    batch = source.batch(3, 0.1)
    assert batch["image"].shape == (6, 4, PATCH, PATCH)
    assert batch["known"].all()
    assert np.isfinite(batch["image"]).all()
    assert batch["image"][:, 2:].min() >= -1
    assert batch["image"][:, 2:].max() <= 1
    truth = batch["truth"]
    assert ((truth & _CALCIUM) > 0).any()
    # A square of 16 pixels of 0.5 mm fills 1024 pixels of 0.25 mm, more or less by the size drawn.
    areas = ((truth & _CALCIUM) > 0).sum(axis=(1, 2))
    assert 700 < areas.max() < 1400
    # What is thick and bright is to be seen: most of it counts.
    assert (batch["ignore"][(truth & _CALCIUM) > 0]).mean() < 0.5
    again = CalciumSource(bank, None, batch_size=6).batch(3, 0.1)
    for name, values in batch.items():
        np.testing.assert_array_equal(values, again[name])


def test_calcium_is_brighter_than_its_surroundings(bank: Bank) -> None:
    source = CalciumSource(bank, None, batch_size=8)
    brighter = []
    for step in range(2):
        batch = source.batch(step, 0.0)
        for image, truth in zip(batch["image"], batch["truth"], strict=True):
            inside = (truth & _CALCIUM) > 0
            if inside.sum() > 200:
                brighter.append(image[0][inside].mean() - np.median(image[0]))
    assert len(brighter) >= 4
    assert np.median(brighter) > 0.3


def test_real_patches_know_calcium_only(bank: Bank, prepared: Path) -> None:
    source = CalciumSource(bank, prepared, batch_size=8, shares=CalciumShares(real=1, deposits=1, metal=0))
    batch = source.batch(0, 0.0)
    np.testing.assert_array_equal(batch["known"], np.tile([1, 0, 0, 0, 0], (8, 1)))
    assert ((batch["truth"] & _CALCIUM) > 0).any()
    assert not (batch["truth"] & (_METAL | _MARKER | _LOOK_ALIKE | _BONE)).any()
    untouched = CalciumSource(bank, prepared, shares=CalciumShares(real=1, deposits=0, metal=0)).batch(0, 0.0)
    assert not untouched["truth"].any()
    assert not untouched["ignore"].any()


def test_metal_on_real_films_is_known_where_drawn(bank: Bank, prepared: Path) -> None:
    shares = CalciumShares(real=1, deposits=0, metal=1, resorption=0)
    batch = CalciumSource(bank, prepared, shares=shares).batch(1, 0.0)
    assert batch["known"][:, 1].any()
    assert not ((batch["truth"] & _METAL) > 0)[batch["known"][:, 1] == 0].any()


def test_mined_places_are_in_the_middle(bank: Bank, prepared: Path, tmp_path: Path) -> None:
    path = tmp_path / "negatives.json"
    path.write_text(
        json.dumps([{"film": "b", "x": 120.0, "y": 90.0, "score": 0.8}, {"film": "a", "x": 1, "y": 1, "score": 1}])
    )
    negatives = read_negatives(path)
    shares = CalciumShares(real=1, deposits=0, metal=0, resorption=0, mined=1)
    source = CalciumSource(bank, prepared, negatives=negatives, shares=shares)
    # One film in ten is kept for calibrating, the first by name here: its places are not trained on.
    assert [negative.film for negative in source.negatives] == ["b"]
    assert source.names == ["b", "c"]
    assert not source.batch(0, 0.0)["truth"].any()


def test_what_stays_in_the_noise_is_left_out(hand: DrawnHand) -> None:
    image = hand.grey.astype(np.float32) / 255
    calcium = np.zeros(image.shape, bool)
    calcium[100:106, 100:106], calcium[200:206, 100:106] = True, True
    mineral = np.where(calcium, 0.02, 0.0)
    mineral[200:206] *= 200
    greys = shaft_greys(image, hand.landmarks, hand.pose)
    assert greys[1] - greys[0] == pytest.approx(80 / 255, abs=0.1)
    unseen = faint_calcium(image, calcium, mineral, greys, 1.0 / hand.pose.pixels_per_mm)
    assert unseen[100:106, 100:106].all()
    assert not unseen[200:206].any()


def test_texture_is_that_of_the_phantom_but_for_the_edges_of_the_filters() -> None:
    film = np.random.default_rng(0).normal(0.5, 0.1, (120, 120)).astype(np.float32)
    quick, slow = quick_texture(film, 0.25), texture(film, 0.25)
    assert quick[20:100, 20:100] == pytest.approx(slow[20:100, 20:100], rel=0.03)


def test_the_pixels_of_a_core_share_their_deposit() -> None:
    calcium = np.zeros((64, 64), dtype=bool)
    calcium[4:24, 4:24] = True
    calcium[40:43, 4:7] = True
    calcium[60, 4:50] = True
    share = share_of_deposit(calcium)
    square, grain, line = share[:30, :30], share[35:50], share[55:]
    assert square.sum() == pytest.approx(1.0, rel=1e-5)
    assert (square[4:24, 4:24] > 0).sum() == 18 * 18
    # a grain counts as its share of the smallest core, a line, which has no inner pixels, with all of its own
    assert grain.sum() == pytest.approx(1 / 40)
    assert (line > 0).sum() == 46
    assert line.sum() == pytest.approx(1.0, rel=1e-5)


def test_nothing_shares_where_there_is_no_deposit() -> None:
    assert not share_of_deposit(np.zeros((8, 8), dtype=bool)).any()
