"""Exports of REDCap: events and repeated instances become names of visits."""

from __future__ import annotations

from dataclasses import replace

from sclerograph.registry.table.raw import RawTable

__all__ = ["REDCAP_EVENT", "with_visit_names"]

REDCAP_EVENT = "redcap_event_name"
_INSTRUMENT = "redcap_repeat_instrument"
_INSTANCE = "redcap_repeat_instance"


def with_visit_names(table: RawTable) -> RawTable:
    """Return an export of REDCap whose events tell repeated instances apart; another table as it is.

    A repeated event ``visit_arm_1`` has rows ``visit_arm_1``, ``visit_arm_1_2`` ...: the instance stands in a column of
    its own in the export, and rows of one event would else look like one visit written twice. In a project without
    events the instrument that repeats takes the event's place.
    """
    columns = {title: table.positions(title) for title in (REDCAP_EVENT, _INSTRUMENT, _INSTANCE)}
    if len(columns[_INSTANCE]) != 1:
        return table
    instances = table.columns[columns[_INSTANCE][0]]
    events = [table.columns[found[0]] for title, found in columns.items() if title != _INSTANCE and len(found) == 1]
    names = [
        "_".join(part for part in parts if part) if parts[-1] else parts[0]
        for parts in zip(*events, instances, strict=True)
    ]
    if not columns[REDCAP_EVENT]:
        return replace(table, headers=(*table.headers, REDCAP_EVENT), columns=(*table.columns, names))
    position = columns[REDCAP_EVENT][0]
    changed = list(table.columns)
    changed[position] = names
    return replace(table, columns=tuple(changed))
