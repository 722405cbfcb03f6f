"""Characters that nobody can see, and that no feed and no page can carry."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# What XML 1.0 cannot hold, not even escaped: control characters but tab and line breaks, halves
# of surrogate pairs, and two that are no characters at all.
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """`text` without the characters that XML cannot hold."""
    return UNSEEN.sub("", text)


def validate_printable(value: str) -> None:
    """Refuse a character that nobody sees, so that names and titles can stand in every feed."""
    found = UNSEEN.search(value)
    if found:
        raise ValidationError(
            _("There is a character in it that nobody can see (%(code)s). Type it anew without."),
            code="unseen_character",
            params={"code": f"U+{ord(found[0]):04X}"},
        )
