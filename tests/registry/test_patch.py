from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.errors import RefusedEntry
from sclerograph.registry.patch import apply_changes, difference, pointer_steps, same

SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-3, 3, allow_nan=False) | st.text("ab~/", max_size=2)
)
TREES = st.recursive(
    SCALARS,
    lambda t: st.lists(t, max_size=5) | st.dictionaries(st.text("ab~/", max_size=2), t, max_size=4),
    max_leaves=20,
)


@given(TREES, TREES)
def test_a_difference_makes_one_document_of_the_other(before, after):
    kept = copy.deepcopy(before)
    changes = difference(before, after)
    assert same(apply_changes(before, changes), after)
    assert same(before, kept)
    assert same(apply_changes(before, json.loads(json.dumps(changes))), after)


@given(TREES)
def test_a_document_does_not_differ_from_itself(tree):
    assert difference(tree, copy.deepcopy(tree)) == []


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.data())
def test_an_entry_taken_out_of_a_list_is_one_change(entries, data):
    position = data.draw(st.integers(0, len(entries) - 1))
    (change,) = difference(entries, entries[:position] + entries[position + 1 :])
    assert change["op"] == "remove"


def test_an_entry_put_into_a_list_is_one_change():
    assert difference({"d": [{"id": "a"}, {"id": "c"}]}, {"d": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}) == [
        {"op": "add", "path": "/d/1", "value": {"id": "b"}}
    ]


# The examples of RFC 6902, appendix A, of the operations that are used.
@pytest.mark.parametrize(
    ("document", "changes", "result"),
    [
        ({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": "qux"}], {"baz": "qux", "foo": "bar"}),
        ({"foo": ["bar", "baz"]}, [{"op": "add", "path": "/foo/1", "value": "qux"}], {"foo": ["bar", "qux", "baz"]}),
        ({"baz": "qux", "foo": "bar"}, [{"op": "remove", "path": "/baz"}], {"foo": "bar"}),
        ({"foo": ["bar", "qux", "baz"]}, [{"op": "remove", "path": "/foo/1"}], {"foo": ["bar", "baz"]}),
        ({"baz": "qux"}, [{"op": "replace", "path": "/baz", "value": "boo"}], {"baz": "boo"}),
        (
            {"baz": "qux", "foo": ["a", 2, "c"]},
            [{"op": "test", "path": "/baz", "value": "qux"}, {"op": "test", "path": "/foo/1", "value": 2}],
            {"baz": "qux", "foo": ["a", 2, "c"]},
        ),
        ({"foo": "bar"}, [{"op": "add", "path": "/child", "value": {"g": {}}}], {"foo": "bar", "child": {"g": {}}}),
        ({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": 10}], {"/": 9, "~1": 10}),
        ({"foo": ["bar"]}, [{"op": "add", "path": "/foo/-", "value": ["abc"]}], {"foo": ["bar", ["abc"]]}),
        ({"foo": 1}, [{"op": "replace", "path": "", "value": [1]}], [1]),
        ({"foo": 1}, [{"op": "test", "path": "", "value": {"foo": 1}}], {"foo": 1}),
    ],
)
def test_changes_do_what_the_standard_says(document, changes, result):
    assert same(apply_changes(document, changes), result)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"op": "add"}, "no list"),
        (["add"], "op is not one of"),
        ([{"op": "move", "from": "/a", "path": "/b"}], "op is not one of"),
        ([{"op": "add", "path": "a", "value": 1}], "no JSON pointer"),
        ([{"op": "add", "path": 3, "value": 1}], "no JSON pointer"),
        ([{"op": "add", "path": "/c"}], "must have"),
        ([{"op": "remove", "path": "/a", "value": 1}], "must have"),
        ([{"op": "remove", "path": ""}], "whole document"),
        ([{"op": "remove", "path": "/c"}], "no place /c"),
        ([{"op": "replace", "path": "/b/2", "value": 1}], "no place /b/2"),
        ([{"op": "replace", "path": "/b/-", "value": 1}], "no place"),
        ([{"op": "replace", "path": "/b/01", "value": 1}], "no place"),
        ([{"op": "add", "path": "/b/3", "value": 1}], "no place"),
        ([{"op": "add", "path": "/a/0", "value": 1}], "no place"),
        ([{"op": "add", "path": "/c/d", "value": 1}], "no place"),
        ([{"op": "test", "path": "/a", "value": 1.0}], "another value"),
        ([{"op": "test", "path": "/t", "value": 1}], "another value"),
    ],
)
def test_changes_that_cannot_be_made_are_refused_with_their_number(changes, reason):
    with pytest.raises(RefusedEntry, match=reason):
        apply_changes({"a": 1, "b": [1, 2], "t": True}, changes)


def test_the_document_stays_as_it_is_when_a_change_fails():
    document = {"a": [1]}
    with pytest.raises(RefusedEntry, match="change 2"):
        apply_changes(document, [{"op": "remove", "path": "/a/0"}, {"op": "remove", "path": "/a/0"}])
    assert document == {"a": [1]}


def test_changes_can_be_left_out_by_their_place():
    changes = [{"op": "add", "path": "/a/contours/0", "value": 1}, {"op": "add", "path": "/b", "value": 2}]
    assert apply_changes({}, changes, skip=lambda steps: "contours" in steps) == {"b": 2}
    assert pointer_steps("/a~1b/~0/0") == ("a/b", "~", "0")
