"""How sphinx builds the documentation: `make docs`. Thresholds and model cards come from the package itself."""

from dataclasses import asdict
from importlib import resources

from sclerograph import __version__
from sclerograph.anatomy.joint_frame import CENTRAL_SHARE
from sclerograph.comparison import settings as comparison_settings
from sclerograph.hand import (
    acro_osteolysis_settings,
    calcinosis_settings,
    cortex_settings,
    demineralisation_settings,
    erosion_settings,
    fingertips_settings,
    joint_space_settings,
    quality_settings,
)
from sclerograph.hand.erosion_accuracy import accuracy_words, counted_words
from sclerograph.hand.joint_width_model import joint_width_model
from sclerograph.networks.marks import MARK_LEVEL, SEED_LEVEL
from sclerograph.scores.catalogue import CATALOGUE
from sclerograph.scores.definition import STATUSES, ScoreDefinition

project = "sclerograph"
author = "the sclerograph contributors"
copyright = "the sclerograph contributors, Apache-2.0"  # noqa: A001 - the name is sphinx's
release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["deflist", "substitution"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"sclerograph {release}"
html_extra_path = ["reading.schema.json", "comparison.schema.json", "example-form.json"]
autodoc_typehints = "description"
autodoc_member_order = "bysource"

#: The thresholds in use, as ``{{ calcinosis.name }}`` and ``{{ acro_osteolysis.name }}`` in the pages.
myst_substitutions = {
    "calcinosis": asdict(calcinosis_settings.DEFAULT),
    "acro_osteolysis": asdict(acro_osteolysis_settings.DEFAULT),
    "mark_level": MARK_LEVEL,
    "seed_level": SEED_LEVEL,
    "comparison": asdict(comparison_settings.DEFAULT),
    "cortex": asdict(cortex_settings.DEFAULT),
    "demineralisation": asdict(demineralisation_settings.DEFAULT),
    "erosion": asdict(erosion_settings.DEFAULT),
    "erosion_accuracy": accuracy_words(),
    "erosion_counted": counted_words(),
    "evidence_from": erosion_settings.EVIDENCE_FROM,
    "fingertips": asdict(fingertips_settings.DEFAULT),
    "joint_space": asdict(joint_space_settings.DEFAULT),
    "joint_space_central": f"{100.0 * CENTRAL_SHARE:.0f} %",
    "quality": asdict(quality_settings.DEFAULT),
    "calcinosis_citation": calcinosis_settings.METHOD_CITATION,
    "joint_width_hands": joint_width_model().hands,
    "joint_space_citation": joint_space_settings.METHOD_CITATION,
    "acro_osteolysis_citation": acro_osteolysis_settings.METHOD_CITATION,
    "score_statuses": "; ".join(f"*{status}*, {meaning}" for status, meaning in STATUSES.items()),
}


def _insert_cards(app: object, name: str, source: list[str]) -> None:
    """Put the cards of the shipped networks into the page about models, one heading level down."""
    if name != "models":
        return
    weights = resources.files("sclerograph.networks").joinpath("weights")
    cards = sorted((path for path in weights.iterdir() if path.name.endswith(".md")), key=lambda path: path.name)
    text = "\n\n".join(("\n" + card.read_text(encoding="utf-8")).replace("\n#", "\n##") for card in cards)
    source[0] = source[0].replace("<!-- cards -->", text)


def _insert_scores(app: object, name: str, source: list[str]) -> None:
    """Put the scores of the catalogue into the page about scores."""
    if name == "scores":
        source[0] = source[0].replace("<!-- scores -->", "\n\n".join(_score_section(entry) for entry in CATALOGUE))


def _score_section(entry: ScoreDefinition) -> str:
    bounds = "" if entry.highest is None else f", {entry.lowest:g} to {entry.highest:g}"
    lines = [f"### {entry.title}", "", f"`{entry.name}`: {entry.unit}{bounds}. Source: {entry.source}.", ""]
    lines += [f"- *{statement.status}*: {statement.text}" for statement in entry.statements]
    return "\n".join([*lines, "", f"Missing: {entry.missing_rule}"])


def setup(app) -> None:
    """Let sphinx ask for the cards and the scores."""
    app.connect("source-read", _insert_cards)
    app.connect("source-read", _insert_scores)
