"""Differences between two JSON documents: what a reader changed, as data.

A change is an operation of JSON Patch (RFC 6902) at a place named by a JSON pointer (RFC 6901). Of its operations
``add``, ``remove``, ``replace`` and ``test`` are used; ``move`` and ``copy`` say less about what a reader did.

>>> apply_changes({"grade": 2}, [{"op": "replace", "path": "/grade", "value": 3}])
{'grade': 3}
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from sclerograph.errors import RefusedEntry

__all__ = ["Change", "apply_changes", "check_changes", "difference", "pointer_steps", "same"]

Change = dict[str, Any]

_REMEDY = "make the corrections again from the exported reading"


def apply_changes(
    document: Any, changes: Sequence[Change], *, skip: Callable[[tuple[str, ...]], bool] | None = None
) -> Any:
    """Return a copy of a document with changes made to it, one after the other.

    Parameters
    ----------
    document
        A JSON tree; it stays as it is.
    changes
        The changes.
    skip
        Asked with the steps of each path; changes for which it returns True are left out.

    Raises
    ------
    RefusedEntry
        A change is no change of this kind, or its place is not there, or a ``test`` finds another value. The message
        names the number and the place of the change, and no value.
    """
    check_changes(changes)
    result = copy.deepcopy(document)
    for number, change in enumerate(changes, start=1):
        steps = pointer_steps(change["path"])
        if skip is None or not skip(steps):
            result = _apply(result, steps, change, number)
    return result


def check_changes(changes: Any) -> None:
    """Raise ``RefusedEntry`` unless this is a list of changes."""
    if not isinstance(changes, (list, tuple)):
        raise RefusedEntry("corrections that are no list", "changes are made in order", _REMEDY)
    for number, change in enumerate(changes, start=1):
        if not isinstance(change, dict) or change.get("op") not in ("add", "remove", "replace", "test"):
            raise RefusedEntry(f"change {number}", "op is not one of add, remove, replace, test", _REMEDY)
        path = change.get("path")
        if not isinstance(path, str) or (path and not path.startswith("/")):
            raise RefusedEntry(f"change {number}", "path is no JSON pointer (RFC 6901)", _REMEDY)
        wanted = {"op", "path"} if change["op"] == "remove" else {"op", "path", "value"}
        if set(change) != wanted:
            raise RefusedEntry(f"change {number}", f"it must have {', '.join(sorted(wanted))} and no more", _REMEDY)


def pointer_steps(path: str) -> tuple[str, ...]:
    """Return the steps of a JSON pointer: ``/hands/0/side`` is hands, 0, side."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:])


def _apply(document: Any, steps: tuple[str, ...], change: Change, number: int) -> Any:
    operation, value = change["op"], copy.deepcopy(change.get("value"))
    if not steps:
        if operation == "remove":
            raise RefusedEntry(f"change {number}", "a whole document cannot be removed", _REMEDY)
        if operation == "test":
            _require_same(document, value, change, number)
            return document
        return value
    parent = document
    for step in steps[:-1]:
        parent = _child(parent, step, change, number)
    last = steps[-1]
    if operation == "test":
        _require_same(_child(parent, last, change, number), value, change, number)
    elif operation == "add" and isinstance(parent, list):
        position = len(parent) if last == "-" else _position(last, change, number)
        if position > len(parent):
            raise _not_there(change, number)
        parent.insert(position, value)
    elif operation == "add" and isinstance(parent, dict):
        parent[last] = value
    else:
        _child(parent, last, change, number)
        key = _position(last, change, number) if isinstance(parent, list) else last
        if operation == "remove":
            del parent[key]
        else:
            parent[key] = value
    return document


def _child(parent: Any, step: str, change: Change, number: int) -> Any:
    if isinstance(parent, dict) and step in parent:
        return parent[step]
    if isinstance(parent, list):
        position = _position(step, change, number)
        if position < len(parent):
            return parent[position]
    raise _not_there(change, number)


def _position(step: str, change: Change, number: int) -> int:
    # RFC 6901: decimal digits without leading zeros.
    if step == "0" or (step.isascii() and step.isdigit() and not step.startswith("0")):
        return int(step)
    raise _not_there(change, number)


def _not_there(change: Change, number: int) -> RefusedEntry:
    return RefusedEntry(f"change {number}", f"the reading has no place {_shown(change['path'])}", _REMEDY)


def _require_same(found: Any, value: Any, change: Change, number: int) -> None:
    if not same(found, value):
        raise RefusedEntry(f"change {number}", f"another value stands at {_shown(change['path'])}", _REMEDY)


def _shown(path: str) -> str:
    text = "".join(letter if letter.isprintable() else "?" for letter in path)
    return text if len(text) <= 120 else f"{text[:119]}…"


def same(one: Any, other: Any) -> bool:
    """Return True when two JSON trees are the same; unlike for Python, ``true`` is not 1 and 1 is not 1.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def difference(before: Any, after: Any) -> list[Change]:
    """Return changes that make ``after`` out of ``before``.

    An entry that was taken out of a list, or put into it, is one change and does not shift the others.
    """
    changes: list[Change] = []
    _compare(before, after, "", changes)
    return changes


def _compare(before: Any, after: Any, path: str, changes: list[Change]) -> None:
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            place = f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
            if key in after:
                _compare(value, after[key], place, changes)
            else:
                changes.append({"op": "remove", "path": place})
        changes += [
            {"op": "add", "path": f"{path}/{key.replace('~', '~0').replace('/', '~1')}", "value": copy.deepcopy(value)}
            for key, value in after.items()
            if key not in before
        ]
    elif isinstance(before, list) and isinstance(after, list):
        _compare_lists(before, after, path, changes)
    elif not same(before, after):
        changes.append({"op": "replace", "path": path, "value": copy.deepcopy(after)})


def _compare_lists(before: list[Any], after: list[Any], path: str, changes: list[Change]) -> None:
    shorter = min(len(before), len(after))
    if len(before) == len(after):
        head = tail = 0
    else:
        head = next((i for i in range(shorter) if not same(before[i], after[i])), shorter)
        tail = next((i for i in range(shorter - head) if not same(before[-1 - i], after[-1 - i])), shorter - head)
    middle_before, middle_after = before[head : len(before) - tail], after[head : len(after) - tail]
    paired = min(len(middle_before), len(middle_after))
    for i in range(paired):
        _compare(middle_before[i], middle_after[i], f"{path}/{head + i}", changes)
    changes += [{"op": "remove", "path": f"{path}/{head + i}"} for i in reversed(range(paired, len(middle_before)))]
    changes += [
        {"op": "add", "path": f"{path}/{head + i}", "value": copy.deepcopy(middle_after[i])}
        for i in range(paired, len(middle_after))
    ]
