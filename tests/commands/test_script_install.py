"""The script that installs takes away only what it began itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.serving import ROOT, environment

# Stands for a Python: new enough, makes environments that hold itself, and installs anything.
PYTHON = """#!/bin/sh
case "$*" in
*"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
*"-m pip"*) [ ! -e no-internet ] ;;
esac
"""


@pytest.fixture
def project(tmp_path) -> Path:
    for path, text in {
        "script/install": (ROOT / "script/install").read_text(),
        "requirements.txt": "",
        "a-python": PYTHON,
    }.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)
    return tmp_path


def install(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [project / "script/install"],
        env=environment(project / "data", PYTHON=str(project / "a-python")),
        capture_output=True,
        text=True,
        timeout=60,
    )


def installed(project: Path) -> bool:
    return (project / ".venv/installed-requirements.txt").exists()


def test_what_was_installed_is_not_installed_again(project):
    assert install(project).returncode == 0
    assert installed(project)
    assert install(project).stderr == ""


def test_what_an_interrupted_run_began_is_made_anew(project):
    (project / "no-internet").touch()
    assert install(project).returncode == 1
    (project / ".venv/half").touch()
    (project / "no-internet").unlink()
    assert install(project).returncode == 0
    assert installed(project)
    assert not (project / ".venv/half").exists()


def test_an_update_that_was_interrupted_goes_on_where_it_was(project):
    install(project)
    (project / ".venv/kept").touch()
    (project / "requirements.txt").write_text("# more\n")
    (project / "no-internet").touch()
    assert install(project).returncode == 1
    (project / "no-internet").unlink()
    assert install(project).returncode == 0
    assert (project / ".venv/kept").exists()


def test_an_environment_that_somebody_else_made_is_used_and_kept(project):
    (project / ".venv/bin").mkdir(parents=True)
    (project / ".venv/bin/python").write_text(PYTHON)
    (project / ".venv/bin/python").chmod(0o755)
    (project / ".venv/theirs").touch()
    assert install(project).returncode == 0
    assert installed(project)
    assert (project / ".venv/theirs").exists()


@pytest.mark.parametrize("python", [None, "#!/bin/sh\nexit 1\n"])
def test_what_cannot_be_used_is_left_alone_and_said(project, python):
    (project / ".venv/bin").mkdir(parents=True)
    if python:
        (project / ".venv/bin/python").write_text(python)
        (project / ".venv/bin/python").chmod(0o755)
    (project / ".venv/theirs").touch()
    done = install(project)
    assert done.returncode == 1
    assert done.stderr.startswith("There is a .venv here in which no Python 3.11 or newer works.")
    assert done.stderr.count("\n") == 1
    assert (project / ".venv/theirs").exists()
