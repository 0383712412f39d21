from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Patch

from sclerograph.anatomy.hand import BONES, SITES, Side
from sclerograph.cohort.figures.hand_map import SitePrevalence, hand_map
from sclerograph.cohort.figures.style import NOT_KNOWN, SOFT, Width
from sclerograph.errors import UsageError
from sclerograph.reports.drawn_hand import site_centre
from tests.cohort.figures.legibility import assert_legible, words

LABEL = "Hands with a deposit at the site (%)"
SIDES: tuple[Side, ...] = ("L", "R")
EVERYWHERE = [SitePrevalence(side, site, k % 78, 77) for side in SIDES for k, site in enumerate(SITES)]


def fill(figure: Figure, side: Side, site: str) -> str:
    """Return the colour at a site: that of the topmost shape drawn over its centre."""
    axes = figure.axes[0 if side == "L" else 1]
    x, y = site_centre(site)
    point = axes.transData.transform((x if side == "L" else -x, y))
    over: list[Patch] = [p for p in axes.patches if p.contains_point(point)]
    return to_hex(max(over, key=lambda patch: patch.get_zorder()).get_facecolor())


def luminance(colour: str) -> float:
    channels = np.array([int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("width", ["page", "column"])
def test_both_hands_with_every_site_are_legible(width: Width) -> None:
    figure = hand_map(EVERYWHERE, scale_label=LABEL, width=width, note="Numbers are per cent. " * 8)
    assert_legible(figure)
    assert {"Left hand (n = 77)", "Right hand (n = 77)", LABEL} <= set(words(figure))


def test_more_is_darker_and_what_is_not_known_is_hatched_grey() -> None:
    given = [SitePrevalence("L", "DP1", 20, 77), SitePrevalence("L", "DP2", 5, 77), SitePrevalence("L", "PP3", 0, 77)]
    given += [SitePrevalence("L", "PP4", 0, 0), SitePrevalence("R", "DP2", 20, 77)]
    figure = hand_map(given, scale_label=LABEL)
    colours = {(site.side, site.site): fill(figure, site.side, site.site) for site in given}
    assert luminance(colours["L", "DP1"]) < luminance(colours["L", "DP2"]) < luminance(colours["L", "PP3"])
    assert colours["R", "DP2"] == colours["L", "DP1"]
    assert colours["L", "PP4"].upper() == NOT_KNOWN
    assert fill(figure, "R", "PP3").upper() == SOFT
    hatched = [p for p in figure.axes[0].patches if p.get_hatch()]
    assert [to_hex(p.get_facecolor()).upper() for p in hatched] == [NOT_KNOWN]
    assert "not assessed" in words(figure)
    assert "not assessed" not in words(hand_map(given[:3], scale_label=LABEL))


def test_joints_are_drawn_only_where_given() -> None:
    figure = hand_map([SitePrevalence("R", "PIP3", 3, 10)], scale_label=LABEL)
    discs = [[p for p in axes.patches if isinstance(p, Circle)] for axes in figure.axes[:2]]
    assert [len(found) for found in discs] == [0, 1]
    x, y = site_centre("PIP3")
    assert discs[1][0].get_center() == pytest.approx((-x, y))


def test_numbers_are_rounded_per_cent_and_n_may_vary() -> None:
    given = [SitePrevalence("L", "DP3", 1, 3), SitePrevalence("L", "MC3", 2, 3), SitePrevalence("L", "MC2", 0, 0)]
    given.append(SitePrevalence("L", "MC4", 1, 4))
    said = words(hand_map(given, scale_label=LABEL))
    assert {"33", "67", "25", "Left hand (n = 3–4)", "Right hand (no data)"} <= set(said)
    assert not {"33", "67"} & set(words(hand_map(given, scale_label=LABEL, width="column")))


def test_several_figures_can_share_a_scale() -> None:
    low = hand_map([SitePrevalence("L", "DP3", 10, 100)], scale_label=LABEL)
    shared = hand_map([SitePrevalence("L", "DP3", 10, 100)], scale_label=LABEL, highest=0.5)
    assert luminance(fill(shared, "L", "DP3")) > luminance(fill(low, "L", "DP3"))
    assert [axes.get_xlim() for axes in (low.axes[-1], shared.axes[-1])] == [(0.0, 10.0), (0.0, 50.0)]


def test_a_lesion_that_nobody_has_still_has_a_scale() -> None:
    figure = hand_map([SitePrevalence("L", b.code, 0, 9) for b in BONES], scale_label=LABEL)
    assert_legible(figure)
    assert "0" in words(figure)


@pytest.mark.parametrize(
    ("sites", "message"),
    [
        ([SitePrevalence("L", "KNEE", 1, 2)], "'KNEE' is no site of the hand"),
        ([SitePrevalence("L", "DP1", 1, 2)] * 2, "given twice"),
        ([SitePrevalence("L", "DP1", 3, 2)], "3 lesions in 2 hands"),
    ],
)
def test_sites_that_cannot_be_are_refused(sites: list[SitePrevalence], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        hand_map(sites, scale_label=LABEL)
