"""The data dictionary of the package, and a site's own variables beside it."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from sclerograph.errors import UsageError
from sclerograph.registry.dictionary.variable import Dictionary, Reference, Variable

__all__ = ["load_dictionary"]

# REDCap takes small letters, digits and underscores, a letter first, and neither two underscores together nor one last.
_NAME = re.compile(r"[a-z](?:_?[a-z0-9])*")
_CODE = re.compile(r"[A-Za-z0-9](?:_?[A-Za-z0-9])*")
_LONGEST_NAME = 100
_Entry = TypeVar("_Entry")
_VARIABLE: TypeAdapter[Variable] = TypeAdapter(Variable)


def load_dictionary(additions: Path | None = None) -> Dictionary:
    """Return the data dictionary.

    Parameters
    ----------
    additions
        A TOML file of the same layout with a site's own variables, forms (``[form]``) and references
        (``[reference.KEY]``). It adds to the dictionary and cannot change what is there.

    Raises
    ------
    UsageError
        The file of additions cannot be read, is not of this layout, or redefines something.
    """
    published = _published()
    if additions is None:
        return published
    try:
        content = tomllib.loads(additions.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"the file of additional variables cannot be read: {error.strerror}") from None
    except ValueError as error:  # TOML and UTF-8 errors both
        raise UsageError(f"the file of additional variables is not valid TOML: {error}") from None
    forms = _merged(published.forms, content.get("form", {}), "form")
    references = _merged(published.references, _references(content.get("reference", {})), "reference")
    own = {variable.name: variable for variable in _variables(content.get("variable", []), forms, references)}
    variables = _merged(published.variables, own, "variable")
    for variable in own.values():
        _check_requirements(variable, variables)
    return Dictionary(variables, forms, references)


@functools.cache
def _published() -> Dictionary:
    folder = resources.files(__package__)
    references = _references(tomllib.loads(folder.joinpath("references.toml").read_text(encoding="utf-8")))
    content = tomllib.loads(folder.joinpath("variables.toml").read_text(encoding="utf-8"))
    forms: dict[str, str] = content["form"]
    variables = {variable.name: variable for variable in _variables(content["variable"], forms, references)}
    for variable in variables.values():
        _check_requirements(variable, variables)
    return Dictionary(variables, forms, references)


def _references(content: Mapping[str, Any]) -> dict[str, Reference]:
    try:
        return {
            key: Reference(key, str(entry["text"]), entry.get("doi"), str(entry["verified"]))
            for key, entry in content.items()
        }
    except (KeyError, TypeError, AttributeError):
        raise UsageError("each reference of the data dictionary needs a text, and what of it was verified") from None


def _variables(content: Any, forms: Mapping[str, str], references: Mapping[str, Reference]) -> list[Variable]:
    if not isinstance(content, list):
        raise UsageError("variables of the data dictionary are written as [[variable]]")
    variables = [_variable(entry, forms, references) for entry in content]
    names = [variable.name for variable in variables]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"the variable {name} is defined twice in the data dictionary")
    return variables


def _variable(entry: Any, forms: Mapping[str, str], references: Mapping[str, Reference]) -> Variable:
    name = str(entry.get("name", "without a name")) if isinstance(entry, dict) else "without a name"
    try:
        variable = _VARIABLE.validate_python(entry)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"the variable {name} of the data dictionary has a wrong {where}: {first['msg']}") from None
    problem = _problem_of(variable, forms, references)
    if problem is not None:
        raise UsageError(f"the variable {name} of the data dictionary {problem}")
    return variable


def _problem_of(variable: Variable, forms: Mapping[str, str], references: Mapping[str, Reference]) -> str | None:
    """Return what is wrong with a variable, ``None`` if nothing is."""
    checks = (
        (
            bool(_NAME.fullmatch(variable.name)) and len(variable.name) <= _LONGEST_NAME,
            "needs a name of small letters, digits and single underscores",
        ),
        (variable.form in forms, "has a form without a title"),
        (
            bool(variable.citation) and all(key in references for key in variable.citation),
            "cites a reference that is not there, or none",
        ),
        (bool(variable.codes) == (variable.type == "code"), "needs codes if its type is code, and none otherwise"),
        (all(_CODE.fullmatch(code) for code in variable.codes), "has a code of other signs than letters and digits"),
        (
            variable.type in ("integer", "number") or (variable.unit is None and variable.low is None is variable.high),
            "has a unit or limits and is not a number",
        ),
        (
            variable.low is None or variable.high is None or variable.low < variable.high,
            "has a lower limit that is not below the upper one",
        ),
        (all(factor > 0 for factor in variable.units.values()), "has a factor that is not positive"),
    )
    return next((message for holds, message in checks if not holds), None)


def _check_requirements(variable: Variable, variables: Mapping[str, Variable]) -> None:
    if not set(variable.requires) <= set(variables):
        raise UsageError(f"the variable {variable.name} of the data dictionary requires one that is not there")


def _merged(published: Mapping[str, _Entry], own: Mapping[str, _Entry], noun: str) -> dict[str, _Entry]:
    """Return both together; what is published stays as it is."""
    twice = sorted(set(published) & set(own))
    if twice:
        raise UsageError(f"the {noun} {twice[0]} is part of the published data dictionary and cannot be redefined")
    return {**published, **own}
