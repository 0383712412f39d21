"""Counting what levels find, and what of it is false."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (extra train)")
pytest.importorskip("cv2", reason="training needs opencv (extra train)")

from sclerograph.networks.crops import Pose
from sclerograph.networks.maps import Crop
from sclerograph.training.calcium_cases import Case
from sclerograph.training.calcium_eye import Seen
from sclerograph.training.calibrate import Judged, tally
from sclerograph.training.mine_negatives import marks

_POSE = Pose(0.0, 4.0, (0.0, 0.0))
_CROP = Crop(np.array([[0.5, 0.0, 10.0], [0.0, 0.5, 20.0]]), 120, 100, 0.25)


def _case() -> Case:
    calcium = np.full((120, 100), 0.01, np.float32)
    truth, unseen = np.zeros((120, 100), bool), np.zeros((120, 100), bool)
    truth[10:20, 10:20] = True  # 3.5 mm, found
    calcium[11:19, 11:19] = 0.9
    truth[40:44, 40:44] = True  # 1.4 mm, seen faintly
    calcium[40:44, 40:44] = 0.55
    truth[60:75, 60:75] = True  # 5 mm, missed
    unseen[90:95, 10:15] = True  # too faint to count, marked
    calcium[90:95, 10:15] = 0.9
    calcium[100:104, 80:84] = 0.95  # false
    calcium[110, 50] = 0.99  # too small to count
    nothing = np.zeros_like(calcium)
    return Case(Seen(_CROP, np.zeros((4, 120, 100), np.float32), calcium, nothing), _POSE, truth, unseen)


def test_tally() -> None:
    case = _case()
    marks = case.seen.marks
    # the second look takes the faint deposit for nothing
    sure = np.array([case.seen.calcium[marks.labels == number].max() for number in marks.numbers], np.float64)
    judged = Judged(case, sure)
    strict, lenient = tally([judged], 0.7), tally([judged], 0.5)
    assert (strict.deposits, strict.found) == ({"small": 1, "large": 2}, {"small": 0, "large": 1})
    assert lenient.found == {"small": 1, "large": 1}
    assert strict.false_marks == lenient.false_marks == 1
    assert strict.false_per_hand == 1.0
    assert lenient.recall("large") == 0.5
    assert strict.area_share == 64 / 100


def test_marks_lead_back_to_the_film() -> None:
    found = marks("a", _case().seen, 0.6)
    false = next(mark for mark in found if mark.score == pytest.approx(0.95, abs=1e-3))
    assert (false.x, false.y) == (round((81.5 - 10) / 0.5, 1), round((101.5 - 20) / 0.5, 1))
    assert len(found) == 3
