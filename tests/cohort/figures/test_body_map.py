from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sclerograph.cohort.figures.body_map import RegionPrevalence, body_map
from sclerograph.cohort.figures.body_outline import BODY_REGIONS, BodyRegion
from sclerograph.cohort.figures.style import NOT_KNOWN, SOFT, Width
from sclerograph.errors import UsageError
from tests.cohort.figures.legibility import assert_legible, texts, words

LABEL = "Patients with calcification (%)"
EVERYWHERE = [RegionPrevalence(region.code, 4 * k, 77) for k, region in enumerate(BODY_REGIONS)]
PAIRED = [region for region in BODY_REGIONS if region.paired]


def fill(figure: Figure, region: BodyRegion, sign: float = 1.0) -> str:
    """Return the colour at a region's anchor: that of the topmost shape drawn there."""
    axes = figure.axes[0]
    point = axes.transData.transform((sign * region.anchor[0], region.anchor[1]))
    over: list[Patch] = [p for p in axes.patches if p.contains_point(point)]
    return to_hex(max(over, key=lambda patch: patch.get_zorder()).get_facecolor()).upper()


def region(code: str) -> BodyRegion:
    return next(region for region in BODY_REGIONS if region.code == code)


@pytest.mark.parametrize("width", ["column", "page"])
def test_every_region_is_named_with_its_count(width: Width) -> None:
    figure = body_map(EVERYWHERE, scale_label=LABEL, width=width, note="Radiographs, and CT of the spine.")
    assert_legible(figure)
    said = words(figure)
    assert {region.name for region in BODY_REGIONS} <= set(said)
    assert {f"{400.0 * k / 77:.1f} % ({4 * k}/77)" for k in range(len(BODY_REGIONS))} <= set(said)
    assert "Patient's left" not in said


def test_both_sides_of_every_paired_region_are_labelled_on_their_side() -> None:
    both = [RegionPrevalence(r.code, 10 if side == "L" else 5, 77, side) for r in PAIRED for side in ("L", "R")]
    figure = body_map(both, scale_label=LABEL)
    assert_legible(figure)
    left = {t.get_text() for t in texts(figure) if t.get_position()[0] > 0.6 and t.axes is None}
    right = {t.get_text() for t in texts(figure) if t.get_position()[0] < 0.4 and t.axes is None}
    assert "13.0 % (10/77)" in left
    assert "13.0 % (10/77)" not in right
    assert "6.5 % (5/77)" in right
    assert {"Patient's left"} <= left
    assert {"Patient's right"} <= right


def test_colours_are_those_of_the_given_side() -> None:
    knee, hand = region("knee"), region("hand")
    given = [
        RegionPrevalence("knee", 40, 77, "L"),
        RegionPrevalence("knee", 4, 77, "R"),
        RegionPrevalence("hand", 40, 77),
    ]
    figure = body_map(given, scale_label=LABEL)
    assert fill(figure, knee, 1.0) == fill(figure, hand, 1.0) == fill(figure, hand, -1.0)
    assert fill(figure, knee, -1.0) not in (fill(figure, knee, 1.0), SOFT)
    assert fill(figure, region("foot")) == SOFT


@pytest.mark.parametrize("code", ["hand", "elbow", "pelvis"])
def test_what_was_not_assessed_is_hatched_grey(code: str) -> None:
    figure = body_map([RegionPrevalence(code, 0, 0), RegionPrevalence("knee", 1, 5)], scale_label=LABEL)
    assert fill(figure, region(code)) == NOT_KNOWN
    assert any(patch.get_hatch() for patch in figure.axes[0].patches)
    assert words(figure).count("not assessed") == 2


def test_lines_lead_from_labels_to_their_regions_without_crossing() -> None:
    figure = body_map(EVERYWHERE, scale_label=LABEL)
    lines = [a for a in figure.get_children() if isinstance(a, Line2D) and len(np.asarray(a.get_xdata())) == 3]
    assert len(lines) == len(BODY_REGIONS)
    for on_the_right in (True, False):
        ends = [
            (np.asarray(line.get_ydata())[0], np.asarray(line.get_ydata())[2])
            for line in lines
            if (np.asarray(line.get_xdata())[0] > 0.5) == on_the_right
        ]
        assert all(one[1] >= other[1] for one, other in pairwise(sorted(ends, reverse=True)))


@pytest.mark.parametrize(
    ("regions", "message"),
    [
        ([RegionPrevalence("tail", 1, 2)], "'tail' is no region"),
        ([RegionPrevalence("pelvis", 1, 2, "L")], "pelvis has no left and right"),
        ([RegionPrevalence("knee", 1, 2), RegionPrevalence("knee", 1, 2, "L")], "knee is given twice"),
        ([RegionPrevalence("knee", 3, 2)], "3 of 2 patients"),
    ],
)
def test_regions_that_cannot_be_are_refused(regions: list[RegionPrevalence], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        body_map(regions, scale_label=LABEL)
