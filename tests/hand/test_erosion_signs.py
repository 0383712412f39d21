from __future__ import annotations

import numpy as np
import pytest

from sclerograph.hand.erosion_margins import DEPTHS_MM, STEP_MM, Margin, MarginStrip
from sclerograph.hand.erosion_signs import SIGNS, margin_signs

_PLACES = 80


def strip(digit: int, bite_at: int | None = None, *, depth_mm: float = 1.2, seed: int = 0) -> MarginStrip:
    """A straight margin: soft tissue, a bright line, bone; with a bite of 2.4 mm where asked for."""
    rng = np.random.default_rng([digit, seed])
    edge = rng.normal(0.0, 0.03, _PLACES)
    depth = np.zeros(_PLACES)
    if bite_at is not None:
        depth[bite_at - 4 : bite_at + 4] = depth_mm
    profile = np.where(DEPTHS_MM < 0.0, 0.2, np.where(DEPTHS_MM < 0.6, 0.75, 0.55))
    grey = np.tile(profile, (_PLACES, 1))
    for i in np.flatnonzero(depth):
        grey[i, (DEPTHS_MM >= 0.0) & (depth[i] > DEPTHS_MM)] = 0.22
    along = (np.arange(_PLACES) - 0.5 * (_PLACES - 1)) * STEP_MM
    points = np.stack([5.0 * along, np.full(_PLACES, 100.0 * digit)], axis=1)
    return MarginStrip(
        Margin(f"MC{digit}", "head", f"MCP{digit}"),
        along,
        points,
        np.tile([0.0, 5.0], (_PLACES, 1)),
        grey + rng.normal(0.0, 0.01, grey.shape),
        edge + depth,
        np.zeros(grey.shape, np.bool_),
        np.full(_PLACES, "", dtype="<U24"),
    )


def sign(strips: list[MarginStrip], which: int, name: str) -> np.ndarray:
    return np.asarray(margin_signs(strips)[which].values[:, SIGNS.index(name)])


@pytest.mark.parametrize("name", ["notch_around", "line_around", "near_digits", "notch_digits_and_near_digits"])
def test_a_bite_of_one_digit_shows_in_every_sign_there_and_only_there(name: str) -> None:
    strips = [strip(d, 30 if d == 3 else None) for d in (2, 3, 4, 5)]
    values = sign(strips, 1, name)
    assert values[28:32].min() > 3.0
    assert np.abs(values[45:]).max() < 3.0
    assert np.abs(sign(strips, 0, name)).max() < 3.5


def test_what_all_digits_show_is_no_sign_beside_the_other_digits() -> None:
    strips = [strip(d, 30) for d in (2, 3, 4, 5)]
    assert sign(strips, 0, "notch_around")[30] > 3.0
    assert abs(sign(strips, 0, "notch_digits")[30]) < 2.0


def test_a_noisier_hand_raises_the_bar() -> None:
    clean = [strip(d, 30 if d == 3 else None) for d in (2, 3, 4, 5)]
    rng = np.random.default_rng(9)
    noisy = [
        MarginStrip(
            s.margin,
            s.along_mm,
            s.points,
            s.inward,
            s.grey,
            s.edge_mm + rng.normal(0.0, 0.6, _PLACES),
            s.calcium,
            s.blocked,
        )
        for s in clean
    ]
    assert sign(noisy, 1, "notch_around")[28:32].max() < sign(clean, 1, "notch_around")[28:32].max()


def test_brightness_and_contrast_of_the_film_do_not_matter() -> None:
    plain = [strip(d, 30 if d == 3 else None) for d in (2, 3, 4, 5)]
    other = [
        MarginStrip(s.margin, s.along_mm, s.points, s.inward, 0.1 + 0.4 * s.grey, s.edge_mm, s.calcium, s.blocked)
        for s in plain
    ]
    assert margin_signs(other)[1].values == pytest.approx(margin_signs(plain)[1].values, abs=1e-6)


def test_calcium_in_the_way_is_not_taken_for_bone() -> None:
    plain = strip(3)
    calcium = np.zeros(plain.grey.shape, np.bool_)
    calcium[20:30, (DEPTHS_MM > 0.5)] = True
    bright = np.where(calcium, 1.5, plain.grey)
    hidden = MarginStrip(
        plain.margin, plain.along_mm, plain.points, plain.inward, bright, plain.edge_mm, calcium, plain.blocked
    )
    others = [strip(d) for d in (2, 4, 5)]
    values = margin_signs([hidden, *others])[0].values
    # a bright deposit neither looks lucent nor makes its surroundings look so
    assert np.abs(values[:, SIGNS.index("mid_around")]).max() < 4.0


def test_without_margins_there_are_no_signs() -> None:
    assert margin_signs([]) == []
