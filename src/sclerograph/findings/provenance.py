"""Where a reading comes from: films, calibration, software, models, methods."""

from __future__ import annotations

from typing import Literal

from sclerograph.findings.vocabulary import Record

__all__ = ["CalibrationRecord", "Method", "ModelRecord", "SoftwareRecord", "SourceRecord"]


class Method(Record):
    """How a kind of finding was measured: name, version and the publication or 'own definition'."""

    name: str
    version: str
    citation: str


class ModelRecord(Record):
    """One network that took part in the reading."""

    name: str
    sha256: str


class SoftwareRecord(Record):
    """The software that made the reading."""

    version: str
    models: list[ModelRecord] = []
    methods: list[Method] = []


class CalibrationRecord(Record):
    """Where millimetres come from (see :mod:`sclerograph.imaging.calibration`)."""

    source: Literal["pixel_spacing", "imager_pixel_spacing", "ruler", "none"]
    mm_per_pixel: float | None
    magnification: float | None = None
    detail: str = ""


class SourceRecord(Record):
    """One film of the visit."""

    id: str
    file: str
    sha256: str
    rows: int
    columns: int
    calibration: CalibrationRecord
    notes: list[str] = []
