from django.db import migrations
from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

ROWS_AT_ONCE = 5_000


def count_replies(apps, schema_editor):
    comments = apps.get_model("blog", "Comment").objects
    last = comments.aggregate(last=Max("pk"))["last"] or 0
    seen = (
        comments.filter(parent=OuterRef("pk"), status="published")
        .order_by()
        .values("parent")
        .annotate(number=Count("pk"))
        .values("number")
    )
    for start in range(0, last, ROWS_AT_ONCE):
        some = comments.filter(pk__gt=start, pk__lte=start + ROWS_AT_ONCE)
        some.filter(Q(status="published"), appeared_at=None).update(appeared_at=F("created_at"))
        some.update(reply_count=Coalesce(Subquery(seen), 0))


class Migration(migrations.Migration):
    # In pieces, so that a million rows are not locked together.
    atomic = False

    dependencies = [("blog", "0016_talk")]

    operations = [migrations.RunPython(count_replies, migrations.RunPython.noop)]
