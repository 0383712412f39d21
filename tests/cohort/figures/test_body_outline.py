from __future__ import annotations

import numpy as np
import pytest
from skimage.measure import points_in_poly

from sclerograph.cohort.figures.body_outline import BODY_EXTENT, BODY_REGIONS, BodyRegion, region_outlines, silhouette

X, Y, WIDTH, HEIGHT = BODY_EXTENT


def area_cm2(outline: np.ndarray) -> float:
    x, y = outline.T
    return 0.5 * abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))))


@pytest.mark.parametrize("region", BODY_REGIONS, ids=lambda region: region.code)
def test_a_region_lies_on_the_body_and_holds_its_anchor(region: BodyRegion) -> None:
    outlines = region_outlines(region.code)
    assert any(points_in_poly(np.array([region.anchor]), outline).all() for outline in outlines)
    # A border of half a millimetre may stand over the edge of the body.
    shrunk = [outline.mean(axis=0) + 0.97 * (outline - outline.mean(axis=0)) for outline in outlines]
    body = silhouette()
    for outline in shrunk:
        assert np.any([points_in_poly(outline, part) for part in body], axis=0).mean() > 0.97
    assert sum(area_cm2(outline) for outline in outlines) > 15.0


def test_paired_regions_lie_on_the_left_of_the_patient_and_the_others_in_the_middle() -> None:
    for region in BODY_REGIONS:
        points = np.vstack(region_outlines(region.code))
        if region.paired:
            assert points[:, 0].min() > 0.0, region.code
        else:
            assert points[:, 0].min() == pytest.approx(-points[:, 0].max()), region.code


def test_the_drawing_fits_its_extent_and_is_symmetric() -> None:
    points = np.vstack(silhouette())
    assert ((points > [X, Y]) & (points < [X + WIDTH, Y + HEIGHT])).all()
    assert points[:, 0].min() == pytest.approx(-points[:, 0].max())
    assert points[:, 1].min() == pytest.approx(0.0, abs=0.5)


def test_thumbs_point_away_from_the_body_and_fingers_down() -> None:
    hand = np.vstack(region_outlines("hand"))
    thumb = hand[np.argmax(hand[:, 0])]
    longest = hand[np.argmax(hand[:, 1])]
    assert thumb[0] > longest[0]
    assert longest[1] > thumb[1]


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(KeyError):
        region_outlines("tail")
