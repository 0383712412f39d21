from __future__ import annotations

from bench.batch_1000 import _made_again, _made_at, _make_known
from sclerograph.batch.options import Options
from sclerograph.batch.run import Request, run_batch
from sclerograph.batch.settings import installed_settings
from tests.batch.test_run import Listening, summary
from tests.batch.works import calls_for, write_like_a_reading


def test_the_folder_of_known_films_is_known(tmp_path):
    films, out = tmp_path / "films", tmp_path / "out"
    _make_known(films, out, 30)
    request = Request([films], out)
    settings = installed_settings(Options())
    for _ in range(2):
        result = run_batch(request, settings, Listening(), work=write_like_a_reading)
        assert (result.read, result.current) == (0, 30)
    assert summary(out) == [f"film{number:06d}" for number in range(30)]


def test_a_visit_that_was_made_again_is_counted(tmp_path):
    films, out = tmp_path / "films", tmp_path / "out"
    _make_known(films, out, 5)
    whole = _made_at(out)
    assert len(whole) == 5
    assert _made_again(out, whole) == 0
    (out / "film000002" / "run.json").write_text("{}")
    result = run_batch(Request([films], out), installed_settings(Options()), Listening(), work=write_like_a_reading)
    assert (result.read, calls_for(out, "film000002")) == (1, 1)
    assert _made_again(out, whole) == 1
