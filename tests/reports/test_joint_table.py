from __future__ import annotations

from sclerograph.reports.joint_table import bone_erosions, joint_rows, joint_sentence, joints_without_value
from tests.reports import measured, synthetic


def test_a_measured_joint_has_everything_that_is_known_of_it() -> None:
    rows = {row.code: row for row in joint_rows(measured.hand(), calibrated=True)}
    assert set(rows) == {
        "MCP2",
        "DIP3",
        "PIP3",
        "MCP5",
    }
    row = rows["MCP2"]
    assert (row.width, row.width_interval, row.least) == ("0.98", "0.75 to 1.21", "0.48")
    assert (row.share, row.share_interval) == ("41", "24 to 64")
    assert (row.grade, row.grade_interval) == (3, "2 to 3")
    assert row.erosion is not None
    assert (row.erosion.suspicion, row.erosion.marked, row.erosion.kind) == (0.91, True, "marginal")
    assert (row.offset, row.subluxated, row.angle) == (0.35, True, 22.0)


def test_without_a_calibration_widths_are_in_pixels() -> None:
    rows = {row.code: row for row in joint_rows(measured.hand(), calibrated=False)}
    assert rows["MCP2"].width == "2.5"
    assert rows["PIP3"].width == "–"


def test_a_joint_whose_space_is_hidden_can_still_be_out_of_line() -> None:
    row = next(row for row in joint_rows(measured.hand(), calibrated=True) if row.code == "MCP5")
    assert (row.grade, row.width, row.offset, row.angle) == (None, "–", -0.02, -3.0)


def test_a_fused_joint_is_told_from_one_without_value() -> None:
    row = next(row for row in joint_rows(measured.hand(), calibrated=True) if row.code == "DIP3")
    assert (row.ankylosed, row.grade) == (True, 4)


def test_a_suspicion_below_the_point_of_asking_is_not_marked() -> None:
    row = next(row for row in joint_rows(measured.hand(), calibrated=True) if row.code == "PIP3")
    assert row.erosion is not None
    assert not row.erosion.marked
    (ulna,) = bone_erosions(measured.hand())
    assert (ulna.code, ulna.marked) == ("ULN", False)


def test_reasons_are_gathered() -> None:
    (reason,) = joints_without_value(measured.hand())
    assert reason == measured.HIDDEN
    assert len(joints_without_value(measured.hand())[reason]) == 19


def test_the_sentence_counts() -> None:
    assert joint_sentence(measured.hand()) == (
        "1 of 3 joint spaces narrowed (grade 2 or more); 1 fused; 1 place to look at for erosion"
    )
    assert joint_sentence(synthetic.reading("L").hands[0]) is None
