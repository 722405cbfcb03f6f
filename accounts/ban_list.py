"""Bans as a table that a spreadsheet opens, and back; another publication can take it over."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Ban, User
from accounts.models.ban import NotBannable, Unsure

COLUMNS = ("kind", "value", "until", "reason")
MAX_BYTES = 256 * 1024
MAX_LINES = 2_000
# A spreadsheet takes a cell that begins so for a formula and runs it; behind a quote it does not.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
GUARD = "'"


class UnreadableList(ValueError):
    """It is no list of bans at all; the message is a sentence."""


@dataclass
class Line:
    """What one line of a list asks for, and what would become of it."""

    number: int
    value: str
    ban: Ban | None = None
    error: str = ""  # why it is left out
    warning: str = ""  # why it should be looked at
    is_known: bool = False  # in force already


@dataclass
class Import:
    """A list that was read and has changed nothing yet."""

    lines: list[Line]

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.error]

    @property
    def known(self) -> list[Line]:
        return [line for line in self.lines if line.is_known]

    @property
    def new(self) -> list[Line]:
        return [line for line in self.lines if line.ban and not line.is_known]

    def do(self, *, by: User) -> int:
        """Give every ban that is new, including those with a warning; how many there were."""
        bans = [line.ban for line in self.new if line.ban]
        for ban in bans:
            ban.by = by
        Ban.objects.bulk_create(bans)
        return len(bans)


def read(text: str, *, by: User) -> Import:
    """What `text` asks for, line by line. Raises `UnreadableList`."""
    rows = list(_rows(text))
    kinds = {"account": _people([cells[1] for _number, cells in rows if cells[0] == "account"])}
    known = _in_force()
    lines = []
    for number, (kind, value, until, reason) in rows:
        line = Line(number, value)
        try:
            line.ban = _ban(kind, value, until, reason, by, kinds["account"])
            line.ban.check_is_fair(is_sure=False)
        except Unsure as doubt:
            line.warning = str(doubt)
        except NotBannable as error:
            line.ban, line.error = None, str(error)
        if line.ban:
            key = _key(line.ban)
            line.is_known = key in known
            known.add(key)
        lines.append(line)
    return Import(lines)


def write(bans: Iterable[Ban]) -> Iterator[str]:
    """The table line by line, with every cell a spreadsheet might run made harmless."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for cells in [COLUMNS, *map(_cells, bans)]:
        writer.writerow([_guarded(cell) for cell in cells])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    if len(text.encode()) > MAX_BYTES:
        raise UnreadableList(_("This list is too long: %d KB are the most.") % (MAX_BYTES // 1024))
    if "\0" in text:
        raise UnreadableList(_("This is no table of text. Save it as CSV, in UTF-8."))
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        first = next(reader, [])
        if tuple(cell.strip().lower() for cell in first) != COLUMNS:
            columns = ",".join(COLUMNS)
            raise UnreadableList(_("Its first line has to be: %(columns)s") % {"columns": columns})
        count = 0
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MAX_LINES:
                text = ngettext(
                    "This list is too long: %d line is the most.",
                    "This list is too long: %d lines are the most.",
                    MAX_LINES,
                )
                raise UnreadableList(text % MAX_LINES)
            padded = [_plain(cell.strip()) for cell in cells[: len(COLUMNS)]]
            yield reader.line_num, padded + [""] * (len(COLUMNS) - len(padded))
    except csv.Error as error:
        said = _("Line %(number)d cannot be read as a line of a table. Look at its quotes.")
        raise UnreadableList(said % {"number": reader.line_num}) from error


def _people(emails: list[str]) -> dict[str, User]:
    """The accounts that the list names, by their address."""
    wanted = {email.lower() for email in emails}
    return {user.email.lower(): user for user in User.objects.filter(email__in=wanted)}


def _in_force() -> set[tuple[object, ...]]:
    return {_key(ban) for ban in Ban.objects.in_force()}


def _key(ban: Ban) -> tuple[object, ...]:
    return ban.user_id, ban.network, ban.domain, ban.ends_at


def _ban(kind: str, value: str, until: str, reason: str, by: User, people: dict[str, User]) -> Ban:
    ban = Ban(by=by, ends_at=_moment(until), reason=" ".join(reason.split()))
    if kind == "account":
        ban.user = people.get(value.lower())
        if ban.user is None:
            raise NotBannable(_("Nobody here has the address “%(email)s”.") % {"email": value})
        ban.aim(address="", domain="")
    elif kind == "address":
        ban.aim(address=value, domain="")
    elif kind == "domain":
        ban.aim(address="", domain=value)
    else:
        text = _("“%(kind)s” is no kind of ban. Write account, address or domain.")
        raise NotBannable(text % {"kind": kind})
    return ban


def _moment(text: str) -> datetime | None:
    """When a ban ends: a time, or the beginning of a day in the zone of who reads the list."""
    if not text:
        return None
    try:
        at = parse_datetime(text)
        if at is None:
            day = parse_date(text)
            at = datetime.combine(day, time.min) if day else None
    except ValueError:
        at = None
    if at is None:
        said = _("“%(text)s” is no time. Write 2027-01-31 or 2027-01-31T12:00Z, or nothing.")
        raise NotBannable(said % {"text": text})
    return at if timezone.is_aware(at) else timezone.make_aware(at)


def _cells(ban: Ban) -> tuple[str, str, str, str]:
    until = ban.ends_at.astimezone(UTC).isoformat().replace("+00:00", "Z") if ban.ends_at else ""
    if ban.user:
        return "account", ban.user.email, until, ban.reason
    if ban.network:
        return "address", ban.network, until, ban.reason
    return "domain", ban.domain, until, ban.reason


def _guarded(cell: str) -> str:
    return f"{GUARD}{cell}" if cell.startswith(FORMULA) else cell


def _plain(cell: str) -> str:
    """Without the quote that `write` has set before it."""
    return cell[1:] if cell.startswith(GUARD) and cell[1:].startswith(FORMULA) else cell
