"""Bans: whom they keep out, whom nobody bans, and lists of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from accounts import ban_list, domains, networks
from accounts.models import Ban
from accounts.models.ban import NotBannable, Unsure
from accounts.roles import Role
from tests.making import make_person

TOMORROW = timedelta(days=1)


@pytest.fixture
def ed(db):
    return make_person("Ed", Role.EDITOR)


@pytest.mark.once
class TestRanges:
    @pytest.mark.parametrize(
        ("typed", "network"),
        [
            ("192.0.2.7", "192.0.2.7/32"),
            (" 192.0.2.7/24 ", "192.0.2.0/24"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
            # Every household has a range of this size.
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:DB8::1/128", "2001:db8::1/128"),
            ("fe80::1%eth0", "fe80::/64"),
        ],
    )
    def test_a_range_has_one_spelling(self, typed, network):
        assert networks.network_named(typed) == network

    @pytest.mark.parametrize("typed", ["", "x", "192.0.2", "192.0.2.256", "192.0.2.0/33", "::/129"])
    def test_what_is_no_range_is_none(self, typed):
        with pytest.raises(networks.NoNetwork):
            networks.network_named(typed)

    def test_an_address_lies_in_each_range_around_it(self):
        around = networks.networks_around("::ffff:192.0.2.7")
        assert len(around) == 33
        assert {"0.0.0.0/0", "192.0.2.0/24", "192.0.2.7/32"} <= set(around)
        assert len(networks.networks_around("2001:db8::1")) == 129
        assert networks.networks_around("nowhere") == []

    @pytest.mark.parametrize(
        ("typed", "domain"),
        [
            ("Example.ORG", "example.org"),
            ("@example.org.", "example.org"),
            ("ada@example.org", "example.org"),
            ("münchen.example", "xn--mnchen-3ya.example"),
        ],
    )
    def test_a_domain_has_one_spelling(self, typed, domain):
        assert domains.domain_named(typed) == domain

    @pytest.mark.parametrize(
        "typed", ["", "org", "a b.org", "-a.org", "x" * 250 + ".org", "ü" * 99]
    )
    def test_what_is_no_domain_is_none(self, typed):
        with pytest.raises(domains.NoDomain):
            domains.domain_named(typed)


class TestWhomTheyKeepOut:
    def test_an_account_until_then_or_for_good(self, ed, clock):
        rita = make_person("Rita")
        ban = Ban.objects.ban(user=rita, by=ed, until=clock() + TOMORROW, because="Shouting.")
        assert Ban.objects.forbids(user=rita) == ban
        assert Ban.objects.forbids(user=make_person()) is None
        clock.pass_by(days=1)
        assert Ban.objects.forbids(user=rita) is None
        assert not Ban.objects.in_force().exists()

    def test_the_longest_of_several_counts(self, ed):
        rita, now = make_person("Rita"), timezone.now()
        for days in (1, 9, 3):
            Ban.objects.ban(user=rita, by=ed, until=now + timedelta(days=days))
        assert Ban.objects.forbids(user=rita).ends_at == now + timedelta(days=9)
        forever = Ban.objects.ban(user=rita, by=ed)
        assert Ban.objects.forbids(user=rita) == forever

    def test_said_twice_it_is_one(self, ed):
        bans = {Ban.objects.ban(domain="spam.example", by=ed, because="Spam.") for _ in range(2)}
        assert len(bans) == Ban.objects.count() == 1

    @pytest.mark.parametrize(
        ("network", "address", "is_out"),
        [
            ("192.0.2.0/24", "192.0.2.255", True),
            ("192.0.2.0/24", "::ffff:192.0.2.1", True),
            ("192.0.2.0/24", "192.0.3.0", False),
            ("192.0.2.7", "192.0.2.8", False),
            ("2001:db8:1:2::9", "2001:db8:1:2:ffff::1", True),
            ("2001:db8:1:2::9", "2001:db8:1:3::1", False),
        ],
    )
    def test_everybody_who_comes_from_a_range(self, ed, network, address, is_out):
        Ban.objects.ban(address=network, by=ed)
        assert bool(Ban.objects.forbids(address=address)) is is_out
        assert bool(Ban.objects.forbids(user=make_person(), address=address)) is is_out

    @pytest.mark.parametrize(
        ("email", "is_out"),
        [
            ("x@spam.example", True),
            ("x@Mail.Spam.Example", True),
            ("x@notspam.example", False),
            ("spam.example@example.org", False),
            ("", False),
        ],
    )
    def test_everybody_with_mail_at_a_domain_or_below_it(self, ed, email, is_out):
        Ban.objects.ban(domain="spam.example", by=ed)
        assert bool(Ban.objects.forbids(guest_email=email)) is is_out

    def test_who_works_in_the_desk_is_known_by_name_only(self, ed):
        ada = make_person("Ada", Role.AUTHOR)
        Ban.objects.ban(address="192.0.2.0/24", by=ed)
        Ban.objects.ban(domain="example.org", by=ed)
        assert Ban.objects.forbids(user=ada, address="192.0.2.1") is None
        ban = Ban.objects.ban(user=ada, by=ed)
        assert Ban.objects.forbids(user=ada) == ban

    def test_who_moderates_is_never_kept_out(self, ed):
        rita = make_person("Rita")
        Ban.objects.ban(user=rita, by=ed)
        make_owner_of(rita)
        assert Ban.objects.forbids(user=rita) is None

    def test_asking_costs_one_query_however_many_there_are(self, ed, django_assert_num_queries):
        rita = make_person("Rita")
        Ban.objects.bulk_create(
            [Ban(network=f"198.51.{n}.0/24", by=ed) for n in range(200)]
            + [Ban(domain=f"spam{n}.example", by=ed) for n in range(200)]
        )
        with django_assert_num_queries(1):
            assert Ban.objects.forbids(user=rita, address="198.51.100.3")
        with django_assert_num_queries(1):
            assert Ban.objects.forbids(guest_email="x@a.spam7.example", address="2001:db8::1")

    def test_a_ban_that_ends_is_over_at_once_and_not_twice(self, ed, clock):
        ban = Ban.objects.ban(domain="spam.example", by=ed)
        ban.end()
        assert Ban.objects.forbids(guest_email="x@spam.example") is None
        ended_at = ban.ends_at
        clock.pass_by(days=1)
        ban.end()
        ban.refresh_from_db()
        assert ban.ends_at == ended_at

    def test_what_was_over_long_ago_is_forgotten(self, ed, clock):
        Ban.objects.ban(domain="spam.example", by=ed, until=clock() + TOMORROW)
        clock.pass_by(days=365)
        assert not Ban.objects.forgettable().exists()
        clock.pass_by(days=1)
        assert Ban.objects.forgettable().exists()


class TestWhomNobodyBans:
    @pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR])
    def test_an_owner_or_a_moderator(self, ed, role):
        with pytest.raises(NotBannable, match="cannot be banned"):
            Ban.objects.ban(user=make_person(role=role), by=ed)

    def test_oneself(self, ed):
        with pytest.raises(NotBannable, match="yourself"):
            Ban.objects.ban(user=ed, by=ed)

    @pytest.mark.parametrize("address", ["0.0.0.0/0", "::/0", "10.0.0.0/8", "2001::/16"])
    def test_half_the_world_unless_one_is_sure(self, ed, address):
        with pytest.raises(Unsure, match="very many people"):
            Ban.objects.ban(address=address, by=ed)
        assert not Ban.objects.exists()
        assert Ban.objects.ban(address=address, by=ed, is_sure=True).is_in_force

    def test_a_public_mail_domain_unless_one_is_sure(self, ed):
        with pytest.raises(Unsure, match=r"gmail\.com"):
            Ban.objects.ban(domain="GMail.com", by=ed)
        assert Ban.objects.ban(domain="gmail.com", by=ed, is_sure=True).is_in_force

    @pytest.mark.parametrize(
        "wrong",
        [
            {},
            {"address": "192.0.2.1", "domain": "spam.example"},
            {"address": "nowhere"},
            {"domain": "x"},
            {"domain": "spam.example", "until": datetime(2020, 1, 1, tzinfo=UTC)},
            {"domain": "spam.example", "because": "x" * 501},
        ],
    )
    def test_what_is_no_ban(self, ed, wrong):
        with pytest.raises(NotBannable, match=r"\w+ \w+"):
            Ban.objects.ban(by=ed, **wrong)

    def test_the_database_takes_one_of_the_three_only(self, ed):
        for wrong in ({}, {"network": "192.0.2.0/24", "domain": "x.example"}, {"user": ed}):
            row = Ban(**wrong, **({"domain": "x.example"} if "user" in wrong else {}))
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()


@pytest.mark.once
class TestWhatIsSaid:
    def test_until_when_and_why(self):
        ban = Ban(domain="x.example", ends_at=datetime(2027, 1, 31, 12, tzinfo=UTC))
        assert ban.sentence(UTC) == "You cannot respond here until 31 January 2027, 12:00 UTC."
        ban.reason = "Three times the same."
        assert ban.sentence(UTC).endswith("UTC. The reason: Three times the same.")

    def test_that_it_is_for_good(self):
        assert Ban(domain="x.example").sentence(UTC) == "You cannot respond here any more."


class TestLists:
    def read(self, lines, ed):
        return ban_list.read("kind,value,until,reason\r\n" + "\r\n".join(lines), by=ed)

    def test_what_is_saved_can_be_taken_over_elsewhere(self, ed):
        rita, until = make_person("Rita"), datetime(2099, 1, 31, 12, 30, tzinfo=UTC)
        Ban.objects.ban(user=rita, by=ed, until=until, because='She said "no", twice')
        Ban.objects.ban(address="192.0.2.0/24", by=ed, because="=HYPERLINK(1)")
        Ban.objects.ban(domain="spam.example", by=ed, because="'quoted'")
        text = "".join(ban_list.write(Ban.objects.order_by("pk")))
        before = list(Ban.objects.order_by("pk").values_list(*FACTS))
        Ban.objects.all().delete()
        found = ban_list.read(text, by=ed)
        assert (len(found.new), found.wrong, found.known) == (3, [], [])
        assert found.do(by=ed) == 3
        assert list(Ban.objects.order_by("pk").values_list(*FACTS)) == before

    @pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
    def test_no_cell_is_a_formula(self, ed, begin):
        Ban(domain="spam.example", reason=f"{begin}cmd()").save()
        (_head, line) = ban_list.write(Ban.objects.all())
        cell = line.strip("\r\n").partition(",,")[2].lstrip('"')
        assert cell.startswith(f"'{begin}")

    def test_reading_changes_nothing(self, ed):
        found = self.read(["domain,spam.example,,"], ed)
        assert len(found.new) == 1
        assert not Ban.objects.exists()

    def test_what_is_in_force_or_said_twice_is_added_once(self, ed):
        Ban.objects.ban(domain="spam.example", by=ed)
        found = self.read(
            ["domain,SPAM.example,,", "address,192.0.2.1,,", "address,192.0.2.1,,"], ed
        )
        assert (len(found.known), len(found.new)) == (2, 1)

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("account,nobody@example.org,,", "Nobody here"),
            ("account,,,", "Nobody here"),
            ("address,999.1.1.1,,", "no address"),
            ("address,,,", "Say one"),
            ("domain,x,,", "no e-mail domain"),
            ("planet,mars,,", "no kind of ban"),
            ("domain,spam.example,soon,", "no time"),
            ("domain,spam.example,2020-01-31,", "has passed"),
            ("domain,spam.example,2020-13-31,", "no time"),
            ("domain,spam.example,," + "x" * 501, "500 letters"),
            ("account,{ed},,", "yourself"),
            ("account,{olga},,", "cannot be banned"),
            ("domain", "Say one"),
        ],
    )
    def test_each_line_that_is_wrong_is_named_and_left_out(self, ed, line, said):
        olga = make_person("Olga", Role.OWNER)
        lines = ["domain,good.example,,", "", line.format(ed=ed.email, olga=olga.email)]
        found = self.read(lines, ed)
        (wrong,) = found.wrong
        assert wrong.number == 4
        assert said in wrong.error
        assert found.do(by=ed) == 1

    def test_half_the_world_is_pointed_at(self, ed):
        found = self.read(["address,0.0.0.0/0,,", "domain,gmail.com,,"], ed)
        assert all(line.warning for line in found.new)

    def test_a_day_begins_where_the_reader_lives(self, ed):
        with timezone.override("Asia/Tokyo"):
            found = self.read(["domain,spam.example,2099-01-31,"], ed)
        assert found.new[0].ban.ends_at == datetime(2099, 1, 30, 15, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "domain,spam.example",
            "kind;value;until;reason\n",
            "kind,value,until,reason\n\0",
            'kind,value,until,reason\ndomain,"x,,\n',
            "kind,value,until,reason\n" + "domain,spam.example,,\n" * (ban_list.MAX_LINES + 1),
            "kind,value,until,reason\n" + "x" * ban_list.MAX_BYTES,
        ],
    )
    def test_what_is_no_list_is_refused_with_a_sentence(self, ed, text):
        with translation.override("en"), pytest.raises(ban_list.UnreadableList, match=r"\w+ \w+"):
            ban_list.read(text, by=ed)

    def test_a_spreadsheets_mark_and_spaces_do_no_harm(self, ed):
        text = "\ufeffKind, Value ,until,reason\n domain , spam.example ,, Too  much \n"
        (line,) = ban_list.read(text, by=ed).new
        assert (line.ban.domain, line.ban.reason) == ("spam.example", "Too much")


FACTS = ("user", "network", "domain", "ends_at", "reason")


def make_owner_of(person):
    person.is_staff = person.is_superuser = True
    person.save()
