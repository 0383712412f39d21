"""sclerograph reads the skeleton of systemic sclerosis on hand radiographs: calcinosis and acro-osteolysis.

>>> import sclerograph
>>> reading = sclerograph.read("hands.dcm")  # doctest: +SKIP

For research use only. Not for diagnosis or treatment decisions.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from sclerograph.errors import (
    ContradictoryInput,
    InputRejected,
    MissingComponent,
    NotAHandRadiograph,
    SclerographError,
    UnreadableFile,
    UnsupportedImage,
    UsageError,
)

if TYPE_CHECKING:
    from sclerograph.findings.json_file import read_reading, write_reading
    from sclerograph.findings.records import Reading
    from sclerograph.visit import load_networks, read

__version__ = "0.1.0"

__all__ = [
    "ContradictoryInput",
    "InputRejected",
    "MissingComponent",
    "NotAHandRadiograph",
    "Reading",
    "SclerographError",
    "UnreadableFile",
    "UnsupportedImage",
    "UsageError",
    "__version__",
    "load_networks",
    "read",
    "read_reading",
    "write_reading",
]

# What needs numpy, pydantic or the networks is imported when it is first asked for: the import stays quick.
_WHERE = {
    "Reading": "sclerograph.findings.records",
    "load_networks": "sclerograph.visit",
    "read": "sclerograph.visit",
    "read_reading": "sclerograph.findings.json_file",
    "write_reading": "sclerograph.findings.json_file",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module 'sclerograph' has no attribute '{name}'")
    value = getattr(importlib.import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, also those that are not imported yet."""
    return sorted(__all__)
