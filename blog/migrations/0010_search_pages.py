"""The index that readers search, the words that may have been meant, and what was not found.

The old words are dropped, not moved: the start takes every story in anew, by rules that are new as
well (`RULES`). Until it has, the desk's search finds less on SQLite.
"""

from django.db import migrations, models

# All words of a story lie in one table (PostgreSQL: column), each once and without its places; the
# few of title, names and what the text says most in another, by where they stand. Both have the
# story's facets ("#out", "#a12"), so that a search that is narrowed stays a walk of lists.
# The tokenizer parts words at what is not ASCII letter or digit; + and # belong to C++ and C#.
# Beginnings of up to three letters, which have thousands of words, are kept ready.
NEW = {
    "sqlite": [
        "DROP TABLE blog_searchwords",
        """CREATE VIRTUAL TABLE blog_searchwords USING fts5(
            words, tokenize="ascii tokenchars '+#'", prefix='1 2 3', detail=none
        )""",
        """CREATE VIRTUAL TABLE blog_searchheads USING fts5(
            title, names, leading, facets,
            tokenize="ascii tokenchars '+#'", prefix='1 2 3', detail=column
        )""",
    ],
    "postgresql": [
        "ALTER TABLE blog_searchentry ADD COLUMN heads tsvector NOT NULL DEFAULT ''",
        # Which stories have these words in title, names or subtitle.
        "CREATE INDEX search_heads ON blog_searchentry USING gin (heads)",
    ],
}
OLD = {
    "sqlite": [
        "DROP TABLE blog_searchheads",
        "DROP TABLE blog_searchwords",
        """CREATE VIRTUAL TABLE blog_searchwords USING fts5(
            title, names, subtitle, text,
            tokenize="ascii tokenchars '+#'", prefix='1 2 3', detail=column
        )""",
    ],
    "postgresql": ["ALTER TABLE blog_searchentry DROP COLUMN heads"],
}


def make_heads(apps, schema_editor):
    for sql in NEW[schema_editor.connection.vendor]:
        schema_editor.execute(sql)


def drop_heads(apps, schema_editor):
    for sql in OLD[schema_editor.connection.vendor]:
        schema_editor.execute(sql)
    # Whatever rules the code has that follows, it finds no words of its own.
    apps.get_model("blog", "SearchEntry").objects.update(rules=0)


class Migration(migrations.Migration):
    dependencies = [("blog", "0009_machines")]

    operations = [
        migrations.RunPython(make_heads, drop_heads),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(max_length=24, primary_key=True, serialize=False)),
                ("length", models.PositiveSmallIntegerField()),
                ("head", models.CharField(max_length=24)),
                ("tail", models.CharField(max_length=24)),
            ],
            options={
                "verbose_name": "word of search",
                "verbose_name_plural": "words of search",
                "indexes": [
                    models.Index(fields=["length", "head"], name="search_word_head"),
                    models.Index(fields=["length", "tail"], name="search_word_tail"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FailedSearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "words",
                    models.CharField(max_length=80, unique=True, verbose_name="looked for"),
                ),
                ("count", models.PositiveIntegerField(default=0, verbose_name="times")),
                ("last_at", models.DateTimeField(verbose_name="last")),
            ],
            options={
                "verbose_name": "missed search",
                "verbose_name_plural": "missed searches",
                "indexes": [
                    models.Index(fields=["-count", "-last_at", "id"], name="failed_search_wanted")
                ],
            },
        ),
    ]
