from __future__ import annotations

import io

import numpy as np
import pytest

from sclerograph.hand.erosion_margins import MARGINS
from sclerograph.hand.erosion_signs import RAW_SIGNS, RELATIVE, UsualMargin
from sclerograph.hand.erosion_usual import usual_bytes, usual_margins, usual_of


def test_what_is_written_can_be_read() -> None:
    shape = (len(RELATIVE), len(RAW_SIGNS))
    written = {MARGINS[3]: UsualMargin(np.full(shape, 0.25), np.full(shape, 0.5))}
    read = usual_of(usual_bytes(written))
    assert list(read) == list(MARGINS)
    assert (read[MARGINS[3]].level == 0.25).all()
    assert (read[MARGINS[3]].scatter == 0.5).all()
    assert (read[MARGINS[4]].level == 0.0).all()


def test_the_shipped_file_knows_the_notch_of_the_ulna() -> None:
    usual = usual_margins()
    ulna = next(margin for margin in MARGINS if margin.bone == "ULN")
    notch = usual[ulna].level[:, RAW_SIGNS.index("notch")]
    assert notch.max() > 0.1
    assert all((each.scatter >= 0.0).all() for each in usual.values())


def test_a_file_of_other_signs_is_refused() -> None:
    stream = io.BytesIO()
    np.savez(stream, level=np.zeros((2, 3, 4)), scatter=np.zeros((2, 3, 4)))
    with pytest.raises(ValueError, match="fit it again"):
        usual_of(stream.getvalue())
