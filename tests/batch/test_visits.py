from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.batch.visits import Visit, assign_names, group_films, path_key, safe_name, shown


def names_and_sizes(studies: dict[str, str | None]) -> list[tuple[str, int]]:
    return [(v.name, len(v.films)) for v in group_films({Path(p): s for p, s in studies.items()})]


def test_files_of_one_study_are_one_visit_named_by_the_study():
    grouped = names_and_sizes({"/a/1.dcm": "1.2.3", "/b/2.dcm": "1.2.3", "/a/3.dcm": "1.2.4"})
    assert grouped == [("1.2.3", 2), ("1.2.4", 1)]


def test_a_raster_file_is_a_visit_named_by_its_stem():
    assert names_and_sizes({"/a/film 1.png": None, "/a/film 2.png": None}) == [("film 1", 1), ("film 2", 1)]


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("anna_L.png", "anna_R.png", "anna"),
        ("anna.l.png", "anna.r.jpg", "anna"),
        ("anna left.png", "anna right.png", "anna"),
        ("7-PA.png", "7-oblique.png", "7"),
        ("7_L_PA.png", "7_R_PA.png", "7"),
        ("7_PA_L.png", "7_obl_L.png", "7"),
    ],
)
def test_names_that_differ_by_side_or_view_are_one_visit(first, second, name):
    assert names_and_sizes({f"/a/{first}": None, f"/a/{second}": None}) == [(name, 2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("anna_L.png", "berta_R.png"),  # other hands
        ("anna_L.png", "anna_L.jpg"),  # the same hand twice
        ("anna.png", "anna_L.png"),  # one of them does not say what it shows
        ("anna_L_1.png", "anna_R_1.png"),  # the side is not the last word
        ("small.png", "smalr.png"),  # no separator before the letter
    ],
)
def test_other_names_stay_apart(first, second):
    grouped = names_and_sizes({f"/a/{first}": None, f"/a/{second}": None})
    assert grouped == [(Path(first).stem, 1), (Path(second).stem, 1)]


def test_the_same_name_in_two_folders_is_not_one_visit():
    assert names_and_sizes({"/a/x_L.png": None, "/b/x_R.png": None}) == [("x_L", 1), ("x_R", 1)]


@given(st.dictionaries(st.text("LRab_ .", min_size=1, max_size=8), st.sampled_from([None, "1.2", "1.3"]), max_size=8))
def test_every_film_is_in_exactly_one_visit_and_keys_differ(studies):
    paths = {Path("/films") / f"x{name}.png": study for name, study in studies.items()}
    visits = group_films(paths)
    assert sorted(film for v in visits for film in v.films) == sorted(paths)
    assert len({v.key for v in visits}) == len(visits)


@pytest.mark.parametrize(
    ("wish", "name"),
    [("../../etc", "__.._etc"), ("summary.csv", "_summary.csv"), (".hidden", "_hidden"), ("a/b", "a_b"), ("", "_")],
)
def test_a_name_never_leaves_the_folder_or_hides(wish, name):
    assert safe_name(wish) == name


@given(st.text(max_size=300))
def test_a_safe_name_is_one_plain_folder_name(wish):
    name = safe_name(wish)
    assert name
    assert not name.startswith(".")
    assert len(name.encode()) <= 121
    assert Path(name).name == name
    assert safe_name(name) == name


def never(name: str, visit: Visit) -> bool:
    return False


def test_two_visits_with_one_name_get_two_folders_also_where_case_is_ignored():
    visits = [Visit("k1", "hand", (Path("/a/hand.png"),)), Visit("k2", "Hand", (Path("/b/Hand.png"),))]
    names = assign_names(visits, {}, never)
    assert names["k1"] == "hand"
    assert names["k2"].startswith("Hand-")
    assert assign_names(visits, names, never) == names


def test_a_later_run_does_not_take_the_folder_of_another_film():
    names = assign_names([Visit("k2", "hand", (Path("/b/hand.png"),))], {"k1": "hand"}, never)
    assert names["k2"] != "hand"


def test_films_that_moved_keep_their_folder():
    names = assign_names([Visit("k2", "hand", (Path("/b/hand.png"),))], {"k1": "hand"}, lambda name, visit: True)
    assert names == {"k2": "hand"}


def test_the_key_of_a_path_does_not_show_the_path():
    assert "anna" not in path_key(Path("/films/anna/hand.png"))
    assert path_key(Path("/a/b.png")) != path_key(Path("/a/c.png"))


def test_paths_are_shown_from_the_current_folder_and_on_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "a" / "b.png") == str(Path("a/b.png"))
    assert "\n" not in shown(tmp_path / "a\nb.png")
    assert shown(tmp_path / "=1+1.png") == "./=1+1.png"
