"""The scores as data: from here come the command line, the files it writes, and the documentation.

A score's own module is imported when it is first computed, so that this list costs nothing.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from sclerograph.errors import UsageError
from sclerograph.scores.definition import ScoreDefinition, Statement
from sclerograph.scores.settings import DEFAULT

if TYPE_CHECKING:
    from sclerograph.findings.records import Reading
    from sclerograph.scores.record import Score

__all__ = ["CATALOGUE", "NAMES", "compute", "compute_all", "definition"]

_COUNTED = "Of two films of one hand the PA one counts, else AP, oblique, lateral."
_HUGHES = "Hughes et al., ACR Convergence 2025, abstract 2493; ends of the scale: doi:10.1093/rheumatology/kes214"
_BOUNDS = "No value where a place of either hand gives no answer; at_least and at_most say what the others allow."
_PRESENCE = (
    "Unknown places do not count as healthy: a lesion is called absent when at least 80 % of its places were assessed, "
    "both hands are on the films, no place shows it and none shows a part of it. Of joints these are DIP, PIP, MCP, "
    "first CMC and radiocarpal; other joints count where they were judged. The places without an answer are listed."
)

#: All scores that a reading alone gives.
CATALOGUE: tuple[ScoreDefinition, ...] = (
    ScoreDefinition(
        name="calcified_area",
        title="Calcified area of the hands",
        unit="mm²",
        lowest=0.0,
        highest=None,
        source="own definition; area against CT and MRI volume: doi:10.1016/j.semarthrit.2019.03.001",
        statements=(
            Statement("Radiographic area agreed with the volume on CT (rho 0.91) and MRI (rho 0.87).", "published"),
            Statement("Sum of the areas of all deposits, of both hands; also by site, digit and hand.", "own"),
            Statement(_COUNTED, "own"),
        ),
        missing_rule="No value where a hand is on no film, not assessable or not calibrated, or a digit was not seen; "
        "at_least adds up what was. An amputated digit holds no calcium.",
        module="sclerograph.scores.calcinosis_burden",
        function="calcified_area",
    ),
    ScoreDefinition(
        name="calcified_area_share",
        title="Calcified share of the hands' area",
        unit="share of the hand's area",
        lowest=0.0,
        highest=1.0,
        source="own definition",
        statements=(
            Statement("Area of the deposits over the projected area of the hand without forearm, in pixels.", "own"),
            Statement("Mean of both hands. It needs no calibration.", "own"),
        ),
        missing_rule="No value where a hand is on no film or not assessable, or a digit or an outline is missing. An "
        "amputated digit is part neither of the calcium nor of the hand.",
        module="sclerograph.scores.calcinosis_burden",
        function="calcified_area_share",
    ),
    ScoreDefinition(
        name="area_density_location_index",
        title="Area-density-location index of calcinosis",
        unit="points",
        lowest=0.0,
        highest=4000.0,
        source="own definition, of the ingredients of doi:10.1002/acr.22434, which is another score",
        statements=(
            Statement("A published score of the hands is made of area coverage, density and location.", "published"),
            Statement("Sum over 20 regions of a hand of 100 × covered share × density × weight.", "own"),
            Statement(
                "Regions: 14 phalanges, 5 metacarpals, carpus, each with the soft tissue that is nearest to it; a "
                "deposit at a joint is halved between both sides.",
                "own",
            ),
            Statement("Density: relative density of the deposits, between 0 and 1, averaged by area.", "own"),
            Statement("Weights are 1. It is not the published score, and its numbers cannot be compared.", "own"),
        ),
        missing_rule="A region whose deposits have no density takes the mean density of the hand's others. No value "
        "where a hand is on no film or not assessable, or a region with calcium has no area.",
        module="sclerograph.scores.area_density_location",
        function="area_density_location_index",
    ),
    ScoreDefinition(
        name="acro_osteolysis_total",
        title="Acro-osteolysis, total of ten digits",
        unit="points",
        lowest=0.0,
        highest=40.0,
        source=_HUGHES,
        statements=(
            Statement("Ten digits from 0, normal, to 4, complete resorption of the tuft; total 0 to 40.", "published"),
            Statement("A missing digit counts as the mean of the others.", "published"),
            Statement("A hand with fewer than three classifiable digits is excluded.", "published"),
            Statement("Grades 1 to 3, and that the patient is not scored when a hand is excluded.", "own"),
        ),
        missing_rule="A missing digit counts as the mean of the other digits of both hands; with fewer than three "
        "digits on a hand, or one hand only, there is no value.",
        module="sclerograph.scores.acro_osteolysis",
        function="acro_osteolysis_total",
    ),
    ScoreDefinition(
        name="acro_osteolysis_maximum",
        title="Acro-osteolysis, maximum of ten digits",
        unit="grade",
        lowest=0.0,
        highest=4.0,
        source=_HUGHES,
        statements=(
            Statement("The highest of the ten grades, 0 to 4.", "published"),
            Statement("A missing digit, which would count as the mean, never is the highest.", "own"),
        ),
        missing_rule="The maximum of the digits that were graded; with fewer than three on a hand, or one hand only, "
        "there is no value.",
        module="sclerograph.scores.acro_osteolysis",
        function="acro_osteolysis_maximum",
    ),
    ScoreDefinition(
        name="johnstone_group",
        title="Acro-osteolysis, Johnstone group",
        unit="label",
        lowest=None,
        highest=None,
        source="Johnstone et al. 2012, doi:10.1093/rheumatology/kes214",
        statements=(
            Statement("Fingers from 0, normal, to 4, severe pencilling of the terminal phalanx.", "published"),
            Statement("Two groups: normal/minimal and moderate/severe.", "published"),
            Statement("The group follows from the maximum: moderate/severe from grade 2.", "own"),
        ),
        missing_rule="As for the maximum.",
        module="sclerograph.scores.acro_osteolysis",
        function="johnstone_group",
    ),
    ScoreDefinition(
        name="erre_pattern",
        title="Erre's pattern of the sclerodermic hand",
        unit="label",
        lowest=None,
        highest=None,
        source="Erre et al. 2008, Joint Bone Spine 75:426-431",
        statements=(
            Statement(
                "Four patterns: normal/minimal, articular degenerative, articular inflammatory, periarticular.",
                "published",
            ),
            Statement(
                "Periarticular: resorption of the ungual tufts, soft tissue calcifications or flexion deformities.",
                "published",
            ),
            Statement(
                "Inflammatory: marginal erosion outside of the DIP joints, or uniform narrowing of MCP, PIP or wrist "
                "with loss of mineral beside the joint.",
                "recalled",
            ),
            Statement(
                "Degenerative: narrowing with osteophytes or sclerosis of DIP, PIP or first CMC joint.", "recalled"
            ),
            Statement(
                "Every pattern with evidence is reported; the one with the most affected sites is called dominant. "
                "The priority that the authors used is not known.",
                "own",
            ),
        ),
        missing_rule=_PRESENCE,
        module="sclerograph.scores.erre",
        function="erre_pattern",
    ),
    ScoreDefinition(
        name="avouac_arthritis",
        title="Arthritis by Avouac's rule",
        unit="yes/no",
        lowest=None,
        highest=None,
        source="Avouac et al. 2006, doi:10.1136/ard.2005.044602",
        statements=(
            Statement("Arthritis: erosion and joint space narrowing, concomitant.", "published"),
            Statement("Both at one joint; narrowing from grade 2.", "own"),
        ),
        missing_rule=_PRESENCE,
        module="sclerograph.scores.avouac",
        function="avouac_arthritis",
    ),
    ScoreDefinition(
        name="koutaissoff_grid",
        title="Koutaissoff's grid of lesions by site",
        unit="cells",
        lowest=0.0,
        highest=32.0,
        source="Koutaissoff et al. 2011, doi:10.1016/j.semarthrit.2010.06.008",
        statements=(
            Statement(
                "Tuft acro-osteolysis, tuft calcinosis, joint space narrowing, marginal erosion, surface erosion, "
                "collapse arthropathy, periarticular calcification, juxta-articular osteoporosis at tufts, DIP, PIP, "
                "MCP, carpus, CMC1.",
                "published",
            ),
            Statement("Collapse arthropathy: pressure erosion and subluxation of the joint.", "published"),
            Statement("The grades of the semi-quantitative reading were not seen: a cell is yes or no.", "own"),
            Statement("Erosions by pressure and central erosions count as surface erosions.", "own"),
            Statement("The value counts the cells that show their lesion; the paper has no such sum.", "own"),
        ),
        missing_rule=_PRESENCE,
        module="sclerograph.scores.koutaissoff",
        function="koutaissoff_grid",
    ),
    ScoreDefinition(
        name="sharp_layout_sum",
        title="Erosion and narrowing in the layout of Sharp/van der Heijde, proposed by software",
        unit="points",
        lowest=0.0,
        highest=272.0,
        source="layout of the Sharp/van der Heijde method: doi:10.1136/annrheumdis-2012-202939 and references there",
        statements=(
            Statement(
                "Hands: erosions of 16 areas a hand, at most 160; narrowing of 15 joints a hand, 0 to 4.", "published"
            ),
            Statement(
                "Narrowing: 1 focal or doubtful, 2 more than half of the space left, 3 less than half or subluxation, "
                "4 ankylosis or complete luxation.",
                "published",
            ),
            Statement(
                "Areas of erosion: MCP1 to 5, PIP2 to 5, thumb IP, radius, ulna, multangular unit, scaphoid, lunate.",
                "published",
            ),
            Statement(
                "The sixteenth area is the base of MC1; erosions have 0 to 5 each; which joints are scored for "
                "narrowing: MCP1 to 5, PIP2 to 5, CMC3 to 5, scaphotrapeziotrapezoid, radiocarpal, midcarpal.",
                "recalled",
            ),
            Statement(
                "14 joints a hand: the joint of capitate, scaphoid and lunate is not in this software's vocabulary.",
                "own",
            ),
            Statement(
                "An erosion that no reader has graded counts 1 "
                f"from a suspicion of {DEFAULT.eroded_from_suspicion:g} on; at_most counts 5.",
                "own",
            ),
            Statement("The DIP joints, outside of the method, are a separate block and not in the value.", "own"),
        ),
        missing_rule=_BOUNDS,
        module="sclerograph.scores.sharp_van_der_heijde",
        function="sharp_layout_sum",
    ),
    ScoreDefinition(
        name="sens_layout_sum",
        title="Eroded and narrowed joints in the layout of SENS, proposed by software",
        unit="joints",
        lowest=0.0,
        highest=60.0,
        source="van der Heijde et al. 1999, doi:10.1093/rheumatology/38.10.941",
        statements=(
            Statement("One for each eroded and one for each narrowed joint; 0 to 86 with the feet.", "published"),
            Statement("The joints are those of the Sharp/van der Heijde method; narrowed from grade 1.", "recalled"),
            Statement(
                "Hands only, without the joint of capitate, scaphoid and lunate: 0 to 60. The DIP joints are a "
                "separate block and not in the value.",
                "own",
            ),
        ),
        missing_rule=_BOUNDS,
        module="sclerograph.scores.sens",
        function="sens_layout_sum",
    ),
    ScoreDefinition(
        name="bauer_hand_variables",
        title="The seven hand variables of FRI0276",
        unit="lesions",
        lowest=0.0,
        highest=7.0,
        source="Bauer et al. 2016, Ann Rheum Dis 75(Suppl 2):535 (FRI0276); full paper doi:10.1097/md.0000000000022443",
        statements=(
            Statement(
                "Calcinosis, acro-osteolysis, periarticular calcification, erosion, narrowing, subluxation, flexion, "
                "for each patient; calcinosis and periarticular calcification apart.",
                "published",
            ),
            Statement("From when a lesion counts is not said; the thresholds here are our own.", "own"),
            Statement(
                "A deposit within 3 mm of a joint line or in its space is periarticular, every other one calcinosis.",
                "own",
            ),
            Statement("The value counts the lesions that are there; the abstract has no such sum.", "own"),
        ),
        missing_rule=_PRESENCE,
        module="sclerograph.scores.bauer",
        function="bauer_hand_variables",
    ),
    ScoreDefinition(
        name="metacarpal_cortical_index",
        title="Mean cortical index of MC2 to MC4",
        unit="ratio",
        lowest=0.0,
        highest=1.0,
        source="cortical index of radiogrammetry; several metacarpals lower the variance: Bloom 1983",
        statements=(
            Statement("Several sites on MC2 to MC4 reduce the variance of one.", "published"),
            Statement("Index of a bone: thickness of both cortices over the outer width.", "recalled"),
            Statement("Mean of MC2, MC3 and MC4 of a hand, then mean of the hands.", "own"),
            Statement("Thresholds for osteoporosis belong to one level of measurement; none is applied.", "own"),
        ),
        missing_rule="A hand needs all three metacarpals; a hand that no film shows is left out of the mean.",
        module="sclerograph.scores.metacarpal_index",
        function="metacarpal_cortical_index",
    ),
)

#: The names of all scores, in their order.
NAMES: tuple[str, ...] = tuple(entry.name for entry in CATALOGUE)

_BY_NAME = {entry.name: entry for entry in CATALOGUE}


def definition(name: str) -> ScoreDefinition:
    """Return what is known of a score.

    Raises
    ------
    UsageError
        There is no such score.
    """
    if name not in _BY_NAME:
        raise UsageError(f"no score is called '{name}': choose among {', '.join(NAMES)}")
    return _BY_NAME[name]


def compute(name: str, reading: Reading) -> Score:
    """Return one score of a reading.

    Raises
    ------
    UsageError
        There is no such score.
    """
    chosen = definition(name)
    function = getattr(importlib.import_module(chosen.module), chosen.function)
    return cast("Score", function(reading))


def compute_all(reading: Reading, names: Iterable[str] = NAMES) -> list[Score]:
    """Return these scores of a reading, by default all."""
    return [compute(name, reading) for name in names]
