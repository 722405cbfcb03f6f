"""Which publication is measured, and that what is there already is recognised and left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import kept
from benchmarks.choices import Engine
from benchmarks.missing import NotMeasured
from benchmarks.place import FILLED, SQLITE_FILE, Place

pytestmark = pytest.mark.once


class Answering(Place):
    """One that says what it holds, and writes down what else it is asked."""

    def ask(self, noun: str, *arguments: str) -> list[str]:
        asked = " ".join((noun, *arguments))
        with (self.data / "said").open("a") as said:
            said.write(f"{asked}\n")
        if arguments == ("holds",):
            return [(self.data / "holds").read_text()]
        return ["/a-story/", "", "session", "/another/", "", "/one/", "/two/"]

    def make(self, stories: int) -> None:
        (self.data / "made").write_text(str(stories))


@pytest.fixture
def place(tmp_path: Path) -> Answering:
    (tmp_path / SQLITE_FILE).touch()
    return Answering(tmp_path, "")


def test_a_publication_that_somebody_else_filled_is_recognised_and_remembered(place):
    (place.data / "holds").write_text("1000000")
    place.fill(1_000_000)
    place.fill(1_000_000)
    assert not (place.data / "made").exists()
    assert (place.data / FILLED).read_text() == " 1000000"
    assert (place.data / "said").read_text() == "story holds\n"


def test_one_of_another_size_is_refused_with_the_size_it_has(place):
    (place.data / "holds").write_text("2000")
    with pytest.raises(NotMeasured, match=r"holds 2000 stories: .* --stories 2000"):
        place.fill(1_000)
    assert not (place.data / FILLED).exists()


def test_nobody_measures_in_a_publication_that_people_write_in(place):
    (place.data / "holds").write_text("others")
    with pytest.raises(NotMeasured, match="did not make"):
        place.fill(1_000)
    assert not (place.data / "made").exists()


def test_an_empty_folder_is_filled(tmp_path):
    place = Answering(tmp_path, "")
    place.fill(1_000)
    assert (tmp_path / "made").read_text() == "1000"
    assert not (tmp_path / "said").exists()


def test_another_database_in_the_same_folder_is_looked_at_anew(place):
    (place.data / "holds").write_text("1000")
    place.claim(1_000)
    other = Answering(place.data, "postgres://db/other")
    other.fill(1_000)
    assert (place.data / FILLED).read_text() == "postgres://db/other 1000"


def test_what_several_measurements_need_is_asked_for_once(place):
    assert place.usual_story() == "/a-story/"
    assert place.reader() == ("session", "/another/")
    assert place.addresses() == ["/one/", "/two/"]
    assert len((place.data / "said").read_text().splitlines()) == 1
    place.forget()
    assert not list(place.data.glob("asked-*"))


def test_kept_publications_are_filled_anew_when_what_fills_them_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    (tmp_path / "benchmarks").mkdir()
    generator = tmp_path / "benchmarks" / "generate.py"
    generator.write_text("STORIES = 1")
    before = kept._folder(Engine.SQLITE)
    assert before == kept._folder(Engine.SQLITE)
    assert before != kept._folder(Engine.POSTGRES)
    generator.write_text("STORIES = 2")
    assert before != kept._folder(Engine.SQLITE)


def test_a_copy_is_measured_and_what_is_kept_stays_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "CACHE", tmp_path)
    file = kept._folder(Engine.SQLITE) / kept.LARGE / SQLITE_FILE
    file.parent.mkdir(parents=True)
    file.write_text("filled")
    with kept.copied(Engine.SQLITE) as copies:
        copy = copies.home / kept.LARGE / SQLITE_FILE
        copy.write_text("measured")
    assert file.read_text() == "filled"
    assert not copy.exists()
