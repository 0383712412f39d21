import numpy as np
from pydicom import Dataset

from sclerograph.imaging.shutter import film_inside_shutter, not_padding


def header(**attributes: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


RECTANGLE = {
    "ShutterLeftVerticalEdge": 11,
    "ShutterRightVerticalEdge": 90,
    "ShutterUpperHorizontalEdge": 21,
    "ShutterLowerHorizontalEdge": 60,
}


def test_rectangle_counts_from_one():
    inside, notes = film_inside_shutter(header(ShutterShape="RECTANGULAR", **RECTANGLE), 80, 100)
    expected = np.zeros((80, 100), dtype=bool)
    expected[20:60, 10:90] = True
    np.testing.assert_array_equal(inside, expected)
    assert notes == []


def test_circle():
    shutter = header(ShutterShape="CIRCULAR", CenterOfCircularShutter=[41, 51], RadiusOfCircularShutter=30)
    inside, _ = film_inside_shutter(shutter, 80, 100)
    y, x = np.mgrid[:80, :100]
    np.testing.assert_array_equal(inside, np.hypot(y - 40, x - 50) <= 30)


def test_polygon():
    shutter = header(ShutterShape="POLYGONAL", VerticesOfThePolygonalShutter=[1, 1, 1, 100, 80, 1])
    inside, _ = film_inside_shutter(shutter, 80, 100)
    y, x = np.mgrid[:80, :100]
    exact = x / 99 + y / 79
    assert inside[exact < 0.98].all()
    assert not inside[exact > 1.02].any()


def test_shapes_together_leave_what_all_leave():
    shutter = header(
        ShutterShape=["RECTANGULAR", "CIRCULAR"],
        CenterOfCircularShutter=[41, 51],
        RadiusOfCircularShutter=30,
        **RECTANGLE,
    )
    inside, _ = film_inside_shutter(shutter, 80, 100)
    assert not inside[15, 50]
    assert not inside[40, 15]
    assert inside[40, 50]


def test_a_shutter_over_everything_is_not_used():
    shutter = header(ShutterShape="CIRCULAR", CenterOfCircularShutter=[41, 51], RadiusOfCircularShutter=0)
    inside, notes = film_inside_shutter(shutter, 80, 100)
    assert inside.all()
    assert "not used" in notes[0]


def test_absent_and_broken_shutters_leave_all_open():
    for shutter in (header(), header(ShutterShape="RECTANGULAR"), header(ShutterShape="HEART")):
        assert film_inside_shutter(shutter, 8, 10)[0].all()
    huge = header(ShutterShape="POLYGONAL", VerticesOfThePolygonalShutter=[-(10**9), 1, 10**9, 1, 1, 10**9])
    assert film_inside_shutter(huge, 80, 100)[0].shape == (80, 100)


def test_padding_values_and_ranges():
    stored = np.tile(np.arange(100, dtype=np.int32), (10, 1))
    assert not_padding(header(), stored).all()
    assert not_padding(header(PixelPaddingValue=0), stored).sum() == 990
    ranged = header(PixelPaddingValue=0)
    ranged.add_new("PixelPaddingRangeLimit", "US", 9)
    assert not_padding(ranged, stored).sum() == 900


def test_padding_that_swallows_the_film_is_not_used():
    assert not_padding(header(PixelPaddingValue=7), np.full((10, 10), 7, np.int32)).all()
