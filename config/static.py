"""Static files under names that carry their content's hash."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed and compressed once, at `collectstatic`; modules' imports are rewritten too."""

    support_js_module_import_aggregation = True
    # A page must not fail because a file was added after the last collectstatic.
    manifest_strict = False
