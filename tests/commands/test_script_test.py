"""The command that tests brings a browser when one may be needed, and is quick when not."""

from __future__ import annotations

import contextlib
import io
from types import SimpleNamespace

import pytest

from tests import chromium, nu, postgres, prepared, run


@pytest.fixture
def fetched(monkeypatch) -> list[str]:
    """What a run has fetched; nothing is really fetched or run."""
    calls: list[str] = []
    monkeypatch.setenv("CHROMIUM", "")
    monkeypatch.setattr(chromium, "provide", lambda: calls.append("chromium") or "/a/chromium")
    monkeypatch.setattr(run, "run_pytest", lambda *_arguments: 0)
    for module, name in ((prepared, "make"), (prepared, "forget"), (nu, "java"), (nu, "jar")):
        monkeypatch.setattr(module, name, lambda *_arguments: None)
    return calls


@pytest.mark.parametrize(
    "arguments",
    [
        ["-k", "clap"],
        ["-k", "blog"],
        ["-x"],
        ["tests"],
        ["tests/"],
        ["./tests", "-k", "clap"],
        ["tests/browser"],
        ["tests/blog", "tests/browser/test_desk.py::test_tab_leaves_the_text"],
        ["tests/browser/../browser"],
        ["--lf"],
        [str(run.ROOT)],
    ],
)
def test_a_run_that_may_open_a_browser_brings_one(fetched, arguments):
    assert run.main(arguments) == 0
    assert fetched == ["chromium"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["unit"],
        ["unit", "-k", "clap"],
        ["tests/blog"],
        ["tests/blog", "-k", "browser"],
        ["tests/blog/test_claps.py::test_one", "-x"],
        ["tests", "--ignore=tests/browser"],
        ["--ignore", "tests/browser", "-k", "clap"],
    ],
)
def test_a_run_that_cannot_open_a_browser_is_quick(fetched, arguments):
    assert run.main(arguments) == 0
    assert fetched == []


def test_what_no_database_can_change_is_asked_on_one_only(fetched, monkeypatch):
    runs: list[tuple[str, bool]] = []
    monkeypatch.setattr(run.subprocess, "run", lambda *_a, **_k: SimpleNamespace(returncode=0))
    monkeypatch.setattr(postgres, "server", lambda: contextlib.nullcontext("postgres://here"))
    monkeypatch.setattr(
        run,
        "run_pytest",
        lambda words, surroundings: (
            runs.append((surroundings["DATABASE_URL"], "--second-database" in words)) or 0
        ),
    )
    assert run.main([]) == 0
    assert runs == [("", False)] * 2 + [("postgres://here", True)] * 2


def test_a_checker_that_is_not_the_one_we_know_is_not_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(nu, "CACHE", tmp_path)
    monkeypatch.setattr(nu.urllib.request, "urlopen", lambda *_a, **_k: io.BytesIO(b"another"))
    with pytest.raises(SystemExit, match="is not what it was"):
        nu.jar()
    assert list(tmp_path.iterdir()) == []
