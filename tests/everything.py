"""A story that has everything that a story can have, and one that has nothing but a title.

For tests that ask what every page must keep: its weight, its shape, its markup. The words are
those of the sample stories, because made-up ones compress as no story does. Works in a process of
its own as well: `publication.run("from tests.everything import …; print(make_everything().slug)")`.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import sys
from collections.abc import Iterator
from datetime import timedelta

from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image as PillowImage

from accounts.models import User
from accounts.roles import Role
from blog import pictures
from blog.models import Clap, Clapper, Image, Post, Publication, Series, ShareLink, Tag
from blog.samples.reader import stories
from blog.samples.responses import RESPONSES
from blog.visitors import new_visitor
from tests.making import make_guest_link, make_person, make_post, make_response

WORDS = 2_000
PARTS = 6
NOTES = 12
PICTURES = 8
RESPONSES_AT_FIRST = 30
REPLY_EVERY = 3
PICTURE_SIZE_PX = (1920, 1280)
# What a paragraph of plain words has none of: forms are put in on purpose, below.
FORMS = re.compile(r"[\[\]|$`]|^[#>:!*\d-]", re.MULTILINE)

PYTHON = """\
```python
class Lamp:
    hours = 24

    def flash(self, seconds: float) -> None:
        \"\"\"On, and off again.\"\"\"
        self.on()  # and the moths come
        sleep(seconds)
```
"""
SHELL = """\
```bash
for night in $(seq 1 31); do
  grep -c "trimmed" "log/$night.txt" || echo "nobody wrote on the ${night}th"
done
```
"""
SQL = """\
```sql
SELECT keeper, count(*) AS nights
  FROM log WHERE lamp = 'dark' AND burned_hours < 8
 GROUP BY keeper ORDER BY nights DESC;
```
"""
SCRIPT = """\
```javascript
const dark = (night) => night.lamp === "dark";
export const nights = log.filter(dark).map(({ keeper, hours }) => `${keeper}: ${hours} h`);
```
"""
LIGHTS = """\
| Light       | Flash      | Seen for |
|:------------|:----------:|---------:|
| North Rock  | every 10 s |   19 km  |
| South Spit  | every 4 s  |    7 km  |
| Old Harbour | fixed, red |    3 km  |
"""
HOURS = """\
| Month | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | Whole year, in hours |
|:------|--:|--:|--:|--:|--:|--:|--:|--:|--:|---:|---:|---:|-----:|
| burned | 482 | 403 | 380 | 311 | 261 | 215 | 236 | 290 | 341 | 410 | 450 | 496 | 4,275 |
| paid | 480 | 400 | 380 | 310 | 260 | 210 | 230 | 290 | 340 | 410 | 450 | 490 | 4,250 |
"""
SUMS = """\
A lamp at height $h$ is seen as far as $d \\approx 3.57\\sqrt{h}$.

$$
\\begin{aligned}
d &= \\sqrt{2Rh + h^2} \\\\
  &\\approx \\sqrt{2Rh} \\quad \\text{where} \\quad \\frac{h}{R} \\ll 1
\\end{aligned}
$$
"""
ASIDES = """\
::: note
It is kept in a tin, and the tin is kept *dry*.
:::

::: warning Mind your head
The last door is 1.5 m high.
:::

::: details How we counted the steps
Twice up and once down, with chalk. The three numbers differed.

- up: 212
- down: 211
:::

::: pull
Nobody has ever gone up only once.
:::
"""
SMALL = """\
> Wind south, lamp trimmed.
>
> -- The log, on the 3^rd^

The HMS *Prudence* passed at noon; CO~2~ in the oil room. ==Open the door first.==
`is_dark()` said so.

1. Trim the wick.
2. Light it a little before sunset.
   - broad wicks
   - narrow ones

- [x] polish the brass
- [ ] teach the cats to read the barometer

Occulting
: A light that is longer on than off.

*[HMS]: His Majesty's Ship

---
"""
NOTE = "[^{0}]: In his letters, volume {0}, and [nobody](https://example.org/{0}) says so since."
ELSEWHERE = """\
https://www.youtube.com/watch?v=dQw4w9WgXcQ

https://www.nasa.gov/solar-system/
"""


def make_pages() -> dict[str, str]:
    """A publication with both stories; where a reader without an account finds its every page.

    By the name of the address, as `blog/urls.py` has it, or by what is special about the page.
    """
    story, nothing, gone = make_everything(), make_nothing(), make_nothing("Gone")
    gone.unpublish(by=None)
    draft = make_post(published=False, source=story.source)
    publication = Publication.current()
    publication.guests_may_respond = True
    publication.about = publication.about or "We print *slowly*.\n\n- at night\n- by hand"
    publication.save()
    at = story.published_at
    answer = story.comments.earliest("pk")
    pages = {
        name: reverse(f"blog:{name}", args=arguments)
        for name, arguments in {
            "front": [],
            "about": [],
            "feeds": [],
            "help": [],
            "search": [],
            "archive": [],
            "archive-year": [at.year],
            "archive-month": [at.year, at.month],
            "authors": [],
            "author": [story.byline[0].handle],
            "tags": [],
            "tag": [story.topics[0].slug],
            "series": [story.series.slug],
            "draft": [ShareLink.objects.make(draft, by=None).token],
            "post": [story.slug],
            "changes": [story.slug],
            "claps": [story.slug],
            "clappers": [story.slug],
            "comment-claps": [story.slug, answer.pk],
            "comment-clappers": [story.slug, answer.pk],
            "comments": [story.slug],
            "comment": [story.slug, answer.pk],
            "guest-response": [story.slug],
            "guest-confirmation": [make_guest_link(story)],
        }.items()
    }
    return {
        **pages,
        "found": f"{reverse('blog:search')}?q=light",
        "not found": f"{reverse('blog:search')}?q=neverwritten",
        "nothing": nothing.get_absolute_url(),
        "guest's reply": f"{reverse('blog:guest-response', args=[story.slug])}?parent={answer.pk}",
        "guest's letter": f"{reverse('blog:guest-response', args=[story.slug])}?letter",
        "gone": gone.get_absolute_url(),
        "unknown": "/nobody-has-written-this/",
        "sign in": reverse("account_login"),
        "join": reverse("account_signup"),
        "reset": reverse("account_reset_password"),
    }


def print_pages() -> None:
    """For a test that makes them in another process; see `Serving.run`."""
    sys.stdout.write(json.dumps(make_pages()))


def make_nothing(title: str = "Nothing but a title", **fields: object) -> Post:
    """A published story without a text, a picture, a subject or an answer."""
    return make_post(title=title, source="", responses_open=False, **fields)


def make_everything(**fields: object) -> Post:
    """A published story with every form, 8 pictures, 12 notes, and all that stands around it."""
    writer, second = _make_writer("Maren Holt"), _make_writer("Jonas Ekberg")
    shown = _make_pictures(writer)
    topics = Tag.objects.named(["Sea and shore", "Light", "Machines", "Paper"])
    series = Series.objects.create(title="The last ten miles", slug="everything-in-parts")
    for number in (1, 3):
        part = _make_other(writer, shown[number], title=f"Part {number} of the way in")
        Post.objects.filter(pk=part.pk).update(series=series, series_position=number)
    for number in range(2, 6):
        _make_other(second, shown[number], title=f"Another light, number {number}").set_topics(
            topics
        )
    story = make_post(
        by=writer,
        **{
            "title": "Everything that a story can have, and -- for once -- in the right order",
            "subtitle": "From the lamp at the top of the stairs to the last line of the log",
            "source": make_source(shown),
            "lead_image": shown[0],
            "series": series,
            "series_position": 2,
            "published_at": timezone.now() - timedelta(days=2),
            **fields,
        },
    )
    story.set_byline([writer.author, second.author])
    story.set_topics(topics)
    story.source = story.source.replace("trimmed", "lit")
    story.write(by=writer, note="The lamp was lit by the keeper's sister, not by the keeper.")
    _answer(story, writer)
    Clap.objects.give(post=story, clapper=Clapper(visitor=new_visitor()), wanted=50)
    return story


def make_source(shown: list[Image]) -> str:
    """2,000 words in six parts with two headings each, and a form of every kind between them."""
    address = [image.markdown for image in shown]
    forms = iter(
        [
            f"{address[1]}\n\n{ASIDES}",
            f"{PYTHON}\n::: wide\n{address[2]}\n:::\n\n{SHELL}",
            f"{LIGHTS}\n{address[3]}\n{address[4]}\n\n{HOURS}",
            f"{SUMS}\n::: full\n{address[5]}\n:::\n",
            f"{SMALL}\n{address[6]}\n{address[7]}\n{address[1]}\n",
            f"{SQL}\n{SCRIPT}\n{ELSEWHERE}",
        ]
    )
    words = list(_paragraphs())
    size = -(-len(words) // PARTS)
    notes = itertools.count(1)
    pieces: list[str] = []
    for part, some in enumerate(_cut(words, size), start=1):
        half = len(some) // 2
        pieces += [f"## What he wrote, part {part}"]
        pieces += [f"{some[0]}[^{next(notes)}]", *some[1:half], f"### How it came to him {part}"]
        pieces += [f"{some[half]}[^{next(notes)}]", *some[half + 1 :], next(forms)]
    pieces += [NOTE.format(number) for number in range(1, NOTES + 1)]
    return "\n\n".join(pieces)


def _cut(words: list[str], size: int) -> Iterator[list[str]]:
    for at in range(0, len(words), size):
        yield words[at : at + size]


def _paragraphs() -> Iterator[str]:
    """Plain paragraphs of English sample stories, until there are enough words."""
    count = 0
    for story in stories():
        for paragraph in story.text.split("\n\n"):
            if story.language == "en" and len(paragraph) > 200 and not FORMS.search(paragraph):
                yield paragraph.strip()
                count += len(paragraph.split())
                if count >= WORDS:
                    return


def _make_writer(name: str) -> User:
    user = make_person(name, Role.AUTHOR)
    user.author.tagline = "Writes about the sea, and about those who look at it for a living."
    user.author.avatar.save("face.webp", ContentFile(pictures.avatar(_drawn((240, 240)))))
    return user


def _make_pictures(by: User) -> list[Image]:
    """Eight pictures with all their widths: encoded once, kept eight times."""
    data = _drawn(PICTURE_SIZE_PX)
    encoded = pictures.process(data)
    encoded = pictures.Encoded(
        encoded.width,
        encoded.height,
        encoded.widths,
        encoded.color,
        {**encoded.files, **pictures.avif(data, encoded.widths)},
    )
    return [
        Image.objects.add(
            encoded,
            by=by,
            has_avif=True,
            alt=f"The lamp from below, seen for the {number}th time, with the stairs around it",
            caption=f"Evening {number}. The lamp is off, the paint is wet.",
            credit_name="Ida Berg",
            credit_agency="Harbour Pictures",
            credit_url=f"https://example.org/pictures/{number}",
            credit_license="CC BY 4.0",
        )
        for number in range(1, PICTURES + 1)
    ]


def _drawn(size: tuple[int, int]) -> bytes:
    """A sky from dark to light, so that a picture is seen on screenshots."""
    file = io.BytesIO()
    sky = PillowImage.linear_gradient("L").resize(size)
    PillowImage.merge("RGB", [sky, sky, sky]).save(file, "JPEG")
    return file.getvalue()


def _make_other(by: User, lead: Image, **fields: object) -> Post:
    return make_post(
        by=by,
        lead_image=lead,
        subtitle="A line that says what it is about, in a few words",
        **fields,
    )


def _answer(story: Post, writer: User) -> None:
    """Thirty threads' worth of responses, some of them answered by who wrote the story."""
    above = None
    for number, said in enumerate(itertools.islice(itertools.cycle(RESPONSES), RESPONSES_AT_FIRST)):
        is_reply = number % REPLY_EVERY == 1
        at = timezone.now() - timedelta(hours=RESPONSES_AT_FIRST - number)
        by = writer if is_reply else make_person(f"Reader {number}")
        made = make_response(story, by, source=said.text, parent=above if is_reply else None, at=at)
        above = made
