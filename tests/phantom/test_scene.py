import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.phantom.film import CALCIUM, fast_film
from sclerograph.phantom.scene import ADULT, TRAINING, TRAINING_HEALTHY, Wish, draw_scene
from tests.phantom.films import fine_film_of, healthy_scene, sick_scene


def test_a_seed_repeats_a_scene() -> None:
    first, again, other = (draw_scene(np.random.default_rng(seed), TRAINING) for seed in (5, 5, 6))
    assert (first.seed, first.centre_mm, first.source_mm) == (again.seed, again.centre_mm, again.source_mm)
    assert first.deposits == again.deposits
    assert first.matter == again.matter
    assert np.array_equal(first.hand().landmarks, again.hand().landmarks)
    assert first.seed != other.seed


def test_wishes_are_kept() -> None:
    scene = draw_scene(np.random.default_rng(1), Wish(deposits=("net", "plate"), resorptions={}, strength=(2.0, 2.0)))
    assert [plan.kind for plan in scene.deposits] == ["net", "plate"]
    assert {plan.strength for plan in scene.deposits} == {2.0}
    assert not scene.resorptions
    healthy = draw_scene(np.random.default_rng(1), TRAINING_HEALTHY)
    assert not healthy.deposits
    assert not healthy.resorptions
    assert not draw_scene(np.random.default_rng(1), ADULT).matter.growing


def test_training_draws_both_healthy_and_sick_hands() -> None:
    scenes = [draw_scene(np.random.default_rng(seed)) for seed in range(12)]
    assert {bool(scene.deposits) for scene in scenes} == {True, False}
    assert {bool(scene.resorptions) for scene in scenes} == {True, False}
    assert {scene.matter.growing for scene in scenes} == {True, False}


def test_deposits_lie_near_the_hand() -> None:
    scene = sick_scene()
    for plan in scene.deposits:
        distance = np.hypot(*(scene.landmarks_mm - [plan.x_mm, plan.y_mm]).T)
        assert distance.min() < 40.0


def test_both_gears_draw_the_same_hand() -> None:
    fine = fine_film_of("L")
    fast = fast_film(sick_scene(), np.random.default_rng(0), rows=640, columns=512, pixel_mm=0.4, plain=True)
    assert np.abs(fast.landmarks - fine.landmarks).max() < 2.0
    areas = [float((film.tissue & CALCIUM > 0).sum()) for film in (fast, fine)]
    assert areas[0] == pytest.approx(areas[1], rel=0.1)
    overlap = ((fast.bones > 0) & (fine.bones > 0)).sum() / ((fast.bones > 0) | (fine.bones > 0)).sum()
    assert overlap > 0.95


def test_the_film_is_laid_around_the_hand() -> None:
    scene = healthy_scene()
    marks = scene.detector(880, 680, 0.28).project(scene.hand().landmarks)
    assert marks.min() > 0.0
    assert (marks < [680, 880]).all()
