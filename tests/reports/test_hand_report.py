from __future__ import annotations

import base64
import io
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sclerograph.errors import UsageError
from sclerograph.findings.records import Hand, Method, Reading
from sclerograph.hand.merge import merge_films
from sclerograph.reports.hand_report import report_html, write_report
from tests.reports import measured, synthetic
from tests.reports.page import Page, parse

HOSTILE = "\"><script>alert(1)</script>{{ 7 * 7 }}<!-- ' & ]]>"


@lru_cache(maxsize=4)
def html(sides: str = "LR", calibrated: bool = True) -> str:
    return report_html(synthetic.reading(sides, calibrated), {"s1": synthetic.film()})


@lru_cache(maxsize=4)
def page(sides: str = "LR", calibrated: bool = True) -> Page:
    return parse(html(sides, calibrated))


@pytest.mark.parametrize("sides", ["LR", "L", "R", ""])
@pytest.mark.parametrize("calibrated", [True, False])
def test_tags_nest_and_every_reference_has_its_place(sides: str, calibrated: bool) -> None:
    found = page(sides, calibrated)
    assert len(set(found.ids)) == len(found.ids)
    links = {address[1:] for address in found.addresses if address.startswith("#")}
    assert links <= set(found.ids)
    assert set(found.labels_for) <= set(found.ids)
    shapes = re.findall(r'data-shape="([^"]+)"', html(sides, calibrated))
    assert len(shapes) == {"LR": 11, "L": 9, "R": 2, "": 0}[sides]
    assert set(shapes) <= set(found.ids)
    assert all(len(widths) == 1 for widths in found.table_widths), "rows of a table differ in their columns"


def test_nothing_is_fetched_from_anywhere() -> None:
    found = page()
    assert {a.split(":")[0] for a in found.addresses if not a.startswith("#")} == {"data"}
    assert not {"link", "iframe", "object", "embed", "base", "form"} & set(found.tags)
    assert "@import" not in html()
    assert not re.search(r"url\(", html())
    assert "default-src 'none'" in html()
    assert not any(name.startswith("on") for name in found.attributes)


def test_the_film_is_in_the_page_with_its_greys() -> None:
    encoded = re.search(r"data:image/jpeg;base64,([^\"]+)", html())
    assert encoded is not None
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded[1])))) / 255.0
    assert picture.shape == (synthetic.ROWS, synthetic.COLUMNS)
    assert np.abs(picture - synthetic.film()).mean() < 0.02


def test_contours_lie_in_pixels_of_the_film() -> None:
    assert f'viewBox="-0.5 -0.5 {synthetic.COLUMNS} {synthetic.ROWS}"' in html()
    deposit = synthetic.reading().hands[0].deposits[0]
    path = re.search(r'id="h1-shape1".*?<path d="M([\d.]+),([\d.]+)L', html(), re.S)
    assert path is not None
    assert (float(path[1]), float(path[2])) == pytest.approx(deposit.contours[0][0], abs=0.05)


def test_every_layer_can_be_hidden_without_a_script() -> None:
    text = html()
    for layer in ("deposits", "fingertips", "joints", "bones", "landmarks", "skin"):
        assert f'id="film1-{layer}" class="toggle show-{layer}"' in text
        assert f'class="layer {layer}"' in text
        assert f".show-{layer}:not(:checked) ~ .stage .{layer}" in text


def test_there_is_a_button_for_each_digit_of_each_hand() -> None:
    assert html().count("data-box=") == 2 * 6
    landmarks = {k: v for k, v in synthetic.reading().hands[0].landmarks.items() if not k.endswith("2")}
    hand = synthetic.reading().hands[0].model_copy(update={"landmarks": landmarks})
    text = report_html(synthetic.reading("L").model_copy(update={"hands": [hand]}), {})
    assert text.count("data-box=") == 5
    assert "disabled" in text


def test_numbers_of_the_reading_are_on_the_page() -> None:
    text = page().text
    reading = synthetic.reading()
    assert reading.calcified_area_mm2 is not None
    assert f"{reading.calcified_area_mm2:.1f} mm² calcified" in text
    assert "Middle 4 3 to 4, fragments 0.62 0.56 to 0.67 0.88" in text
    assert "Little – flexed: the phalanges are foreshortened" in text
    for source in reading.sources:
        assert source.sha256 in text
        assert source.file in text
    for method in reading.software.methods:
        assert method.citation in text
    for model in reading.software.models:
        assert model.sha256 in text


def test_without_a_calibration_there_are_no_millimetres() -> None:
    text = page("LR", False).text
    assert "This film has no calibration, so there are no millimetres." in text
    assert "Phalanx, px" in text
    # how often erosions of some millimetres were found in the bench is no length of this film
    assert not re.search(r"\d\s*mm(?! or more are marked)", text)
    assert "‰ calcified" in text
    assert "This film has no calibration" not in page().text


def test_the_research_notice_stands_first_and_last() -> None:
    text = page().text
    notice = synthetic.reading().research_use
    assert 0 < text.index(notice) < text.index("Hand radiograph reading")
    assert notice in text[-160:]


def test_a_side_conflict_is_a_warning() -> None:
    hand = synthetic.reading("L").hands[0]
    conflict = "the file says R, the shape of the hand says L"
    doubtful = hand.model_copy(update={"side_conflict": conflict})
    found = parse(report_html(synthetic.reading("L").model_copy(update={"hands": [doubtful]}), {}))
    assert f"Side in doubt, film s1. {conflict}" in found.text


def hostile_reading() -> Reading:
    reading = synthetic.reading("L")
    hand = reading.hands[0]
    hostile_hand = hand.model_copy(
        update={
            "side_conflict": HOSTILE,
            "notes": [HOSTILE],
            "not_assessable": [HOSTILE],
            "deposits": [d.model_copy(update={"id": f"{HOSTILE}{i}"}) for i, d in enumerate(hand.deposits)],
            "tufts": [t.model_copy(update={"assessable": False, "reason": HOSTILE}) for t in hand.tufts],
            "joints": [j.model_copy(update={"reason": HOSTILE}) for j in hand.joints],
        }
    )
    source = reading.sources[0].model_copy(update={"file": HOSTILE, "notes": [HOSTILE]})
    software = reading.software.model_copy(
        update={"version": HOSTILE, "methods": [Method(name=HOSTILE, version=HOSTILE, citation=HOSTILE)]}
    )
    return reading.model_copy(
        update={"name": HOSTILE, "hands": [hostile_hand], "sources": [source], "software": software}
    )


def test_texts_of_a_reading_stay_texts() -> None:
    text = report_html(hostile_reading(), {"s1": synthetic.film()})
    found = parse(text)
    assert found.tags.count("script") == 1
    assert "<script>alert" not in text
    assert found.text.count("<script>alert(1)</script>{{ 7 * 7 }}") >= 10
    assert len(set(found.ids)) == len(found.ids)


def test_a_calcium_that_was_not_assessed_is_no_zero() -> None:
    hand = synthetic.reading("R").hands[0]
    unseen = hand.model_copy(
        update={
            "deposits": [],
            "calcinosis": [],
            "calcinosis_assessable": False,
            "calcinosis_reason": "a cast covers the hand",
        }
    )
    text = parse(report_html(synthetic.reading("R").model_copy(update={"hands": [unseen]}), {})).text
    assert "– calcinosis not assessable a cast covers the hand" in text
    assert "Calcinosis not assessable: a cast covers the hand." in text
    assert "No deposit found" not in text


def test_several_films_are_shown_apart() -> None:
    first = synthetic.reading()
    source = first.sources[0].model_copy(update={"id": "s2", "file": "other.png"})
    hands: list[Hand] = [first.hands[0], first.hands[1].model_copy(update={"source": "s2"})]
    both = first.model_copy(update={"sources": [first.sources[0], source], "hands": hands})
    found = parse(report_html(both, {"s2": synthetic.film()}))
    assert len(set(found.ids)) == len(found.ids)
    assert {"film1", "film2", "film1-bones", "film2-bones"} <= set(found.ids)
    assert found.tags.count("image") == 1
    assert "The pixels of this film were not at hand" in found.text


def test_a_film_of_another_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="contours would lie in the wrong place"):
        write_report(synthetic.reading(), {"s1": synthetic.film()[:-1]}, tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []


def test_the_same_reading_gives_the_same_file(tmp_path: Path) -> None:
    write_report(synthetic.reading(), {"s1": synthetic.film()}, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == html()


def test_every_kind_of_finding_has_its_table() -> None:
    text = report_html(measured.reading(), {"s1": synthetic.film()})
    found = parse(text)
    assert all(len(widths) == 1 for widths in found.table_widths), "rows of a table differ in their columns"
    assert len(set(found.ids)) == len(found.ids)
    for words in (
        "0.75 to 1.21",
        "19 joint spaces not assessable",
        "fused: no space and no bright lines between the bones",
        "31 to 57",
        "overexposed: its walls are white",
        "digits 3 and 4 lie over each other",
        "1 of 3 joint spaces narrowed (grade 2 or more); 1 fused; 1 place to look at for erosion",
        "Flexed: ring finger.",
        "A suspicion of erosion",
    ):
        assert words in " ".join(found.text.split()), words
    assert text.count('<g class="joint"') == 2
    assert text.count('<g class="erosion"') == 1


def test_films_of_one_hand_stand_together_with_the_film_of_each_value() -> None:
    first = measured.reading()
    side_on = measured.hand().model_copy(update={"source": "s2", "view": "lateral"})
    sources = [*first.sources, first.sources[0].model_copy(update={"id": "s2", "file": "side.dcm"})]
    both = [*first.hands, side_on]
    reading = first.model_copy(update={"hands": both, "sources": sources, "visit": merge_films(both, sources)})
    text = " ".join(parse(report_html(reading, {})).text.split())
    assert "The films together" in text
    assert "From films s1, s2." in text
    assert "Flexionring finger45 degrees31 to 57s2" in text
    assert "The films together" not in " ".join(page().text.split())
