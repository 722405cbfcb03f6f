"""What one installation may set, read once and typed.

A value comes from the process environment, else from the file `env` in the data folder
(`KEY=VALUE` lines, `#` starts a comment), else from the default given here. What cannot
be understood stops the start with a sentence that names the key.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SECRET_KEY_BYTES = 50
PURGED_BY_NAME = {"cloudflare", "fastly"}
PURGED_BY_ADDRESS = {"varnish", "nginx"}
PURGED_WITH_TOKEN = {"cloudflare", "fastly", "nginx"}
NAME = re.compile(r"\w+", re.ASCII)
DEFAULT_SMTP_PORTS = {"smtp": 587, "smtps": 465}
MAX_WORKERS = 64
# A cache that does not answer must not keep readers waiting.
REDIS_TIMEOUT_SECONDS = 2
# A replica that does not answer is done without: pages are read from the primary then.
REPLICA_TIMEOUT_SECONDS = 2
MAX_CACHE_ROWS = 100_000
# What comes so often on one connection is given a name there.
ASKED_BEFORE_PREPARED = 3


def read_file(path: Path) -> dict[str, str]:
    """The `KEY=VALUE` lines of `path`; an absent file sets nothing."""
    if not path.is_file():
        return {}
    try:
        # Some editors begin a file with a mark that would become part of the first key.
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{path} cannot be read ({error}).") from error
    values: dict[str, str] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        key, equals, value = line.partition("=")
        if not equals or not key.strip():
            raise ImproperlyConfigured(f"{path}, line {number}: write KEY=VALUE, not “{line}”.")
        values[key.strip()] = _without_quotes(value.strip())
    return values


@dataclass(frozen=True)
class Environment:
    """Typed access to the settings of one installation."""

    data: Path
    values: dict[str, str]

    @classmethod
    def load(cls, root: Path) -> Environment:
        """Find the data folder (`LONGHAND_DATA`, else `var/` in `root`) and read its `env`."""
        data = Path(os.environ.get("LONGHAND_DATA") or root / "var").expanduser().resolve()
        return cls(data=data, values={**read_file(data / "env"), **os.environ})

    def text(self, key: str, default: str = "") -> str:
        return self.values.get(key) or default

    def switch(self, key: str, *, default: bool = False) -> bool:
        value = self.text(key).lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        if not value:
            return default
        raise ImproperlyConfigured(f"{key} is “{value}”; write yes or no.")

    def number(self, key: str, default: int) -> int:
        value = self.text(key)
        if not value:
            return default
        if not (value.isascii() and value.isdigit()):
            raise ImproperlyConfigured(f"{key} is “{value}”; write a whole number.")
        return int(value)

    def workers(self) -> int:
        """How many processes answer on this machine, from `WORKERS`."""
        count = self.number("WORKERS", 1)
        if not 1 <= count <= MAX_WORKERS:
            raise ImproperlyConfigured(
                f"WORKERS is “{count}”; write a number from 1 to {MAX_WORKERS}."
            )
        return count

    def names(self, key: str) -> list[str]:
        """A comma separated list, without blanks."""
        return [part.strip() for part in self.text(key).split(",") if part.strip()]

    def choice(self, key: str, offered: Sequence[str]) -> str:
        """One of those offered, written in whatever case; empty for none."""
        value = self.text(key)
        found = next((one for one in offered if one.lower() == value.lower()), "")
        if value and not found:
            raise ImproperlyConfigured(f"{key} is “{value}”; write one of {', '.join(offered)}.")
        return found

    def purges(self) -> list[tuple[str, str]]:
        """`PURGE`: the caches in front that are told of changes, each as its kind and its place.

        `cloudflare:ZONE`, `fastly:SERVICE`, `varnish:http://host:port`, `nginx:http://host:port`;
        several with commas between them.
        """
        found = []
        for one in self.names("PURGE"):
            kind, _, place = one.partition(":")
            is_address = kind in PURGED_BY_ADDRESS and _is_origin(place)
            if not is_address and not (kind in PURGED_BY_NAME and NAME.fullmatch(place)):
                raise ImproperlyConfigured(
                    f"PURGE is not understood at “{one}”; write cloudflare:ZONE, fastly:SERVICE, "
                    "varnish:http://host:port or nginx:http://host:port."
                )
            found.append((kind, place.rstrip("/")))
        needs_token = any(kind in PURGED_WITH_TOKEN for kind, _place in found)
        if needs_token and not self.text("PURGE_TOKEN"):
            raise ImproperlyConfigured(
                "PURGE_TOKEN is missing: what lets us tell the cache in PURGE of changes."
            )
        return found

    def origin(self, key: str, default: str) -> str:
        """An `http(s)://host[:port]` address without a path or a closing slash."""
        value = self.text(key, default).rstrip("/")
        parts = _split(key, value)
        is_bare = value == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
        if parts.scheme not in {"http", "https"} or not parts.hostname or not is_bare:
            raise ImproperlyConfigured(f"{key} is “{value}”; write it like https://example.org.")
        return value

    def make_data(self) -> None:
        """Make the data folder, unless it is there, for our own account alone.

        Password hashes lie in it, and letters whose links let their reader in.
        """
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secret_key(self) -> str:
        """`SECRET_KEY`, else the key kept in the data folder, made at the first call."""
        given = self.text("SECRET_KEY")
        if given:
            return given
        path = self.data / "secret_key"
        try:
            if not path.exists():
                self.make_data()
                _write_secret(path)
            return path.read_text(encoding="ascii").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"The data folder {self.data} cannot be used ({error.strerror}); "
                "name another in LONGHAND_DATA."
            ) from error

    def database(self) -> dict[str, object]:
        """Django's `DATABASES["default"]` from `DATABASE_URL`, else SQLite in the data folder."""
        url = self.text("DATABASE_URL")
        parts = _split("DATABASE_URL", url)
        if not url or (parts.scheme == "sqlite" and not parts.netloc):
            path = unquote(parts.path).removeprefix("/") if url else ""
            return _sqlite(Path(path) if path else self.data / "longhand.sqlite3")
        if parts.scheme in {"postgres", "postgresql"}:
            return _postgresql(parts, prepares=self.switch("DATABASE_PREPARES", default=True))
        raise ImproperlyConfigured(
            "DATABASE_URL is not understood; write postgres://user:password@host/name, "
            "sqlite:////a/folder/file, or leave it out for SQLite in the data folder."
        )

    def databases(self) -> dict[str, dict[str, object]]:
        """Django's `DATABASES`: the primary, and what `DATABASE_REPLICA_URL` names to read from."""
        found = {"default": self.database()}
        url = self.text("DATABASE_REPLICA_URL")
        if not url:
            return found
        parts = _split("DATABASE_REPLICA_URL", url)
        if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
            raise ImproperlyConfigured(
                "DATABASE_REPLICA_URL is not understood; write postgres://user:password@host/name."
            )
        if "postgresql" not in str(found["default"]["ENGINE"]):
            raise ImproperlyConfigured(
                "DATABASE_REPLICA_URL names a replica of PostgreSQL, and DATABASE_URL none that "
                "it could follow; set DATABASE_URL as well."
            )
        replica = _postgresql(
            parts,
            prepares=self.switch("DATABASE_PREPARES", default=True),
            wait_seconds=REPLICA_TIMEOUT_SECONDS,
        )
        # The tests have one database; whatever is read from a replica is read from that.
        return {**found, "replica": {**replica, "TEST": {"MIRROR": "default"}}}

    def cache(self) -> dict[str, object]:
        """Django's `CACHES["default"]`: Redis at `REDIS_URL`, else a table of the database."""
        url = self.text("REDIS_URL")
        if not url:
            return {
                "BACKEND": "django.core.cache.backends.db.DatabaseCache",
                "LOCATION": "longhand_cache",
                # Django's 300 would let a crowd push out the counts that allauth keeps here.
                "OPTIONS": {"MAX_ENTRIES": MAX_CACHE_ROWS},
            }
        parts = _split("REDIS_URL", url)
        has_place = bool(parts.path if parts.scheme == "unix" else parts.hostname)
        if parts.scheme not in {"redis", "rediss", "unix"} or not has_place:
            raise ImproperlyConfigured(
                "REDIS_URL is not understood; write redis://:password@host:6379/0, rediss://… "
                "for one that speaks TLS, unix:///a/socket, or leave it out."
            )
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "KEY_PREFIX": "longhand",
            "OPTIONS": {
                "socket_timeout": REDIS_TIMEOUT_SECONDS,
                "socket_connect_timeout": REDIS_TIMEOUT_SECONDS,
            },
        }

    def media_store(self) -> dict[str, object]:
        """Django's `STORAGES["default"]`: the bucket at `MEDIA_STORE_URL`, else the data folder."""
        url = self.text("MEDIA_STORE_URL")
        if not url:
            return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
        parts = _split("MEDIA_STORE_URL", url)
        bucket, _, folder = unquote(parts.path).strip("/").partition("/")
        if parts.scheme not in {"s3", "s3+http"} or not bucket:
            raise ImproperlyConfigured(
                "MEDIA_STORE_URL is not understood; write s3://key:secret@host/bucket, "
                "s3:///bucket?region=eu-central-1 for Amazon's own, or leave it out."
            )
        if find_spec("storages") is None or find_spec("boto3") is None:
            raise ImproperlyConfigured(
                "MEDIA_STORE_URL needs packages that not everybody has to have; "
                "run: script/install requirements-s3.txt"
            )
        given = dict(parse_qsl(parts.query))
        options: dict[str, object] = {"bucket_name": bucket, "location": folder}
        if parts.hostname:
            scheme = "http" if parts.scheme == "s3+http" else "https"
            place = parts.netloc.rpartition("@")[2]
            options["endpoint_url"] = f"{scheme}://{place}"
        # Without a key, boto3 looks where Amazon's machines keep theirs.
        if parts.username:
            options["access_key"] = unquote(parts.username)
            options["secret_key"] = unquote(parts.password or "")
        if "region" in given:
            options["region_name"] = given["region"]
        return {"BACKEND": "config.bucket.Bucket", "OPTIONS": options}

    def mail(self) -> dict[str, object]:
        """Django's `EMAIL_…` settings from `EMAIL_URL` (`smtp:`, `smtps:`, `console:`, `file:`)."""
        parts = _split("EMAIL_URL", self.text("EMAIL_URL", "file:"))
        backend = "django.core.mail.backends"
        if parts.scheme == "console":
            return {"EMAIL_BACKEND": f"{backend}.console.EmailBackend"}
        if parts.scheme == "file":
            folder = unquote(parts.path) or str(self.data / "mail")
            return {
                "EMAIL_BACKEND": f"{backend}.filebased.EmailBackend",
                "EMAIL_FILE_PATH": folder,
            }
        if parts.scheme in DEFAULT_SMTP_PORTS and parts.hostname:
            options = dict(parse_qsl(parts.query))
            return {
                "EMAIL_BACKEND": f"{backend}.smtp.EmailBackend",
                "EMAIL_HOST": parts.hostname,
                "EMAIL_PORT": parts.port or DEFAULT_SMTP_PORTS[parts.scheme],
                "EMAIL_HOST_USER": unquote(parts.username or ""),
                "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
                "EMAIL_USE_SSL": parts.scheme == "smtps",
                "EMAIL_USE_TLS": parts.scheme == "smtp" and options.get("tls", "yes") != "no",
                "EMAIL_TIMEOUT": 20,
            }
        raise ImproperlyConfigured(
            "EMAIL_URL is not understood; write smtp://user:password@host:port, smtps://…, "
            "console: or file:/a/folder."
        )


def _is_origin(value: str) -> bool:
    parts = _split("PURGE", value)
    is_bare = value.rstrip("/") == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and is_bare


def _without_quotes(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if is_quoted else value


def _split(key: str, url: str) -> SplitResult:
    """The parts of an address; raises for one that does not mean what was meant."""
    try:
        parts = urlsplit(url)
        # A “/”, “#” or “?” in a password ends the host early: what is left is no port.
        is_whole = parts.port is None or not (parts.fragment or "@" in parts.path + parts.query)
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ImproperlyConfigured(
            f"{key} is not an address. Letters that mean something in one have to be "
            "encoded in a password: / as %2F, ? as %3F, # as %23, @ as %40, : as %3A."
        )
    return parts


def _write_secret(path: Path) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(SECRET_KEY_BYTES) + "\n")
    try:
        # Two processes may start at once: the first link wins and both read the same key.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "config.sqlite",
        "NAME": str(path),
        # To open the file anew takes longer than to ask it for a page.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # A transaction that reads and then writes fails at once under SQLite's deferred
            # locking; IMMEDIATE makes it wait its turn instead.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # Each thread has a cache of 4 MB, and the system has the file: more gives nothing.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4000;"
            ),
        },
        # Threads of the tests share one file, as processes do in service.
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
    }


def _postgresql(parts: SplitResult, *, prepares: bool, wait_seconds: int = 10) -> dict[str, object]:
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured(
            "DATABASE_URL names no database; write postgres://user:password@host/name."
        )
    options: dict[str, object] = dict(parse_qsl(parts.query))
    options["pool"] = {"min_size": 1, "max_size": 16, "timeout": wait_seconds}
    options.setdefault("connect_timeout", min(wait_seconds, 5))
    # PostgreSQL compiles questions that look dear to it, such as the walk through a thread: half a
    # second for what takes four milliseconds.
    # What we ask again and again by name is planned once, for all values: to look each time whether
    # another plan would do better takes it longer than to answer.
    # To look up what an index names is no dearer than to read on; on a disk that turns it is, and
    # `?options=…` in the address says all three otherwise.
    ways = ("jit=off", "plan_cache_mode=force_generic_plan", "random_page_cost=1.1")
    options.setdefault("options", " ".join(f"-c {way}" for way in ways))
    options["prepare_threshold"] = ASKED_BEFORE_PREPARED if prepares else None
    return {
        "ENGINE": "config.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
