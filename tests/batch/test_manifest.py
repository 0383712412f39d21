from __future__ import annotations

from sclerograph.batch.manifest import MANIFEST_FILE, FilmRecord, Manifest, Settings

SETTINGS = Settings(
    "0.1.0", (("skeleton", "aa"), ("calcium", "bb")), {"side": None, "view": None, "mm_per_pixel": None}
)


def test_a_manifest_survives_writing_and_reading(tmp_path):
    films = (FilmRecord("a.dcm", "11"), FilmRecord("b.dcm", "22", "UnsupportedImage", "a movie"))
    manifest = Manifest(SETTINGS.fingerprint(["11", "22"]), SETTINGS, films, 2)
    (tmp_path / MANIFEST_FILE).write_text(manifest.text(), encoding="utf-8")
    assert Manifest.read(tmp_path) == manifest


def test_no_or_damaged_or_foreign_manifest_is_none(tmp_path):
    assert Manifest.read(tmp_path) is None
    for content in ("", "[]", '{"schema": "other/1"}', '{"schema": "sclerograph.run/1"}', "\xff"):
        (tmp_path / MANIFEST_FILE).write_bytes(content.encode("latin-1"))
        assert Manifest.read(tmp_path) is None


def test_the_fingerprint_depends_on_all_that_decides_a_reading_and_on_nothing_else():
    base = SETTINGS.fingerprint(["1", "2"])
    others = [
        Settings("0.2.0", SETTINGS.models, SETTINGS.options),
        Settings("0.1.0", (("skeleton", "aa"), ("calcium", "cc")), SETTINGS.options),
        Settings("0.1.0", SETTINGS.models, {**SETTINGS.options, "side": "L"}),
    ]
    assert base not in [other.fingerprint(["1", "2"]) for other in others]
    assert base != SETTINGS.fingerprint(["1"])
    assert base == SETTINGS.fingerprint(["2", "1"])
    assert base == Settings("0.1.0", SETTINGS.models[::-1], SETTINGS.options).fingerprint(["1", "2"])
