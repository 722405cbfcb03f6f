"""The index of search. It is filled by the worker, once the server runs (or by `reindex`)."""

import django.db.models.deletion
from django.db import migrations, models

# The tokenizer parts words at what is not ASCII letter or digit; + and # belong to C++ and C#.
WORDS = {
    "sqlite": [
        """CREATE VIRTUAL TABLE blog_searchwords USING fts5(
            title, names, subtitle, text, tokenize="ascii tokenchars '+#'"
        )""",
    ],
    "postgresql": [
        "ALTER TABLE blog_searchentry ADD COLUMN words tsvector NOT NULL DEFAULT ''",
        # Which stories have these words.
        "CREATE INDEX search_words ON blog_searchentry USING gin (words)",
    ],
}


def make_words(apps, schema_editor):
    for sql in WORDS[schema_editor.connection.vendor]:
        schema_editor.execute(sql)


def drop_words(apps, schema_editor):
    # On PostgreSQL they go with the table.
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE blog_searchwords")


class Migration(migrations.Migration):
    dependencies = [("blog", "0003_writing_desk")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="blog.post",
                    ),
                ),
                ("rules", models.PositiveSmallIntegerField()),
                ("version", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "search entry",
                "verbose_name_plural": "search entries",
            },
        ),
        migrations.RunPython(make_words, drop_words),
    ]
