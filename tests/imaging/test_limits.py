import pytest

from sclerograph.errors import UnreadableFile, UnsupportedImage
from sclerograph.imaging.limits import check_size


def test_films_pass_and_small_copies_carry_a_note():
    assert check_size(2500, 2048) == []
    assert check_size(500, 6000) == []
    assert "small" in check_size(200, 499)[0]


def test_bombs_and_specks_are_refused():
    with pytest.raises(UnreadableFile, match="memory"):
        check_size(60_000, 60_000)
    with pytest.raises(UnreadableFile, match="zero"):
        check_size(0, 500)
    for side in (1, 199):
        with pytest.raises(UnsupportedImage, match="200 pixels"):
            check_size(side, 1000)
