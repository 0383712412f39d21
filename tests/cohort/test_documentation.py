from __future__ import annotations

import re
from pathlib import Path

from sclerograph.cohort.figures.body_outline import BODY_REGIONS
from sclerograph.cohort.plan import parse_plan
from sclerograph.cohort.reading_rows import READING_TABLES, ReadingVisit, reading_rows
from sclerograph.cohort.reading_variables import READING_COLUMNS
from tests.scores.readings import both

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "cohort.md").read_text(encoding="utf-8")

#: Variables that the page speaks of without declaring them.
SPOKEN_OF = {
    "binary": ["ild", "pah", "death", "hand_calcinosis", "hand_erosion", "spine_foraminal_calcification"],
    "continuous": ["disease_duration_years", "mrss", "dlco_percent", "follow_up_years"],
}


def test_the_plan_of_the_page_is_a_plan():
    blocks = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    declared = [
        f'[[variables]]\nname = "{name}"\nkind = "{kind}"\n' for kind, names in SPOKEN_OF.items() for name in names
    ]
    tables = "".join(f'[[data.long]]\nname = "{name}"\npath = "{name}.csv"\n' for name in ("visits", "readings"))
    # whatever follows a header belongs to it: the top keys come first, as on the page
    plan = parse_plan(blocks[0] + tables + "".join(blocks[1:]) + "".join(declared), "docs/cohort.md")
    assert plan.models[0].impute
    assert [step.label for step in plan.population.steps] == ["Adults", "Limited or diffuse", "mRSS known"]


def test_the_page_names_the_columns_of_readings():
    for name in READING_COLUMNS:
        if name.startswith("score_"):
            continue
        endings = (name.removeprefix(head) for head in ("reading_acro_osteolysis", "reading_hand") if head in name)
        assert f"`{name}`" in PAGE or any(f"`...{ending}`" in PAGE for ending in endings), name
    for name in re.findall(r"`(score_[a-z_]+)`", PAGE):
        assert name in READING_COLUMNS


def test_the_page_names_the_columns_of_long_tables_of_readings():
    visit = ReadingVisit("P", both())
    for table in READING_TABLES:
        assert f"`{table}`" in PAGE
        for name in next(reading_rows(visit, table)) if table in ("hands", "digits", "joints") else ():
            assert f"`{name}`" in PAGE or name in ("patient", "visit", "digit", "joint", "joints_graded"), name


def test_the_page_names_the_regions_of_the_body():
    for region in BODY_REGIONS:
        assert f"`{region.code}`" in PAGE
