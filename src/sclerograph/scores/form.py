"""A form for scoring calcinosis by region: regions, levels of coverage and density, weights, and where they come from.

Published forms belong to their authors. A site that holds one writes it down in a JSON file of this layout
(``sclerograph.form/1``) and scores with it; the software ships none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from sclerograph.errors import UnreadableFile
from sclerograph.findings.records import Record, SiteCode

__all__ = ["FORM_SCHEMA", "Form", "FormRegion", "Level", "read_form"]

#: Name and version of the layout of a form file.
FORM_SCHEMA = "sclerograph.form/1"

_REMEDY = "see the page about scores in the documentation"


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


_Text = Annotated[str, AfterValidator(_not_blank)]


class Level(Record):
    """One level of coverage or of density.

    ``above`` is the measured quantity that the level begins above: the share of a region's area for coverage, the
    relative density for density. The first level, which has none, is that of a region without calcium (coverage) or of
    the faintest calcium (density). Levels that only a reader can tell have no ``above`` anywhere.
    """

    label: _Text
    value: float
    above: Annotated[float, Field(ge=0.0)] | None = None


class FormRegion(Record):
    """One region of the form: its name, the sites of the vocabulary that it holds, its weight."""

    name: _Text
    sites: Annotated[list[SiteCode], Field(min_length=1)]
    weight: Annotated[float, Field(ge=0.0)] = 1.0


class Form(Record):
    """A form as it stands in its file.

    ``points`` says what a region with calcium gives: the ``product`` of coverage, density and weight, or weight times
    the ``sum`` of coverage and density. Regions are those of one hand, and points add up over regions and hands.
    """

    schema_: Annotated[Literal["sclerograph.form/1"], Field(alias="schema")] = "sclerograph.form/1"
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    title: _Text
    source: _Text
    points: Literal["product", "sum"] = "product"
    regions: Annotated[list[FormRegion], Field(min_length=1)]
    coverage_levels: Annotated[list[Level], Field(min_length=2)]
    density_levels: Annotated[list[Level], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [region.name for region in self.regions]
        if len(set(names)) < len(names):
            raise ValueError("two regions have the same name")
        sites = [site for region in self.regions for site in region.sites]
        if len(set(sites)) < len(sites):
            raise ValueError("a site stands in two regions")
        for levels in (self.coverage_levels, self.density_levels):
            _check(levels)
        return self

    @property
    def measurable(self) -> bool:
        """Whether measured coverage and density can be turned into levels: their borders are written down."""
        return all(
            level.above is not None for levels in (self.coverage_levels, self.density_levels) for level in levels[1:]
        )

    @property
    def highest(self) -> float:
        """The highest number of points of a patient with two hands."""
        most_coverage = max(level.value for level in self.coverage_levels)
        most_density = max(level.value for level in self.density_levels)
        return 2.0 * sum(self.region_points(region, most_coverage, most_density) for region in self.regions)

    def region_points(self, region: FormRegion, coverage: float, density: float) -> float:
        """Return the points of a region from the values of its two levels."""
        return region.weight * (coverage * density if self.points == "product" else coverage + density)


def _check(levels: list[Level]) -> None:
    if levels[0].above is not None:
        raise ValueError("the first level begins nowhere: leave out its 'above'")
    if len({level.label for level in levels}) < len(levels):
        raise ValueError("two levels have the same label")
    if any(level.value < 0.0 for level in levels):
        raise ValueError("the values of levels are not negative")
    values = [level.value for level in levels]
    borders = [level.above for level in levels[1:] if level.above is not None]
    if values != sorted(values) or borders != sorted(set(borders)):
        raise ValueError("levels stand from the lowest to the highest")
    if borders and len(borders) < len(levels) - 1:
        raise ValueError("either every level but the first has 'above', or none has")


def read_form(path: Path | str) -> Form:
    """Read a form file.

    Raises
    ------
    UnreadableFile
        Not JSON, of another layout, or contradicting itself; the message names the place in the file.
    OSError
        The file cannot be opened.
    """
    content = Path(path).read_bytes()
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise UnreadableFile("not a JSON file", "a form is JSON in UTF-8", _REMEDY) from None
    if not isinstance(document, dict) or document.get("schema") != FORM_SCHEMA:
        raise UnreadableFile("JSON that is no form", f"its 'schema' is not {FORM_SCHEMA}", _REMEDY)
    try:
        return Form.model_validate_json(content, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "file"
        raise UnreadableFile("a form that cannot be used", f"{place}: {first['msg']}", _REMEDY) from None
