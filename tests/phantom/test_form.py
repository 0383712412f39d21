from itertools import pairwise

import numpy as np
import pytest

from sclerograph.phantom.form import index_of, mean_form, rotate_about, sample_form


def test_the_mean_hand_has_the_nominal_size_and_its_thumb_to_the_right() -> None:
    form = mean_form()
    chain = [form[index_of[name]] for name in ("MCP3", "PIP3", "DIP3", "TIP3")]
    assert sum(np.hypot(*(b - a)) for a, b in pairwise(chain)) == pytest.approx(90.0, rel=0.05)
    assert form[index_of["TIP1"], 0] > form[index_of["TIP5"], 0]
    assert form[index_of["TIP3"], 1] > form[index_of["LUN"], 1]


def test_forms_differ_and_repeat_by_seed() -> None:
    first, again, other = (sample_form(np.random.default_rng(seed)).points for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert np.abs(first - other).max() > 1.0


def test_flexion_shortens_a_phalanx_by_its_cosine() -> None:
    base = mean_form()
    form = sample_form(np.random.default_rng(8), flexion_probability=1.0, base=base)
    flexed = max(form.flexion_deg, key=lambda digit: form.flexion_deg[digit][-1])
    assert form.flexion_deg[flexed][-1] > 15.0


def test_a_quarter_turn_is_counter_clockwise() -> None:
    assert rotate_about(np.array([[1.0, 0.0]]), np.zeros(2), 90.0)[0] == pytest.approx([0.0, 1.0])
