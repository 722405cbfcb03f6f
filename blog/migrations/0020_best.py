from django.db import migrations, models
from django.db.models import Max

from blog.models.best import score

ROWS_AT_ONCE = 5_000


def score_all(apps, schema_editor):
    comments = apps.get_model("blog", "Comment").objects
    last = comments.aggregate(last=Max("pk"))["last"] or 0
    for start in range(0, last, ROWS_AT_ONCE):
        comments.filter(pk__gt=start, pk__lte=start + ROWS_AT_ONCE).update(score=score())


class Migration(migrations.Migration):
    # In pieces, so that a million rows are not locked together.
    atomic = False

    dependencies = [("blog", "0019_applause")]

    operations = [
        migrations.RemoveIndex(model_name="comment", name="comment_replies"),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["parent", "created_at", "id"], name="comment_replies"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("status", "published")),
                fields=["root", "author"],
                name="comment_in_thread",
            ),
        ),
        migrations.RunPython(score_all, migrations.RunPython.noop),
    ]
