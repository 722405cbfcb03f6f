"""The whole of a large publication on one machine: what script/stack does.

nginx in front of two application servers, PostgreSQL with a streaming standby, Redis, and a store
that speaks S3. nginx runs docs/deploying/nginx.conf, so that what stands there has been tried.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import chromium, postgres
from tests.serving import ROOT, Serving, free_port

OWNER = {"OWNER_EMAIL": "olga@example.org", "OWNER_PASSWORD": "a long enough sentence"}
BUCKET = "longhand-media"
HOST = "127.0.0.1"
WAIT_SECONDS = 120
# The first start makes all tables, and draws the samples if it is to.
START_SECONDS = 600
END_WITHIN_SECONDS = 20
LOOK_EVERY_SECONDS = 0.1
LOAD_SECONDS = 10
LOAD_CONNECTIONS = 16
TESTS = ("tests/browser/test_main_job.py", "tests/browser/test_pages.py")
NGINX = ROOT / "docs/deploying/nginx.conf"
POSTGRESQL = ROOT / "docs/deploying/postgresql.conf"

HELP = f"""Usage: script/stack [up [--empty] | test [pytest options] | load [SECONDS] | check]

Starts on this machine, on loopback ports and in a temporary folder, what a large
publication runs on: nginx, two application servers, PostgreSQL with a streaming
standby, Redis, and MinIO or another store that speaks S3. Nothing of it is left
behind.

  up     with the sample stories, until Ctrl-C (this when nothing is said)
  test   browser tests against it: the main job and all pages, or those named
  load   wrk against it, {LOAD_SECONDS} seconds a page, with both servers and with one killed
  check  says what it lacks, and whether nginx takes docs/deploying/nginx.conf

Debian: apt-get install nginx-light postgresql redis-server wrk openssl
"""


@dataclass(frozen=True)
class Stack:
    """What runs, and where."""

    home: Path
    url: str
    first: Serving
    second: Serving
    primary: str
    standby: str

    @property
    def facts(self) -> Path:
        """The file that tells tests where it runs."""
        return self.home / "running.json"

    def tell(self) -> None:
        lines = (
            ("Read at", f"{self.url}/"),
            ("Write at", f"{self.url}/admin/"),
            ("Sign in", f"{OWNER['OWNER_EMAIL']}, password {OWNER['OWNER_PASSWORD']}"),
            ("Servers", f"{self.first.url}, {self.second.url}"),
            ("Primary", self.primary),
            ("Standby", self.standby),
            ("Folder", str(self.home)),
            ("Tests", f"LONGHAND_RUNNING={self.facts} script/test tests/browser/… -n 0"),
        )
        say("\n" + "".join(f"  {what:<10} {where}\n" for what, where in lines))


def main(arguments: list[str]) -> int:
    verb, *rest = arguments or ["up"]
    if verb in {"-h", "--help"}:
        sys.stdout.write(HELP)
        return 0
    verbs: dict[str, Callable[[list[str]], int]] = {
        "up": up,
        "test": test,
        "load": load,
        "check": check,
    }
    if verb not in verbs:
        sys.exit(f"“{verb}” is not known here; script/stack --help lists what is.")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        return verbs[verb](rest)
    except KeyboardInterrupt:
        say("Stopped; nothing is left running.")
        return 130 if verb != "up" else 0


def up(rest: list[str]) -> int:
    with stack(*rest) as running:
        running.tell()
        say("  Ctrl-C stops it.\n")
        while True:
            time.sleep(LOOK_EVERY_SECONDS)


def test(rest: list[str]) -> int:
    """Browser tests; the exit code of pytest."""
    browser = chromium.provide()
    with stack("--empty") as running:
        environment = {
            **running.first.environment,
            "CHROMIUM": browser,
            "LONGHAND_RUNNING": str(running.facts),
            "SSL_CERT_FILE": str(running.home / "nginx/certificate.pem"),
        }
        command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:randomly"]
        # Options alone name none; pytest would take all there are.
        is_named = any((ROOT / one.partition("::")[0]).exists() for one in rest)
        command += rest if is_named else [*TESTS, *rest]
        return subprocess.run(command, cwd=ROOT, env=environment).returncode


def load(rest: list[str]) -> int:
    """Requests a second of some pages, and what readers notice of a server that dies."""
    seconds = int(rest[0]) if rest else LOAD_SECONDS
    wrk = need("wrk", "wrk")
    with stack() as running:
        story = running.first.run(
            "print(Post.objects.listed().order_by('-pk').first().get_absolute_url())"
        )
        say(f"{'':30}{'a second':>10}{'p50':>10}{'p99':>10}  not 2xx")
        for what, url in (
            ("front page, nginx", f"{running.url}/"),
            ("story, nginx", f"{running.url}{story}"),
            ("story, one server, no nginx", f"{running.first.url}{story}"),
        ):
            say(f"{what:30}{_measure(wrk, url, seconds)}")
        running.second.kill()
        what = "story, one server killed"
        say(f"{what:30}{_measure(wrk, f'{running.url}{story}', seconds)}")
    return 0


def check(_rest: list[str]) -> int:
    lacking = lacks()
    for line in lacking:
        say(line)
    if not lacking:
        with tempfile.TemporaryDirectory(prefix="longhand-stack-") as folder:
            for several in (False, True):
                _write_nginx(Path(folder), [free_port(), free_port()], free_port(), several)
                done = _nginx(Path(folder), "-t")
                if done.returncode:
                    sys.exit(done.stderr)
        say("Nothing is lacking, and nginx takes docs/deploying/nginx.conf.")
    return 1 if lacking else 0


@contextlib.contextmanager
def stack(*arguments: str) -> Iterator[Stack]:
    """Everything, started in order and ended in the other."""
    lacking = lacks()
    if lacking:
        sys.exit("\n".join(lacking))
    with contextlib.ExitStack() as stop:
        home = Path(stop.enter_context(tempfile.TemporaryDirectory(prefix="longhand-stack-")))
        home.chmod(0o755)
        say("PostgreSQL and its standby")
        primary = stop.enter_context(_primary(home / "primary"))
        standby = stop.enter_context(_standby(home / "standby", primary))
        say("Redis")
        redis = stop.enter_context(_redis(home / "redis"))
        say("a store that speaks S3")
        store = stop.enter_context(_store(home / "store"))
        door, plain = free_port(), free_port()
        url = f"https://{HOST}:{door}"
        settings = {
            "DATABASE_URL": f"postgres://longhand@{HOST}:{primary}/longhand",
            "DATABASE_REPLICA_URL": f"postgres://longhand@{HOST}:{standby}/longhand",
            "REDIS_URL": f"redis://{HOST}:{redis}/0",
            "MEDIA_STORE_URL": f"s3+http://longhand:longhand-secret@{HOST}:{store}/{BUCKET}"
            "?region=us-east-1",
            "SECRET_KEY": secrets.token_urlsafe(50),
            # Whichever server sends a letter, tests find it in one place.
            "EMAIL_URL": f"file:{home}/first/mail",
            "SITE_URL": url,
            "TRUSTED_PROXY_COUNT": "1",
            "SHARED_PAGE_SECONDS": "1",
            # A browser in a test types as fast as a script, which it is.
            "RESPONSE_SECONDS_AT_LEAST": "0",
            **OWNER,
        }
        say("two application servers")
        first = stop.enter_context(Serving(home / "first", *arguments, **settings))
        second = stop.enter_context(Serving(home / "second", *arguments, "--no-worker", **settings))
        for server in (first, second):
            _wait_until_ready(server)
        say("nginx")
        nginx = home / "nginx"
        nginx.mkdir()
        _write_nginx(nginx, [door, plain, first.port, second.port], store, True)
        stop.enter_context(_running(["nginx", "-p", nginx, "-c", nginx / "nginx.conf"], nginx))
        _wait_for(door)
        running = Stack(
            home, url, first, second, settings["DATABASE_URL"], settings["DATABASE_REPLICA_URL"]
        )
        running.facts.write_text(json.dumps({"url": url, "environment": first.environment}))
        yield running


def lacks() -> list[str]:
    """What cannot be found on this machine, one sentence each."""
    wanted = {
        "nginx": "nginx-light",
        "redis-server": "redis-server",
        "openssl": "openssl",
    }
    found = [
        f"{name} is lacking. On Debian: apt-get install {package}"
        for name, package in wanted.items()
        if _which(name) is None
    ]
    if postgres.binaries() is None:
        found.append("PostgreSQL is lacking. On Debian: apt-get install postgresql")
    return found


def _binaries() -> Path:
    """Where all of PostgreSQL's own commands lie: on PATH there may be links to some."""
    folder = postgres.binaries() or Path()
    return (folder / "initdb").resolve().parent


def need(name: str, package: str) -> str:
    path = _which(name)
    if path is None:
        sys.exit(f"{name} is lacking. On Debian: apt-get install {package}")
    return path


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def _primary(home: Path) -> Iterator[int]:
    folder, port = _binaries(), free_port()
    _own(home)
    data = home / "data"
    initdb = [folder / "initdb", "-D", data, "-U", "longhand", "-A", "trust", "-E", "UTF8"]
    _as_somebody([*initdb, "--locale=C", "--no-sync"], home)
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(POSTGRESQL.read_text())
    with _postgres(folder, data, port):
        _as_somebody(
            [folder / "createdb", "-h", HOST, "-p", str(port), "-U", "longhand", "longhand"], home
        )
        yield port


@contextlib.contextmanager
def _standby(home: Path, primary: int) -> Iterator[int]:
    folder, port = _binaries(), free_port()
    _own(home)
    data = home / "data"
    copy = [folder / "pg_basebackup", "-h", HOST, "-p", str(primary), "-U", "longhand", "-D", data]
    _as_somebody([*copy, "-R", "-X", "stream", "-c", "fast"], home)
    with _postgres(folder, data, port):
        yield port


@contextlib.contextmanager
def _postgres(folder: Path, data: Path, port: int) -> Iterator[None]:
    command = [folder / "postgres", "-D", data, "-p", str(port), "-k", data.parent, "-h", HOST]
    command += ["-c", "shared_buffers=128MB"]
    # SIGINT: "fast", without waiting for those who are connected.
    with _running(command, data.parent, end=signal.SIGINT, as_somebody=True):
        ready = [folder / "pg_isready", "-q", "-h", HOST, "-p", str(port)]
        _wait_until(lambda: subprocess.run(ready).returncode == 0, "PostgreSQL")
        yield


@contextlib.contextmanager
def _redis(home: Path) -> Iterator[int]:
    port = free_port()
    home.mkdir()
    command = ["redis-server", "--port", str(port), "--bind", HOST, "--save", "", "--dir", home]
    command += ["--maxmemory", "64mb", "--maxmemory-policy", "volatile-ttl"]
    with _running(command, home):
        _wait_for(port)
        yield port


@contextlib.contextmanager
def _store(home: Path) -> Iterator[int]:
    """MinIO where there is one, else moto, which plays S3."""
    port = free_port()
    home.mkdir()
    minio = _which("minio")
    if minio:
        account = {"MINIO_ROOT_USER": "longhand", "MINIO_ROOT_PASSWORD": "longhand-secret"}
        command: list[str | Path] = [minio, "server", "--address", f"{HOST}:{port}", home / "data"]
    else:
        account = {}
        command = [*_moto(), "-H", HOST, "-p", str(port)]
    with _running(command, home, environment=account):
        _wait_for(port)
        _make_bucket(port)
        yield port


def _moto() -> list[str | Path]:
    """The server of moto, in an environment of its own beside the one of this project."""
    folder = ROOT / ".venv/stack"
    mark = folder / "installed"
    wanted = (ROOT / "requirements-stack.txt").read_text()
    if not mark.exists() or mark.read_text() != wanted:
        say("  (there is no MinIO: installing moto, once)")
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [folder / "bin/python", "-m", "pip", "install", "-qq", "--require-hashes"]
        done = subprocess.run([*pip, "-r", ROOT / "requirements-stack.txt"])
        if done.returncode:
            sys.exit("moto could not be installed (see above), and there is no MinIO on PATH.")
        mark.write_text(wanted)
    # Its own command names the folder it was installed in, which may have moved since.
    return [folder / "bin/python", "-m", "moto.server"]


def _make_bucket(port: int) -> None:
    """A bucket whose files everybody may read and nobody may list."""
    import boto3

    client = boto3.client(
        "s3",
        endpoint_url=f"http://{HOST}:{port}",
        aws_access_key_id="longhand",
        aws_secret_access_key="longhand-secret",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=BUCKET)
    rule = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    policy = {
        "Version": "2012-10-17",
        "Statement": [{**rule, "Resource": f"arn:aws:s3:::{BUCKET}/*"}],
    }
    client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))


def nginx_conf(folder: Path, ports: Sequence[int], store: int, several: bool) -> str:
    """docs/deploying/nginx.conf with other ports and folders; `several`: as its head says."""
    text = NGINX.read_text()
    door, plain, *servers = ports
    if several:
        text = re.sub(r"(?m)^.*#-\n", "", text).replace("#+ ", "")
    # One address plays all readers here.
    for what, instead in (
        (r"(?m)^user .*\n", ""),
        (r"(?m)^pid .*;", f"daemon off;\npid {folder}/pid;"),
        (r"(?m)^ *listen \[::\].*\n", ""),
        (r"listen 80;", f"listen {HOST}:{plain};"),
        (r"listen 443 ", f"listen {HOST}:{door} "),
        (r"server_name example\.org", f"server_name {HOST}"),
        (r"/etc/letsencrypt/live/example\.org/fullchain\.pem", f"{folder}/certificate.pem"),
        (r"/etc/letsencrypt/live/example\.org/privkey\.pem", f"{folder}/key.pem"),
        (r"/var/(?:log|cache)/nginx", str(folder)),
        (r"rate=\d+r/s", "rate=1000000r/s"),
        (r"limit_conn connections 100", "limit_conn connections 10000"),
        (r"Host \$host", f"Host $host:{door}"),
        (r"127\.0\.0\.1:8000", f"{HOST}:{servers[0] if servers else 8000}"),
        (r"10\.0\.0\.12:8000", f"{HOST}:{servers[1] if servers else 8001}"),
        (r"s3\.example\.org:443", f"{HOST}:{store}"),
        (r"https://bucket", "http://bucket"),
        (r"Host s3\.example\.org", f"Host {HOST}:{store}"),
    ):
        text, count = re.subn(what, instead, text)
        is_of_several = any(word in what for word in ("10", "s3", "bucket"))
        if not count and (several or not is_of_several):
            raise AssertionError(f"docs/deploying/nginx.conf has no {what}")
    for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        text = text.replace("http {\n", f"http {{\n    {kind}_temp_path {folder}/{kind};\n", 1)
    return text


def _write_nginx(folder: Path, ports: Sequence[int], store: int, several: bool) -> None:
    (folder / "nginx.conf").write_text(nginx_conf(folder, ports, store, several))
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=Longhand"]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-addext", f"subjectAltName=IP:{HOST}", "-keyout", "key.pem"]
    command += ["-out", "certificate.pem"]
    subprocess.run(command, cwd=folder, check=True, stderr=subprocess.DEVNULL)


def _nginx(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [_which("nginx") or "nginx", "-p", folder, "-c", folder / "nginx.conf", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


@contextlib.contextmanager
def _running(
    command: Sequence[str | Path],
    home: Path,
    *,
    end: signal.Signals = signal.SIGTERM,
    as_somebody: bool = False,
    environment: dict[str, str] | None = None,
) -> Iterator[None]:
    """A server, until the end of the block; what it says goes into `log` in its folder."""
    name, *rest = command
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [_which(str(name)) or name, *rest],
            cwd=home,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # A session of its own: Ctrl-C reaches us alone, and we end all in order.
            start_new_session=True,
            **(_somebody() if as_somebody else {}),
        )
        try:
            yield
        finally:
            process.send_signal(end)
            try:
                process.wait(END_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _measure(wrk: str, url: str, seconds: int) -> str:
    command = [wrk, "--latency", "-t", "2", "-c", str(LOAD_CONNECTIONS), "-d", f"{seconds}s"]
    command += ["-H", "Accept-Encoding: gzip", "-H", f"X-Forwarded-For: {HOST}"]
    command += ["-H", "X-Forwarded-Proto: https", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    middle, last = (re.search(rf"{part}%\s+(\S+)", said) for part in (50, 99))
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    dropped = re.search(r"Socket errors: (.+)", said)
    if not (rate and middle and last):
        sys.exit(said)
    more = f"  {dropped[1]}" if dropped else ""
    count = wrong[1] if wrong else "0"
    return f"{float(rate[1]):>10,.0f}{middle[1]:>10}{last[1]:>10}  {count}{more}"


def _own(home: Path) -> None:
    home.mkdir()
    person = _somebody()
    if person:
        os.chown(home, person["user"], person["group"])


def _somebody() -> dict[str, int]:
    """Who runs PostgreSQL, which refuses root."""
    if os.getuid():
        return {}
    person = postgres.somebody()
    return {"user": person.pw_uid, "group": person.pw_gid}


def _as_somebody(command: Sequence[str | Path], home: Path) -> None:
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, **_somebody())
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr}")


def _which(name: str) -> str | None:
    # Servers lie where only root looks.
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _wait_for(port: int) -> None:
    def answers() -> bool:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            return False
        return True

    _wait_until(answers, f"port {port}")


def _wait_until_ready(server: Serving) -> None:
    def is_ready() -> bool:
        if server.is_over:
            sys.exit(f"An application server has ended by itself:\n{server.output}")
        return "Ctrl-C stops it." in server.output

    _wait_until(is_ready, "An application server", START_SECONDS)


def _wait_until(is_so: Callable[[], bool], what: str, seconds: int = WAIT_SECONDS) -> None:
    end_at = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end_at:
            sys.exit(f"{what} does not answer.")
        time.sleep(LOOK_EVERY_SECONDS)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
