"""The patients of an analysis from a registry: their clinical values and the readings of the same visit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Literal

import pandas as pd

from sclerograph.cohort.plan import Data
from sclerograph.cohort.reading_rows import ReadingVisit
from sclerograph.cohort.reading_variables import cell_text, reading_values
from sclerograph.cohort.source import SourceRecord, SourceTable
from sclerograph.cohort.visit_reading import visit_reading
from sclerograph.errors import UsageError
from sclerograph.registry.clinical_frame import clinical_frame
from sclerograph.registry.criteria_table import CRITERIA_COLUMNS, criteria_table
from sclerograph.registry.readings import CurrentReading
from sclerograph.registry.store import Registry

__all__ = ["read_registry", "registry_visits"]


def read_registry(data: Data, plain: list[str], of_readings: list[str], folder: Path) -> SourceTable:
    """Return the patients of a registry with these clinical variables and these columns of their readings.

    Beside the variables of the dictionary there are those of
    :data:`~sclerograph.registry.criteria_table.CRITERIA_COLUMNS`, computed from the items.

    Raises
    ------
    UsageError
        The registry holds no value of a variable, or no patient has a value at the visit or a reading.
    """
    with Registry(_place(data, folder)) as registry:
        frame = _one_row_a_patient(clinical_frame(registry), registry.visit_days(), data)
        computed = [name for name in plain if name in CRITERIA_COLUMNS]
        if computed:
            frame = pd.concat([frame, criteria_table(frame)[computed]], axis=1)
        absent = [name for name in plain if name not in frame]
        if absent:
            raise UsageError(f"the registry holds no value of {absent[0]!r}; import it, or take it out of the plan")
        patients = pd.Index(frame["pseudonym"].astype(str))
        texts = pd.DataFrame({name: _as_text(frame[name]) for name in plain}, index=frame.index)
        visits = _analysed_visits(frame, patients)
        if of_readings:
            values = {
                visit.patient: reading_values(visit.reading, of_readings)
                for visit in _visits(registry, data, visits, every=False)
            }
            if values.keys().isdisjoint(patients):
                raise UsageError(
                    "no patient has a reading at the visit of the clinical values; add the readings under the same "
                    "names of visits, or take the variables of readings out of the plan"
                )
            for name in of_readings:
                texts[name] = [cell_text(values.get(str(patient), {}).get(name)) for patient in patients]
    content = pd.concat([pd.Series(patients, index=texts.index, name="pseudonym"), texts], axis=1)
    # of what the analysis rests on: other values of a registry may change without changing it
    digest = hashlib.sha256(content.to_csv(index=False, lineterminator="\n").encode("utf-8")).hexdigest()
    record = SourceRecord("registry", digest, len(texts))
    return SourceTable("the registry", patients, texts, 1, (record,), visits)


def registry_visits(data: Data, folder: Path, source: SourceTable, *, every: bool) -> Iterator[ReadingVisit]:
    """Yield the readings of the patients of a source: of the visit that is analysed, or of every visit."""
    patients = set(map(str, source.patients))
    with Registry(_place(data, folder)) as registry:
        for visit in _visits(registry, data, source.visits, every=every):
            if visit.patient in patients:
                yield visit


def _place(data: Data, folder: Path) -> str | Path:
    address = data.registry or ""
    return address if "://" in address else folder / address


def _one_row_a_patient(frame: pd.DataFrame, days: Mapping[tuple[str, str], int], data: Data) -> pd.DataFrame:
    """Return the rows of the visit that a plan names, or of the first of each patient.

    The first is that of the least day where all visits of a patient have one, else the one that was recorded first.
    """
    if "visit_label" not in frame:
        return frame.reset_index(drop=True)
    labels = frame["visit_label"].astype(object).where(frame["visit_label"].notna(), "")
    if data.visit is not None:
        frame = frame[labels == data.visit]
        if frame.empty:
            names = ", ".join(sorted(set(labels) - {""})[:10])
            raise UsageError(f"no patient has a clinical value at the visit {data.visit!r}; there are: {names}")
        return frame.drop_duplicates("pseudonym").reset_index(drop=True)
    keys = zip(frame["pseudonym"].astype(str), labels, strict=True)
    day = pd.Series([days.get(key) for key in keys], index=frame.index, dtype="float64")
    known = day.notna().groupby(frame["pseudonym"]).transform("all")
    order = day.where(known, 0.0).sort_values(kind="stable").index
    chosen = frame.loc[order].drop_duplicates("pseudonym").index
    return frame.loc[chosen.sort_values()].reset_index(drop=True)


def _analysed_visits(frame: pd.DataFrame, patients: pd.Index) -> dict[str, str]:
    """Return the visit of each patient whose clinical values are those of a visit."""
    if "visit_label" not in frame:
        return {}
    return {
        str(patient): str(label)
        for patient, label in zip(patients, frame["visit_label"], strict=True)
        if pd.notna(label) and label != ""
    }


def _visits(registry: Registry, data: Data, visits: Mapping[str, str], *, every: bool) -> Iterator[ReadingVisit]:
    """Yield the readings by visit; of a patient whose visit is not known, those of the first visit that has some."""
    origin: Literal["software", "reader"] = "software" if data.read_by is None else "reader"
    current = registry.current_readings(origin=origin, made_by=data.read_by, occasion=data.occasion, outlines=False)
    for patient, readings in groupby(current, lambda each: each.pseudonym):
        by_visit: dict[str, list[CurrentReading]] = {}
        for each in readings:
            by_visit.setdefault(each.visit, []).append(each)
        for name in by_visit if every else _chosen(patient, by_visit, data, visits):
            made = by_visit[name]
            if origin == "reader" and len({each.occasion for each in made}) > 1:
                raise UsageError(
                    f"{data.read_by} read the same visit on several occasions; name one of them in data.occasion"
                )
            yield ReadingVisit(patient, visit_reading([each.reading() for each in made]), name, made[0].day)


def _chosen(
    patient: str, by_visit: Mapping[str, list[CurrentReading]], data: Data, visits: Mapping[str, str]
) -> list[str]:
    wanted = data.visit or visits.get(patient)
    if wanted is not None:
        return [wanted] if wanted in by_visit else []
    days = {name: made[0].day for name, made in by_visit.items()}
    known = {name: day for name, day in days.items() if day is not None}
    return [min(known, key=known.__getitem__) if len(known) == len(days) else next(iter(days))]


def _as_text(column: pd.Series) -> pd.Series:
    """Return typed values as texts; truth as yes and no, a missing one as an empty text."""
    if pd.api.types.is_bool_dtype(column.dtype):
        column = column.map({True: "yes", False: "no"})
    return column.astype(object).map(str, na_action="ignore").where(column.notna(), "")
