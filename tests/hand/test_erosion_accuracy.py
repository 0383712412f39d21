from __future__ import annotations

import json

import pytest

from sclerograph.hand.erosion_accuracy import (
    SCHEMA,
    ErosionAccuracy,
    FalsePrompts,
    accuracy_of,
    accuracy_words,
    counted_words,
    erosion_accuracy,
)

FILE = {
    "schema": SCHEMA,
    "source": None,
    "measured": {
        "joints": {
            "prompts": {"found": 3, "eroded": 4, "false": [{"on": "simulated hands", "prompts": 6, "hands": 8}]},
            "counted": {"found": 1, "eroded": 4, "false": []},
        },
    },
}


def test_shares_follow_from_the_counts() -> None:
    joints = accuracy_of(json.dumps(FILE))["joints"]
    assert joints.sensitivity == 0.75
    assert joints.false[0].per_hand == 0.75
    assert accuracy_of(json.dumps(FILE), "counted")["joints"].sensitivity == 0.25


def test_the_words_never_claim_and_always_count() -> None:
    words = accuracy_words({"joints": ErosionAccuracy(3, 4, (FalsePrompts("simulated hands", 6, 8),))})
    assert "not a finding" in words
    assert "75 %" in words
    assert "0.75 a hand on simulated hands" in words
    assert "was not measured" in accuracy_words({})


def test_what_scores_count_has_words_of_its_own() -> None:
    words = counted_words(accuracy_of(json.dumps(FILE), "counted"))
    assert "25 % of simulated erosions" in words
    assert "reader" in words
    assert "was not measured" in counted_words({})


def test_the_shipped_file_can_be_read() -> None:
    assert set(erosion_accuracy()) <= {"joints", "bones"}


@pytest.mark.parametrize(
    "change", [{"found": 5}, {"eroded": 0}, {"false": [{"on": "x", "prompts": 1, "hands": 0}]}], ids=str
)
def test_impossible_counts_are_refused(change: dict[str, object]) -> None:
    entry = FILE["measured"]["joints"]["prompts"] | change  # type: ignore[index]
    with pytest.raises(ValueError, match="cannot be"):
        accuracy_of(json.dumps(FILE | {"measured": {"joints": {"prompts": entry}}}))


def test_another_file_is_refused() -> None:
    with pytest.raises(ValueError, match="not a file"):
        accuracy_of(json.dumps({"schema": "other"}))
