"""Two ways of measuring a space: when they agree, when they do not, and when neither is sure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.hand.joint_space_settings import DEFAULT
from sclerograph.hand.joint_strips import NotAssessable
from sclerograph.hand.looked_space import agreed_space, look_error_px
from sclerograph.hand.margin_space import Space
from sclerograph.networks.joint_crops import WIDTHS_MM
from sclerograph.networks.maps import JointLook

UNIT = 7.0


def look(width_mm: float, spread_mm: float = 0.1) -> JointLook:
    belief = np.exp(-0.5 * np.square((WIDTHS_MM - width_mm) / spread_mm))
    return JointLook(WIDTHS_MM * UNIT, belief / belief.sum(), fused=0.0, seen=1.0)


def margin(width_mm: float, error_mm: float = 0.1) -> Space:
    return Space(width_mm * UNIT, 0.7 * width_mm * UNIT, error_mm * UNIT)


@given(
    width=st.floats(0.5, 3.0),
    off=st.floats(-0.15, 0.15),
    error=st.floats(0.03, 0.3),
    spread=st.floats(0.08, 0.2),
)
def test_where_both_agree_the_width_lies_between_them_nearer_to_the_surer(
    width: float, off: float, error: float, spread: float
) -> None:
    seen, drawn = look(width, spread), margin(width + off, error)
    if abs(drawn.mean_px - seen.mean_px) > DEFAULT.most_apart * drawn.error_px:
        return
    space = agreed_space(seen, drawn, UNIT, DEFAULT)
    low, high = sorted((seen.mean_px, drawn.mean_px))
    assert low - 1e-6 <= space.mean_px <= high + 1e-6
    surer = drawn if drawn.error_px < look_error_px(seen, UNIT, DEFAULT) else seen
    assert abs(space.mean_px - surer.mean_px) <= 0.5 * (high - low) + 1e-6
    assert space.error_px <= drawn.error_px
    assert space.least_px is not None
    assert space.least_px <= space.mean_px


def test_where_they_disagree_the_network_stands() -> None:
    space = agreed_space(look(0.9), margin(1.9), UNIT, DEFAULT)
    assert space.mean_px == pytest.approx(0.9 * UNIT, rel=0.01)
    assert space.least_px is None
    assert space.error_px == pytest.approx(look_error_px(look(0.9), UNIT, DEFAULT))


def test_without_margins_the_network_stands_alone() -> None:
    assert agreed_space(look(1.4), None, UNIT, DEFAULT).mean_px == pytest.approx(1.4 * UNIT, rel=0.01)


def test_what_is_not_sure_is_not_told() -> None:
    with pytest.raises(NotAssessable, match="clearly"):
        agreed_space(look(1.0, 0.5), None, UNIT, DEFAULT)
    with pytest.raises(NotAssessable, match="clearly"):
        agreed_space(look(1.0, 0.35), margin(3.0, 0.05), UNIT, DEFAULT)
    # and where both agree, the surer margins carry it
    assert agreed_space(look(1.0, 0.5), margin(1.1, 0.08), UNIT, DEFAULT).error_px == pytest.approx(0.08 * UNIT)
