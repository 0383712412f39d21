import pytest
from pydicom import Dataset

from sclerograph.imaging.side_and_view import side_and_view


def header(**attributes: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def code(value: str, meaning: str = "", scheme: str = "SCT") -> Dataset:
    return header(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def frame(side: str) -> Dataset:
    return header(FrameAnatomySequence=[header(FrameLaterality=side)])


def region(side_code: str) -> Dataset:
    return header(AnatomicRegionSequence=[header(AnatomicRegionModifierSequence=[code(side_code)])])


@pytest.mark.parametrize(
    ("dataset", "side"),
    [
        (header(Laterality="L"), "L"),
        (header(ImageLaterality="R"), "R"),
        (header(Laterality="", ImageLaterality="R"), "R"),
        (header(Laterality="R", ImageLaterality="R"), "R"),
        (header(ImageLaterality="U"), None),
        (header(ImageLaterality="left"), "L"),
        (frame("L"), "L"),
        (region("7771000"), "L"),
        (region("24028007"), "R"),
        (region("G-A100"), "R"),
        (header(), None),
    ],
)
def test_side(dataset, side):
    found = side_and_view(dataset)
    assert found.side == side
    assert not found.notes


def test_sides_that_exclude_each_other_are_reported_and_left_open():
    found = side_and_view(header(Laterality="L", ImageLaterality="R"))
    assert found.side is None
    assert "Laterality L, ImageLaterality R" in found.notes[0]
    found = side_and_view(header(ImageLaterality="B", Laterality="R"))
    assert found.side is None
    assert "contradicts" in found.notes[0]


def test_both_hands_leave_the_side_open():
    found = side_and_view(header(ImageLaterality="B"))
    assert found.side is None
    assert "both sides" in found.notes[0]


@pytest.mark.parametrize(
    ("dataset", "view"),
    [
        (header(ViewPosition="PA"), "PA"),
        (header(ViewPosition="AP"), "AP"),
        (header(ViewPosition="DP"), "PA"),
        (header(ViewPosition="LLO"), "oblique"),
        (header(ViewPosition="LL"), "lateral"),
        (header(ViewPosition="SOMETHING"), None),
        (header(ViewCodeSequence=[code("272479007")]), "PA"),
        (header(ViewCodeSequence=[code("R-10206", scheme="SRT")]), "AP"),
        (header(ViewCodeSequence=[code("399182000")]), "oblique"),
        (header(ViewCodeSequence=[code("X1", "Hand postero-anterior oblique", "99LOCAL")]), "oblique"),
        (header(ViewCodeSequence=[code("X2", "postero-anterior", "99LOCAL")]), "PA"),
        (header(ViewCodeSequence=[code("X3", "medio-lateral", "99LOCAL")]), "lateral"),
    ],
)
def test_view(dataset, view):
    found = side_and_view(dataset)
    assert found.view == view
    assert not found.notes


def test_views_that_exclude_each_other_are_reported_and_left_open():
    found = side_and_view(header(ViewPosition="AP", ViewCodeSequence=[code("272479007")]))
    assert found.view is None
    assert "ViewPosition AP, ViewCodeSequence PA" in found.notes[0]


@pytest.mark.parametrize(
    ("orientation", "seen_from_behind"),
    # Left hand seen from behind, fingers up: rows run to the thumb, that is to the left, columns down to the head.
    [(["L", "H"], True), (["R", "F"], True), (["F", "L"], True), (["L", "F"], False), (["R", "H"], False)],
)
def test_orientation_warns_of_a_mirrored_film(orientation, seen_from_behind):
    for view in ("PA", "AP"):
        found = side_and_view(header(ViewPosition=view, PatientOrientation=orientation))
        assert found.view == view
        assert bool(found.notes) == (seen_from_behind != (view == "PA"))


@pytest.mark.parametrize("orientation", [["L", "L"], ["A", "F"], ["X", "Y"], ["L"]])
def test_other_orientations_say_nothing(orientation):
    assert side_and_view(header(PatientOrientation=orientation, ViewPosition="PA")).notes == ()
