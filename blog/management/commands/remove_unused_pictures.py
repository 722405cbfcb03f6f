"""Take out pictures that no story shows any more."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from blog.models import Image
from blog.unused import UNUSED_FOR, remove, unused


class Command(BaseCommand):
    help = (
        f"List pictures that nothing has shown for {UNUSED_FOR.days} days; with --delete, remove "
        "them and their files for good."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--delete", action="store_true", help="do it; without this, only say what"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = byte_count = failed = 0
        # The keys first: what is removed meanwhile does not disturb the reading.
        for key in list(unused().order_by("pk").values_list("pk", flat=True)):
            image = Image.objects.select_related("uploaded_by").filter(pk=key).first()
            if image is None:
                continue
            try:
                is_gone = not options["delete"] or remove([key]).count == 1
            except OSError as error:
                failed += 1
                self.stderr.write(f"{_line(image)}: gone, but not all its files ({error}).")
                continue
            if is_gone:
                self.stdout.write(_line(image))
                count, byte_count = count + 1, byte_count + image.byte_count
        self.stdout.write(_sum(count, byte_count, is_done=options["delete"]))
        if failed:
            raise CommandError(f"Files of {failed} are left in the folder that has their name.")


def _line(image: Image) -> str:
    who = image.uploaded_by.email if image.uploaded_by else "-"
    words = (f"{image.created_at:%Y-%m-%d}", f"{_size(image.byte_count):>9}", image.token, who)
    return "  ".join((*words, image.file_name, image.alt)).rstrip()


def _sum(count: int, byte_count: int, *, is_done: bool) -> str:
    noun = "picture" if count == 1 else "pictures"
    size = _size(byte_count)
    if is_done:
        return f"Removed {count} {noun}, {size}."
    if count == 0:
        return f"No picture has been used nowhere for {UNUSED_FOR.days} days."
    return (
        f"{count} {noun}, {size}, used nowhere for {UNUSED_FOR.days} days. "
        "Run it again with --delete to remove them for good."
    )


def _size(byte_count: int) -> str:
    return filesizeformat(byte_count).replace("\xa0", " ")
