"""What the data dictionary says of one clinical variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

__all__ = ["Dictionary", "Level", "Reference", "Type", "Variable"]

Type = Literal["pseudonym", "label", "yes_no", "code", "integer", "number", "date"]
Level = Literal["patient", "visit"]


@dataclass(frozen=True)
class Reference:
    """A source of definitions.

    Attributes
    ----------
    key
        Short name by which variables cite it.
    text
        The citation as it is printed.
    doi
        Its digital object identifier, where it is known.
    verified
        What of the source was read, and what rests on memory or on a secondary source.
    """

    key: str
    text: str
    doi: str | None
    verified: str


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Variable:
    """One clinical variable.

    Attributes
    ----------
    name
        Name in tables, in the registry and in REDCap: small letters, digits and single underscores; the unit stands in
        it where there is one.
    form
        Key of the group that it belongs to.
    label
        Title for people.
    type
        ``pseudonym``; ``label`` (a short name such as a centre's); ``yes_no``; ``code`` (one of ``codes``);
        ``integer``; ``number``; ``date`` (a full day).
    level
        ``patient``: does not change between visits; ``visit``: may.
    definition
        When a value is recorded, in one or two sentences.
    citation
        Keys of the references that the definition follows.
    unit
        Unit of an integer or number; ``None`` where it has none.
    low, high
        Limits, themselves allowed, beyond which a value is impossible rather than abnormal.
    codes
        For ``code``: each code and its label, in order.
    units
        Other units in use, and the factor by which a value in them is multiplied to be in ``unit``.
    requires
        Variables without which a value of this one has no meaning.
    """

    name: str
    form: str
    label: str
    type: Type
    level: Level
    definition: str
    citation: tuple[str, ...]
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, float] = field(default_factory=dict)
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dictionary:
    """All variables in their order, the titles of their forms, and the references that they cite."""

    variables: Mapping[str, Variable]
    forms: Mapping[str, str]
    references: Mapping[str, Reference]

    def of_form(self, form: str) -> tuple[Variable, ...]:
        """Return the variables of one form, in their order."""
        return tuple(variable for variable in self.variables.values() if variable.form == form)
