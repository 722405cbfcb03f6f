"""One command makes a publication out of nothing, serves it, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import (
    Serving,
    installed,
    make_stranger,
    new_database,
    refusal,
    refusal_at_a_terminal,
    started_as,
    wait_until,
)

OWNER = {"OWNER_EMAIL": "ada@example.org", "OWNER_PASSWORD": "a long enough sentence"}
MADE_UP = re.compile(r"Sign in {4}(\S+), password (\S+) \(shown only now\)")


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Iterator[Serving]:
    """A first start without stories, configured by its file; still serving."""
    data = tmp_path_factory.mktemp("first")
    with new_database() as url:
        (data / "env").write_text(f"DATABASE_URL={url}\nMAIL_FROM=desk@example.org\n")
        with Serving(data, "--empty") as serving:
            serving.wait_until_ready()
            yield serving


@pytest.fixture
def database() -> Iterator[str]:
    with new_database() as url:
        yield url


@pytest.fixture
def prepared_database(tmp_path) -> Iterator[str]:
    """One for a start that is not about being the first; its folder is prepared as well."""
    with installed(tmp_path) as url:
        yield url


def test_a_first_start_says_where_everything_is(first):
    data = first.environment["LONGHAND_DATA"]
    for line in (
        f"Read at    {first.url}/",
        f"Write at   {first.url}/admin/",
        f"Data       {data}",
        f"Settings   {data}/env",
    ):
        assert f"  {line}\n" in first.output


def test_a_first_start_answers_at_the_address_it_prints(first):
    assert first.get("/")[0] == 200


def test_an_empty_start_has_no_stories(first):
    assert "<article" not in first.get("/")[1]
    assert first.run("print(Post.objects.count())") == "0"


def test_a_mistake_shows_readers_nothing_of_the_code(first):
    status, page = first.get("/no-such-story/")
    assert status == 404
    assert "DEBUG" not in page
    assert "URLconf" not in page


def test_a_password_that_was_made_up_is_printed_and_signs_in(first):
    made_up = MADE_UP.search(first.output)
    assert made_up
    assert made_up[1] == "owner@localhost"
    assert not first.sign_in(made_up[1], "something else entirely")
    assert first.sign_in(made_up[1], made_up[2])


def test_settings_are_read_from_the_file_in_the_data_folder(first):
    code = "from django.conf import settings; print(settings.DEFAULT_FROM_EMAIL)"
    assert first.run(code) == "desk@example.org"


def test_a_picture_gets_its_avif_from_the_worker(first):
    wait_for_avif(first)


def wait_for_avif(first: Serving) -> None:
    """Upload a picture, and wait until the worker has made the rest of it."""
    code = (
        "from tests.making import picture_bytes;"
        "print(Image.objects.upload(picture_bytes((64, 48)), by=None).token)"
    )
    folder = Path(first.environment["LONGHAND_DATA"], "media/pictures", first.run(code))
    wait_until(lambda: any(folder.glob("*.avif")))


def test_readers_go_on_and_work_is_done_when_the_worker_was_killed(first):
    os.kill(*started_as("db_worker", first.pid), signal.SIGKILL)
    first.wait_for("The worker has ended (by SIGKILL); again in 1 s. Pages are served.")
    assert first.get("/")[0] == 200
    wait_for_avif(first)


def test_a_second_server_on_the_same_folder_is_refused(first):
    data = first.environment["LONGHAND_DATA"]
    assert f"Longhand is already being served from {data}. Stop it first" in refusal(Path(data))


def test_a_second_start_keeps_the_owner_and_adds_no_stories(tmp_path, prepared_database):
    with Serving(tmp_path, "--empty", DATABASE_URL=prepared_database, **OWNER) as serving:
        serving.wait_until_ready()
        assert "  Sign in    ada@example.org\n" in serving.output
        assert serving.stop(signal.SIGTERM) == 0
    with Serving(tmp_path, DATABASE_URL=prepared_database, **OWNER) as again:
        again.wait_until_ready()
        assert f"  Sign in    {again.url}/accounts/login/\n" in again.output
        assert again.sign_in(*OWNER.values())
        status, page = again.get("/")
        # Under nohup, which these tests may have been started with, nobody is to hear the other.
        is_heard = signal.getsignal(signal.SIGHUP) != signal.SIG_IGN
        assert again.stop(signal.SIGHUP if is_heard else signal.SIGTERM) == 0
    assert status == 200
    assert "<article" not in page
    for output in (serving.output, again.output):
        assert output.endswith("Stopped.\n")
        assert "Traceback" not in output
        assert OWNER["OWNER_PASSWORD"] not in output


# Where it goes on is decided by the rows, which the next start reads as the one above does.
@pytest.mark.once
def test_a_first_start_that_was_interrupted_is_finished_by_the_next(tmp_path, prepared_database):
    settings = {"DATABASE_URL": prepared_database, "OWNER_EMAIL": "ada@example.org"}
    with Serving(tmp_path, **settings) as serving:
        serving.wait_for("Drawing the sample publication.")
        assert serving.stop(signal.SIGINT) == 0
    assert serving.output.endswith("Stopped.\n")
    assert "Traceback" not in serving.output
    with Serving(tmp_path, **settings) as again:
        again.wait_until_ready()
        status, page = again.get("/")
    assert status == 200
    assert page.count("<article") >= 5
    made_up = MADE_UP.search(again.output)
    assert made_up
    assert made_up[1] == "ada@example.org"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgres://longhand@127.0.0.1:1/longhand", "Connection refused"),
        ("postgres://longhand@127.0.0.1:1/longhand?shlmode=on", 'connection option "shlmode"'),
        ("sqlite:///{file}", "file is not a database"),
    ],
)
def test_a_database_that_does_not_answer_is_said_with_the_reason(tmp_path, url, reason):
    file = tmp_path / "text"
    file.write_text("This is no database. " * 100)
    said = refusal(tmp_path, DATABASE_URL=url.format(file=file))
    assert "The database does not answer (" in said
    assert reason in said
    assert said.endswith("Look at DATABASE_URL, or leave it out for SQLite.")


@pytest.mark.parametrize(
    "url", ["mysql://db.example/longhand", "postgres://ada:se/cret@db.example/longhand"]
)
def test_a_wrong_database_address_is_said_without_a_traceback(tmp_path, url):
    assert refusal(tmp_path, DATABASE_URL=url).startswith("DATABASE_URL is not ")


def test_a_line_that_cannot_be_read_in_the_settings_file_is_named(tmp_path):
    (tmp_path / "env").write_text("SITE_URL https://example.org\n")
    assert f"{tmp_path}/env, line 1: write KEY=VALUE" in refusal(tmp_path)


@pytest.mark.once
def test_an_owner_with_a_weak_password_is_refused(tmp_path, prepared_database):
    said = refusal(tmp_path, DATABASE_URL=prepared_database, OWNER_PASSWORD="longhand")
    assert "The owner cannot be made: This password is too short." in said


def test_a_database_that_belongs_to_somebody_else_is_said(tmp_path, database):
    if not database:
        pytest.skip("SQLite knows no owners")
    with make_stranger(database) as url:
        said = refusal(tmp_path, DATABASE_URL=url)
    assert "permission denied for schema public" in said
    assert said.endswith("Make the user in DATABASE_URL the owner of the database.")


@pytest.mark.once
def test_nobody_at_the_question_who_owns_it_is_said(tmp_path, prepared_database):
    said = refusal_at_a_terminal(tmp_path, "E-mail address", DATABASE_URL=prepared_database)
    assert said.endswith("Start again, or set OWNER_EMAIL and OWNER_PASSWORD.")


@pytest.mark.once
def test_the_data_folder_is_ours_alone(tmp_path, database):
    # Below it lie password hashes, and letters with links that let one in.
    data = tmp_path / "new" / "data"
    with Serving(data, "--empty", DATABASE_URL=database, SECRET_KEY="given" * 12) as serving:
        serving.wait_until_ready()
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_nobody_who_answers_is_refused(tmp_path):
    assert refusal(tmp_path, "--workers", "0").endswith("--workers is 1 or more.")
    assert "WORKERS is “0”; write a number from 1" in refusal(tmp_path, WORKERS="0")


def test_a_further_machine_needs_the_database_and_the_key_of_the_first(tmp_path, database):
    said = refusal(tmp_path, "--no-worker", DATABASE_URL=database)
    wanted = "set SECRET_KEY on all of them" if database else "set DATABASE_URL to postgres://"
    assert wanted in said


def test_several_processes_answer_and_end_together(tmp_path, prepared_database):
    with Serving(
        tmp_path, "--empty", "--workers", "2", DATABASE_URL=prepared_database, **OWNER
    ) as serving:
        serving.wait_until_ready()
        assert serving.get("/healthz") == (200, "Well.\n")
        assert serving.stop() == 0
