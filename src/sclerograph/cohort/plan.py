"""The plan of an analysis: a TOML file that says everything a run will do, and nothing else decides.

The classes below are the file, key by key; ``docs/cohort.md`` explains them with an example. A plan is checked as a
whole before a single patient is read: unknown keys, wrong types and names of variables that are not declared are told
in one line that names the key, such as ``plan.toml: models[2].terms[1]: no variable is called "agee"``.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sclerograph.errors import UsageError

__all__ = [
    "Agreement",
    "Association",
    "Comparison",
    "Correlation",
    "Course",
    "Data",
    "LongTable",
    "Missing",
    "Model",
    "Plan",
    "Population",
    "Prevalence",
    "PrintedFigures",
    "PrintedMean",
    "PrintedP",
    "PrintedShare",
    "SiteMap",
    "Step",
    "Strobe",
    "Survival",
    "TableOne",
    "Variable",
    "parse_plan",
    "read_plan",
]

Kind = Literal["binary", "categorical", "ordinal", "continuous", "count"]
Names = Annotated[tuple[str, ...], Field(min_length=1)]
Name = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    """A table of the file; a key that is not known is an error, as it would be a wish that nobody hears."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Variable(_Part):
    """One column of the analysis table.

    ``column`` is its name in the data when it has another one there. For ``binary``, ``yes`` and ``no`` list the texts
    of both answers; for ``categorical`` and ``ordinal``, ``levels`` gives the texts in their order, the first of which
    is the reference of a model. ``low`` and ``high`` bound what a measurement can be: a value outside is an error of
    the data, told with its row.
    """

    name: Name
    label: str = ""
    kind: Kind
    column: str | None = None
    unit: str = ""
    definition: str = ""
    levels: tuple[str, ...] = ()
    yes: tuple[str, ...] = ("1", "yes", "true")
    no: tuple[str, ...] = ("0", "no", "false")
    low: float | None = None
    high: float | None = None

    @property
    def title(self) -> str:
        """The label, else the name in words."""
        return self.label or self.name.replace("_", " ")

    @property
    def title_with_unit(self) -> str:
        """The label with the unit, where there is one."""
        return f"{self.title}, {self.unit}" if self.unit else self.title

    @property
    def measured(self) -> bool:
        """Whether it is a number rather than an answer or a class."""
        return self.kind in ("continuous", "count")

    @model_validator(mode="after")
    def _levels_belong_to_classes(self) -> Variable:
        if self.kind in ("categorical", "ordinal") and len(self.levels) < 2:
            raise ValueError(f'a variable of kind "{self.kind}" needs at least two levels')
        if self.kind not in ("categorical", "ordinal") and self.levels:
            raise ValueError(f'levels belong to categorical and ordinal variables, this one is "{self.kind}"')
        if self.kind == "binary" and set(self.yes) & set(self.no):
            raise ValueError(f'"{min(set(self.yes) & set(self.no))}" stands for yes and for no')
        return self


class LongTable(_Part):
    """A table with several rows a patient: digits, joints, readers or visits.

    Either ``path`` (a CSV file) or ``readings``: then its rows are made of the patients' readings, see
    :mod:`sclerograph.cohort.reading_rows`. Its columns are numbers where every value is one, else texts;
    ``categories`` names those whose numbers are only names, as those of digits are.
    """

    name: Name
    path: Path | None = None
    readings: Literal["visits", "hands", "digits", "joints", "sites"] | None = None
    patient: str = "pseudonym"
    categories: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_origin(self) -> LongTable:
        if (self.path is None) == (self.readings is None):
            raise ValueError("give either path or readings")
        return self


class Data(_Part):
    """Where the patients come from.

    Either ``table`` (a CSV file, one row a patient; paths are relative to the plan) or ``registry`` (the address of a
    registry; a relative file is relative to the plan). Of a registry the first visit of each patient is taken, or the
    one called ``visit``. With ``readings``, a folder written by ``sclerograph read``, ``reading`` names the column that
    holds the name of a patient's folder there. What was read (from that folder, or of the same visit in the registry)
    can be declared under the columns of :mod:`sclerograph.cohort.reading_variables`. Of a registry the readings of the
    software are taken, with what readers corrected in them; ``read_by`` names a reader whose own readings are taken
    instead, of one ``occasion`` where there are several.
    """

    table: Path | None = None
    registry: str | None = None
    visit: str | None = None
    patient: str = "pseudonym"
    readings: Path | None = None
    reading: str = "reading"
    read_by: Name | None = None
    occasion: str | None = None
    missing: tuple[str, ...] = ("", "NA", "NaN", ".")
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal: Literal[".", ","] = "."
    encoding: str = "utf-8-sig"
    long: tuple[LongTable, ...] = ()

    @model_validator(mode="after")
    def _one_origin(self) -> Data:
        if (self.table is None) == (self.registry is None):
            raise ValueError("give either table or registry")
        if self.registry is not None and self.readings is not None:
            raise ValueError("a registry holds its own readings; leave readings out")
        if self.registry is None and (self.read_by is not None or self.occasion is not None):
            raise ValueError("read_by and occasion choose among the readings of a registry")
        if self.readings is None and self.registry is None and any(table.readings for table in self.long):
            raise ValueError("a long table of readings needs them: name their folder in readings, or a registry")
        return self


class Step(_Part):
    """One criterion of the population; a patient whose value is missing does not meet it, and is counted apart."""

    label: Name
    variable: Name
    at_least: float | None = None
    at_most: float | None = None
    one_of: tuple[str, ...] = ()
    known: bool = False

    @model_validator(mode="after")
    def _asks_something(self) -> Step:
        if self.at_least is None and self.at_most is None and not self.one_of and not self.known:
            raise ValueError("a step needs at_least, at_most, one_of or known = true")
        return self


class Population(_Part):
    """Who is analysed, criterion by criterion; the flow diagram is drawn from it."""

    described_as: str = "Patients in the table"
    steps: tuple[Step, ...] = ()


class TableOne(_Part):
    """Characteristics, in all and by the classes of ``by``."""

    variables: Names
    by: str | None = None
    title: str = "Characteristics of the patients"


class Prevalence(_Part):
    """How frequent binary findings are, in all and in the classes of each variable in ``by``.

    ``published`` gives, for a variable, the name of the finding in the reference set of published prevalences
    (its page in the documentation lists them): the cohort is then drawn among the published ones.
    """

    variables: Names
    by: tuple[str, ...] = ()
    published: dict[str, str] = Field(default_factory=dict)
    title: str = "Prevalence"


class Association(_Part):
    """Binary exposures against binary outcomes, each with each; one family for Benjamini and Hochberg."""

    title: Name
    exposures: Names
    outcomes: Names


class Comparison(_Part):
    """Measurements between the two groups of binary variables, each with each; one family."""

    title: Name
    measurements: Names
    groups: Names


class Correlation(_Part):
    """Measurements against measurements, each with each; one family."""

    title: Name
    first: Names
    second: Names


class Model(_Part):
    """A regression.

    ``logistic`` (binary ``outcome``) and ``cox`` (``time`` and binary ``event``) take Firth's penalty when ``penalty``
    is ``auto`` and there is separation or there are few events. ``clustered_logistic`` and ``clustered_linear`` work on
    the rows of the long table ``table`` and allow for rows of one patient being alike; their outcome is a column of
    that table, their terms are columns of it or variables of the patient. With ``impute = true`` a logistic model is
    also fitted to imputed data and pooled by Rubin's rules.
    """

    title: Name
    kind: Literal["logistic", "cox", "clustered_logistic", "clustered_linear"]
    terms: Names
    outcome: str | None = None
    time: str | None = None
    event: str | None = None
    penalty: Literal["auto", "none", "firth"] = "auto"
    impute: bool = False
    table: str | None = None

    @model_validator(mode="after")
    def _has_its_outcome(self) -> Model:
        if self.kind == "cox":
            if self.time is None or self.event is None:
                raise ValueError("a Cox model needs time and event")
        elif self.outcome is None:
            raise ValueError(f"a model of kind {self.kind} needs an outcome")
        if self.kind.startswith("clustered") != (self.table is not None):
            raise ValueError("a long table belongs to clustered models, and they need one")
        if self.impute and self.kind != "logistic":
            raise ValueError("imputation is offered for logistic models")
        return self


class Survival(_Part):
    """Time to an event, by group where one is given: Kaplan-Meier curves and the log-rank test."""

    title: Name
    time: Name
    event: Name
    group: str | None = None
    time_unit: str = "years"


class Missing(_Part):
    """Multiple imputation by chained equations: how many tables, how many rounds for each."""

    imputations: Annotated[int, Field(ge=2, le=200)] = 20
    rounds: Annotated[int, Field(ge=1, le=100)] = 10


class SiteMap(_Part):
    """A drawing with the share of patients affected at each site, from a long table.

    ``site`` names the column of the site: for ``hand`` the number of a digit (drawn on its distal phalanx) or the code
    of a bone or joint, for ``body`` the code of a region, for ``spine`` a level (``T5``) beside which ``segment`` names
    the column of anterior, canal or posterior. ``side`` names the column of L and R; the spine has none. A site is
    affected where the value of ``finding`` is at least ``at_least``.
    """

    title: Name
    kind: Literal["hand", "body", "spine"]
    table: Name
    finding: Name
    site: Name
    side: str = "side"
    segment: str = "segment"
    at_least: float = 1.0


class Course(_Part):
    """How a measurement went in each patient, from a long table of visits; drawn as one line a patient."""

    title: Name
    table: Name
    time: Name
    value: Name
    time_label: str = "Years since the first visit"
    value_label: str = ""
    smallest_detectable_change: Annotated[float, Field(gt=0.0)] | None = None


class Agreement(_Part):
    """Readers of the same things: rows of a long table, one for each reader and thing read.

    ``reader`` names the column of the reader, ``item`` the columns that say what was read, beside the patient.
    """

    title: Name
    table: Name
    value: Name
    reader: str = "reader"
    item: tuple[str, ...] = ()
    scale: Literal["ordinal", "continuous"]
    unit: str = ""


class PrintedShare(_Part):
    """A percentage as a paper prints it, or a count without one, of ``n`` patients, for a binary variable."""

    variable: Name
    n: Annotated[int, Field(ge=1)]
    percent: Annotated[str, Field(pattern=r"^\d+(?:[.,]\d+)? ?%$")] | None = None
    count: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _prints_something(self) -> PrintedShare:
        if self.percent is None and self.count is None:
            raise ValueError("give the percentage or the count that is printed")
        return self


class PrintedMean(_Part):
    """A mean as a paper prints it; its digits say how exact it is."""

    variable: Name
    mean: Annotated[str, Field(pattern=r"^-?\d+(?:\.\d+)?$")]


class PrintedP(_Part):
    """A p value as a paper prints it: ``0.002``, ``<0.001``; ``<0.05`` where it only says "significant"."""

    exposure: Name
    outcome: Name
    p: Annotated[str, Field(pattern=r"^<?0?\.\d+$")]


class PrintedFigures(_Part):
    """Figures of another paper to stand beside those of this run."""

    source: Name
    shares: tuple[PrintedShare, ...] = ()
    means: tuple[PrintedMean, ...] = ()
    notes: tuple[str, ...] = ()
    p_values: tuple[PrintedP, ...] = ()


class Strobe(_Part):
    """What only the authors know of the items of the STROBE statement, a sentence or two each."""

    title: str = ""
    background: str = ""
    objectives: str = ""
    design: str = ""
    setting: str = ""
    participants: str = ""
    variables: str = ""
    measurement: str = ""
    bias: str = ""
    study_size: str = ""
    key_results: str = ""
    limitations: str = ""
    interpretation: str = ""
    generalisability: str = ""
    funding: str = ""


class Plan(_Part):
    """The whole file."""

    title: Name
    notice: str = ""
    question: str = ""
    seed: Annotated[int, Field(ge=0)] = 0
    confidence_level: Annotated[float, Field(gt=0.5, lt=1.0)] = 0.95
    data: Data
    variables: Annotated[tuple[Variable, ...], Field(min_length=1)]
    population: Population = Population()
    table_one: TableOne | None = None
    prevalence: Prevalence | None = None
    associations: tuple[Association, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    models: tuple[Model, ...] = ()
    survival: tuple[Survival, ...] = ()
    agreement: tuple[Agreement, ...] = ()
    maps: tuple[SiteMap, ...] = ()
    courses: tuple[Course, ...] = ()
    missing: Missing = Missing()
    printed: PrintedFigures | None = None
    strobe: Strobe = Strobe()

    def variable(self, name: str) -> Variable:
        """Return a variable by its name; plans are checked, so that it is there."""
        return next(variable for variable in self.variables if variable.name == name)


def read_plan(path: Path) -> Plan:
    """Read and check a plan.

    Raises
    ------
    UsageError
        The file cannot be read, is no TOML, or asks for something that cannot be; one line that names the key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the plan {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the plan {path} is not UTF-8 text; save it as UTF-8") from None
    return parse_plan(text, path.name)


def parse_plan(text: str, name: str = "plan") -> Plan:
    """Return the plan that a text holds; ``name`` stands at the head of errors, see :func:`read_plan`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: this is no TOML: {error}") from None
    try:
        plan = Plan.model_validate(raw)
    except ValidationError as error:
        raise UsageError(f"{name}: {_first_line(error, raw)}") from None
    problems = list(_wrong_names(plan))
    if problems:
        raise UsageError(f"{name}: {problems[0]}{_and_more(len(problems))}")
    return plan


def _and_more(problems: int) -> str:
    return f" (and {problems - 1} more)" if problems > 1 else ""


def _first_line(error: ValidationError, raw: dict[str, Any]) -> str:
    """Return the first problem as ``key: what is wrong``; lists are counted from 1, as people count."""
    first = error.errors(include_url=False)[0]
    key = ""
    for part in first["loc"]:
        key += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if key else ''}{part}"
    said = {"missing": "this key is needed", "extra_forbidden": "there is no such key"}
    text = said.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        text += _did_you_mean(str(first["loc"][-1]), _keys_beside(first["loc"]))
    return f"{key or 'the plan'}: {text}{_and_more(error.error_count())}"


def _keys_beside(location: tuple[int | str, ...]) -> list[str]:
    """Return the keys that are known where an unknown one was found."""
    part: Any = Plan
    for step in location[:-1]:
        if isinstance(step, str):
            field = part.model_fields.get(step)
            part = None if field is None else _part_in(field.annotation)
        if part is None:
            return []
    return list(part.model_fields)


def _part_in(annotation: Any) -> type[_Part] | None:
    """Return the class of a table within an annotation such as ``tuple[Model, ...]`` or ``TableOne | None``."""
    if isinstance(annotation, type) and issubclass(annotation, _Part):
        return annotation
    found = (_part_in(argument) for argument in getattr(annotation, "__args__", ()))
    return next((part for part in found if part is not None), None)


def _did_you_mean(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f'; did you mean "{near[0]}"?' if near else ""


def _wrong_names(plan: Plan) -> Iterator[str]:
    """Yield every name of a variable or long table that is not declared, or that is of the wrong kind, by its key."""
    kinds = {variable.name: variable for variable in plan.variables}
    tables = {table.name for table in plan.data.long}
    if len(tables) < len(plan.data.long):
        yield "data.long: two long tables have the same name"
    seen: set[str] = set()
    for number, variable in enumerate(plan.variables, 1):
        if variable.name in seen:
            yield f'variables[{number}].name: "{variable.name}" is declared twice'
        seen.add(variable.name)
    for key, name, wanted in _references(plan):
        if name not in kinds:
            yield f'{key}: no variable is called "{name}"{_did_you_mean(name, list(kinds))}'
        elif wanted and kinds[name].kind not in wanted:
            yield f'{key}: "{name}" is {kinds[name].kind}, and {" or ".join(wanted)} is needed here'
    for key, name in _table_references(plan):
        if name not in tables:
            yield f'{key}: no long table is called "{name}"{_did_you_mean(name, list(tables))}'


_BINARY = ("binary",)
_GROUPS = ("binary", "categorical", "ordinal")
_NUMBERS = ("continuous", "count")


def _references(plan: Plan) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield key, name and allowed kinds of every variable that a plan speaks of."""

    def each(key: str, names: tuple[str, ...], kinds: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        for number, name in enumerate(names, 1):
            yield f"{key}[{number}]", name, kinds

    for number, step in enumerate(plan.population.steps, 1):
        bounds = step.at_least is not None or step.at_most is not None
        yield f"population.steps[{number}].variable", step.variable, _NUMBERS if bounds else ()
    if plan.table_one is not None:
        yield from each("table_one.variables", plan.table_one.variables, ())
        if plan.table_one.by is not None:
            yield "table_one.by", plan.table_one.by, _GROUPS
    if plan.prevalence is not None:
        yield from each("prevalence.variables", plan.prevalence.variables, _BINARY)
        yield from each("prevalence.by", plan.prevalence.by, _GROUPS)
        for name in plan.prevalence.published:
            yield f"prevalence.published.{name}", name, _BINARY
    for number, association in enumerate(plan.associations, 1):
        yield from each(f"associations[{number}].exposures", association.exposures, _BINARY)
        yield from each(f"associations[{number}].outcomes", association.outcomes, _BINARY)
    for number, comparison in enumerate(plan.comparisons, 1):
        yield from each(f"comparisons[{number}].measurements", comparison.measurements, _NUMBERS)
        yield from each(f"comparisons[{number}].groups", comparison.groups, _BINARY)
    for number, correlation in enumerate(plan.correlations, 1):
        yield from each(f"correlations[{number}].first", correlation.first, _NUMBERS)
        yield from each(f"correlations[{number}].second", correlation.second, _NUMBERS)
    for number, model in enumerate(plan.models, 1):
        if model.table is None:
            yield from each(f"models[{number}].terms", model.terms, ())
        if model.kind == "logistic" and model.outcome is not None:
            yield f"models[{number}].outcome", model.outcome, _BINARY
        if model.kind == "cox" and model.time is not None and model.event is not None:
            yield f"models[{number}].time", model.time, _NUMBERS
            yield f"models[{number}].event", model.event, _BINARY
    for number, survival in enumerate(plan.survival, 1):
        yield f"survival[{number}].time", survival.time, _NUMBERS
        yield f"survival[{number}].event", survival.event, _BINARY
        if survival.group is not None:
            yield f"survival[{number}].group", survival.group, _GROUPS
    if plan.printed is not None:
        for number, share in enumerate(plan.printed.shares, 1):
            yield f"printed.shares[{number}].variable", share.variable, _BINARY
        for number, mean in enumerate(plan.printed.means, 1):
            yield f"printed.means[{number}].variable", mean.variable, _NUMBERS
        for number, printed in enumerate(plan.printed.p_values, 1):
            yield f"printed.p_values[{number}].exposure", printed.exposure, _BINARY
            yield f"printed.p_values[{number}].outcome", printed.outcome, (*_BINARY, *_NUMBERS)


def _table_references(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield key and name of every long table that a plan speaks of."""
    for number, model in enumerate(plan.models, 1):
        if model.table is not None:
            yield f"models[{number}].table", model.table
    for number, agreement in enumerate(plan.agreement, 1):
        yield f"agreement[{number}].table", agreement.table
    for number, site_map in enumerate(plan.maps, 1):
        yield f"maps[{number}].table", site_map.table
    for number, course in enumerate(plan.courses, 1):
        yield f"courses[{number}].table", course.table
