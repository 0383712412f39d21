from __future__ import annotations

import pytest

from sclerograph.errors import UsageError
from sclerograph.registry.reading_form import LESIONS, form_items, hands_on_films, values_of_hand
from sclerograph.scores.regions import REGIONS
from tests.findings.samples import small_reading


def test_a_form_has_an_item_for_each_site():
    names = [item.name for item in form_items(LESIONS)]
    assert len(set(names)) == len(names)
    assert names[:5] == [f"tuft_{digit}" for digit in range(1, 6)]
    assert [name for name in names if name.startswith("calcium_")] == [f"calcium_{region}" for region in REGIONS]
    assert sum(name.startswith("narrowing_") for name in names) == 14
    assert [item.name for item in form_items(["calcinosis"]) if not item.required] == ["deposits", "calcified_area_mm2"]


@pytest.mark.parametrize("lesions", [[], ["calcinosis", "gout"]])
def test_a_form_asks_for_known_lesions(lesions):
    with pytest.raises(UsageError, match="acro_osteolysis, calcinosis, joint_narrowing"):
        form_items(lesions)


def test_a_reading_gives_the_same_items():
    hand = small_reading().hands[0]
    values = values_of_hand(hand, form_items(LESIONS))
    assert (values["tuft_3"], values["tuft_1"]) == (4.0, None)
    assert (values["calcium_DP4"], values["calcium_DP3"], values["calcium_carpus"]) == (1.0, 0.0, 0.0)
    assert (values["deposits"], values["calcified_area_mm2"]) == (1.0, 2.25277)
    assert values["narrowing_PIP2"] is None


def test_a_deposit_at_a_joint_is_in_the_regions_on_both_sides():
    hand = small_reading().hands[0]
    at_joint = hand.model_copy(update={"deposits": [hand.deposits[0].model_copy(update={"site": "PIP2"})]})
    values = values_of_hand(at_joint, form_items(["calcinosis"]))
    assert [name for name, value in values.items() if name.startswith("calcium_") and value] == [
        "calcium_MP2",
        "calcium_PP2",
    ]


def test_what_is_not_assessable_has_no_value():
    hand = small_reading().hands[0]
    without = hand.model_copy(update={"calcinosis_assessable": False})
    assert set(values_of_hand(without, form_items(["calcinosis"])).values()) == {None}
    uncalibrated = hand.model_copy(update={"deposits": [hand.deposits[0].model_copy(update={"area_mm2": None})]})
    values = values_of_hand(uncalibrated, form_items(["calcinosis"]))
    assert (values["deposits"], values["calcified_area_mm2"]) == (1.0, None)


def labels(*hands: tuple[str | None, float]) -> tuple[str, ...]:
    reading = small_reading()
    drawn = [reading.hands[0].model_copy(update={"side": side, "box": (x, 0.0, x + 10.0, 50.0)}) for side, x in hands]
    (found,) = hands_on_films(reading.model_copy(update={"hands": drawn})).values()
    assert [hand.hand.box[0] for hand in found] == sorted(x for _, x in hands)
    return tuple(hand.label for hand in found)


def test_hands_are_named_by_their_side_where_that_is_clear():
    assert labels(("R", 50.0), ("L", 0.0)) == ("L", "R")
    assert labels(("R", 50.0), ("R", 0.0)) == ("1", "2")
    assert labels((None, 0.0)) == ("1",)
    assert labels() == ()
