"""A setting is read as what it is meant to be, or the start ends with a sentence about it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import Environment, read_file


def env(**values: str) -> Environment:
    return Environment(data=Path("/srv/longhand"), values=values)


def test_a_file_sets_values_and_may_have_comments_blank_lines_and_quotes(tmp_path):
    path = tmp_path / "env"
    path.write_text("# mine\n\nA = one \nB='two words'\nC=\"x=y\"\nD=it's\nE='\n")
    assert read_file(path) == {"A": "one", "B": "two words", "C": "x=y", "D": "it's", "E": "'"}


def test_a_file_that_is_not_there_sets_nothing(tmp_path):
    assert read_file(tmp_path / "env") == {}


def test_a_file_from_an_editor_that_marks_its_encoding_is_read(tmp_path):
    (tmp_path / "env").write_text("A=one\n", encoding="utf-8-sig")
    assert read_file(tmp_path / "env") == {"A": "one"}


@pytest.mark.parametrize("line", ["SITE_URL https://example.org", "=value"])
def test_a_line_that_sets_nothing_is_named_with_its_number(tmp_path, line):
    (tmp_path / "env").write_text(f"A=one\n{line}\n")
    with pytest.raises(ImproperlyConfigured, match=rf"env, line 2: write KEY=VALUE, not “{line}”"):
        read_file(tmp_path / "env")


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "env").write_bytes(b"A=\xff\xfe\n")
    with pytest.raises(ImproperlyConfigured, match=r"env cannot be read"):
        read_file(tmp_path / "env")


def test_the_process_wins_over_the_file_and_the_file_over_the_default(tmp_path, monkeypatch):
    (tmp_path / "env").write_text("LONGHAND_ONE=file\nLONGHAND_TWO=file\n")
    monkeypatch.setenv("LONGHAND_DATA", str(tmp_path))
    monkeypatch.setenv("LONGHAND_ONE", "process")
    found = Environment.load(Path("/nowhere"))
    assert found.data == tmp_path
    assert found.text("LONGHAND_ONE") == "process"
    assert found.text("LONGHAND_TWO") == "file"
    assert found.text("LONGHAND_THREE", "default") == "default"


def test_data_lives_in_var_unless_told_otherwise(tmp_path, monkeypatch):
    monkeypatch.delenv("LONGHAND_DATA", raising=False)
    assert Environment.load(tmp_path).data == tmp_path.resolve() / "var"


@pytest.mark.parametrize("value", ["1", "true", "Yes", "on"])
def test_a_switch_can_be_on(value):
    assert env(DEBUG=value).switch("DEBUG")


@pytest.mark.parametrize("value", ["0", "false", "No", "off"])
def test_a_switch_can_be_off(value):
    assert not env(DEBUG=value).switch("DEBUG", default=True)


def test_a_switch_that_nobody_touched_is_as_it_was_built():
    assert env(DEBUG="").switch("DEBUG", default=True)
    assert not env().switch("DEBUG")


def test_a_switch_between_on_and_off_is_refused():
    with pytest.raises(ImproperlyConfigured, match=r"DEBUG is “maybe”; write yes or no\."):
        env(DEBUG="maybe").switch("DEBUG")


def test_a_number_is_read():
    assert env(N="12").number("N", 3) == 12
    assert env().number("N", 3) == 3


@pytest.mark.parametrize("value", ["many", "-1", "1.5", "²"])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(ImproperlyConfigured, match=rf"N is “{value}”; write a whole number\."):
        env(N=value).number("N", 3)


def test_a_list_of_names_has_no_blanks():
    assert env(ALLOWED_HOSTS=" a.example, ,b.example ").names("ALLOWED_HOSTS") == [
        "a.example",
        "b.example",
    ]


def test_an_address_loses_its_closing_slash():
    assert env(SITE_URL="https://example.org/").origin("SITE_URL", "") == "https://example.org"
    assert env().origin("SITE_URL", "http://[::1]:8000") == "http://[::1]:8000"


@pytest.mark.parametrize(
    "value",
    [
        "example.org",
        "ftp://example.org",
        "https://",
        "https://example.org/blog",
        "https://example.org?x=1",
        "https://example.org#top",
        "https://me@example.org",
    ],
)
def test_what_is_no_address_of_a_site_is_refused(value):
    with pytest.raises(ImproperlyConfigured, match=r"write it like https://example\.org"):
        env(SITE_URL=value).origin("SITE_URL", "")


@pytest.mark.parametrize("value", ["https://example.org:port", "https://[example.org"])
def test_an_address_that_does_not_parse_is_refused_by_name(value):
    with pytest.raises(ImproperlyConfigured, match="SITE_URL is not an address"):
        env(SITE_URL=value).origin("SITE_URL", "")


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    here = Environment(data=tmp_path / "data", values={})
    key = here.secret_key()
    assert len(key) >= 50
    assert here.secret_key() == key
    assert stat.S_IMODE((tmp_path / "data/secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_a_secret_key_that_is_given_is_not_written_down(tmp_path):
    here = Environment(data=tmp_path / "data", values={"SECRET_KEY": "given"})
    assert here.secret_key() == "given"
    assert not here.data.exists()


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=r"The data folder .*/file/data cannot be used"):
        Environment(data=tmp_path / "file/data", values={}).secret_key()


def test_without_an_address_the_database_is_a_file_in_the_data_folder():
    assert env().database()["NAME"] == "/srv/longhand/longhand.sqlite3"


def test_sqlite_may_lie_elsewhere():
    assert env(DATABASE_URL="sqlite:////mnt/a%20disk/l.db").database()["NAME"] == "/mnt/a disk/l.db"


def test_a_postgresql_address_is_taken_apart():
    url = "postgres://ada:a%2Fb@db.example:5433/long?sslmode=require"
    found = env(DATABASE_URL=url).database()
    assert found["ENGINE"] == "config.postgresql"
    assert (found["USER"], found["PASSWORD"], found["HOST"]) == ("ada", "a/b", "db.example")
    assert (found["PORT"], found["NAME"]) == ("5433", "long")
    assert found["OPTIONS"]["sslmode"] == "require"


def test_postgresql_compiles_nothing_and_plans_once_unless_the_address_says_otherwise():
    url = "postgres://ada@db.example/long"
    options = env(DATABASE_URL=url).database()["OPTIONS"]["options"]
    assert "-c jit=off" in options
    assert "-c plan_cache_mode=force_generic_plan" in options
    assert "-c random_page_cost=1.1" in options
    found = env(DATABASE_URL=f"{url}?options=-c%20jit%3Don").database()
    assert found["OPTIONS"]["options"] == "-c jit=on"


def test_postgresql_knows_statements_by_name_unless_a_pool_in_front_of_it_cannot():
    url = "postgres://ada@db.example/long"
    assert env(DATABASE_URL=url).database()["OPTIONS"]["prepare_threshold"] == 3
    found = env(DATABASE_URL=url, DATABASE_PREPARES="no").database()
    assert found["OPTIONS"]["prepare_threshold"] is None


@pytest.mark.parametrize(
    "value", ["mysql://h/n", "longhand.sqlite3", "sqlite://two-slashes.sqlite3", "host/name"]
)
def test_a_database_that_longhand_does_not_know_is_refused(value):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL is not understood; write"):
        env(DATABASE_URL=value).database()


def test_a_postgresql_address_without_a_database_is_refused():
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL names no database"):
        env(DATABASE_URL="postgres://ada@db.example").database()


@pytest.mark.parametrize("password", ["se#cret", "se/cret", "se?cret", "12/34", "12#34", "se[cret"])
def test_a_password_that_breaks_its_address_is_refused_and_not_repeated(password):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL is not an address") as caught:
        env(DATABASE_URL=f"postgres://ada:{password}@db.example/long").database()
    assert "cret" not in str(caught.value)
    assert "34" not in str(caught.value)


def test_mail_is_written_to_files_unless_told_otherwise():
    found = env().mail()
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
    assert found["EMAIL_FILE_PATH"] == "/srv/longhand/mail"


@pytest.mark.parametrize(
    ("url", "port", "is_ssl", "is_tls"),
    [
        ("smtp://ada:a%40b@mail.example", 587, False, True),
        ("smtp://ada:a%40b@mail.example:25?tls=no", 25, False, False),
        ("smtps://ada:a%40b@mail.example", 465, True, False),
    ],
)
def test_mail_goes_to_the_server_that_is_named(url, port, is_ssl, is_tls):
    found = env(EMAIL_URL=url).mail()
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example", port)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("ada", "a@b")
    assert (found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (is_ssl, is_tls)


@pytest.mark.parametrize("value", ["imap://mail.example", "smtp:", "mail.example"])
def test_a_way_of_sending_mail_that_longhand_does_not_know_is_refused(value):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL is not understood; write smtp://"):
        env(EMAIL_URL=value).mail()


def test_a_mail_password_that_breaks_its_address_is_refused():
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL is not an address"):
        env(EMAIL_URL="smtp://ada:se#cret@mail.example").mail()


class TestCachesInFront:
    def test_none_is_told_unless_one_is_named(self):
        assert env().purges() == []

    def test_several_may_be_named(self):
        named = "cloudflare:z0ne, varnish:http://10.0.0.2:6081/"
        found = env(PURGE=named, PURGE_TOKEN="secret").purges()
        assert found == [("cloudflare", "z0ne"), ("varnish", "http://10.0.0.2:6081")]

    @pytest.mark.parametrize(
        "named",
        ["akamai:x", "cloudflare", "fastly:", "fastly:a/b", "varnish:cache", "nginx:ftp://a"],
    )
    def test_one_that_is_not_understood_stops_the_start(self, named):
        with pytest.raises(ImproperlyConfigured, match="PURGE is not understood at"):
            env(PURGE=named, PURGE_TOKEN="secret").purges()

    def test_one_that_asks_for_a_secret_is_not_told_without(self):
        with pytest.raises(ImproperlyConfigured, match="PURGE_TOKEN is missing"):
            env(PURGE="fastly:service").purges()

    def test_a_header_for_tags_is_one_that_a_cache_reads(self):
        offered = ("Cache-Tag", "xkey")
        assert env().choice("H", offered) == ""
        assert env(H="cache-tag").choice("H", offered) == "Cache-Tag"
        with pytest.raises(ImproperlyConfigured, match="write one of Cache-Tag, xkey"):
            env(H="X-Tags").choice("H", offered)


PRIMARY = "postgres://ada@db.example/long"


def test_without_further_addresses_there_is_one_database_and_everything_in_it():
    assert list(env(DATABASE_URL=PRIMARY).databases()) == ["default"]
    assert env().cache()["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    assert env().media_store() == {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    assert env().workers() == 1


def test_a_replica_may_be_named_and_the_tests_do_without():
    url = "postgres://reader:x@db2.example:5433/long"
    found = env(DATABASE_URL=PRIMARY, DATABASE_REPLICA_URL=url).databases()["replica"]
    assert (found["USER"], found["HOST"], found["PORT"]) == ("reader", "db2.example", "5433")
    assert found["TEST"] == {"MIRROR": "default"}


@pytest.mark.parametrize("value", ["sqlite:///x", "db2.example", "postgres://db2.example"])
def test_a_replica_that_longhand_does_not_know_is_refused(value):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_REPLICA_URL is not understood"):
        env(DATABASE_URL=PRIMARY, DATABASE_REPLICA_URL=value).databases()


def test_a_replica_of_sqlite_is_refused():
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL none that it could follow"):
        env(DATABASE_REPLICA_URL=PRIMARY).databases()


@pytest.mark.parametrize(
    "value", ["redis://:pass@cache.example:6379/0", "rediss://cache.example", "unix:///run/redis"]
)
def test_redis_may_be_the_cache_and_is_not_waited_for_long(value):
    found = env(REDIS_URL=value).cache()
    assert found["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    assert found["LOCATION"] == value
    assert found["OPTIONS"]["socket_timeout"] == 2


@pytest.mark.parametrize("value", ["memcached://cache.example", "cache.example:6379", "redis:"])
def test_a_cache_that_longhand_does_not_know_is_refused(value):
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL is not"):
        env(REDIS_URL=value).cache()


def test_a_bucket_is_taken_apart():
    url = "s3://key:se%2Fcret@s3.example:9000/media/blog?region=eu"
    found = env(MEDIA_STORE_URL=url).media_store()
    assert found["BACKEND"] == "config.bucket.Bucket"
    assert found["OPTIONS"] == {
        "bucket_name": "media",
        "location": "blog",
        "endpoint_url": "https://s3.example:9000",
        "access_key": "key",
        "secret_key": "se/cret",
        "region_name": "eu",
    }


def test_a_bucket_of_amazon_needs_no_host_and_no_key():
    found = env(MEDIA_STORE_URL="s3:///media").media_store()
    assert found["OPTIONS"] == {"bucket_name": "media", "location": ""}


def test_a_bucket_in_ones_own_network_may_do_without_tls():
    found = env(MEDIA_STORE_URL="s3+http://k:s@127.0.0.1:9000/media").media_store()
    assert found["OPTIONS"]["endpoint_url"] == "http://127.0.0.1:9000"


@pytest.mark.parametrize("value", ["https://s3.example/media", "s3://s3.example", "media"])
def test_a_store_that_longhand_does_not_know_is_refused(value):
    with pytest.raises(ImproperlyConfigured, match="MEDIA_STORE_URL is not understood"):
        env(MEDIA_STORE_URL=value).media_store()


def test_a_bucket_without_its_packages_says_how_to_get_them(monkeypatch):
    monkeypatch.setattr("config.env.find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"script/install requirements-s3\.txt"):
        env(MEDIA_STORE_URL="s3:///media").media_store()


def test_several_processes_may_answer():
    assert env(WORKERS="4").workers() == 4


@pytest.mark.parametrize("value", ["0", "65"])
def test_a_number_of_processes_that_no_machine_has_is_refused(value):
    with pytest.raises(ImproperlyConfigured, match=rf"WORKERS is “{value}”; write a number from 1"):
        env(WORKERS=value).workers()
