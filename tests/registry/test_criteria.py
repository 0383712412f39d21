from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.registry.criteria import (
    ACR_EULAR_CATEGORIES,
    ACR_EULAR_ITEMS,
    acr_eular_2013,
    leroy_subset,
    very_early_signs,
)
from sclerograph.registry.dictionary.load import load_dictionary

ABSENT = dict.fromkeys(ACR_EULAR_ITEMS, False)
APPLICABLE = {"skin_spares_fingers": False, "better_explained": False}
THREE_VALUED = st.sampled_from([True, False, None])


def score(**present):
    return acr_eular_2013({**ABSENT, **APPLICABLE, **present})


def test_every_item_is_a_variable_of_the_dictionary():
    assert set(ACR_EULAR_ITEMS) <= set(load_dictionary().variables)


# The weights as van den Hoogen 2013 prints them in Table 1.
@pytest.mark.parametrize(
    ("item", "weight"),
    [
        ("skin_proximal_to_mcp", 9),
        ("puffy_fingers", 2),
        ("sclerodactyly", 4),
        ("fingertip_ulcers", 2),
        ("pitting_scars", 3),
        ("telangiectasia", 2),
        ("abnormal_nailfold_capillaries", 2),
        ("pah", 2),
        ("ild", 2),
        ("raynaud", 3),
        ("anticentromere", 3),
        ("anti_topoisomerase_1", 3),
        ("anti_rna_polymerase_3", 3),
    ],
)
def test_one_item_alone_has_its_printed_weight(item, weight):
    result = score(**{item: True})
    assert result.score == weight
    assert result.fulfilled is (weight >= 9)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (("puffy_fingers", "sclerodactyly"), 4),
        (("fingertip_ulcers", "pitting_scars"), 3),
        (("pah", "ild"), 2),
        (("anticentromere", "anti_topoisomerase_1", "anti_rna_polymerase_3"), 3),
    ],
)
def test_only_the_greatest_weight_of_a_category_counts(items, expected):
    assert score(**dict.fromkeys(items, True)).score == expected


def test_the_score_without_the_sufficient_item_ends_at_19():
    everything = dict.fromkeys(ACR_EULAR_ITEMS, True)
    assert score(**everything | {"skin_proximal_to_mcp": False}).score == 19


def test_eight_is_too_little_and_nine_enough():
    eight = score(raynaud=True, anticentromere=True, telangiectasia=True)
    assert (eight.score, eight.fulfilled) == (8, False)
    nine = score(raynaud=True, anticentromere=True, pitting_scars=True)
    assert (nine.score, nine.fulfilled, nine.reason) == (9, True, None)


def test_nothing_recorded_is_not_a_score_of_nought():
    result = acr_eular_2013({})
    assert (result.lowest, result.highest, result.score, result.fulfilled) == (0, 24, None, None)
    assert result.missing == ACR_EULAR_ITEMS
    assert result.reason == "not assessable: 13 items were not recorded, the score is between 0 and 24"
    assert result.applicable is None


def test_a_missing_item_that_cannot_change_the_score_does_not_blur_it():
    result = score(pitting_scars=True, fingertip_ulcers=None)
    assert (result.score, result.missing) == (3, ("fingertip_ulcers",))


def test_a_missing_item_may_leave_the_verdict_standing():
    result = score(sclerodactyly=True, raynaud=True, anticentromere=True, telangiectasia=None)
    assert (result.lowest, result.highest, result.score, result.fulfilled) == (10, 12, None, True)


def test_one_item_is_spoken_of_in_the_singular():
    assert "1 item was not recorded" in str(score(raynaud=True, anticentromere=True, sclerodactyly=None).reason)


@pytest.mark.parametrize("exclusion", ["skin_spares_fingers", "better_explained"])
def test_the_criteria_are_not_applied_where_they_exclude_themselves(exclusion):
    result = score(skin_proximal_to_mcp=True, **{exclusion: True})
    assert (result.score, result.fulfilled, result.applicable) == (9, None, False)
    assert str(result.reason).startswith("not applicable")


def test_unknown_exclusions_are_said_to_be_unknown():
    assert acr_eular_2013({**ABSENT, "skin_proximal_to_mcp": True}).applicable is None
    assert score(skin_proximal_to_mcp=True).applicable is True


@given(st.fixed_dictionaries(dict.fromkeys(ACR_EULAR_ITEMS, THREE_VALUED)))
def test_the_interval_holds_every_score_that_missing_items_allow(answers):
    result = acr_eular_2013(answers)
    missing = [item for item, answer in answers.items() if answer is None][:5]
    rest = {item: False for item, answer in answers.items() if answer is None and item not in missing}
    for guess in itertools.product([False, True], repeat=len(missing)):
        completed = acr_eular_2013({**answers, **rest, **dict(zip(missing, guess, strict=True))})
        assert completed.score is not None
        assert result.lowest <= completed.score <= result.highest
        if result.fulfilled is not None:
            assert completed.fulfilled is result.fulfilled


def test_categories_share_no_item():
    assert len(set(ACR_EULAR_ITEMS)) == len(ACR_EULAR_ITEMS) == sum(len(c.weights) for c in ACR_EULAR_CATEGORIES)


@pytest.mark.parametrize(
    ("limbs", "trunk", "distal", "expected"),
    [
        (True, False, True, "diffuse"),
        (None, True, None, "diffuse"),
        (True, None, None, "diffuse"),
        (False, False, True, "limited"),
        (False, False, False, "sine"),
        (False, False, None, None),
        (None, False, True, None),
        (False, None, True, None),
        (None, None, None, None),
    ],
)
def test_the_subset_follows_the_sites(limbs, trunk, distal, expected):
    answers = {"skin_proximal_limbs": limbs, "skin_trunk": trunk, "skin_distal": distal}
    assert leroy_subset(answers) == expected


def test_thick_fingers_are_distal_skin():
    assert leroy_subset({"skin_proximal_limbs": False, "skin_trunk": False, "sclerodactyly": True}) == "limited"


def test_three_red_flags_ask_for_a_referral():
    flags = {"raynaud": True, "puffy_fingers": True, "ana": True}
    signs = very_early_signs(flags)
    assert (signs.red_flags, signs.confirmed, signs.lowest, signs.highest) == (True, None, 3, 3)
    assert signs.missing == ("abnormal_nailfold_capillaries", "anticentromere", "anti_topoisomerase_1")
    assert very_early_signs({**flags, "abnormal_nailfold_capillaries": True}).confirmed is True
    none = {"abnormal_nailfold_capillaries": False, "anticentromere": False, "anti_topoisomerase_1": False}
    assert very_early_signs({**flags, **none}).confirmed is False


def test_a_missing_red_flag_leaves_the_answer_open():
    signs = very_early_signs({"raynaud": True, "puffy_fingers": None, "ana": True})
    assert (signs.red_flags, signs.lowest, signs.highest) == (None, 2, 3)
    assert very_early_signs({"raynaud": False, "puffy_fingers": None, "ana": True}).red_flags is False


def test_a_specific_antibody_is_antinuclear():
    signs = very_early_signs({"raynaud": True, "puffy_fingers": True, "anticentromere": True})
    assert (signs.red_flags, signs.confirmed) == (True, True)
    assert (
        very_early_signs({"raynaud": True, "puffy_fingers": True, "ana": False, "anticentromere": True}).red_flags
        is False
    )
