"""When a story is listed, beside each of its authors and tags: their lists are sorted by it."""

from django.db import migrations, models

ROWS_AT_ONCE = 20_000
FILL = """
UPDATE {join} SET listed_at = (
    SELECT published_at FROM blog_post
    WHERE id = {join}.post_id AND status = 'published' AND visibility = 'public'
)
WHERE id > %s AND id <= %s
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for join in ("blog_authorship", "blog_posttag"):
            cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {join}")  # noqa: S608 -- our names
            (last,) = cursor.fetchone()
            for start in range(0, last, ROWS_AT_ONCE):
                cursor.execute(FILL.format(join=join), [start, start + ROWS_AT_ONCE])


class Migration(migrations.Migration):
    dependencies = [("blog", "0027_growth")]

    operations = [
        migrations.AddField(
            model_name="authorship",
            name="listed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="posttag",
            name="listed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="authorship",
            index=models.Index(fields=["author", "-listed_at", "-post"], name="authorship_listed"),
        ),
        migrations.AddIndex(
            model_name="posttag",
            index=models.Index(fields=["tag", "-listed_at", "-post"], name="post_tag_listed"),
        ),
    ]
