"""A hand at two visits: the same bones, deposits that go with them, and a truth that the films bear out."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from scipy import ndimage

from sclerograph.anatomy.norms import SEGMENTS
from sclerograph.phantom.calcium import deposit_body
from sclerograph.phantom.deposits import VISIBLE_MINERAL_MM
from sclerograph.phantom.film import CALCIUM, SimulatedFilm
from sclerograph.phantom.follow_up import (
    FilmPair,
    FollowUp,
    Progress,
    draw_follow_up,
    fates_of_labels,
    film_pair,
    true_links,
)
from sclerograph.phantom.scene import DepositPlan, with_deposits
from tests.phantom.films import sick_scene


def follow_up(seed: int, **course: object) -> FollowUp:
    return draw_follow_up(sick_scene(), np.random.default_rng(seed), Progress(**course))


@lru_cache(maxsize=1)
def pair() -> FilmPair:
    return film_pair(follow_up(3, shares=(0.5, 0.5, 0.0, 0.0), new=0.0), np.random.default_rng(4), (0.5,))


def labels(film: SimulatedFilm) -> np.ndarray:
    return ndimage.label(film.tissue & CALCIUM, structure=np.ones((3, 3)))[0]


def test_the_bones_keep_their_size_and_the_hand_is_turned_no_more_than_wished():
    course = follow_up(1)
    assert course.repositioned_deg <= 15.0
    before, after = course.first.hand(), course.second.hand()
    for code in SEGMENTS:
        # gaps at the joints follow the film and not the bone, so a flexed bone is a little longer or shorter
        assert after.bones[code].length_mm == pytest.approx(before.bones[code].length_mm, rel=0.01)
    assert not np.allclose(course.first.landmarks_mm, course.second.landmarks_mm, atol=1.0)


def test_a_hand_that_is_not_moved_keeps_its_deposits_where_they_were():
    scene = sick_scene()
    course = draw_follow_up(scene, np.random.default_rng(2), Progress(0.0, shares=(0.0, 1.0, 0.0, 0.0), new=0.0))
    assert [fate.what for fate in course.fates] == ["stable"] * len(scene.deposits)
    for fate in course.fates:
        assert fate.second is not None
        assert fate.second.growth == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(("x_mm", "y_mm"), [(900.0, 0.0), (-900.0, 0.0), (0.0, 900.0), (0.0, -900.0)])
def test_a_deposit_beside_the_film_has_no_pixel_on_it(x_mm: float, y_mm: float):
    near = pair()
    first = near.follow_up.first
    far = replace(first.deposits[0], x_mm=first.centre_mm[0] + x_mm, y_mm=first.centre_mm[1] + y_mm)
    other = replace(near, follow_up=replace(near.follow_up, first=with_deposits(first, (*first.deposits, far))))
    marked = labels(near.first)
    assert fates_of_labels(other, marked, 0) == fates_of_labels(near, marked, 0)


def test_every_fate_is_told():
    course = follow_up(5, shares=(0.25, 0.25, 0.25, 0.25), new=4.0)
    there = [fate.second for fate in course.fates if fate.second is not None]
    assert course.second.deposits == tuple(there)
    assert {fate.first for fate in course.fates if fate.first is not None} == set(course.first.deposits)
    for fate in course.fates:
        assert (fate.first is None) == (fate.what == "new")
        assert (fate.second is None) == (fate.what == "gone")
        assert fate.what != "grown" or 1.25 <= fate.area_factor <= 2.0


def test_acro_osteolysis_never_heals():
    course = follow_up(6)
    assert set(course.second.resorptions) == set(course.first.resorptions)
    for digit, before in course.first.resorptions.items():
        assert course.second.resorptions[digit].lost >= before.lost
    assert course.second.resorptions != course.first.resorptions
    assert follow_up(6, lost=(0.0, 0.0)).second.resorptions == course.first.resorptions


@pytest.mark.parametrize("turn_deg", [0.0, 30.0])
def test_growth_is_that_of_the_area(turn_deg: float):
    plan = DepositPlan("globular", 0.0, 0.0, 7)
    grown = DepositPlan("globular", 0.0, 0.0, 7, growth=1.5**0.5, turn_deg=turn_deg)
    areas = [float((deposit_body(each, 0.05) > VISIBLE_MINERAL_MM).sum()) for each in (plan, grown)]
    assert areas[1] / areas[0] == pytest.approx(1.5, rel=0.05)


def test_a_turn_is_clockwise_as_it_is_seen():
    plan = DepositPlan("plate", 0.0, 0.0, 5)
    axes = []
    for turn in (0.0, 25.0):
        mask = deposit_body(DepositPlan("plate", 0.0, 0.0, 5, turn_deg=turn), 0.1) > VISIBLE_MINERAL_MM
        y, x = np.nonzero(mask)
        main = np.linalg.svd(np.stack([x, y], axis=1) - [x.mean(), y.mean()], full_matrices=False)[2][0]
        axes.append(np.degrees(np.arctan2(main[1], main[0])))
    assert plan.kind == "plate"
    # y runs down, so clockwise is towards greater angles; an axis has no direction
    assert (axes[1] - axes[0] - 25.0 + 90.0) % 180.0 - 90.0 == pytest.approx(0.0, abs=2.0)


@pytest.mark.slow
def test_the_films_bear_out_which_calcium_is_the_same():
    films = pair()
    first, second = labels(films.first), labels(films.second)
    links = true_links(films, first, second)
    large = [set(np.flatnonzero(np.bincount(each.ravel())[1:] > 15) + 1) for each in (first, second)]
    # with nothing new and nothing gone every deposit of some size has its calcium on the other film
    assert large[0] - {one for one, _ in links} == set()
    assert large[1] - {other for _, other in links} == set()
    assert len(links) < first.max() * second.max() / 2


@pytest.mark.slow
def test_calcium_of_another_deposit_is_never_the_same():
    films = pair()
    gone = films.follow_up.fates[0].second
    assert gone is not None
    others = tuple(plan for plan in films.follow_up.second.deposits if plan != gone)
    only = FollowUp(
        films.follow_up.first, with_deposits(films.follow_up.second, others), films.follow_up.fates[1:], 0.0
    )
    first, second = labels(films.first), labels(films.second)
    fewer = true_links(FilmPair(only, films.first, films.second, films.detectors), first, second)
    assert fewer < true_links(films, first, second)
