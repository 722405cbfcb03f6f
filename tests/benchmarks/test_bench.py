"""What `script/bench` makes of figures: the table, what it is compared with, and its options."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import bench, readings
from benchmarks.choices import FULL_STORIES, QUICK_STORIES, Choices, Engine, command_for
from benchmarks.load import read
from benchmarks.missing import NotMeasured
from benchmarks.row import Kind, Row, change_in_percent
from benchmarks.table import Results

pytestmark = pytest.mark.once

WARM = Row(1, "story, warm", 0.53, "of nginx", Kind.RATIO, least=0.5, database="SQLite")
COLD = Row(2, "story, cold", 240, "a second a core", Kind.RATE, least=300, database="SQLite")
SLOWEST = Row(2, "slowest", 12.0, "ms", Kind.TIME, most=40, database="SQLite")
WRK = """Running 1s test @ http://127.0.0.1:8100/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   455.26us  352.01us   8.42ms   98.31%
  Latency Distribution
     50%  411.00us
     75%  490.00us
     90%  590.00us
     99%    1.32ms
  37800 requests in 1.05s, 260.21MB read
Requests/sec:  36000.00
"""


def results(*rows: Row, speed: float = 20.0) -> Results:
    return Results({"processor": "2 cores"}, speed, "quick", list(rows))


def test_a_figure_says_whether_it_reached_what_was_asked_for():
    assert WARM.is_reached
    assert not COLD.is_reached
    assert SLOWEST.is_reached
    assert replace(WARM, least=None).is_reached is None
    assert replace(WARM, value=None).is_reached is None


@pytest.mark.parametrize(
    ("row", "value", "expected"),
    [(WARM, 0.424, -20), (COLD, 120, 0), (SLOWEST, 24.0, 0), (SLOWEST, 12.0, -50)],
)
def test_a_machine_half_as_fast_is_no_change_in_rates_and_times(row, value, expected):
    now = replace(row, value=value)
    assert change_in_percent(now, row, speed=10, speed_before=20) == pytest.approx(expected)


def test_what_was_never_measured_before_has_no_change():
    assert change_in_percent(WARM, None, speed=10, speed_before=20) is None
    unknown = replace(WARM, value=None)
    assert change_in_percent(WARM, unknown, speed=10, speed_before=20) is None


def test_the_table_says_what_is_reached_what_is_missing_and_what_has_changed():
    lost = replace(SLOWEST, number=4, what="claps", value=None, missing="wrk is not there")
    before = results(replace(WARM, value=0.5), COLD)
    text = results(WARM, COLD, lost).compared_with(before).as_markdown()
    assert "| story, warm | SQLite | 0.53 of nginx | at least 0.5 | yes | +6 % |" in text
    assert "| 240 a second a core | at least 300 | **no** | the same |" in text
    assert "not measured: wrk is not there" in text
    assert "1 reached, 1 not reached, 1 not measured." in text


def test_results_come_back_from_their_file_as_they_were_written(tmp_path):
    file = tmp_path / "results.json"
    assert Results.read(file) is None
    results(WARM, COLD).write(file)
    assert Results.read(file) == results(WARM, COLD)
    file.write_text(json.dumps({"rows": "of another kind"}))
    assert Results.read(file) is None


def test_measuring_one_thing_again_keeps_the_other_figures():
    cold, warm = replace(COLD, measurement="unasked"), replace(WARM, measurement="warm")
    before = results(warm, cold)
    again = results(replace(warm, value=0.6)).completed_by(before)
    assert [row.value for row in again.rows] == [0.6, cold.value]


def test_a_run_on_each_database_one_after_the_other_ends_in_one_table():
    quick = [
        replace(COLD, what=f"tag, {form}", measurement="growth", database=database)
        for form in ("quick", "quick, another page")
        for database in ("SQLite", "PostgreSQL")
    ]
    full = [replace(row, what="tag, full") for row in quick[:2]]
    first = results(full[0]).completed_by(results(*quick))
    assert [row.what for row in first.rows if row.database == "SQLite"] == ["tag, full"]
    second = results(full[1]).completed_by(first)
    assert [(row.what, row.database) for row in second.rows] == [
        ("tag, full", "SQLite"),
        ("tag, full", "PostgreSQL"),
    ]


def test_a_kept_figure_keeps_the_change_it_was_measured_with():
    warm = replace(WARM, measurement="warm", change=6.0)
    cold = replace(COLD, measurement="unasked")
    again = results(cold).compared_with(results(warm)).completed_by(results(warm))
    assert {row.what: row.change for row in again.rows} == {cold.what: None, warm.what: 6.0}


def test_results_of_before_measurements_had_names_are_replaced_all_the_same():
    before = results(WARM, COLD)
    again = results(replace(WARM, value=0.6, measurement="warm")).completed_by(before)
    assert [row.value for row in again.rows] == [0.6, COLD.value]


def test_what_is_the_same_on_both_databases_is_measured_once_in_two_runs():
    weight = replace(WARM, number=9, measurement="weight")
    before = results(weight)
    assert bench._has_what_is_once(before, Engine.POSTGRES, "quick")
    assert not bench._has_what_is_once(before, Engine.SQLITE, "quick")
    assert not bench._has_what_is_once(before, Engine.POSTGRES, "full")
    assert not bench._has_what_is_once(None, Engine.POSTGRES, "quick")


def test_what_wrk_prints_is_read_in_requests_and_milliseconds():
    seen = read(WRK, cpu=0.9)
    assert seen.requests == 37_800
    assert (seen.p50_ms, seen.p99_ms) == pytest.approx((0.411, 1.32))
    assert seen.rate == pytest.approx(36_000)
    assert seen.rate_a_core == pytest.approx(42_000)


@pytest.mark.parametrize("said", ["", "Non-2xx or 3xx responses: 12\n" + WRK])
def test_errors_are_never_counted_as_answers(said):
    with pytest.raises(NotMeasured):
        read(said, cpu=1.0)


def test_a_measurement_nobody_knows_is_refused_with_those_there_are():
    with pytest.raises(argparse.ArgumentTypeError, match=r"bold is not measured here; .*warm"):
        bench._nouns("warm,bold")
    assert bench._nouns("warm, day") == ["warm", "day"]


def test_a_module_that_says_no_rows_is_not_measured():
    with pytest.raises(NotMeasured, match="ended with 1, without rows"):
        bench._rows_of("", 1)
    assert list(bench._rows_of(json.dumps([WARM.as_json()]), 0)) == [WARM]


def test_claps_that_are_not_exact_are_no_figure():
    said = {"responses_per_s": 200, "responses_p50_ms": 4, "responses_p99_ms": 9}
    exact = json.dumps(said | {"responses_exact": True})
    (row,) = readings.writes(f"a line before it\n{exact}", Engine.POSTGRES)
    assert (row.value, row.least, row.number) == (200, 150, 4)
    with pytest.raises(NotMeasured, match="are not the same"):
        list(readings.writes(json.dumps(said | {"responses_exact": False}), Engine.SQLITE))


def test_growth_is_held_to_a_ratio_search_to_milliseconds_and_a_list_of_files_to_nothing():
    page = {"ratio": 1.42, "large_cpu": 9.1, "large_p95_cpu": 9.9, "large_queries": 7}
    names = {"tag": "times", "search": "ms", "sitemap": ""}
    pages = [{**page, "page": name, "held_to": held_to} for name, held_to in names.items()]
    said = json.dumps({"max_ratio": 1.3, "pages": pages})
    tag, search, sitemap = readings.growth(said, 1_000, 1_000_000)
    assert (tag.value, tag.is_reached, tag.unit) == (1.42, False, "times")
    assert (search.value, search.is_reached, search.unit) == (9.9, True, "ms")
    assert (sitemap.value, sitemap.is_reached, sitemap.unit) == (1.42, None, "times")


def test_the_command_in_the_table_measures_the_same_again():
    chosen = Choices(is_quick=True, engine=Engine.POSTGRES, stories=2_000)
    command = ".venv/bin/python -m benchmarks.warm --engine postgres --stories 2000 --quick"
    assert command_for("warm", chosen) == command
    asked = "script/bench quick --only warm --database postgres"
    (warm,) = [one for one in bench.MEASUREMENTS if one.noun == "warm"]
    assert bench._again(warm, chosen) == f"{asked} --stories 2000"
    assert bench._again(warm, replace(chosen, stories=QUICK_STORIES)) == asked


def test_the_table_does_not_tell_where_this_machine_keeps_its_publications():
    (warm,) = [one for one in bench.MEASUREMENTS if one.noun == "warm"]
    named = {"data": Path("/srv/secret"), "database": "postgres://ada:secret@db/large"}
    chosen = Choices(is_quick=False, engine=Engine.POSTGRES, stories=FULL_STORIES, **named)
    command = "script/bench full --only warm --database postgres --data FOLDER --postgres URL"
    assert bench._again(warm, chosen) == command


def test_the_quick_form_measures_memory_at_rest_before_anybody_asks_for_anything():
    asked = argparse.Namespace(form="quick", only=[])
    plan = bench._plan(asked, is_first=True)
    assert plan[0].noun == "start"
    shared = [one.is_shared for one in plan]
    assert shared == sorted(shared, reverse=True)
    assert not {"day", "lighthouse"} & {one.noun for one in plan}
    assert "weight" not in {one.noun for one in bench._plan(asked, is_first=False)}


def test_the_full_form_leaves_nothing_out():
    asked = argparse.Namespace(form="full", only=[])
    plan = bench._plan(asked, is_first=True)
    assert {one.noun for one in plan} == {one.noun for one in bench.MEASUREMENTS}


def test_a_postgres_that_is_named_for_sqlite_is_refused(monkeypatch, capsys):
    words = ["bench", "full", "--database", "sqlite", "--postgres", "postgres://db/large"]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit) as refused:
        bench._options()
    assert refused.value.code == 2
    assert "--postgres names a PostgreSQL" in capsys.readouterr().err
