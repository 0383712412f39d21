from __future__ import annotations

import pytest

from sclerograph.batch.index import INDEX_FILE, FilmIndex, Stamp
from sclerograph.errors import UsageError


def test_the_index_remembers_films_names_and_refusals(tmp_path):
    stamp = Stamp(10, 123_456_789_012_345_678, "ab", "1.2.3")
    with FilmIndex(tmp_path) as index:
        index.remember_films([("k", stamp)])
        index.remember_names({"k": "hand"})
        index.remember_refusal("f", [("ab", "UnreadableFile", "it is empty")])
    with FilmIndex(tmp_path) as index:
        assert index.films == {"k": stamp}
        assert index.names == {"k": "hand"}
        assert index.refusal("f") == [("ab", "UnreadableFile", "it is empty")]
        assert index.refusal("g") is None


def test_a_folder_has_one_owner(tmp_path):
    with FilmIndex(tmp_path) as index:
        index.remember_names({"old": "hand"})
        index.remember_names({"new": "hand"})
    with FilmIndex(tmp_path) as index:
        assert index.names == {"new": "hand"}


def test_a_second_run_into_the_same_folder_is_refused_and_allowed_afterwards(tmp_path):
    with FilmIndex(tmp_path), pytest.raises(UsageError, match="another run"):
        FilmIndex(tmp_path)
    FilmIndex(tmp_path).close()


def test_a_damaged_index_is_begun_again(tmp_path):
    (tmp_path / INDEX_FILE).write_bytes(b"this is no database" * 100)
    with FilmIndex(tmp_path) as index:
        assert index.films == {}
        index.remember_names({"k": "hand"})
    with FilmIndex(tmp_path) as index:
        assert index.names == {"k": "hand"}
