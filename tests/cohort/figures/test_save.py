from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from PIL import Image

from sclerograph.cohort.figures.forest import ForestGroup, ForestRow, forest_plot
from sclerograph.cohort.figures.save import PNG_DPI, png_bytes, save_figure, svg_text

ROWS = (ForestRow("Here", 0.26, 0.18, 0.37, 77, 20, own=True), ForestRow("There", 0.23, 0.17, 0.32, 120, 28))


def drawn() -> Figure:
    return forest_plot([ForestGroup("Calcinosis", ROWS)], width="column")


def test_the_same_figure_gives_the_same_bytes_whatever_the_settings_of_the_user() -> None:
    svg, png = svg_text(drawn(), "title"), png_bytes(drawn(), "title")
    with mpl.rc_context({"font.size": 20.0, "svg.fonttype": "path", "savefig.dpi": 33, "figure.facecolor": "red"}):
        assert svg_text(drawn(), "title") == svg
        assert png_bytes(drawn(), "title") == png
    # Saving as one kind leaves nothing behind that changes the other.
    figure = drawn()
    assert (png_bytes(figure, "title"), svg_text(figure, "title"), png_bytes(figure, "title")) == (png, svg, png)


def test_text_of_the_svg_is_text_and_no_date_or_version_is_in_it() -> None:
    svg = svg_text(drawn(), "Prevalence of calcinosis")
    root = ElementTree.fromstring(svg.encode())
    text = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"Calcinosis", "Here", "There", "20 / 77"} <= text
    assert "<image" not in svg
    assert "Prevalence of calcinosis" in svg
    assert not re.search(r"<dc:date>|Matplotlib v", svg)
    width = float(str(root.get("width")).removesuffix("pt"))
    assert width * 25.4 / 72.0 == pytest.approx(85.0, abs=0.1)


def test_the_png_has_its_resolution_and_no_software_in_it() -> None:
    with Image.open(BytesIO(png_bytes(drawn(), "title"))) as image:
        assert image.width == pytest.approx(85.0 / 25.4 * PNG_DPI, abs=1.0)
        assert image.info["dpi"] == pytest.approx((PNG_DPI, PNG_DPI), abs=0.1)
        assert image.info["Title"] == "title"
        assert "Software" not in image.info


def test_both_files_are_written_and_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    svg, png = save_figure(drawn(), tmp_path, "forest", "title")
    assert (svg, png) == (tmp_path / "forest.svg", tmp_path / "forest.png")
    assert svg.read_text(encoding="utf-8") == svg_text(drawn(), "title")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["forest.png", "forest.svg"]
    with pytest.raises(FileNotFoundError):
        save_figure(drawn(), tmp_path / "nowhere", "forest")
