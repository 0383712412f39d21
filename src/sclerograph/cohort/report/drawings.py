"""The figures of a report, each with its name, its caption and its drawing, made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, cast

from sclerograph.anatomy.hand import Side
from sclerograph.cohort.analysis import Analysis, SurvivalResult
from sclerograph.cohort.number_format import p_statement
from sclerograph.cohort.pairs import Family
from sclerograph.cohort.reader_agreement import ReaderPair, ReadersAgreement
from sclerograph.cohort.sites import CourseResult, SiteCount, SiteMapResult
from sclerograph.cohort.strobe import flow_boxes
from sclerograph.cohort.two_by_two import Association
from sclerograph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from sclerograph.cohort.spine_levels import SpineSegment

__all__ = ["Drawing", "drawings"]

_MOST_CURVES = 6
_MOST_ROWS = 40
#: More lines than this would only make a black field, and a file that no viewer opens.
_MOST_COURSES = 1000
#: A matrix of one grade says nothing, and one of many cannot be read.
_FEWEST_GRADES, _MOST_GRADES = 2, 12
_MAP_CAPTIONS = {
    "hand": "Share of patients with the finding at each site; digits are drawn on their distal phalanges.",
    "body": "Share of patients with the finding in each region.",
    "spine": "Share of patients with the finding at each level and segment.",
}


@dataclass(frozen=True)
class Drawing:
    """One figure: its file name, its title, a caption, the section it belongs to, and how it is drawn."""

    key: str
    title: str
    caption: str
    section: str
    draw: Callable[[], Figure]
    width: Literal["wide", "medium", "narrow"] = "wide"


def drawings(analysis: Analysis) -> Iterator[Drawing]:
    """Yield the figures that the results of an analysis allow, in the order of the report."""
    yield Drawing(
        "flow",
        "Flow of patients",
        "Who was left out, and by which criterion.",
        "flow",
        partial(_flow, analysis),
        "medium",
    )
    if analysis.frequencies is not None:
        caption = "Share of patients with each finding; lines are Wilson's intervals."
        yield Drawing("prevalence", "Prevalence", caption, "prevalence", partial(_prevalence, analysis))
        if any(row.published for row in analysis.frequencies.rows):
            caption = (
                "This cohort among published prevalences. Definitions and patients differ between studies; figures "
                "that no count gives carry a dagger."
            )
            title = "Among published prevalences"
            yield Drawing("published", title, caption, "prevalence", partial(_published, analysis))
    for number, result in enumerate(analysis.maps, 1):
        if not result.sites:
            continue
        caption = _MAP_CAPTIONS[result.wanted.kind]
        width: Literal["medium", "narrow"] = "medium" if result.wanted.kind == "hand" else "narrow"
        yield Drawing(f"map-{number}", result.wanted.title, caption, "prevalence", partial(_map, result), width)
    if 0 < sum(len(family.pairs) for family in analysis.associations) <= _MOST_ROWS:
        caption = (
            "Odds ratios with their intervals; an arrow marks what reaches beyond the axis. Tests as in the tables."
        )
        yield Drawing("associations", "Associations", caption, "tests", partial(_associations, analysis.associations))
    for number, each in enumerate(analysis.survival, 1):
        if len(each.result.curves) <= _MOST_CURVES:
            caption = "Kaplan-Meier curves with intervals, ticks where follow-up ended, and the numbers at risk."
            drawn = partial(_survival, analysis, each)
            yield Drawing(f"survival-{number}", each.wanted.title, caption, "survival", drawn, "medium")
    for number, course in enumerate(analysis.courses, 1):
        if course.courses:
            once = f" {course.single} patients with a single visit are left out." if course.single else ""
            caption = f"One line a patient: {len(course.courses)} patients with two visits or more.{once}"
            if len(course.courses) > _MOST_COURSES:
                caption += f" {_MOST_COURSES} of them are drawn, spread evenly over the table."
            yield Drawing(f"course-{number}", course.wanted.title, caption, "courses", partial(_course, course))
    for number, readers in enumerate(analysis.agreement, 1):
        for place, pair in enumerate(readers.pairs, 1):
            if not _can_be_drawn(pair):
                continue
            caption = f"{pair.first} and {pair.second}."
            title = readers.wanted.title
            drawn = partial(_readers, readers, pair)
            yield Drawing(f"agreement-{number}-{place}", title, caption, "agreement", drawn, width="narrow")


def _flow(analysis: Analysis) -> Figure:
    from sclerograph.cohort.figures.flow_diagram import flow_diagram

    return flow_diagram(flow_boxes(analysis))


def _prevalence(analysis: Analysis) -> Figure:
    from sclerograph.cohort.figures.forest import ForestGroup, ForestRow, forest_plot

    assert analysis.frequencies is not None
    rows = tuple(
        ForestRow(
            row.variable.title,
            row.overall.share,
            row.overall.low,
            row.overall.high,
            row.overall.n,
            row.overall.successes,
        )
        for row in analysis.frequencies.rows
    )
    return forest_plot([ForestGroup("All patients", rows)], head="Finding")


def _published(analysis: Analysis) -> Figure:
    from sclerograph.cohort.figures.among_published import NOTE, among_published
    from sclerograph.cohort.figures.forest import forest_plot

    assert analysis.frequencies is not None
    groups = [
        among_published(row.variable.title, row.overall, row.published)
        for row in analysis.frequencies.rows
        if row.published
    ]
    return forest_plot(groups, note=NOTE)


def _map(result: SiteMapResult) -> Figure:
    from sclerograph.cohort.figures.body_map import RegionPrevalence, body_map
    from sclerograph.cohort.figures.hand_map import SitePrevalence, hand_map
    from sclerograph.cohort.figures.spine_map import SpinePrevalence, spine_map

    scale = "Patients affected (%)"
    if result.wanted.kind == "hand":
        return hand_map([SitePrevalence(_side(s), s.site, s.successes, s.n) for s in result.sites], scale_label=scale)
    if result.wanted.kind == "body":
        regions = [
            RegionPrevalence(s.site, s.successes, s.n, None if s.side is None else _side(s)) for s in result.sites
        ]
        return body_map(regions, scale_label=scale)
    return spine_map(
        [SpinePrevalence(s.site, cast("SpineSegment", s.segment), s.successes, s.n) for s in result.sites],
        scale_label=scale,
    )


def _side(count: SiteCount) -> Side:
    if count.side not in ("L", "R"):
        raise UsageError(f"{count.side!r} is no side: the column of sides holds L and R; correct the long table")
    return "L" if count.side == "L" else "R"


def _course(result: CourseResult) -> Figure:
    from sclerograph.cohort.figures.spaghetti import Trajectory, spaghetti_plot

    wanted, n = result.wanted, len(result.courses)
    drawn = min(n, _MOST_COURSES)
    return spaghetti_plot(
        [Trajectory(each.time, each.value) for each in (result.courses[i * n // drawn] for i in range(drawn))],
        score_label=wanted.value_label or wanted.value.replace("_", " "),
        time_label=wanted.time_label,
        smallest_detectable_change=wanted.smallest_detectable_change,
    )


def _associations(families: tuple[Family, ...]) -> Figure:
    from sclerograph.cohort.figures.ratio_forest import RatioGroup, RatioRow, ratio_forest

    groups = []
    for family in families:
        rows = []
        for pair in family.pairs:
            assert isinstance(pair.result, Association)
            label = f"{pair.first.title} – {pair.second.title}"
            rows.append(RatioRow(label, pair.result.odds_ratio, pair.result.low, pair.result.high, pair.test.p))
        groups.append(RatioGroup(family.title, tuple(rows)))
    note = "p: raw, by the test named in the table; adjusted p values stand there."
    return ratio_forest(groups, axis_label="Odds ratio", note=note)


def _survival(analysis: Analysis, each: SurvivalResult) -> Figure:
    from sclerograph.cohort.figures.kaplan_meier import SurvivalCurve, kaplan_meier_plot

    variable = None if each.wanted.group is None else analysis.plan.variable(each.wanted.group)
    curves = []
    for curve in each.result.curves:
        label = curve.group
        if variable is not None and variable.kind == "binary":
            label = f"{variable.title}: {curve.group}"
        curves.append(SurvivalCurve.of(curve, "All patients" if variable is None else label))
    test = each.result.log_rank
    event = analysis.plan.variable(each.wanted.event).title.lower()
    return kaplan_meier_plot(
        curves,
        time_label=f"{analysis.plan.variable(each.wanted.time).title} ({each.wanted.time_unit})",
        survival_label=f"Without {event} (%)",
        test="" if test is None else f"Log-rank test, {p_statement(test.test.p)}",
        width="page",
    )


def _can_be_drawn(pair: ReaderPair) -> bool:
    """Tell whether two readers have something in common to draw; their table says so where they have not."""
    if pair.kappa is not None:
        return _FEWEST_GRADES <= len(pair.kappa.categories) <= _MOST_GRADES
    return pair.differences is not None and pair.differences.bias is not None


def _readers(readers: ReadersAgreement, pair: ReaderPair) -> Figure:
    from sclerograph.cohort.figures.agreement_matrix import AgreementMatrix, agreement_matrix_plot
    from sclerograph.cohort.figures.bland_altman import Differences, bland_altman_plot

    if pair.kappa is not None:
        return agreement_matrix_plot(AgreementMatrix.of(pair.kappa, pair.first, pair.second))
    assert pair.differences is not None
    unit = f" ({readers.wanted.unit})" if readers.wanted.unit else ""
    return bland_altman_plot(
        Differences.of(pair.differences),
        mean_label=f"Mean of both readers{unit}",
        difference_label=f"{pair.first} − {pair.second}{unit}",
    )
