from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.comparison.matching import Group, match_regions, pair_cost
from sclerograph.comparison.regions import Region, filling
from sclerograph.comparison.settings import DEFAULT


def disc(x: float, y: float, radius: float = 1.5) -> Region:
    steps = np.arange(-radius, radius + 0.1, 0.25)
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    return Region(grid[np.hypot(*grid.T) <= radius] + [x, y], 0.25, float(np.pi * radius**2))


def turned(group: Group) -> Group:
    return Group(group.second, group.first)


places = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=7, unique=True)
shifts = st.tuples(st.floats(-1.2, 1.2), st.floats(-1.2, 1.2))


@settings(max_examples=40)
@given(places=places, shift=shifts, order=st.randoms(use_true_random=False))
def test_deposits_that_lie_apart_find_themselves_again(places, shift, order):
    first = [disc(9.0 * x, 9.0 * y) for x, y in places]
    names = list(range(len(places)))
    order.shuffle(names)
    second = [disc(9.0 * places[i][0] + shift[0], 9.0 * places[i][1] + shift[1]) for i in names]
    groups = match_regions(first, second, DEFAULT)
    assert sorted((group.first, group.second) for group in groups) == [
        ((i,), (names.index(i),)) for i in range(len(places))
    ]


discs = st.lists(st.builds(disc, st.floats(0, 25), st.floats(0, 25), st.floats(0.5, 4.0)), max_size=6)


@settings(max_examples=30)
@given(first=discs, second=discs)
def test_every_deposit_is_in_exactly_one_group_and_order_in_time_does_not_matter(first, second):
    groups = match_regions(first, second, DEFAULT)
    assert sorted(i for group in groups for i in group.first) == list(range(len(first)))
    assert sorted(j for group in groups for j in group.second) == list(range(len(second)))
    assert all(group.first or group.second for group in groups)
    assert pair_costs(first, second) == pytest.approx(np.transpose(pair_costs(second, first)), abs=1e-9)


def pair_costs(first: list[Region], second: list[Region]) -> np.ndarray:
    table = [[pair_cost(a, b, DEFAULT) for b in second] for a in first]
    # infinite costs compare badly, and only say that two are far apart
    return np.nan_to_num(np.array(table).reshape(len(first), len(second)), posinf=1e6)


def test_the_nearer_of_two_is_the_same_one():
    assert match_regions([disc(0, 0), disc(4, 0)], [disc(5, 0), disc(1, 0)], DEFAULT) == [
        Group((0,), (1,)),
        Group((1,), (0,)),
    ]


def test_what_vanishes_and_what_comes_elsewhere_are_two_things():
    groups = match_regions([disc(0, 0)], [disc(30, 0)], DEFAULT)
    assert groups == [Group((0,), ()), Group((), (0,))]
    assert match_regions([], [], DEFAULT) == []
    assert match_regions([disc(0, 0)], [], DEFAULT) == [Group((0,), ())]


def test_two_that_have_grown_together_are_one_change_and_so_are_two_that_came_apart():
    two, one = [disc(-1.8, 0, 1.5), disc(2.0, 0, 1.6)], [disc(0, 0, 4.5)]
    assert match_regions(two, one, DEFAULT) == [Group((0, 1), (0,))]
    assert match_regions(one, two, DEFAULT) == [Group((0,), (0, 1))]


def test_a_crumb_beside_a_mass_moves_outwards_as_that_grows():
    # 12 mm from the middle of a mass whose lengths grow by a third: carried to 16 mm
    first, second = [disc(0, 0, 9.0), disc(12.0, 0, 0.6)], [disc(0.5, 0, 12.0), disc(16.5, 0, 0.7)]
    assert match_regions(first, second, DEFAULT) == [Group((0,), (0,)), Group((1,), (1,))]
    assert match_regions(second, first, DEFAULT) == [Group((0,), (0,)), Group((1,), (1,))]
    far = [disc(0, 0, 9.0), disc(20.0, 0, 0.6)], [disc(0.5, 0, 12.0), disc(27.0, 0, 0.7)]
    assert match_regions(*far, DEFAULT) == [Group((0,), (0,)), Group((1,), ()), Group((), (1,))]


def test_a_new_dot_beside_a_large_deposit_is_new():
    groups = match_regions([disc(0, 0, 4.0)], [disc(0.3, 0, 4.0), disc(7.5, 0, 0.8)], DEFAULT)
    assert groups == [Group((0,), (0,)), Group((), (1,))]


def test_points_fill_a_ring_and_leave_its_hole_out():
    angles = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    rings = [[(r * np.cos(t) + 50, r * np.sin(t) + 40) for t in angles] for r in (20.0, 10.0)]
    points, step = filling(rings, 400)
    off = np.hypot(*(points - [50, 40]).T)
    assert len(points) * step**2 == pytest.approx(np.pi * 300, rel=0.06)
    assert points.mean(axis=0) == pytest.approx([50, 40], abs=0.5)
    assert off.max() < 20.0 + step
    assert off.min() > 10.0 - step


def test_a_speck_between_grid_points_is_kept_and_no_contour_is_an_error():
    points, _ = filling([[(3.0, 4.0), (3.1, 4.0), (3.0, 4.1)]], 100)
    assert points.mean(axis=0) == pytest.approx([3.03, 4.03], abs=0.2)
    with pytest.raises(ValueError, match="contour"):
        filling([], 100)
