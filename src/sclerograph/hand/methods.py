"""How each kind of finding is measured, as it stands in every reading."""

from __future__ import annotations

from typing import Protocol

from sclerograph.findings.records import Method
from sclerograph.hand import (
    acro_osteolysis_settings,
    alignment_settings,
    calcinosis_settings,
    cortex_settings,
    demineralisation_settings,
    erosion_settings,
    fingertips_settings,
    flexion_settings,
    joint_space_settings,
    quality_settings,
)

__all__ = ["METHODS"]


class _Described(Protocol):
    """A module of settings that names the method that they belong to."""

    METHOD_NAME: str
    METHOD_VERSION: str
    METHOD_CITATION: str


def _method(described: _Described) -> Method:
    return Method(name=described.METHOD_NAME, version=described.METHOD_VERSION, citation=described.METHOD_CITATION)


#: One entry for each kind of finding.
METHODS: tuple[Method, ...] = (
    _method(calcinosis_settings),
    _method(acro_osteolysis_settings),
    _method(joint_space_settings),
    _method(erosion_settings),
    _method(alignment_settings),
    _method(flexion_settings),
    _method(cortex_settings),
    _method(demineralisation_settings),
    _method(fingertips_settings),
    _method(quality_settings),
)
