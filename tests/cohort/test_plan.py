from __future__ import annotations

from pathlib import Path

import pytest

from sclerograph.cohort.plan import parse_plan, read_plan
from sclerograph.errors import UsageError
from tests.cohort.plans import PLAN

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "cohort" / "plan.toml"


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse_plan(text, "plan.toml")
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_example_is_a_plan():
    plan = read_plan(EXAMPLE)
    assert plan.variable("hand_calcinosis").title == "Calcinosis, hands"
    assert plan.variable("age_years").title_with_unit == "Age, years"
    assert plan.data.table == Path("cohort.csv")


def test_defaults_are_enough_for_a_small_plan():
    plan = parse_plan(PLAN)
    assert plan.variable("age_years").title == "age years"
    assert plan.population.steps == ()
    assert plan.confidence_level == 0.95
    assert plan.missing.imputations == 20


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "A', 'titel = "A', "plan.toml: title: this key is needed (and 1 more)"),
        ('kind = "binary"', 'kind = "binry"', "plan.toml: variables[2].kind: Input should be"),
        ("low = 18", 'low = "young"', "plan.toml: variables[1].low: Input should be a valid number"),
        ("low = 18", "lowest = 18", 'plan.toml: variables[1].lowest: there is no such key; did you mean "low"?'),
        ('["limited", "diffuse"]', '["limited"]', 'variables[3]: a variable of kind "categorical" needs at least two'),
        ('name = "subset"', 'name = "ulcers"', 'plan.toml: variables[3].name: "ulcers" is declared twice'),
        ('table = "patients.csv"', "", "plan.toml: data: give either table or registry"),
        ('[data]', "[data", "plan.toml: this is no TOML"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_told_in_one_line_that_names_it(old, new, said):
    assert said in refusal(PLAN.replace(old, new, 1))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            '[[models]]\ntitle="M"\nkind="logistic"\noutcome="ulcers"\nterms=["agee_years"]',
            'models[1].terms[1]: no variable is called "agee_years"; did you mean "age_years"?',
        ),
        (
            '[[models]]\ntitle="M"\nkind="logistic"\noutcome="age_years"\nterms=["ulcers"]',
            'models[1].outcome: "age_years" is continuous, and binary is needed here',
        ),
        ('[[models]]\ntitle="M"\nkind="cox"\nterms=["ulcers"]', "models[1]: a Cox model needs time and event"),
        ('[[models]]\ntitle="M"\nkind="logistic"\nterms=["ulcers"]', "models[1]: a model of kind logistic needs an"),
        (
            '[[associations]]\ntitle="A"\nexposures=["ulcers"]\noutcomes=["subset"]',
            'associations[1].outcomes[1]: "subset" is categorical, and binary is needed here',
        ),
        (
            '[[data.long]]\nname="d"\npath="a.csv"\n[[data.long]]\nname="d"\npath="b.csv"',
            "data.long: two long tables have the same name",
        ),
        ('[[data.long]]\nname="d"', "data.long[1]: give either path or readings"),
        ('[[data.long]]\nname="d"\nreadings="digits"', "data: a long table of readings needs them"),
        ('[table_one]\nvariables=[]', "table_one.variables: Tuple should have at least 1 item"),
        (
            '[[maps]]\ntitle="H"\nkind="hand"\ntable="digits"\nsite="digit"\nfinding="deposit"',
            'maps[1].table: no long table is called "digits"',
        ),
        (
            '[population]\nsteps=[{label="Old", variable="ulcers", at_least=1}]',
            'population.steps[1].variable: "ulcers" is binary, and continuous or count is needed here',
        ),
        ('[population]\nsteps=[{label="Old", variable="ulcers"}]', "population.steps[1]: a step needs at_least"),
        ('[printed]\nsource="S"\nshares=[{variable="ulcers", n=77, percent="many"}]', "printed.shares[1].percent"),
        ('[printed]\nsource="S"\nshares=[{variable="ulcers", n=77}]', "give the percentage or the count"),
        ('[strobe]\nfundng="x"', 'strobe.fundng: there is no such key; did you mean "funding"?'),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_met_is_told_by_its_key(more, said):
    assert said in refusal(PLAN + more)


def test_a_plan_that_is_not_there_or_no_text_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_plan(tmp_path / "none.toml")
    (tmp_path / "plan.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(UsageError, match="not UTF-8"):
        read_plan(tmp_path / "plan.toml")
