"""What script/serve says before it installs anything."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import ROOT, environment, free_port


def script(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "script/serve"), *arguments],
        cwd=cwd,
        env=environment(cwd / "data"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def refusal(cwd: Path, *arguments: str) -> str:
    done = script(cwd, *arguments)
    assert done.returncode in {1, 2}
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert not (cwd / "data").exists()
    return done.stderr.strip()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door.getsockname()[1]


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_names_every_option_and_setting(tmp_path, option):
    done = script(tmp_path, option)
    assert done.returncode == 0
    for word in ("--host", "--port", "--data", "--empty", "SITE_URL", "DATABASE_URL", "EMAIL_URL"):
        assert word in done.stdout
    for word in ("TRUSTED_PROXY_COUNT", "REDIS_URL", "DATABASE_REPLICA_URL", "MEDIA_STORE_URL"):
        assert word in done.stdout
    assert "--workers" in done.stdout
    assert "--no-worker" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--prot", "8000"], '"--prot" is not known here; script/serve --help lists what is.'),
        (["--port"], "--port wants a value; script/serve --help says more."),
        (["--port", "http"], 'A port is a number, not "http".'),
        (["--port", "0"], "A port lies between 1 and 65535; 0 does not."),
        (["--port", "70000"], "A port lies between 1 and 65535; 70000 does not."),
    ],
)
def test_an_option_that_makes_no_sense_is_said(tmp_path, arguments, said):
    assert refusal(tmp_path, *arguments) == said


def test_a_port_in_use_is_said_with_another_to_try(tmp_path, taken_port):
    said = refusal(tmp_path, "--port", str(taken_port))
    assert said.startswith(f"Nothing can listen on 127.0.0.1, port {taken_port} (Address already")
    assert said.endswith(f"Choose another: script/serve --port {taken_port + 1}")


def test_an_address_of_another_machine_is_said(tmp_path):
    said = refusal(tmp_path, "--host", "192.0.2.1", "--port", str(free_port()))
    assert said.startswith("Nothing can listen on 192.0.2.1, port ")


def test_a_data_folder_that_cannot_be_written_is_said_as_seen_from_where_one_stands(tmp_path):
    (tmp_path / "file").touch()
    said = refusal(tmp_path, "--port", str(free_port()), "--data", "file/data")
    assert said.startswith(f"{tmp_path}/file/data cannot be written: {tmp_path}/file is not")


def test_a_host_that_nobody_knows_is_said(tmp_path):
    said = refusal(tmp_path, "--host", "no..such.host", "--port", str(free_port()))
    assert said.startswith("Nobody knows where no..such.host is (")
    assert said.endswith("Name another: script/serve --host 127.0.0.1")


@pytest.fixture
def dry(tmp_path) -> Path:
    """A folder with the script, where serving only says what it was told."""
    for path, text in {
        "script/serve": (ROOT / "script/serve").read_text(),
        "script/install": "#!/bin/sh\n",
        ".venv/bin/python": '#!/bin/sh\necho "$LONGHAND_ADDRESS" "$@"\n',
    }.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("host", "address", "shown"),
    [
        ("localhost", "127.0.0.1", "localhost"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0", "127.0.0.1"),
    ],
)
def test_the_server_is_given_an_address_and_readers_the_name(dry, host, address, shown):
    port = free_port()
    done = subprocess.run(
        [dry / "script/serve", "--host", host, "--port", str(port)],
        env=environment(dry / "data"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    told = f"http://{shown}:{port} manage.py serve --host {address} --port {port}\n"
    assert done.stdout == told
