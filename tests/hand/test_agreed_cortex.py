from __future__ import annotations

import numpy as np
import pytest

from sclerograph.hand.agreed_cortex import agreed_index
from sclerograph.hand.cortex_settings import DEFAULT
from sclerograph.networks.maps import Belief
from sclerograph.networks.shaft_crops import INDICES


def belief(mean: float, spread: float = 0.02) -> Belief:
    shares = np.exp(-0.5 * np.square((INDICES - mean) / spread))
    return Belief(INDICES, shares / shares.sum())


def test_both_count_where_they_agree() -> None:
    found = agreed_index(0.42, belief(0.40), 0.02, DEFAULT)
    assert 0.40 < found < 0.42
    assert found == pytest.approx(DEFAULT.fit_share * 0.42 + (1.0 - DEFAULT.fit_share) * 0.40, abs=1e-3)


def test_the_network_stands_where_the_fit_went_astray() -> None:
    assert agreed_index(0.60, belief(0.40), 0.02, DEFAULT) == pytest.approx(0.40, abs=1e-3)


def test_the_fit_stands_alone_where_nobody_looked() -> None:
    assert agreed_index(0.42, None, 0.02, DEFAULT) == 0.42
